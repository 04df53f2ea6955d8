"""A family chooses when to meet: the times as big buttons, other times in one's own words. Guests
say whether they come. Whoever arranges it finds what is left to arrange (meeting_dates.py).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parties.access import Act, Viewer
from parties.errors import InvalidInput
from parties.sign_in import Identity
from portal import pages, typed
from portal.session import signed_in, viewing
from records.meetings import rows
from records.models import Meeting, MeetingReply, MeetingSlot
from workflow import attendance, meeting_files, meeting_places, meeting_replies, task_files
from workflow.meeting_files import MeetingFile
from workflow.models import Case, HumanTask

_LONGEST_WORDS = 500
#: The task of the diagram in which times are offered.
OFFER = "meeting_offer_slots"
_OFFERED = Meeting.State.OFFERED
#: While a time is on offer or agreed, it may be changed.
MOVABLE = (_OFFERED, Meeting.State.AGREED)
_WEEKDAYS = "一二三四五六日"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(bound=True)
def meeting(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return _show(request, identity, target_id)
    meeting_replies.choose(
        school_id=identity.school_id,
        meeting_id=target_id,
        slot_id=_uuid(request.POST.get("slot", "")),
        by=identity.person,
        at=_now(identity),
    )
    return redirect("portal:meeting", target_id=target_id)


@require_POST
@signed_in(bound=True)
def change(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """这些时间都不方便: the words are what the school plans by."""
    try:
        meeting_replies.ask_change(
            school_id=identity.school_id,
            meeting_id=target_id,
            by=identity.person,
            at=_now(identity),
            words=_words(request),
        )
    except InvalidInput as refused:
        return _show(request, identity, target_id, mistake=f"{refused}{refused.mend}")
    return redirect("portal:meeting", target_id=target_id)


@require_POST
@signed_in(bound=True)
def decline(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    meeting_replies.decline(
        school_id=identity.school_id,
        meeting_id=target_id,
        by=identity.person,
        at=_now(identity),
        words=_words(request),
    )
    return redirect("portal:meeting", target_id=target_id)


@require_POST
@signed_in(bound=True)
def attend(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    comes = request.POST.get("comes") == "yes"
    attendance.answer(
        school_id=identity.school_id,
        meeting_id=target_id,
        by=identity.person,
        comes=comes,
        words="" if comes else _words(request),
        at=_now(identity),
    )
    return redirect("portal:meeting", target_id=target_id)


@require_safe
@signed_in(bound=True)
def calendar(_request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """The agreed date for one's own calendar."""
    with viewing(identity) as viewer:
        file = meeting_files.read(viewer=viewer, meeting_id=target_id)
        entry = meeting_files.calendar_of(file, viewer=viewer)
    answer = HttpResponse(entry.content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return answer


def _show(
    request: HttpRequest, identity: Identity, target_id: UUID, *, mistake: str = ""
) -> HttpResponse:
    with viewing(identity) as viewer:  # sealed words are opened while their keys are in reach
        file = meeting_files.read(viewer=viewer, meeting_id=target_id)
        ahead = [slot for slot in file.slots if file.may_choose and slot.starts_at > viewer.at]
        context = {
            "meeting": file.meeting,
            "purpose": file.purpose,
            "state": _SENTENCES.get(Meeting.State(file.state), ""),
            "slots": [line(slot) for slot in ahead],
            "all_passed": file.may_choose and not ahead,
            "agreed": None if file.agreed is None else line(file.agreed),
            "over": file.agreed is not None and file.agreed.ends_at <= viewer.at,
            **_asked(file, identity),
            "file": file,
            "mistake": mistake,
            "words": typed.text(request, "words") if mistake else "",
            "excused": _excused(file),
            "answered": _answered(file, identity),
            "own": None if file.own is None else file.own.get_answer_display(),
            "call": file.meeting.prepared_by.name if file.moved_enough else "",
            **_arranging(viewer, file),
        }
    return pages.show(request, "meeting", context, status=400 if mistake else 200)


def _excused(file: MeetingFile) -> list[tuple[str, str]]:
    return [
        (reply.by.name, reply.words)
        for reply in file.replies
        if reply.kind == MeetingReply.Kind.EXCUSED
    ]


_SENTENCES = {
    Meeting.State.PREPARING: "学校正在重新安排时间，安排好后会再通知您。",
    Meeting.State.NO_SHOW: "学校会再提供几个时间，请留意通知。",
    Meeting.State.HELD: "这次会谈已经完成。",
    Meeting.State.NOT_MET: "这次会谈没有约成，学校会再与您联系。",
    Meeting.State.CANCELLED: "这次会谈已经取消。",
}


def when(slot: MeetingSlot) -> str:
    """10月14日（周三）18:00–18:45."""
    return _day(slot) + _hours(slot)


def _day(slot: MeetingSlot) -> str:
    begins = timezone.localtime(slot.starts_at)
    return f"{begins.month}月{begins.day}日（周{_WEEKDAYS[begins.weekday()]}）"


def _hours(slot: MeetingSlot) -> str:
    begins, ends = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
    return f"{begins:%H:%M}–{ends:%H:%M}"


def line(slot: MeetingSlot) -> dict[str, Any]:
    return {
        "id": slot.pk,
        "when": when(slot),
        "day": _day(slot),
        "hours": _hours(slot),
        "where": meeting_places.in_words(slot),
        "mark": "线上" if slot.is_remote else "晚间" if slot.is_evening else "",
    }


def arranged(viewer: Viewer, case: Case | None) -> Meeting | None:
    """The meeting of this case that counts now, for whoever arranges it."""
    if case is None or not viewer.may(Act.MEET, case):
        return None
    return rows.of_case(case.pk)


def _arranging(viewer: Viewer, file: MeetingFile) -> dict[str, Any]:
    """The way to another date, the task that asks for new times, and what was said before."""
    case = viewer.find(Case, file.meeting.case_id)
    if case is None or arranged(viewer, case) != file.meeting:
        return {}
    tasks = viewer.rows(HumanTask).filter(case=case, name=OFFER, state__in=task_files.LIVE)
    declined = [one for one in file.replies if one.kind == MeetingReply.Kind.DECLINED]
    return {
        "case_id": case.pk,
        "offered": [line(slot) for slot in file.slots] if file.state == _OFFERED else [],
        "declined": [(one.by.name, one.at, one.words) for one in declined],
        "may_move": file.state in MOVABLE and not rows.is_over(file.meeting, at=viewer.at),
        "family_moved_enough": file.meeting.changes >= Meeting.MOST_CHANGES,
        "offers": tasks.values_list("pk", flat=True).first(),
        "changes": changes(file),
    }


def changes(file: MeetingFile) -> list[tuple[str, datetime, str]]:
    """What was said of the times that did not suit, and by whom."""
    said = [one for one in file.replies if one.kind == MeetingReply.Kind.CHANGE]
    return [(one.by.name, one.at, one.words) for one in said]


def _answered(file: MeetingFile, identity: Identity) -> bool:
    """Whether this guardian has said that they will not come; they may still choose."""
    return any(
        reply.by_id == identity.person.pk
        and reply.kind == MeetingReply.Kind.DECLINED
        and reply.round == file.meeting.round
        for reply in file.replies
    )


def _asked(file: MeetingFile, identity: Identity) -> dict[str, Any]:
    """What this guardian asked for: while new times are sought, their last words; of what came when
    the agreed time was over, all of it: it moves nothing, and counts.
    """
    own = [
        reply
        for reply in file.replies
        if reply.by_id == identity.person.pk and reply.kind == MeetingReply.Kind.CHANGE
    ]
    over = None if file.agreed is None else file.agreed.ends_at
    sought = own if file.state == Meeting.State.PREPARING else []
    return {
        "asked": sought[-1].words if sought else "",
        "said_late": [one.words for one in own if over is not None and one.at >= over],
    }


def _words(request: HttpRequest) -> str:
    return typed.within(request, "words", most=_LONGEST_WORDS)


def _now(identity: Identity) -> Any:
    with viewing(identity) as viewer:
        return viewer.at


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
