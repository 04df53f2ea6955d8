"""`application/problem+json` (RFC 9457), the one shape of everything that went wrong."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.response import Response

from api.problem_texts import PROBLEMS
from api.rule_texts import RULES

MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong field: where, what is wrong, and what to do about it."""

    field: str
    wrong: str
    mend: str


@dataclass(frozen=True, slots=True)
class Problem:
    """`detail` and `status` default to what the code says."""

    code: str
    status: int = 0
    detail: str = ""
    mistakes: Sequence[Mistake] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Members of their own that some codes have (RFC 9457, 3.2): codes and versions.
    members: Mapping[str, str] = field(default_factory=dict)

    @property
    def http_status(self) -> int:
        return self.status or PROBLEMS[self.code].status

    def body(self) -> dict[str, Any]:
        """The members in a fixed order, so that equal problems are equal bytes."""
        known = PROBLEMS.get(self.code, PROBLEMS["server.error"])
        body: dict[str, Any] = {
            "type": f"urn:sanfang:problem:{self.code}",
            "title": str(known.title),
            "status": self.http_status,
            "detail": self.detail or str(known.detail),
            "code": self.code,
            **self.members,
        }
        if self.mistakes:
            body["errors"] = [
                {"field": mistake.field, "wrong": mistake.wrong, "mend": mistake.mend}
                for mistake in self.mistakes
            ]
        return body


class Refused(Exception):
    """Raised by the interface itself, when the domain was not even asked."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def broken(field: str, rule: str) -> Mistake:
    """A mistake described by the code of the rule it breaks."""
    wrong, mend = RULES[rule]
    return Mistake(field, str(wrong), str(mend))


def invalid(*mistakes: Mistake) -> Refused:
    return Refused(Problem("input.invalid", mistakes=mistakes))


def response(problem: Problem) -> Response:
    answer = Response(problem.body(), status=problem.http_status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        answer[name] = value
    return answer


def page(code: str) -> HttpResponse:
    """The same problem for what never reaches a view: unknown addresses, faults, refused hosts."""
    problem = Problem(code)
    text = json.dumps(problem.body(), ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, status=problem.http_status, content_type=MEDIA_TYPE)
