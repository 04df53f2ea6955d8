"""Keyset pages: a cursor is the place of the last row, sealed (parties.cursors)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from api.problems import broken, invalid
from api.schema import LARGEST_PAGE
from parties import statements
from parties.cursors import Cursors, Written

M = TypeVar("M", bound=Model)

QUERIES: Final = frozenset({"cursor", "limit"})
DEFAULT_LIMIT: Final = 20
LARGEST_LIMIT: Final = LARGEST_PAGE


def place_in(cursors: Cursors, request: Request) -> Written | None:
    """Where the page begins; None at the front. Raises CursorInvalid."""
    return cursors.open(request.query_params.get("cursor", ""))


def limit_of(request: Request) -> int:
    raw = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not (raw.isascii() and raw.isdigit() and 1 <= int(raw[:6]) <= LARGEST_LIMIT):
        raise invalid(broken("limit", "number"))
    return int(raw)


def page(
    rows: QuerySet[M], *, by: Sequence[str], cursors: Cursors, request: Request
) -> tuple[list[M], str | None]:
    """One page in the order `by`, and the cursor of the next; `by` must end in a unique field."""
    limit, place = limit_of(request), place_in(cursors, request)
    return _cut(_found(rows, by, place, limit), limit, by=by, cursors=cursors)


def kept_page(
    build: Callable[..., QuerySet[M]],
    *given: Any,
    by: Sequence[str],
    cursors: Cursors,
    request: Request,
) -> tuple[list[M], str | None]:
    """As page() of `build(*given)`, a function of a module: the first page, which most readers ask
    for alone, by SQL that is built once for all who are alike (parties/statements.py).
    """
    limit, place = limit_of(request), place_in(cursors, request)
    if place is not None:
        found = _found(build(*given), by, place, limit)
    else:
        found = list(statements.rows(_ordered, build, tuple(by), *given, limit=limit + 1))
    return _cut(found, limit, by=by, cursors=cursors)


def _ordered(build: Callable[..., QuerySet[M]], by: tuple[str, ...], *given: Any) -> QuerySet[M]:
    return build(*given).order_by(*by)


def _found(rows: QuerySet[M], by: Sequence[str], place: Written | None, limit: int) -> list[M]:
    behind = rows if place is None else rows.filter(_after(by, place))
    return list(behind.order_by(*by)[: limit + 1])


def _cut(
    found: list[M], limit: int, *, by: Sequence[str], cursors: Cursors
) -> tuple[list[M], str | None]:
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], cursors.seal([_written(last, name) for name in by])


def _after(by: Sequence[str], place: Written) -> Q:
    """Rows behind `place`: further in the first field, or equal there and further in the next."""
    behind, equal = Q(), Q()
    for name, value in zip(by, place, strict=True):
        field = name.lstrip("-")
        further = Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        behind |= equal & further
        equal &= Q(**{field: value})
    return behind


def _written(row: Model, name: str) -> str:
    value: Any = row
    for part in name.lstrip("-").split("__"):
        value = getattr(value, part)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def answer(
    rows: Sequence[M], following: str | None, show: Callable[[M], dict[str, Any]]
) -> dict[str, Any]:
    return {"results": [show(row) for row in rows], "next": following}
