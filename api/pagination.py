"""Keyset pages. A cursor is the place of the last row, sealed: nobody reads, edits or borrows it.

It is bound to the viewer, the list and its filters, so it opens nothing for anybody else.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from api.problems import Problem, Refused, broken, invalid
from api.schema import LARGEST_PAGE
from parties.access import Viewer

M = TypeVar("M", bound=Model)

QUERIES: Final = frozenset({"cursor", "limit"})
DEFAULT_LIMIT: Final = 20
LARGEST_LIMIT: Final = LARGEST_PAGE
_LONGEST_CURSOR: Final = 1000
_NONCE: Final = 12

Place = list[str | int]


@dataclass(frozen=True, slots=True)
class Cursors:
    """Seals and opens the cursors of one list for one viewer."""

    bound_to: bytes

    @classmethod
    def of(cls, viewer: Viewer, name: str, filters: Sequence[str] = ()) -> "Cursors":
        return cls("\x1f".join([name, str(viewer.person.pk), *filters]).encode())

    def seal(self, place: Place) -> str:
        nonce = secrets.token_bytes(_NONCE)
        sealed = _box().encrypt(nonce, json.dumps(place).encode(), self.bound_to)
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, cursor: str) -> Place:
        """Raises Refused: cut, edited, borrowed, or made for another list."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            place: Place = json.loads(_box().decrypt(raw[:_NONCE], raw[_NONCE:], self.bound_to))
        except (ValueError, InvalidTag) as error:
            raise Refused(Problem("cursor.invalid")) from error
        return place

    def place_in(self, request: Request) -> Place | None:
        cursor = request.query_params.get("cursor")
        if not cursor:
            return None
        if len(cursor) > _LONGEST_CURSOR:
            raise Refused(Problem("cursor.invalid"))
        return self.open(cursor)


def limit_of(request: Request) -> int:
    raw = request.query_params.get("limit", str(DEFAULT_LIMIT))
    if not (raw.isascii() and raw.isdigit() and 1 <= int(raw[:6]) <= LARGEST_LIMIT):
        raise invalid(broken("limit", "number"))
    return int(raw)


def page(
    rows: QuerySet[M], *, by: Sequence[str], cursors: Cursors, request: Request
) -> tuple[list[M], str | None]:
    """One page in the order `by`, and the cursor of the next; `by` must end in a unique field."""
    limit = limit_of(request)
    place = cursors.place_in(request)
    if place is not None:
        rows = rows.filter(_after(by, place))
    found = list(rows.order_by(*by)[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], cursors.seal([_written(last, name) for name in by])


def _after(by: Sequence[str], place: Place) -> Q:
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


def _box() -> AESGCM:
    return AESGCM(hashlib.sha256(b"sanfang.api.cursor|" + settings.SECRET_KEY.encode()).digest())


def answer(
    rows: Sequence[M], following: str | None, show: Callable[[M], dict[str, Any]]
) -> dict[str, Any]:
    return {"results": [show(row) for row in rows], "next": following}
