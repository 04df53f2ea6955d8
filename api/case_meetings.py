"""Arranging the meeting of a case: whom to invite, papers, times, tries, and how it came out."""

from collections.abc import Callable
from typing import Any, Final, TypeVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.meeting_shapes import MeetingSerializer, shown
from api.meetings import WordsInput
from api.moments import Moment
from api.schema import describe
from api.views import ApiView, Id, Strict, Whole, read_body, text, viewing
from parties.access import Viewer
from parties.errors import WrongState
from records.meetings.invitations import Plan
from records.meetings.outcomes import Try
from records.meetings.slots import LONGEST, MOST_SLOTS, SHORTEST, Offer
from records.models import (
    CommunicationRecord,
    DossierItem,
    Meeting,
    MeetingSlot,
)
from records.models.meeting_file import TRIED_CHANNELS, TRIED_OUTCOMES
from workflow import answers, meeting_files, meetings
from workflow.models import Case, HumanTask

F = TypeVar("F", bound=Callable[..., Any])

_CODES: Final = ["access.not_found", "access.not_allowed", "state.wrong"]
_MOST_PEOPLE: Final = 20
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)


class PlanInput(Strict):
    kind = serializers.ChoiceField(Meeting.Kind.choices)
    trigger = serializers.ChoiceField(CommunicationRecord.Trigger.choices)
    purpose = text(longest=500)
    student_wish = serializers.ChoiceField(Meeting.Wish.choices, help_text="已问过学生本人")
    student_words = text(longest=500, required=False, allow_blank=True, default="")
    student_present = serializers.BooleanField(required=False, allow_null=True, default=None)
    people = serializers.ListField(
        child=Id(), max_length=_MOST_PEOPLE, default=list, help_text="还请哪些教职工参加"
    )


class PaperInput(Strict):
    kind = serializers.ChoiceField(DossierItem.Kind.choices)
    note = text(longest=500, required=False, allow_blank=True, default="")
    basis = serializers.ChoiceField(
        DossierItem.Basis.choices, required=False, allow_blank=True, default=""
    )
    basis_note = text(longest=200, required=False, allow_blank=True, default="")
    duty = serializers.ChoiceField(
        DossierItem.Duty.choices, required=False, allow_blank=True, default=""
    )


class OfferInput(Strict):
    starts_at = Moment()
    minutes = Whole(low=SHORTEST, high=LONGEST, default=45)
    place_kind = serializers.ChoiceField(MeetingSlot.Place.choices)
    place = text(longest=100, required=False, allow_blank=True, default="")


class OffersInput(Strict):
    slots = serializers.ListField(child=OfferInput(), min_length=1, max_length=MOST_SLOTS)


class AttemptInput(Strict):
    person = Id(required=False, allow_null=True, default=None)
    channel = serializers.ChoiceField(TRIED_CHANNELS)
    outcome = serializers.ChoiceField(TRIED_OUTCOMES)
    tried_at = Moment()
    place = text(longest=100, required=False, allow_blank=True, default="")
    note = text(longest=1000)
    companion = Id(required=False, allow_null=True, default=None)
    slot = Id(required=False, allow_null=True, default=None)


class HeldInput(Strict):
    outcome = serializers.ChoiceField([("held", "已经会谈"), ("no_show", "家长没有到场")])


def _verb(summary: str, body: type[Strict], description: str = "") -> Callable[[F], F]:
    return describe(
        summary,
        description=description,
        body=body,
        answers={200: MeetingSerializer},
        codes=_CODES,
        tags=["meetings"],
        post=True,
    )


class CaseMeetingView(ApiView):
    @describe(
        "事项的会谈",
        answers={200: MeetingSerializer},
        codes=["access.not_found"],
        tags=["meetings"],
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        return Response(_read(request, case_id))

    @_verb("准备会谈", PlanInput, "时间发出之前可以再次修改。")
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, PlanInput)

        def act(viewer: Viewer) -> None:
            meetings.prepare(**_who(viewer, case_id), plan=Plan(**given))

        return _done(request, case_id, given, act)


class PapersView(ApiView):
    @_verb("登记会谈材料", PaperInput, "心理评估报告须有同意或职责依据。")
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, PaperInput)

        def act(viewer: Viewer) -> None:
            meetings.add_paper(**_who(viewer, case_id), **given)

        return _done(request, case_id, given, act)


class SlotsView(ApiView):
    @_verb("提供可选时间", OffersInput, "至少三个不同工作日，其中一个在 17:30 以后或线上。")
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, OffersInput)

        def act(viewer: Viewer) -> None:
            offers = [Offer(**one) for one in given["slots"]]
            meetings.offer(**_who(viewer, case_id), offers=offers)

        return _done(request, case_id, given, act)


class AttemptsView(ApiView):
    @_verb("登记一次联系", AttemptInput, "三有：时间、地点、记录。")
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, AttemptInput)

        def act(viewer: Viewer) -> None:
            tried = {**given, "slot_id": given["slot"]}
            del tried["slot"]
            meetings.record_attempt(**_who(viewer, case_id), tried=Try(**tried))

        return _done(request, case_id, given, act)


class MoveView(ApiView):
    @_verb("学校需要改期", WordsInput, "须写明理由；不算在家长的两次改期里。")
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, WordsInput)

        def act(viewer: Viewer) -> None:
            meetings.move_date(**_who(viewer, case_id), words=given["words"])

        return _done(request, case_id, given, act)


class HeldView(ApiView):
    @_verb("登记会谈情况", HeldInput, "办理“记录会谈情况”这一待办。")
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, HeldInput)

        def act(viewer: Viewer) -> None:
            answers.give(
                school_id=viewer.person.school_id,
                task_id=_open_task(request, case_id),
                by=viewer.person,
                at=viewer.at,
                answer=given,
            )

        return _done(request, case_id, given, act)


def _open_task(request: Request, case_id: UUID) -> UUID:
    with viewing(request) as viewer:
        waiting = viewer.rows(HumanTask).filter(case=case_id, name="meeting_hold", state__in=_LIVE)
        found = waiting.values_list("pk", flat=True).first()
    if found is None:
        raise WrongState("约定的时间还没有过，或已经登记。", case=str(case_id))
    return found


def _who(viewer: Viewer, case_id: UUID) -> dict[str, Any]:
    return {
        "school_id": viewer.person.school_id,
        "case_id": case_id,
        "by": viewer.person,
        "at": viewer.at,
    }


def _done(
    request: Request, case_id: UUID, given: dict[str, Any], act: Callable[[Viewer], None]
) -> Response:
    """Whoever asks must see the case before anything is done or answered again."""
    with viewing(request) as viewer:
        viewer.get(Case, case_id)

    def once() -> Response:
        act(viewer)
        return Response(_read(request, case_id))

    return idempotency.once(request, given, once)


def _read(request: Request, case_id: UUID) -> dict[str, Any]:
    with viewing(request) as viewer:
        return shown(meeting_files.read_of_case(viewer=viewer, case_id=case_id))
