"""What people do with notices, and who hears of it.

    submit --> gate --> a matter with bpmn/notice.bpmn --> receipts --> the last one ends it

A family's word is stored first and looked through after; what it may mean is a hint for people, who
decide with one tap. The process hears of the last answer in the same transaction, behind a
savepoint: what families did is never lost to a fault in the diagram, nor left unheard by a crash.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from parties import tenancy
from parties.access import Act, Viewer
from parties.errors import SanfangError, WrongState
from parties.models import Membership, Person
from parties.relations import in_force
from parties.roles import Role
from records import (
    notice_attempts,
    notice_owing,
    notice_receipts,
    notice_wording,
    notices,
    signs,
)
from records.models import Notice, NoticeContact, NoticeReceipt
from records.notice_attempts import Attempt
from records.notice_receipts import OnPaper
from workflow import (
    family_words,
    notice_calls,
    notice_news,
    notifications,
    openings,
    processes,
    reporting,
    steps,
)
from workflow.models import Case, ProcessInstance
from workflow.notifications import Message
from workflow.reports import Receipt, ReportInput

logger = logging.getLogger(__name__)

PROCESS: Final = "notice"
ANSWERED: Final = "notice_answered"
WITHDRAWN: Final = "notice_withdrawn"
_NEWS: Final = "case.news"
_LIVE: Final = (ProcessInstance.State.RUNNING, ProcessInstance.State.FROZEN)


def submit(*, school_id: int, notice_id: UUID, by: Person, at: datetime) -> Notice:
    """Hold it against the gate and send it on its way.

    Raises:
        AboutOnePerson: the gate stopped it; that is on record, and the text can be mended.
        NotNeutral: forbidden words, or a slot that nobody filled; it stays a draft.
        NotFound, NotAllowed: not visible; not the author.
        WrongState: submitted already, or withdrawn.
    """
    with tenancy.scope(school_id):
        notice = notices.held(notice_id, by=by, at=at, act=Act.SUBMIT)
        if notice.state not in Notice.EDITABLE:
            raise WrongState("通知已经提交。", notice=str(notice.pk))
        found = notices.findings(notice)
        if found:
            notices.refuse(notice, found, by=by.pk, at=at)
        else:
            notice_wording.refuse(notice)
            _open(notice, by=by, at=at)
    if found:
        raise notices.AboutOnePerson(found)
    if notice.case_id is not None:
        processes.start_now(school_id, notice.case_id, at=at)
    return notice


def _open(notice: Notice, *, by: Person, at: datetime) -> None:
    case = openings.open_(
        school_id=notice.school_id,
        channel=Case.Channel.NOTICE,
        process=PROCESS,
        by=by,
        at=at,
        kind="notice",
        members=_approvers(notice, at=at),
    )
    notice.submit(text_hash=notices.hash_of(notice), case_id=case.pk, at=at)
    notice.save()
    notices.record("notice.submitted", notice, by=by.pk, at=at)


def _approvers(notice: Notice, *, at: datetime) -> set[UUID]:
    """Homeroom teacher and grade leader of the place; 德育处 sees every notice anyway."""
    own, found = notice.school_class, set()
    grade = notice.grade if own is None else own.grade
    posts = in_force(Membership.objects.filter(role__in=[Role.HT, Role.GL]), at)
    for post in posts:
        if post.role == Role.HT and own is not None and post.school_class_id == own.pk:
            found.add(post.person_id)
        if post.role == Role.GL and grade and post.grade in ("", grade):
            found.add(post.person_id)
    return found


def withdraw(*, school_id: int, notice_id: UUID, by: Person, at: datetime) -> Notice:
    """Take it back before anybody was told. Raises as submit(), WrongState once it was sent."""
    with tenancy.scope(school_id):
        _lock_process(notice_id)
        notice = notices.held(notice_id, by=by, at=at, act=Act.EDIT)
        if notice.state in (Notice.State.SENT, Notice.State.CLOSED, Notice.State.WITHDRAWN):
            raise WrongState("通知已经发出，不能撤回。", notice=str(notice.pk))
        running = notice.state not in Notice.EDITABLE
        notice.withdraw(at=at)
        notice.save()
        notices.record("notice.withdrawn", notice, by=by.pk, at=at)
        if running and notice.case_id is not None:
            _signal(notice.case_id, WITHDRAWN, by=by, at=at)
        return notice


# --- families -------------------------------------------------------------------------------------


def open_(*, school_id: int, receipt_id: UUID, by: Person, at: datetime, how: str) -> NoticeReceipt:
    """Raises as notice_receipts.open_()."""
    with _answering(school_id, receipt_id, at=at) as heard:
        return heard(notice_receipts.open_(receipt_id=receipt_id, by=by, at=at, how=how))


def confirm(
    *, school_id: int, receipt_id: UUID, by: Person, at: datetime, how: str
) -> NoticeReceipt:
    """Raises as notice_receipts.confirm()."""
    with _answering(school_id, receipt_id, at=at) as heard:
        return heard(notice_receipts.confirm(receipt_id=receipt_id, by=by, at=at, how=how))


def sign(*, school_id: int, receipt_id: UUID, by: Person, at: datetime, how: str) -> NoticeReceipt:
    """Raises as notice_receipts.sign()."""
    with _answering(school_id, receipt_id, at=at) as heard:
        return heard(notice_receipts.sign(receipt_id=receipt_id, by=by, at=at, how=how))


def reply(
    *, school_id: int, receipt_id: UUID, by: Person, at: datetime, text: str
) -> NoticeReceipt:
    """A family's own words; whoever should look at them soon is told. Raises as there."""
    with _answering(school_id, receipt_id, at=at) as heard:
        receipt = notice_receipts.reply(receipt_id=receipt_id, by=by, at=at, text=text)
        _tell(receipt, text, by=by, at=at)
        return heard(receipt)


