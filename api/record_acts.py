"""One act on one record: who asks, what they build on, and the record as they see it afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api import etags, idempotency
from api.auth import identity_of
from api.etags import IF_MATCH
from api.problems import Problem, Refused
from api.record_shapes import RecordSerializer, shown
from api.schema import F, describe
from api.views import ApiView, Nothing, Strict, read_body, viewing
from parties.access import Act, Viewer
from parties.models import Person
from records import communication, reading
from records.models import CommunicationRecord
from workflow import communication as acts
from workflow import record_holds

CODES: Final = ("access.not_found", "access.not_allowed", "state.wrong")


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who sees the record and wants to do something to it."""

    school_id: int
    by: Person
    at: datetime
    record_id: UUID
    #: The edit that a change of a draft builds on.
    seen: int | None = None

    @property
    def who(self) -> dict[str, Any]:
        """As the services of workflow.communication take it."""
        return {
            "school_id": self.school_id,
            "by": self.by,
            "at": self.at,
            "record_id": self.record_id,
        }

    def alone(self, do: Callable[..., CommunicationRecord], **given: Any) -> CommunicationRecord:
        """An act that concerns nobody else."""

        def run(viewer: Viewer) -> CommunicationRecord:
            return do(viewer, record_id=self.record_id, **given)

        return acts.act(school_id=self.school_id, by=self.by, at=self.at, do=run)


def asked(request: Request, record_id: UUID, *, draft: bool = False) -> Asked:
    """Whoever asks must see the record before anything is done, or answered again.

    Raises NotFound; NotAllowed and Refused (428, 400) for changes of a draft; LostRace.
    """
    identity = identity_of(request)
    with viewing(request) as viewer:
        record = viewer.get(CommunicationRecord, record_id)
        if identity.is_bound and identity.target_id != record_id:
            raise Refused(Problem("link.bound"))
        seen = None
        if draft:
            viewer.require(Act.EDIT, record)
            seen = etags.seen(request, record)
    return Asked(identity.school_id, identity.person, viewer.at, record_id, seen)


def answered(
    request: Request,
    given: Mapping[str, Any],
    act: Callable[[], CommunicationRecord],
    *,
    status: int = 200,
) -> Response:
    """Do it once for one key; the answer is the record as its reader sees it now."""
    return written(request, given, lambda _id: act(), status=status)


def written(
    request: Request,
    given: Mapping[str, Any],
    write: Callable[[UUID], CommunicationRecord],
    *,
    status: int = 201,
) -> Response:
    """The same for a new one: `write` gets its id, the same at every try."""

    def run(id_: UUID) -> Response:
        made = write(id_)
        with viewing(request) as viewer:
            return Response(shown(reading.read(viewer, made.pk)), status=status)

    return etags.tagged(idempotency.once_made(request, given, run))


def changing(
    summary: str, body: Any = Nothing, *, status: int = 200, **more: Any
) -> Callable[[F], F]:
    """The description of a change of a draft."""
    return describe(
        summary,
        body=body,
        answers={status: RecordSerializer},
        codes=[*CODES, "state.lost_race", "request.precondition_required"],
        parameters=[IF_MATCH],
        tags=["records"],
        post=True,
        **more,
    )


def acting(summary: str, body: Any = Nothing, **more: Any) -> Callable[[F], F]:
    """The description of an act that needs no If-Match."""
    codes = [*CODES, *more.pop("codes", ())]
    status = more.pop("status", 200)
    return describe(
        summary,
        body=body,
        answers={status: RecordSerializer},
        codes=codes,
        tags=["records"],
        post=True,
        **more,
    )


class RecordAct(ApiView):
    """An act whose body is all that it needs."""

    body_type: ClassVar[type[Strict]] = Nothing

    def change(
        self, request: Request, record_id: UUID, do: Callable[..., CommunicationRecord]
    ) -> Response:
        """A change of a draft by its author."""
        given = read_body(request, self.body_type)
        who = asked(request, record_id, draft=True)
        return answered(request, given, lambda: who.alone(do, seen=who.seen, **given))

    def act(
        self, request: Request, record_id: UUID, do: Callable[..., CommunicationRecord]
    ) -> Response:
        """An act that concerns nobody else."""
        given = read_body(request, self.body_type)
        who = asked(request, record_id)
        return answered(request, given, lambda: who.alone(do, **given))


class OfferView(RecordAct):
    @changing("交双方签字")
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, Nothing)
        who = asked(request, record_id, draft=True)
        return answered(request, given, lambda: acts.offer(**who.who, seen=who.seen))


class RecallView(RecordAct):
    @changing("收回（尚无人签字）")
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, Nothing)
        who = asked(request, record_id, draft=True)
        return answered(request, given, lambda: acts.recall(**who.who, seen=who.seen))


class NextVersionView(RecordAct):
    @acting("另出新版本", status=201)
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, Nothing)
        who = asked(request, record_id)
        act = lambda: who.alone(communication.next_version)  # noqa: E731
        return answered(request, given, act, status=201)


class ReleaseView(RecordAct):
    @acting("家长现在可以查看")
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, Nothing)
        who = asked(request, record_id)
        return answered(request, given, lambda: record_holds.release(**who.who))
