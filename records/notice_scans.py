"""The signed slip that comes back: its scan, kept with the receipt of the guardian who signed.

As files of records (records/attachments.py): cleaned and sealed between two scopes. A receipt has
one scan; until it is answered a newer one takes its place, and the older is destroyed, for it may
be another family's. The scan that an answer rests on stays (records/kept_scans.py). The same
picture once more is the same act.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from parties import tenancy
from parties.access import Act, Viewer
from parties.models import Person
from records import (
    attachments,
    file_entries,
    kept_scans,
    notice_receipts,
    notices,
    stored_files,
    vault,
)
from records.attachments import KIND, Upload
from records.models import Attachment, FileEntry, NoticeReceipt
from records.uploads import CleanFile, Kind, Reason, UploadRefused
from records.uploads.kinds import MEDIA_TYPE
from records.vault import StoredBlob

#: What a slip of paper becomes.
_PAPER: Final = frozenset(MEDIA_TYPE[kind] for kind in (Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.PDF))


def store(
    *, school_id: int, by: Person, at: datetime, receipt_id: UUID, upload: Upload
) -> Attachment:
    """Keep the scan of one receipt. Not for use inside a scope.

    Raises NotFound; NotAllowed: this reader does not call that family; WrongState: the notice is
    not sent, an answer rests on the scan that is there, or the guardian answered without a slip;
    UploadRefused over the file itself; VaultUnavailable.
    """
    with tenancy.scope(school_id):
        _allowed(Viewer.load(by, at=at), receipt_id)
    cleaned, redaction = attachments.cleaned_of(upload)
    _refuse_type(cleaned)
    with tenancy.scope(school_id):
        receipt = _allowed(Viewer.load(by, at=at), receipt_id)
        known = _known(receipt, cleaned)
    if known is not None:
        return known
    blob = vault.seal(school_id=school_id, subject_id=receipt.student_id, data=cleaned.data)
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        receipt = _lock(viewer, receipt_id)
        made = _known(receipt, cleaned)
        gone = blob.ref if made is not None else None
        if made is None:
            made, gone = _keep(viewer, receipt, _row(viewer, receipt, cleaned, blob), redaction)
    if gone is not None:
        vault.destroy(school_id=school_id, ref=gone)
    return made


def _lock(viewer: Viewer, receipt_id: UUID) -> NoticeReceipt:
    _allowed(viewer, receipt_id)
    rows = NoticeReceipt.objects.select_for_update(of=("self",))
    return rows.select_related("notice", "student").get(pk=receipt_id)


def _known(receipt: NoticeReceipt, cleaned: CleanFile) -> Attachment | None:
    """The scan that is there, if it is this very picture. Raises WrongState: it may not go, or no
    answer would rest on another.
    """
    there = kept_scans.of(receipt)
    if (
        there is not None
        and there.record_id is None
        and bytes(there.original_sha256).hex() == cleaned.sha256_of_original
    ):
        return there
    kept_scans.refuse_replacing(receipt)
    notice_receipts.refuse_needless(receipt)
    return None


def _keep(
    viewer: Viewer, receipt: NoticeReceipt, made: Attachment, redaction: str
) -> tuple[Attachment, str | None]:
    """The new scan in its place, and the sealed bytes of the one that was there before."""
    made.redaction = redaction
    made.save(force_insert=True)
    gone = _replace(receipt, made)
    _enter(made, receipt)
    refs = [("receipt", receipt.pk), (KIND, made.pk), *([(KIND, gone.pk)] if gone else [])]
    notices.record("receipt.scanned", receipt.notice, by=viewer.person.pk, at=viewer.at, refs=refs)
    return made, None if gone is None else gone.blob


def _allowed(viewer: Viewer, receipt_id: UUID) -> NoticeReceipt:
    receipt = viewer.get(NoticeReceipt, receipt_id)
    viewer.require(Act.WITNESS, receipt)
    notice_receipts.refuse_not_sent(receipt.notice)
    return receipt


def _refuse_type(cleaned: CleanFile) -> None:
    if cleaned.media_type not in _PAPER:
        raise UploadRefused(
            "这不是照片或 PDF。",
            reason=Reason.WRONG_TYPE,
            mend="请给签好字的回执单拍照，或扫描成 PDF。",
        )


def _row(
    viewer: Viewer, receipt: NoticeReceipt, cleaned: CleanFile, blob: StoredBlob
) -> Attachment:
    return stored_files.row(
        cleaned,
        blob,
        by=viewer.person,
        at=viewer.at,
        school_id=receipt.school_id,
        student_id=receipt.student_id,
    )


def _replace(receipt: NoticeReceipt, made: Attachment) -> Attachment | None:
    """The scan that was there before, now destroyed; a file of a record stays with that."""
    older = Attachment.objects.select_for_update().filter(
        pk__in=[receipt.scan], record_id=None, state=Attachment.State.STORED
    )
    gone = older.first()
    if gone is not None:
        gone.destroy(by=made.uploaded_by, at=made.uploaded_at)
        gone.save(update_fields=["state", "destroyed_at", "destroyed_by"])
    receipt.scan = made.pk
    receipt.save(update_fields=["scan"])
    return gone


def _enter(made: Attachment, receipt: NoticeReceipt) -> None:
    """Into the file of the child; the policy of the file decides who finds it there."""
    file_entries.enter(
        student=receipt.student,
        kind=KIND,
        object_id=made.pk,
        party=FileEntry.Party.SCHOOL,
        at=made.uploaded_at,
        readers=file_entries.SCHOOL | file_entries.FAMILY,
        by=made.uploaded_by,
        case_id=receipt.notice.case_id,
    )
