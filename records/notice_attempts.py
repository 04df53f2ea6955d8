"""Every try to reach a family about a notice (三有: time, place, record). Inside a scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from parties import legible
from parties.access import Act
from parties.errors import InvalidInput
from parties.models import Person, Student
from records import file_entries, language_gate, notice_receipts, notices
from records.language import Field
from records.models import FileEntry, Notice, NoticeContact

Channel = NoticeContact.Channel

#: A call or a visit was made somewhere.
_PLACED: Final = frozenset({Channel.PHONE, Channel.VISIT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to reach a family: to whom, by what way, where, when, and what came of it."""

    student_id: UUID
    guardian_id: UUID
    channel: str
    outcome: str
    tried_at: datetime
    place: str = ""
    note: str = ""


def contact(*, notice_id: UUID, by: Person, at: datetime, given: Attempt) -> NoticeContact:
    """Write down one try (三有: time, place, record), in the student's file as well.

    Raises as notice_receipts.by_staff(); InvalidInput: a time to come, or before the notice; a call
    or a visit without its place; forbidden words of staff, or another student's name.
    """
    notice = notices.held(notice_id, by=by, at=at, act=Act.CONTACT)
    notice_receipts.refuse_not_sent(notice)
    receipt = notice_receipts.receipt_of(notice, given.student_id, given.guardian_id, by=by, at=at)
    _refuse_unfit(given, receipt.student, at=at)
    _refuse_before(notice, given)
    made = NoticeContact.objects.create(
        school_id=notice.school_id,
        notice=notice,
        student_id=given.student_id,
        guardian_id=given.guardian_id,
        channel=given.channel,
        place=given.place,
        outcome=given.outcome,
        note=given.note,
        by=by,
        at=given.tried_at,
        recorded_at=at,
    )
    refs = [("student", given.student_id), ("contact", made.pk)]
    told = {"channel": given.channel, "outcome": given.outcome}
    notices.record("family.contacted", notice, by=by.pk, at=at, refs=refs, **told)
    _enter(made, receipt.student, case_id=notice.case_id)
    return made


def _enter(made: NoticeContact, student: Student, *, case_id: UUID | None) -> None:
    file_entries.enter(
        student=student,
        kind="contact_attempt",
        object_id=made.pk,
        party=FileEntry.Party.SCHOOL,
        at=made.at,
        readers=file_entries.SCHOOL,
        by=made.by,
        case_id=case_id,
    )


def _refuse_before(notice: Notice, given: Attempt) -> None:
    """A slip of the year would be the oldest entry of the child's file. A page knows minutes."""
    begun = (notice.submitted_at or notice.created_at).replace(second=0, microsecond=0)
    if given.tried_at < begun:
        raise InvalidInput(
            "联系时间早于这份通知。", field="at", mend="请填写通知写好以后、实际联系的时间。"
        )


def _refuse_unfit(given: Attempt, student: Student, *, at: datetime) -> None:
    if given.tried_at > at:
        raise InvalidInput("联系时间在将来。", field="at", mend="请填写实际联系的时间。")
    if given.channel in _PLACED and not legible.said(given.place):
        raise InvalidInput(
            "没有填写地点。", field="place", mend="请填写在哪里打的电话，或到哪里上门。"
        )
    # What stands in “ ” was said by whoever was reached; the rest is told by staff.
    texts = {"place": given.place, "note": given.note}
    language_gate.refuse_forbidden(texts, student=student, field=Field.QUOTE)
