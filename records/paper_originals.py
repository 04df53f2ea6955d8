"""Paper that a guardian signed by hand: its scan in the file, and the cabinet it is locked in.

A signature stands on a page of its own: uploaded as one, of this version as it is out, and under no
other signature, unless it was said that the sheet carries both.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from parties.access import Viewer
from parties.errors import InvalidInput
from records import file_entries, policies
from records.models import Attachment, CommunicationRecord, Signature
from records.uploads import CleanFile, Reason, UploadRefused
from records.uploads.kinds import IMAGES, MEDIA_TYPE, Kind

#: Types that a signed page is scanned or photographed as.
_SCANNED: Final = frozenset(MEDIA_TYPE[kind] for kind in (*IMAGES, Kind.PDF))
_LONGEST_PLACE: Final = 60  # characters
_ENTRY: Final = "attachment"


def refuse_type(cleaned: CleanFile) -> None:
    """Raises UploadRefused: nobody can have signed this."""
    if cleaned.media_type not in _SCANNED:
        raise UploadRefused(
            "这不是照片或 PDF。",
            reason=Reason.WRONG_TYPE,
            mend="请给签字页拍照，或扫描成 PDF。",
        )


def page(record: CommunicationRecord, scan: UUID | None) -> Attachment:
    """The signed page of what is out now; files are clean before they are kept.

    Raises InvalidInput: none of this record, not uploaded as one, or of an earlier text.
    """
    files = Attachment.objects.filter(record_id=record.pk, student=record.student_id)
    stored = files.filter(state=Attachment.State.STORED, media_type__in=_SCANNED)
    found = None if scan is None else stored.filter(pk=scan).first()
    if found is None:
        raise _no_page("没有签字页的扫描件。", "请先上传照片或 PDF 扫描件。")
    if found.kind != Attachment.Kind.SIGNED_PAGE:
        raise _no_page(
            "这个文件是作为普通附件上传的，不是签字页。", "请把家长签过字的纸按“签字页”上传。"
        )
    if record.offered_at is not None and found.uploaded_at < record.offered_at:
        raise _no_page(
            "这张签字页是记录收回修改之前的。", "请按现在的文字重新打印、签字，再上传签字页。"
        )
    return found


def shares_sheet(record: CommunicationRecord, found: Attachment, *, said: bool) -> bool:
    """Whether another guardian's signature stands on this sheet already, as was said.

    The same picture sent twice is the same sheet. Raises InvalidInput: it is the page of another
    record or version, or of another guardian, and nobody said that both signed on it.
    """
    others = Signature.objects.filter(Q(scan=found) | Q(scan__in=_alike(found)))
    if others.exclude(record=record).exists():
        raise _no_page(
            "这张照片已是另一份记录或另一个版本的签字页。", "请上传家长在这一份、这一版上签字的纸。"
        )
    shared = others.exists()
    if shared and not said:
        raise _no_page(
            "这张签字页已用于另一位家长的签字。",
            "两位家长签在同一张纸上的，请注明“同一张纸”（same_sheet）；"
            "否则请上传这位家长自己的签字页。",
        )
    return shared


def let_in(found: Attachment) -> None:
    """A signature stands on it now: whoever reads files of its class finds it in the file."""
    readers = file_entries.readers_of(found.sensitivity)
    file_entries.open_to(kind=_ENTRY, object_id=found.pk, readers=readers)


def signed_on(found: Attachment) -> Collection[UUID | None]:
    """The page itself, if a signature stands on it. No query for what is no page."""
    if found.kind != Attachment.Kind.SIGNED_PAGE:
        return ()
    return list(Signature.objects.filter(scan=found).values_list("scan_id", flat=True))


def is_shown(
    viewer: Viewer,
    record: CommunicationRecord,
    found: Attachment,
    scans: Collection[UUID | None],
) -> bool:
    """A page that no signature stands on is for the school: nobody's word is in it yet. `scans` are
    those of the signatures that this reader knows of.
    """
    waits = found.kind == Attachment.Kind.SIGNED_PAGE and found.pk not in scans
    return not (waits and policies.is_at_home(viewer, record))


def refuse_unkept(kept_at: str, scan: UUID | None, *, method: str) -> None:
    """Raises InvalidInput: a place or a page of what is no paper, or a place that is but a text."""
    place, on_paper = kept_at.strip(), method == Signature.Method.PAPER
    if scan is not None and not on_paper:
        raise _no_page("只有纸质签字有签字页。", "请去掉签字页，或选择纸质签字。")
    if place and not on_paper:
        raise InvalidInput(
            "只有纸质签字有原件。", field="kept_at", mend="请去掉存放处，或选择纸质签字。"
        )
    if len(place) > _LONGEST_PLACE:
        raise InvalidInput(
            f"存放处至多 {_LONGEST_PLACE} 字。", field="kept_at", mend="请只写柜号和册号。"
        )


def _alike(found: Attachment) -> QuerySet[Attachment]:
    """Uploads of the same picture: pages of anybody, and this student's files of before."""
    same = Attachment.objects.filter(original_sha256=found.original_sha256)
    return same.filter(Q(kind=Attachment.Kind.SIGNED_PAGE) | Q(student=found.student_id))


def _no_page(wrong: str, mend: str) -> InvalidInput:
    return InvalidInput(wrong, field="scan", mend=mend)