@contextmanager
def _answering(
    school_id: int, receipt_id: UUID, *, at: datetime
) -> Iterator[Callable[[NoticeReceipt], NoticeReceipt]]:
    """A scope in which a family answers; the process hears of it in the same transaction."""
    with tenancy.scope(school_id):
        found = NoticeReceipt.objects.filter(pk=receipt_id).values_list("notice_id", flat=True)
        for notice_id in found:
            _lock_process(notice_id)
        yield partial(_hear, at=at)


# --- staff ----------------------------------------------------------------------------------------


def by_staff(
    *, school_id: int, notice_id: UUID, by: Person, at: datetime, given: OnPaper
) -> NoticeReceipt:
    """Raises as notice_receipts.by_staff()."""
    with tenancy.scope(school_id):
        _lock_process(notice_id)
        receipt = notice_receipts.by_staff(notice_id=notice_id, by=by, at=at, given=given)
        if given.reply.strip():
            _tell(receipt, given.reply, by=by, at=at)
        return _hear(receipt, at=at)


def contact(
    *, school_id: int, notice_id: UUID, by: Person, at: datetime, given: Attempt
) -> NoticeContact:
    """Raises as notice_attempts.contact()."""
    with tenancy.scope(school_id):
        return notice_attempts.contact(notice_id=notice_id, by=by, at=at, given=given)


def report_danger(*, school_id: int, receipt_id: UUID, by: Person, at: datetime) -> Receipt:
    """A person has read the words and decides: a crisis. Twice makes one case.

    Raises NotFound, NotAllowed: not for this reader's eyes; family.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        receipt = viewer.get(NoticeReceipt, receipt_id)
        viewer.require(Act.ENDANGER, receipt)
        words = receipt.reply
        report = ReportInput(
            who="",
            student_id=receipt.student_id,
            observed=f"“{words}”",  # their own words: nobody is asked to mend them
            safe_now="UNKNOWN",
        )
    if not words.strip():
        raise WrongState("这份回执没有文字。", receipt=str(receipt_id))
    return reporting.receive(person=by, report=report, key=f"notice-reply:{receipt_id}")


# --- who hears of it ------------------------------------------------------------------------------


def _tell(receipt: NoticeReceipt, text: str, *, by: Person, at: datetime) -> None:
    _tell_of_hint(receipt, text, at=at)
    notice_news.tell_of_reply(receipt, by=by, at=at)


def _tell_of_hint(receipt: NoticeReceipt, text: str, *, at: datetime) -> None:
    """Danger: homeroom teacher and 德育处 on duty, now. A complaint: 德育处. Never the family."""
    found = signs.read(text)
    if not found.red and not found.complaint:
        return
    danger = bool(found.red)
    told = family_words.who_looks(receipt.student, danger=danger, at=at)
    rows = [
        Message(
            case_id=receipt.notice.case_id,
            to_id=person,
            to_role=role.value,
            channel="in_app",
            template=family_words.LOOK_NOW if danger else _NEWS,
            key=f"hint:{receipt.pk}:{at.isoformat()}:{person}",
            lane="crisis" if danger else "routine",
        )
        for person, role in told.items()
    ]
    notifications.enqueue_many(school_id=receipt.school_id, rows=rows, at=at)
    notices.record(
        "danger.hinted" if danger else "complaint.hinted",
        receipt.notice,
        by=None,
        at=at,
        refs=[("receipt", receipt.pk)],
        told=len(rows),
    )


def _hear(receipt: NoticeReceipt, *, at: datetime) -> NoticeReceipt:
    """Calls of a class that is done fall away; with the last answer the process ends."""
    if receipt.settled_at is not None:
        _safely(lambda: _hear_now(receipt, at=at), receipt.pk)
    return receipt


def _hear_now(receipt: NoticeReceipt, *, at: datetime) -> None:
    notice = receipt.notice
    if not notice_owing.is_anybody(notice) and notice.case_id is not None:
        _signal(notice.case_id, ANSWERED, by=None, at=at)
    else:
        notice_calls.settle_calls(notice, at=at)


def _safely(act: Callable[[], None], pk: UUID) -> None:
    """The receipt stays; a process that moved on, or a fault in it, is no fault of a family."""
    try:
        with transaction.atomic():
            act()
    except SanfangError as refused:
        logger.info("notice.not_heard code=%s id=%s", refused.code, pk)
    except Exception:
        logger.exception("notice.signal_failed id=%s", pk)


def _signal(case_id: UUID, signal: str, *, by: Person | None, at: datetime) -> None:
    running = ProcessInstance.objects.filter(case=case_id, process_key=PROCESS, status__in=_LIVE)
    pk = running.values_list("pk", flat=True).first()
    if pk is not None:
        steps.take(
            instance_id=pk, at=at, via="web", by=None if by is None else by.pk, signal=signal
        )


def _lock_process(notice_id: UUID) -> None:
    """The instance before the notice, in the order of every step."""
    case_id = Notice.objects.filter(pk=notice_id).values_list("case_id", flat=True).first()
    if case_id is not None:
        rows = ProcessInstance.objects.select_for_update(no_key=True).filter(case=case_id)
        list(rows.order_by("pk"))
