"""What a completed task of a meeting means. Each keeps what was answered, or refuses kindly."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from parties import legible
from parties.access import Viewer
from records import as_read
from records.meetings import answers, dossier, family, outcomes, rows
from records.meetings.invitations import Plan
from records.meetings.outcomes import Try
from records.meetings.slots import Offer
from records.models import ActionItem, Delivery, DossierItem, Meeting, MeetingAttempt, MeetingSlot
from records.record_rows import note
from workflow import contacts, meeting_minutes, meeting_news, meetings
from workflow.completions import Completion, on_complete
from workflow.errors import InvalidInput
from workflow.handlers.meeting import deliver
from workflow.meeting_minutes import record_of

#: A task offers as many times as its form has lines.
_LINES: Final = range(1, 6)
_USUAL_MINUTES: Final = 45
_PRESENT: Final[Mapping[object, bool]] = {"YES": True, "NO": False}


@on_complete("meeting_prepare")
def prepare(completion: Completion) -> None:
    answer = completion.answer
    plan = Plan(
        kind=str(answer["kind"]),
        trigger=str(answer["trigger"]),
        purpose=str(answer["purpose"]),
        student_wish=str(answer["student_wish"]),
        student_words=str(answer.get("student_words", "")),
        student_present=_PRESENT.get(answer.get("student_present")),
        people=[UUID(text) for text in answer.get("people", [])],
    )
    meetings.prepare_for(completion.task.case, plan=plan, by=completion.by, at=completion.at)


@on_complete("meeting_dossier")
def papers(completion: Completion) -> None:
    answer, meeting = completion.answer, meetings.current(completion.task.case_id)
    for kind in answer["papers"]:
        dossier.add(
            meeting_id=meeting.pk, kind=kind, note=str(answer.get("note", "")), by=completion.by,
            at=completion.at,
        )  # fmt: skip
    if answer["psy_basis"] != "none":
        try:
            dossier.add(
                meeting_id=meeting.pk, kind=DossierItem.Kind.PSY_REPORT, note="",
                basis=str(answer["psy_basis"]), basis_note=str(answer.get("psy_basis_note", "")),
                duty=str(answer.get("psy_duty", "")), by=completion.by, at=completion.at,
            )  # fmt: skip
        except InvalidInput as refused:
            raise InvalidInput(
                str(refused), field=f"psy_{refused.field}", mend=refused.mend
            ) from None


@on_complete("meeting_offer_slots")
def offer_slots(completion: Completion) -> None:
    """The times in the form; or those that were offered before the task was completed."""
    lines = [line for line in _LINES if completion.answer.get(f"slot_{line}_at")]
    case = completion.task.case
    if not lines:
        if meetings.current(case.pk).state != Meeting.State.OFFERED:
            raise InvalidInput(
                "还没有可选的时间。", field="slot_1_at", mend="请至少提供三个时间，再完成这一步。"
            )
        return
    try:
        meetings.offer_for(
            case.pk,
            school_id=case.school_id,
            offers=[_offer(completion.answer, line) for line in lines],
            by=completion.by,
            at=completion.at,
        )
    except InvalidInput as refused:
        field = _line_of(refused.field, lines)
        raise InvalidInput(str(refused), field=field, mend=refused.mend) from None


def _offer(answer: Mapping[str, Any], line: int) -> Offer:
    offer = Offer(
        starts_at=datetime.fromisoformat(answer[f"slot_{line}_at"]),
        minutes=int(answer.get("minutes", _USUAL_MINUTES)),
        place_kind=str(answer.get("place_kind", MeetingSlot.Place.OFFICE)),
        place=str(answer.get("place", "")),
    )
    remote = str(line) in answer.get("remote", [])
    return replace(offer, place_kind=MeetingSlot.Place.ONLINE.value) if remote else offer


def _line_of(field: str, lines: list[int]) -> str:
    """`slots.1.starts_at` is the second line that was filled in."""
    parts = field.split(".")
    if len(parts) != len(("slots", "place", "name")):
        return f"slot_{lines[0]}_at"
    return f"slot_{lines[int(parts[1])]}_at" if parts[2] == "starts_at" else parts[2]


@on_complete("meeting_call", "meeting_call_second", "meeting_visit")
def tried(completion: Completion) -> None:
    """One try on file, and what follows from it."""
    answer, task = completion.answer, completion.task
    meeting = meetings.current(task.case_id)
    visit = task.name == "meeting_visit"
    try:
        meetings.attempt_for(
            task.case,
            tried=Try(
                person=_met(completion) if visit else task.about,
                channel="HOME_VISIT" if visit else str(answer["channel"]),
                outcome=str(answer["outcome"]),
                tried_at=datetime.fromisoformat(answer["tried_at"]),
                place=str(answer.get("place", "")),
                note=str(answer.get("note", "")),
                companion=UUID(answer["companion"]) if visit else None,
                slot_id=_slot(meeting, answer.get("slot")),
            ),
            by=completion.by,
            at=completion.at,
        )
    except InvalidInput as refused:
        if not visit or refused.field != "person":
            raise
        raise InvalidInput(str(refused), field="met", mend=refused.mend) from None


def _met(completion: Completion) -> UUID | None:
    """Whom the visitors met, as they say: an answer is that person's, whoever is asked first."""
    answer = completion.answer
    nobody = answer["outcome"] == MeetingAttempt.Outcome.NO_ANSWER
    if nobody and "met" in answer:
        raise InvalidInput(
            "结果与见到的人不一致。",
            field="met",
            mend="没有见到家长就不要选人；见到了，请改选其他结果。",
        )
    if not nobody and "met" not in answer:
        raise InvalidInput(
            "没有说明见到了哪位家长。",
            field="met",
            mend="请选择见到的家长；没有见到家长，请选“未联系到”。",
        )
    return UUID(answer["met"]) if "met" in answer else None


