"""What allows a psychological report on the table: a consent that holds, or a duty by name.

PSY is read by 心理教师 alone; whoever takes a report into a talk says why they may. A consent is
looked up, not believed: paper in a drawer may have been taken back. Inside a scope.
"""

from datetime import datetime
from typing import Final

from parties import consents
from parties.errors import InvalidInput
from parties.models import Consent, Student
from records.models import CommunicationRecord, PreparedItem

_Basis: Final = PreparedItem.Basis
_ASK: Final = "请取得本人或法定监护人的同意并登记，或选择职责依据；否则不要带入。"


def settle(
    *, student: Student, kind: str, basis: str, duty: str, basis_note: str, at: datetime
) -> Consent | None:
    """The consent that such a report rests on, for the row to keep; None for every other basis.

    Raises InvalidInput: no basis, no consent that holds, or a duty that nobody named.
    """
    if duty and (basis != _Basis.DUTY or duty not in PreparedItem.Duty.values):
        raise InvalidInput("没有这种职责依据。", field="duty", mend="请从列表中选择，或留空。")
    if kind != PreparedItem.Kind.PSY_REPORT:
        return None
    if basis == _Basis.CONSENT:
        return _held(student, at=at)
    if basis != _Basis.DUTY:
        raise InvalidInput("使用心理评估报告须有依据。", field="basis", mend=_ASK)
    if not basis_note.strip():
        raise InvalidInput(
            "没有写明职责。", field="basis_note", mend="请写明这次为什么须用到这份报告。"
        )
    if not duty:
        raise InvalidInput("没有写明是哪一项职责。", field="duty", mend="请选择职责及其法律条款。")
    return None


def refuse_lapsed(record: CommunicationRecord, *, at: datetime) -> None:
    """A report in a draft rests on a consent that still holds, or on a named duty.

    Raises InvalidInput: the consent was taken back, has run out, or was only told about.
    """
    for item in record.prepared.filter(kind=PreparedItem.Kind.PSY_REPORT):
        if not stands(item, at=at):
            raise InvalidInput("心理评估报告已没有有效的同意。", field="prepared", mend=_ASK)


def stands(item: PreparedItem, *, at: datetime) -> bool:
    """Whether what was prepared may be taken into a version that is written at `at`."""
    if item.kind != PreparedItem.Kind.PSY_REPORT:
        return True
    if item.basis == _Basis.DUTY:
        return bool(item.duty)
    return item.consent is not None and consents.holds(item.consent, at=at)


def _held(student: Student, *, at: datetime) -> Consent:
    found = consents.live(student=student, purpose=Consent.Purpose.PSY_REPORT, at=at)
    if found is None:
        raise InvalidInput("目前没有有效的同意。", field="basis", mend=_ASK)
    return found
