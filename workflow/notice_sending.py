"""Sends a notice in batches, and reminds whoever still owes an answer, step by step.

    send (rung 0) --> resend (1) --> text message (2) --> the diagram goes on with calls

One batch is a handful of statements whatever its size, and one transaction: the diagram waits a
minute and comes again while there are more. Nothing leaves between evening and morning.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from parties import links
from parties.models import Person, SignInLink
from parties.roles import Role
from records import file_entries, notice_audience, notice_owing, notices
from records.models import FileEntry, Notice, NoticeReceipt
from workflow import clocks, notice_arrivals, notifications
from workflow.clocks import ClockBook
from workflow.notifications import Message

#: Receipts of one batch.
BATCH: Final = 500
#: How long a link in a message works, in machine time: until the next one comes, and longer.
LINK_LASTS: Final = timedelta(days=7)
TEMPLATE: Final = "notice.new"
LANE: Final = "routine"

RESEND: Final = 1
TEXT: Final = 2

#: Answers of a batch: nothing left, more in a minute, or not before the morning.
DONE: Final = "no"
NOW: Final = "now"
MORNING: Final = "morning"


def is_quiet(book: ClockBook, *, at: datetime) -> bool:
    """Between evening and morning: the next morning comes before the next evening."""
    morning = book.due("notice.morning", anchors={}, at=at)
    return morning < book.due("notice.evening", anchors={}, at=at)


def closing(notice: Notice, book: ClockBook, *, at: datetime) -> datetime:
    """The deadline that it names, or the usual one; an answer that is owed gets all its steps."""
    until = notice.deadline or book.due("notice.answers", anchors={}, at=at)
    if notice.needs_answer:
        until = max(until, book.due("notice.meeting", anchors={}, at=at) + timedelta(days=1))
    return max(until, at)


def send(notice: Notice, *, at: datetime) -> str:
    """The next guardians who have no receipt yet."""
    book = clocks.load(notice.school_id)
    if is_quiet(book, at=at):
        return MORNING
    if notice.state == Notice.State.APPROVED:
        notice.send(at=at, closes_at=closing(notice, book, at=at))
        notice.save()
    if _send_next(notice, rung=0, at=at) == BATCH:
        return NOW
    notice.untold = notice_audience.nobody_told(notice)
    notice.save(update_fields=["untold"])
    return DONE


def send_late(notice: Notice, *, rung: int, at: datetime) -> int:
    """Guardians who may be told only since it went out, as of this rung; answers how many.

    They are told as the others were at first; the steps that follow find them like everybody, and
    a meeting waits for five working days of their own (notice_calls). Nothing is sent of what is
    over or past its own deadline.
    """
    until = notice.deadline or notice.closes_at
    over = notice.state != Notice.State.SENT or until is None or until <= at
    if over or is_quiet(clocks.load(notice.school_id), at=at):
        return 0
    return _send_next(notice, rung=rung, at=at)


def let_read(notice: Notice, *, at: datetime) -> int:
    """Guardians who may be told only since it ended find it to read: no message, nothing to do;
    what was answered for the child stands.
    """
    made = _make(notice, rung=0, at=at)
    if made:
        notices.record("notice.let_read", notice, by=None, at=at, count=len(made))
    return len(made)


def _send_next(notice: Notice, *, rung: int, at: datetime) -> int:
    made = _make(notice, rung=rung, at=at)
    _tell(notice, made, {receipt.pk: _first_ways(receipt.guardian) for receipt in made}, at=at)
    if made:
        notices.record("notice.sent", notice, by=None, at=at, count=len(made), rung=rung)
    return len(made)


def _make(notice: Notice, *, rung: int, at: datetime) -> list[NoticeReceipt]:
    found = notice_audience.unsent(notice, at=at, limit=BATCH)
    made = NoticeReceipt.objects.bulk_create(
        [
            NoticeReceipt(
                school_id=notice.school_id,
                notice=notice,
                guardian=link.guardian,
                student_id=link.student_id,
                created_at=at,
                rung=rung,
            )
            for link in found
        ]
    )
    _enter_in_files(notice, {receipt.student_id for receipt in made}, at=at)
    return made


def remind(notice: Notice, *, rung: int, at: datetime) -> str:
    """The next families that still owe something and were not reminded on this rung: by their
    receipts, also of a child who has changed class meanwhile.
    """
    if is_quiet(clocks.load(notice.school_id), at=at):
        return MORNING
    notice_arrivals.note_delivered(notice, at=at)
    room = BATCH - send_late(notice, rung=rung, at=at)
    owed = notice_owing.receipts(notice).filter(rung__lt=rung).select_related("guardian")
    told = notice_audience.tellable(at=at).filter(
        guardian=OuterRef("guardian"), student=OuterRef("student")
    )
    found = list(owed.filter(Exists(told)).order_by("student_id", "guardian_id")[:room])
    NoticeReceipt.objects.filter(pk__in=[one.pk for one in found]).update(rung=rung)
    for one in found:
        one.rung = rung
    ways = _text_ways if rung == TEXT else _second_ways
    _tell(notice, found, {one.pk: ways(one.guardian) for one in found}, at=at)
    if found:
        notices.record("notice.reminded", notice, by=None, at=at, count=len(found), rung=rung)
    return NOW if len(found) == room else DONE


# --- by what way ----------------------------------------------------------------------------------


def _first_ways(guardian: Person) -> Sequence[str]:
    """In the app, and a link by text message; by mail where there is no phone."""
    return ("in_app", *_outside(guardian, "sms", "email"))


def _second_ways(guardian: Person) -> Sequence[str]:
    """Another way than the first time, where there is one."""
    return ("in_app", *_outside(guardian, "email", "sms"))


def _text_ways(guardian: Person) -> Sequence[str]:
    return _outside(guardian, "sms")


def _outside(guardian: Person, *wanted: str) -> Sequence[str]:
    """The first way that reaches this person; whoever has none gets a slip of paper."""
    reach = {"sms": guardian.phone_index, "email": guardian.email_index}
    return tuple(way for way in wanted if reach[way] is not None)[:1]


def _tell(
    notice: Notice,
    receipts: Sequence[NoticeReceipt],
    ways: Mapping[UUID, Sequence[str]],
    *,
    at: datetime,
) -> None:
    """One message per receipt and way; those that leave the house carry a link of their own."""
    outward = [one for one in receipts if any(way != "in_app" for way in ways[one.pk])]
    made = links.issue_many(
        school_id=notice.school_id,
        wanted=[(one.guardian_id, one.pk) for one in outward],
        purpose=SignInLink.Purpose.NOTICE,
        lifetime=LINK_LASTS,
    )
    rows = [
        _message(notice, one, way, link=made.get(one.pk))
        for one in receipts
        for way in ways[one.pk]
    ]
    if rows:
        notifications.enqueue_many(school_id=notice.school_id, rows=rows, at=at)


def _message(notice: Notice, receipt: NoticeReceipt, way: str, *, link: UUID | None) -> Message:
    """In the app: once per receipt and rung. Outside: the link is new each time, and so the key."""
    inside = way == "in_app"
    key = f"notice:{receipt.pk}:{receipt.rung}:app" if inside else f"notice:{link}:{way}"
    return Message(
        case_id=notice.case_id,
        to_id=receipt.guardian_id,
        to_role=Role.G.value,
        channel=way,
        template=TEMPLATE if inside else notice_arrivals.LINK_TEMPLATE,
        key=key,
        lane=LANE,
    )


def _enter_in_files(notice: Notice, students: Collection[UUID], *, at: datetime) -> None:
    file_entries.enter_many(
        school_id=notice.school_id,
        students=students,
        kind="notice",
        object_id=notice.pk,
        party=FileEntry.Party.SCHOOL,
        at=at,
        readers=file_entries.SCHOOL | file_entries.FAMILY,
        by=notice.author_id,
        case_id=notice.case_id,
    )
