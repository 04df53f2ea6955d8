"""The one place where errors become HTTP. An error nobody foresaw stays a 500 that we must mend."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response

from api import problems
from api.problem_texts import PROBLEMS
from api.problems import Mistake, Problem, Refused
from api.rule_texts import OTHER_RULE, OUT_OF_RANGE, RULES
from api.texts import speaks_english
from parties.errors import CursorInvalid, InvalidInput, LostRace, SanfangError, TooMany
from records.notice_facts import Finding
from records.notice_wording import Hint, NotNeutral
from records.notices import AboutOnePerson

logger = logging.getLogger(__name__)

_BY_TYPE: Final[Sequence[tuple[type[Exception], str]]] = (
    (RequestDataTooBig, "request.too_large"),
    (TooManyFieldsSent, "request.malformed"),
    (SuspiciousOperation, "request.malformed"),
    (UnreadablePostError, "request.malformed"),
    (MultiPartParserError, "request.malformed"),
    (exceptions.ParseError, "request.malformed"),
    (exceptions.AuthenticationFailed, "sign_in.required"),
    (exceptions.NotAuthenticated, "sign_in.required"),
    (exceptions.PermissionDenied, "access.not_allowed"),
    (PermissionDenied, "access.not_allowed"),
    (exceptions.NotFound, "access.not_found"),
    (Http404, "access.not_found"),
    (exceptions.UnsupportedMediaType, "request.unsupported_type"),
    (OperationalError, "server.unavailable"),
    (InterfaceError, "server.unavailable"),
)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer foreseen errors as problems; None makes it a 500 (config.faults writes that one)."""
    problem = _problem(exc, context)
    if problem is None:
        return None
    logger.info("api.refused code=%s status=%s", problem.code, problem.http_status)
    return problems.response(problem)


def _problem(exc: Exception, context: Mapping[str, Any]) -> Problem | None:
    if isinstance(exc, Refused):
        return exc.problem
    if isinstance(exc, SanfangError):
        return _of_domain(exc)
    if isinstance(exc, exceptions.ValidationError):
        return Problem("input.invalid", mistakes=tuple(_mistakes(exc.get_full_details())))
    if isinstance(exc, exceptions.MethodNotAllowed):
        allowed = ", ".join(context["view"].allowed_methods)
        return Problem("request.method", headers={"Allow": allowed})
    code = next((code for kind, code in _BY_TYPE if isinstance(exc, kind)), None)
    if code is None:
        return None
    return Problem(code, headers=_HEADERS.get(code, {}))


_HEADERS: Final[Mapping[str, Mapping[str, str]]] = {
    "sign_in.required": {"WWW-Authenticate": "Api-Key"},
    "server.unavailable": {"Retry-After": "2"},
}


#: What of an error's context a program needs to go on.
_MEMBERS: Final = ("yours", "current", "reason")


def _members(exc: SanfangError) -> Mapping[str, str]:
    if not isinstance(exc, InvalidInput | LostRace):
        return {}
    return {name: str(exc.context[name]) for name in _MEMBERS if name in exc.context}


def _of_domain(exc: SanfangError) -> Problem:
    code = exc.code if exc.code in PROBLEMS else "server.error"
    if exc.status >= 500:  # noqa: PLR2004 - ours to mend
        logger.error("api.failed code=%s context=%s", exc.code, exc.context)
    if code == "server.error":
        return Problem("server.error")
    # The domain speaks Chinese; in English the code's own sentence stands for it.
    detail = "" if speaks_english() else str(exc)
    headers: dict[str, str] = {}
    if isinstance(exc, TooMany):
        headers = {"Retry-After": str(exc.context.get("retry_after", 60))}
    if exc.status == 401:  # noqa: PLR2004 - Unauthorized
        headers = {"WWW-Authenticate": "Api-Key"}
    return Problem(
        code,
        status=exc.status,
        detail=detail,
        mistakes=tuple(_told_all(exc)),
        headers=headers,
        members=_members(exc),
    )


def _told_all(exc: SanfangError) -> Iterator[Mistake]:
    """A refused notice names every place, with its words; positions count from 1 for people."""
    if isinstance(exc, CursorInvalid):
        yield problems.broken("cursor", "cursor")
    elif not isinstance(exc, InvalidInput):
        return
    elif speaks_english():
        yield _told(exc)
    elif isinstance(exc, AboutOnePerson):
        yield from (_place(found.field, found.finding) for found in exc.findings)
    elif isinstance(exc, NotNeutral):
        yield from (_place(hint.field, hint) for hint in exc.hints)
    else:
        yield _told(exc)


def _place(field: str, one: Finding | Hint) -> Mistake:
    wrong = f"第 {one.start + 1} 至 {one.end} 字“{one.words}”：{one.why}"
    return Mistake(field, wrong, one.mend)


def _told(exc: InvalidInput) -> Mistake:
    if speaks_english():
        return problems.broken(exc.field, "refused")
    return Mistake(exc.field, str(exc), exc.mend)


def _mistakes(details: Any, path: str = "") -> Iterator[Mistake]:
    """DRF's tree of errors as a flat list, deepest field first in its own order."""
    if isinstance(details, Mapping) and set(details) == {"message", "code"}:
        yield _mistake(path or "body", str(details["code"]), str(details["message"]))
    elif isinstance(details, Mapping):
        for name, inner in details.items():
            part = "" if name == "non_field_errors" else str(name)
            yield from _mistakes(inner, f"{path}.{part}".strip("."))
    elif details and all(_is_leaf(item) for item in details):
        yield from _mistakes(details[0], path)
    else:
        for place, inner in enumerate(details):
            if inner:
                yield from _mistakes(inner, f"{path}.{place}".strip("."))


def _is_leaf(item: Any) -> bool:
    return isinstance(item, Mapping) and set(item) == {"message", "code"}


def _mistake(field: str, code: str, said: str) -> Mistake:
    """A number beyond its limits says these (views.Whole), so that the mend can name them."""
    if code == "range":
        low, _, high = said.partition(" ")
        named = [str(text).format(low=low, high=high) for text in OUT_OF_RANGE]
        return Mistake(field, *named)
    wrong, mend = RULES.get(code, OTHER_RULE)
    return Mistake(field, str(wrong), str(mend))
