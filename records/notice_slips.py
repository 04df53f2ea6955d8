"""Printed slips (通知回执单) for families without a phone: one child, one sheet, signed by hand.

    collect() inside a scope --> leave it --> records.printing renders

What comes back signed is recorded by notice_receipts.by_staff, with its scan. A slip carries no
number of its own anywhere: `slip_no` is worked out from notice and child, so whoever types it finds
the same child again, and nobody learns from it how many slips there are.
"""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from parties.access import Act, Viewer
from parties.errors import NotFound, WrongState
from parties.models import Student
from records import notice_owing, notice_policies, notices
from records.models import Notice, NoticeReceipt
from records.printing.documents import NoticeSlip, NoticeSlips, StudentLine, Watermark
from records.printing.limits import MOST_SLIPS

_OUT: Final = (Notice.State.SENT, Notice.State.CLOSED)
_PURPOSE: Final = "通知回执"
_ANSWERS: Final = ("已阅读并知晓以上内容",)
_ROOM_TO_WRITE: Final = 3
_HASH_SHOWN: Final = 16


def collect(
    *, viewer: Viewer, notice_id: UUID, student_id: UUID | None = None
) -> tuple[NoticeSlips, Watermark]:
    """The slip of one child, or of every child whose family can be reached by no phone and no mail
    and still owes an answer, with the mark of the copy. Inside a scope; written down as an event.

    One slip more than a document holds is collected, so that rendering refuses it by name.

    Raises:
        NotFound: the notice or the child is not for this reader; the child got no such notice.
        NotAllowed: this reader calls no family.
        WrongState: not sent yet, or no family needs a slip.
    """
    notice = viewer.get(Notice, notice_id)
    viewer.require(Act.CONTACT, notice)
    if notice.state not in _OUT:
        raise WrongState("通知还没有发出。", notice=str(notice.pk))
    children = _children(viewer, notice, student_id)
    notices.record(
        "notice.slip_printed",
        notice,
        by=viewer.person.pk,
        at=viewer.at,
        refs=[("student", child.pk) for child in children],
        count=len(children),
    )
    slips = tuple(_slip(notice, child) for child in children)
    mark = Watermark(reader=viewer.person.name, at=viewer.at, purpose=_PURPOSE)
    return NoticeSlips(notice.school.name, notice.title, slips), mark


def name_of(notice_id: UUID, on: date) -> str:
    """What the copy is called; no name of a person, for file names travel in logs."""
    return f"slips-{str(notice_id)[:8]}-{on:%Y%m%d}.pdf"


def number_of(notice_id: UUID, student_id: UUID) -> str:
    """Eight letters and digits that are hard to mistake; the same for the same notice and child."""
    digest = hashlib.sha256(notice_id.bytes + student_id.bytes).digest()
    letters = base64.b32encode(digest).decode()[:8]
    return f"{letters[:4]}-{letters[4:]}"


def _children(viewer: Viewer, notice: Notice, student_id: UUID | None) -> Sequence[Student]:
    """Children of the families that this reader calls, never of the reader's own."""
    called = Student.objects.filter(school_class__in=notice_policies.classes(viewer))
    sent = NoticeReceipt.objects.filter(notice=notice, student=OuterRef("pk"))
    found = called.filter(Exists(sent)).exclude(pk__in=viewer.kin)
    found = _unreachable(found, notice) if student_id is None else found.filter(pk=student_id)
    rows = found.select_related("person", "school_class").order_by(
        "school_class__code", "student_no", "pk"
    )
    children = list(rows[: MOST_SLIPS + 1])
    if not children and student_id is not None:
        raise NotFound("没有找到。")
    if not children:
        raise WrongState("没有需要纸质回执单的家庭。", notice=str(notice.pk))
    return children


def _unreachable(students: QuerySet[Student], notice: Notice) -> QuerySet[Student]:
    """Those whose guardians, as far as they were told, have neither phone nor mail."""
    told = NoticeReceipt.objects.filter(notice=notice, student=OuterRef("pk"))
    reached = ~Q(guardian__phone_index=None, guardian__email_index=None)
    owing = notice_owing.receipts(notice).values("student")
    return students.filter(~Exists(told.filter(reached)), pk__in=owing)


def _slip(notice: Notice, child: Student) -> NoticeSlip:
    """The text as it was sent; the code says which text that was."""
    number = number_of(notice.pk, child.pk)
    sent_hash = bytes(notice.text_hash or b"").hex()[:_HASH_SHOWN]
    return NoticeSlip(
        school=notice.school.name,
        title=notice.title,
        paragraphs=(notice.body,),
        student=StudentLine(child.person.name, child.school_class.name),
        slip_no=number,
        issued_on=timezone.localdate(notice.sent_at),
        issued_by=notice.school.name,
        return_by=None if notice.deadline is None else timezone.localdate(notice.deadline),
        answers=_ANSWERS,
        code=f"{number}:{sent_hash}",
        reply_lines=_ROOM_TO_WRITE if notice.needs_answer else 0,
    )
