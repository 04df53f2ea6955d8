"""The scan that a family's answer to a notice rests on: it stays, with its bytes.

It is what the school has of a signature on paper. Whoever calls the family may put another in its
place until the answer is written down, and not after; only the head of 德育处 destroys one, who
neither wrote the answer down nor uploaded it, and with a reason that is kept, as with files of
records (records/destroying.py). What the answer was, and that there was a scan, stays.
"""

from typing import Final
from uuid import UUID

from parties.access import Act, Viewer
from parties.errors import NotAllowed, WrongState
from parties.roles import Role
from records import notices
from records.models import Attachment, NoticeReceipt

_State = Attachment.State
_KIND: Final = "attachment"


def of(receipt: NoticeReceipt) -> Attachment | None:
    """The scan of a receipt as it lies there. Inside a scope."""
    return Attachment.objects.filter(pk__in=[receipt.scan], state=_State.STORED).first()


def is_standing(receipt: NoticeReceipt) -> bool:
    """Whether an answer rests on the scan that is there. Inside a scope."""
    there = of(receipt)
    return there is not None and _carries(receipt, there)


def refuse_replacing(receipt: NoticeReceipt) -> None:
    """Raises WrongState: an answer rests on the scan that is there."""
    there = of(receipt)
    if there is not None and _carries(receipt, there):
        raise WrongState(
            "签字回执已登记，以现有的这份扫描件为凭，不能替换。"
            "如果传错了，请德育处负责人写明理由销毁它，然后再上传。",
            receipt=str(receipt.pk),
            attachment=str(there.pk),
        )


def refuse_taking_out(attachment_id: UUID) -> None:
    """Raises WrongState: an answer rests on this file, wherever it belongs. Inside a scope."""
    there = Attachment.objects.filter(pk=attachment_id).first()
    receipts = NoticeReceipt.objects.select_related("notice").filter(scan=attachment_id)
    if there is not None and any(_carries(receipt, there) for receipt in receipts):
        raise WrongState("通知的签字回执以这份扫描件为凭，不能拿掉。", state=str(there.state))


def for_head(viewer: Viewer, attachment_id: UUID) -> tuple[NoticeReceipt, Attachment] | None:
    """Such a scan, for the head of 德育处 outside of this family, who need not look into it; under
    locks. None: it is no such scan, or they are somebody else.
    """
    if not viewer.heads(Role.ME):
        return None
    rows = NoticeReceipt.objects.select_for_update(of=("self",)).select_related("notice")
    receipt = rows.filter(scan=attachment_id).exclude(student__in=viewer.kin).first()
    found = Attachment.objects.select_for_update().filter(
        pk=attachment_id, record_id=None, item_id=None
    )
    there = found.first()
    if receipt is None or there is None or not _carries(receipt, there):
        return None
    return receipt, there


def destroy(
    viewer: Viewer, receipt: NoticeReceipt, found: Attachment, *, why: str, reason: str
) -> None:
    """As for_head() gave them. Again changes nothing. Raises NotAllowed: their own writing."""
    if viewer.person.pk in (found.uploaded_by_id, receipt.recorded_by_id):
        raise NotAllowed("自己上传或登记的回执不能由自己销毁。", act=Act.DESTROY.value)
    if found.state == _State.DESTROYED:
        return
    found.destroy(by=viewer.person, at=viewer.at, reason=reason)
    found.save(update_fields=["state", "destroyed_at", "destroyed_by", "destroyed_reason"])
    notices.record(
        "attachment.destroyed",
        receipt.notice,
        by=viewer.person.pk,
        at=viewer.at,
        refs=[("receipt", receipt.pk), (_KIND, found.pk)],
        why=why,
    )


def _carries(receipt: NoticeReceipt, scan: Attachment) -> bool:
    """Whether the answer that staff wrote down rests on it: it was there, and it was no call.

    What comes after a signature belongs to that, as the right page for one that was destroyed.
    """
    if receipt.recorded_by_id is None or receipt.how == NoticeReceipt.How.PHONE:
        return False
    if receipt.state == NoticeReceipt.State.SIGNED:
        return True
    confirmed = receipt.confirmed_at
    return confirmed is not None and scan.uploaded_at <= confirmed