def _slot(meeting: Meeting, number: Any) -> UUID | None:
    if not number:
        return None
    slots = rows.on_offer(meeting)
    if not 1 <= int(number) <= len(slots):
        raise InvalidInput("没有这个时间。", field="slot", mend="请按发出的顺序选择。")
    return slots[int(number) - 1].pk


@on_complete("meeting_hold")
def hold(completion: Completion) -> None:
    meeting = meetings.current(completion.task.case_id)
    outcome = completion.answer["outcome"]
    if outcome == "held":
        outcomes.held(meeting_id=meeting.pk, by=completion.by, at=completion.at)
    elif outcome == "no_show":
        outcomes.missed(meeting_id=meeting.pk, by=completion.by, at=completion.at)
    elif meeting.state != Meeting.State.PREPARING:  # else a change at the last moment moved it
        answers.ask_change(
            meeting_id=meeting.pk, by=completion.by, at=completion.at, entered_by=completion.by,
            words=str(completion.answer.get("words", "")),
        )  # fmt: skip


@on_complete("meeting_minutes")
def minutes(completion: Completion) -> None:
    """Read back and handed to both sides: a draft in a drawer is no record.

    What was read back is what stands there now, as its reader sees it. Raises LostRace.
    """
    viewer = Viewer.load(completion.by, at=completion.at)
    record = meeting_minutes.handed_over(viewer, completion.task.case_id)
    if record is None:
        raise InvalidInput(
            "会谈记录还没有提交双方签字。",
            field="read_back",
            mend="请先写好记录，向在场各方复述核对，再提交签字。",
        )
    as_read.refuse_other(viewer, record, completion.as_read)
    note(record, "record.read_back", viewer, refs=[("task", completion.task.pk)])


@on_complete("meeting_copy")
def copy_handed_on(completion: Completion) -> None:
    """The paper copies for those whom no message reaches."""
    case, record = completion.task.case, record_of(completion.task.case_id)
    if date.fromisoformat(completion.answer["handed_on"]) > timezone.localdate(completion.at):
        raise InvalidInput("日期在将来。", field="handed_on", mend="请填写实际送交的日期。")
    if record is None or case.student is None:
        return
    invited = family.of(case.student, at=completion.at, named=contacts.named(case)).invited
    people = meeting_news.beyond_messages(invited)
    deliver(record, people, how=Delivery.How.PAPER, at=completion.at)


def _agreed(completion: Completion) -> QuerySet[ActionItem]:
    """What runs, and what was written down since this meeting was prepared and not dropped."""
    meeting = meetings.current(completion.task.case_id)
    items = ActionItem.objects.filter(case_id=meeting.case_id)
    new = Q(created_at__gte=meeting.prepared_at) & ~Q(state=ActionItem.State.DROPPED)
    return items.filter(Q(state__in=ActionItem.LIVE) | new)


@on_complete("meeting_plan")
def plan(completion: Completion) -> None:
    """Items are there, or somebody says why none is needed. What an earlier talk agreed on and is
    done is no plan of this one.
    """
    answer = completion.answer
    if answer["outcome"] == "planned" and not _agreed(completion).exists():
        raise InvalidInput(
            "还没有登记行动项。",
            field="outcome",
            mend="请先登记谁、做什么、到什么时候，再完成这一步。",
        )
    if answer["outcome"] == "none" and not legible.said(str(answer.get("reason", ""))):
        raise InvalidInput(
            "没有说明为什么不需要行动。", field="reason", mend="请写明理由，或登记行动项。"
        )
