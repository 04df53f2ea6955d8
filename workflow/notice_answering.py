"""What comes back on a notice, from families themselves or written down by staff, and who hears.

A family's word is stored first and looked through after; what it may mean is a hint for people, who
decide with one tap. The process hears of the last answer in the same transaction, behind a
savepoint: what families did is never lost to a fault in the diagram, nor left unheard by a crash.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from parties import tenancy
from parties.access import Act, Viewer
from parties.errors import SanfangError, WrongState
from parties.models import Person
from records import (
    file_entries,
    notice_attempts,
    notice_entries,
    notice_owing,
    notice_receipts,
    signs,
)
from records.models import FileEntry, Notice, NoticeContact, NoticeReceipt
from records.notice_attempts import Attempt
from records.notice_papers import OnPaper
from workflow import (
    danger_signs,
    notice_calls,
    notice_hints,
    notice_news,
    notice_process,
    processes,
    refused_words,
    reporting,
)
from workflow.reports import Receipt, ReportInput

logger = logging.getLogger(__name__)


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
    refused = refused_words.heard(
        NoticeReceipt, receipt_id, Act.ANSWER, school_id=school_id, by=by, at=at,
        hear=partial(_hear_refused, text),
    )  # fmt: skip
    with refused, _answering(school_id, receipt_id, at=at) as heard:
        receipt = notice_receipts.reply(receipt_id=receipt_id, by=by, at=at, text=text)
        if receipt.replied_at == at:
            _tell(receipt, text, by=by, at=at)
        else:  # the second tap
            notice_hints.tell_again(receipt, text, at=at)
        return heard(receipt)


@contextmanager
def _answering(
    school_id: int, receipt_id: UUID, *, at: datetime
) -> Iterator[Callable[[NoticeReceipt], NoticeReceipt]]:
    """A scope in which a family answers; the process hears of it in the same transaction."""
    with tenancy.scope(school_id):
        found = NoticeReceipt.objects.filter(pk=receipt_id).values_list("notice_id", flat=True)
        for notice_id in found:
            notice_process.lock(notice_id)
        yield partial(_hear, at=at)


def by_staff(
    *, school_id: int, notice_id: UUID, by: Person, at: datetime, given: OnPaper
) -> NoticeReceipt:
    """Raises as notice_receipts.by_staff()."""

    def hear(notice: Notice, viewer: Viewer) -> None:
        whose = (given.student_id, given.guardian_id)
        receipt = notice_receipts.receipt_of(notice, *whose, by=by, at=at)
        _hear_refused(given.reply, receipt, viewer)

    refused = refused_words.heard(
        Notice, notice_id, Act.CONTACT, school_id=school_id, by=by, at=at, hear=hear
    )
    with refused, tenancy.scope(school_id):
        notice_process.lock(notice_id)
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
        words = danger_signs.quoted(receipt)
        if not words:
            raise WrongState("这份回执没有文字。", receipt=str(receipt_id))
        taken = danger_signs.sound(viewer, receipt)
    if taken is None:
        report = ReportInput(
            who="", student_id=receipt.student_id, observed=words, safe_now="UNKNOWN"
        )
        return reporting.receive(person=by, report=report, key=f"notice-reply:{receipt_id}")
    if not taken.repeated:
        processes.start_now(school_id, taken.case_id, at=at)
    return taken


def _tell(receipt: NoticeReceipt, text: str, *, by: Person, at: datetime) -> None:
    _enter(receipt, at=at)
    notice_hints.tell(receipt, text, at=at)
    notice_news.tell_of_reply(receipt, by=by, at=at)


def _hear_refused(text: str, receipt: NoticeReceipt, viewer: Viewer) -> None:
    """The words are not kept; what stands there already was heard when it came."""
    NoticeReceipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    found = signs.read_on(receipt.reply, text)
    known = text.strip() in receipt.reply or not (found.red or found.complaint)
    if not known and refused_words.is_new(
        text, by=viewer.person, place=receipt.pk, source=danger_signs.SOURCE, at=viewer.at
    ):
        notice_hints.tell(receipt, text, at=viewer.at)


def _enter(receipt: NoticeReceipt, *, at: datetime) -> None:
    """At the moment of the first answer: a later one stands with it."""
    file_entries.enter(
        student=receipt.student,
        kind=notice_entries.REPLY,
        object_id=receipt.pk,
        party=FileEntry.Party.FAMILY,
        at=at,
        readers=file_entries.SCHOOL,
        by=receipt.guardian,
        case_id=receipt.notice.case_id,
        people=[receipt.guardian_id],
    )


def _hear(receipt: NoticeReceipt, *, at: datetime) -> NoticeReceipt:
    """Calls of a class that is done fall away; with the last answer the process ends."""
    if receipt.settled_at is not None:
        _safely(lambda: _hear_now(receipt, at=at), receipt.pk)
    return receipt


def _hear_now(receipt: NoticeReceipt, *, at: datetime) -> None:
    notice = receipt.notice
    if not notice_owing.is_anybody(notice) and notice.case_id is not None:
        notice_process.tell(notice.case_id, notice_process.ANSWERED, by=None, at=at)
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
