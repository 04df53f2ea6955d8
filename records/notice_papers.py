"""What staff bring along for a family's answer to a notice, and what it proves. Inside a scope.

A scan proves nothing that is not this guardian's, and a colleague nothing who was not there.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parties.errors import InvalidInput
from parties.models import Person
from records import notice_witnesses
from records.models import Attachment, Notice, NoticeReceipt

How = NoticeReceipt.How
State = NoticeReceipt.State


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPaper:
    """What staff record for a family: how, and who else was there; `scan` is an attachment."""

    student_id: UUID
    guardian_id: UUID
    how: str
    witness_id: UUID | None = None
    scan: UUID | None = None
    reply: str = ""


def refuse_way(given: OnPaper) -> None:
    if given.how not in (How.PAPER, How.PHONE):
        raise InvalidInput("请选择纸质或电话。", field="how", mend="PAPER 或 PHONE。")


def refuse_witness(given: OnPaper, receipt: NoticeReceipt, *, by: Person, at: datetime) -> None:
    """Raises InvalidInput: nobody else was there where somebody must be, or whoever was may not."""
    if given.how == How.PHONE and given.witness_id is None:
        raise InvalidInput(
            "电话复述需要另一位教职工在场。", field="witness", mend="请填写一起听电话的同事。"
        )
    asks_to_sign = receipt.notice.strength == Notice.Strength.SIGN
    if asks_to_sign and _is_scanned(given, receipt) and given.witness_id is None:
        raise InvalidInput(
            "签字回执需要另一位教职工见证。", field="witness", mend="请填写当时在场的同事。"
        )
    notice_witnesses.refuse(given.witness_id, given.student_id, by=by, at=at)


def refuse_scan(given: OnPaper, receipt: NoticeReceipt) -> None:
    """A scan of somebody else's, a destroyed one and none at all are the same mistake."""
    if given.scan is None:
        return
    stored = Attachment.objects.filter(
        pk=given.scan, student=given.student_id, state=Attachment.State.STORED
    )
    others = NoticeReceipt.objects.filter(scan=given.scan).exclude(pk=receipt.pk)
    if not stored.exists() or others.exists():
        raise InvalidInput(
            "没有找到这份扫描件，或它不属于这位学生。",
            field="scan",
            mend="请先上传这位学生的回执扫描件，再填写它的编号。",
        )


def proven(receipt: NoticeReceipt, given: OnPaper) -> NoticeReceipt.State:
    scanned, witnessed = _is_scanned(given, receipt), given.witness_id is not None
    if scanned and witnessed and receipt.notice.strength == Notice.Strength.SIGN:
        return State.SIGNED
    return State.CONFIRMED if scanned or witnessed else State.OPENED


def most(receipt: NoticeReceipt) -> NoticeReceipt.State:
    """As much as a slip with its scan can prove."""
    asks_to_sign = receipt.notice.strength == Notice.Strength.SIGN
    return State.SIGNED if asks_to_sign else State.CONFIRMED


def claimed(receipt: NoticeReceipt, given: OnPaper) -> NoticeReceipt.State:
    """What it is brought along for, whether or not it proves that much."""
    return most(receipt) if _is_scanned(given, receipt) else proven(receipt, given)


def _is_scanned(given: OnPaper, receipt: NoticeReceipt) -> bool:
    """A slip of this guardian is there to look at: sent along, or uploaded before."""
    return given.how == How.PAPER and (given.scan or receipt.scan) is not None
