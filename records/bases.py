"""What allows a psychological report on the table: a consent that holds, or a duty by name.

PSY is read by 心理教师 alone; whoever takes a report into a talk says why they may. What is called
otherwise and brings a file of that class is one as well. A consent is looked up, not believed:
paper in a drawer may have been taken back. Keeping a file asks for nothing: a crisis waits for no
basis. Inside a scope.
"""

from datetime import datetime
from typing import Final

from parties import consents, legible
from parties.errors import InvalidInput
from parties.models import Consent, Student
from parties.privacy import FieldClass, parse
from records.models import Attachment, CommunicationRecord, PreparedItem

_Basis: Final = PreparedItem.Basis
_ASK: Final = "请取得本人或法定监护人的同意并登记，或选择职责依据；否则不要带入。"


def asks(kind: str, file: Attachment | None = None) -> bool:
    """Whether this paper needs a basis: what it is, or what the file is that comes with it."""
    return kind == PreparedItem.Kind.PSY_REPORT or (file is not None and is_psy(file))


def is_psy(file: Attachment) -> bool:
    return FieldClass.PSY in parse(file.sensitivity)


def settle(  # noqa: PLR0913 - what a paper says of itself
    *,
    student: Student,
    kind: str,
    basis: str,
    duty: str,
    basis_note: str,
    at: datetime,
    file: Attachment | None = None,
) -> Consent | None:
    """The consent that such a report rests on, for the row to keep; None for every other basis.

    Raises InvalidInput: no basis, no consent that holds, or a duty that nobody named.
    """
    if duty and (basis != _Basis.DUTY or duty not in PreparedItem.Duty.values):
        raise InvalidInput("没有这种职责依据。", field="duty", mend="请从列表中选择，或留空。")
    if not asks(kind, file):
        return None
    if basis == _Basis.CONSENT:
        return _held(student, at=at)
    if basis != _Basis.DUTY:
        raise InvalidInput(f"使用{_named(kind)}须有依据。", field="basis", mend=_ASK)
    if not legible.said(basis_note):
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
    for item in record.prepared.select_related("attachment", "consent"):
        if not stands(item, at=at):
            wrong = f"{_named(item.kind)}已没有有效的同意。"
            if item.kind != PreparedItem.Kind.PSY_REPORT and not item.basis:
                wrong = f"{_named(item.kind)}没有写明依据。"
            raise InvalidInput(wrong, field="prepared", mend=_ASK)


def stands(item: PreparedItem, *, at: datetime) -> bool:
    """Whether what was prepared may be taken into a version that is written at `at`."""
    if not asks(item.kind, item.attachment):
        return True
    if item.basis == _Basis.DUTY:
        return bool(item.duty)
    return item.consent is not None and consents.holds(item.consent, at=at)


def is_allowed(student: Student, *, at: datetime) -> bool:
    """Whether a consent that holds allows it, whatever it is kept as."""
    return consents.live(student=student, purpose=Consent.Purpose.PSY_REPORT, at=at) is not None


def _named(kind: str) -> str:
    if kind == PreparedItem.Kind.PSY_REPORT:
        return "心理评估报告"
    return f"“{PreparedItem.Kind(kind).label}”所附的心理类（PSY）文件"


def _held(student: Student, *, at: datetime) -> Consent:
    found = consents.live(student=student, purpose=Consent.Purpose.PSY_REPORT, at=at)
    if found is None:
        raise InvalidInput("目前没有有效的同意。", field="basis", mend=_ASK)
    return found
