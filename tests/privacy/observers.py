"""An observer asks everything there is to ask, and keeps every answer as bytes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern
from drf_spectacular.generators import SchemaGenerator

from portal import urls as pages
from tests.api.callers import Caller

Answer = tuple[int, dict[str, str], bytes]

#: A session's own secrets: new on every request, in both worlds alike.
_SECRETS: Final = (
    re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+'),
    re.compile(rb'("csrf_token":\s*")[^"]+'),
    re.compile(rb'(name="nonce" value=")[^"]+'),
    re.compile(rb'("next":\s*")[^"]+'),  # a sealed cursor: its length stays
    re.compile(rb"(DTSTAMP:)\w+"),  # when a calendar entry was made: at this request
)
_PER_REQUEST: Final = frozenset({"Date", "Set-Cookie"})

#: Queries that a list takes, and some that it must refuse alike.
QUERIES: Final = (
    "", "?limit=1", "?q=stu", "?cursor=x", "?ordering=opened_at", "?state=OPENED",
    "?student__person__name=student",
)  # fmt: skip


WRITES: Final = ("post", "put", "patch", "delete")
#: Whoever asks these is somebody else afterwards, or nobody.
_OF_THE_SESSION: Final = frozenset({"/session", "/sign-in/password"})


@dataclass(frozen=True)
class Ids:
    """What addresses are filled with: the hidden case's own ids, or ids that nobody has.

    The student is no secret, so it is the same one in both worlds.
    """

    case: UUID
    task: UUID
    message: UUID
    student: UUID
    #: Of records: ids that nobody has, unless a test names them.
    record: UUID = field(default_factory=uuid4)
    statement: UUID = field(default_factory=uuid4)
    attachment: UUID = field(default_factory=uuid4)
    objection: UUID = field(default_factory=uuid4)
    file: UUID = field(default_factory=uuid4)
    item: UUID = field(default_factory=uuid4)
    meeting: UUID = field(default_factory=uuid4)
    #: Whatever else an address is about, on pages a meeting as well.
    target: UUID = field(default_factory=uuid4)

    @classmethod
    def absent(cls, student: UUID | None = None) -> "Ids":
        return cls(uuid4(), uuid4(), uuid4(), student or uuid4())

    @cached_property
    def _spelled(self) -> tuple[tuple[str, str], ...]:
        """Placeholder and id; an answer is looked through for each, a hundred thousand times."""
        return tuple((f"{{{name}_id}}", str(getattr(self, name))) for name in _NAMES)

    def fill(self, address: str) -> str:
        for placeholder, spelled in self._spelled:
            address = address.replace(placeholder, spelled)
        return re.sub(r"\{\w+_id\}", str(self.target), address)

    def unfill(self, text: str) -> str:
        for placeholder, spelled in self._spelled:
            text = text.replace(spelled, placeholder)
        return text


_NAMES: Final = tuple(one.name for one in fields(Ids))


@cache
def api_addresses(method: str) -> tuple[str, ...]:
    """Every address of the OpenAPI schema that answers `method`, relative to the API's root."""
    found = [path for path, verbs in _schema()["paths"].items() if method in verbs]
    return tuple(sorted(path.removeprefix("/api/v1") for path in found))


@cache
def _schema() -> Any:
    """Making it takes seconds, and no request changes it."""
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def page_addresses() -> tuple[str, ...]:
    """Every address of the portal. The link page is left out: its token is no id of a case."""
    patterns = [entry for entry in pages.urlpatterns if isinstance(entry, URLPattern)]
    routes = [re.sub(r"<uuid:(\w+)>", r"{\1}", str(entry.pattern)) for entry in patterns]
    wanted = (f"/{route}" for route in routes if "<" not in route and route != "sign-out")
    wanted = (route.replace("/students/{target_id}", "/students/{student_id}") for route in wanted)
    return tuple(sorted(wanted))


@dataclass
class Observer:
    """Somebody signed in; `client` keeps their session for API and pages."""

    caller: Caller

    @property
    def client(self) -> Client:
        return self.caller.client

    def asks(self, ids: Ids, *, heads: bool = False) -> dict[str, Answer]:
        """All answers, by request with the ids still unnamed; `heads`: those of HEAD as well, which
        Django answers as it does GET.
        """
        asked = [*self._asks(ids), *(self._heads(ids) if heads else ())]
        return {name: _kept(answer, ids) for name, answer in asked}

    def _heads(self, ids: Ids) -> Iterator[tuple[str, Any]]:
        for address in page_addresses():
            yield f"page head {address}", self.client.head(ids.fill(address))

    def _asks(self, ids: Ids) -> Iterator[tuple[str, Any]]:
        for address in api_addresses("get"):
            for query in QUERIES if "{" not in address else ("",):
                answer = self.caller.get(ids.fill(address) + query)
                yield f"GET {address}{query}", answer
            known = {"If-None-Match": answer.headers.get("ETag", '"x"'), "Accept-Language": "en"}
            yield f"GET {address} again", self.caller.get(ids.fill(address), **known)
        for method in WRITES:
            for address in api_addresses(method):
                if address not in _OF_THE_SESSION:
                    answer = self.caller.send(method, ids.fill(address), _body(address))
                    yield f"{method.upper()} {address}", answer
        for address in page_addresses():
            yield f"page get {address}", self.client.get(ids.fill(address))
            token = {"X-CSRFToken": self.caller.csrf}
            if address not in _OF_THE_SESSION:
                yield f"page post {address}", self.client.post(ids.fill(address), headers=token)

    def text(self, ids: Ids) -> bytes:
        """Everything this person can read, in one piece: for looking for a word in it."""
        return b"\n".join(body for _, _, body in self.asks(ids).values())


#: Of the right shape, and refused for what they say: nothing changes, and every check is reached.
_BODIES: Final[Mapping[str, dict[str, Any]]] = {
    "/upgrade": {"to": "CRISIS", "reason": "新伤"},
    "/downgrade": {"to": "MEETING", "reason": "平稳"},
    "/confirm": {"proposal": str(UUID(int=5))},
    "/complete": {"answer": {}},
    "/delegate": {"to": str(UUID(int=4))},
    "/return": {"to": "triage", "reason": "重来"},
    "/sign": {"password": "not this one", "as_read": "1.0"},
    "/refuse": {"reason": "不同意这样写", "as_read": "1.0"},
    "/block": {"why": ""},
    "/done": {"note": "", "evidence": [str(UUID(int=6))]},
    "/check-ins": {"day": "2020-01-01"},
    "/evaluate": {"score": 9},
    "/language/check": {"text": "father和student", "moment": "share", "author": "parent"},
}


def _body(address: str) -> dict[str, Any]:
    return next((body for ending, body in _BODIES.items() if address.endswith(ending)), {})


def _kept(answer: HttpResponse, ids: Ids) -> Answer:
    """Without the session's secrets; an id that was asked with may be repeated, any other not.

    Bodies may be files: Latin-1 gives every byte back, and ids are ASCII.
    """
    body = bytes(answer.content)
    for secret in _SECRETS:
        body = secret.sub(lambda found: found[1] + b"-" * (len(found[0]) - len(found[1])), body)
    headers = {
        name: ids.unfill(value)
        for name, value in answer.headers.items()
        if name not in _PER_REQUEST
    }
    return answer.status_code, headers, ids.unfill(body.decode("latin-1")).encode("latin-1")


def differences(one: Mapping[str, Answer], other: Mapping[str, Answer]) -> list[str]:
    """Requests that are not answered alike, with the first part that differs."""
    assert one.keys() == other.keys()
    found = []
    for name, (status, headers, body) in one.items():
        told = (status, headers, body)
        for part, mine, theirs in zip(
            ("status", "headers", "body"), told, other[name], strict=True
        ):
            if mine != theirs:
                found.append(f"{name}: {part} {mine!r} / {theirs!r}"[:600])
                break
    return found
