"""Paper that a guardian signed by hand: its scan in the file, and the cabinet it is locked in."""

from typing import Final
from uuid import UUID

from parties.errors import InvalidInput
from records.models import Attachment, CommunicationRecord, Signature
from records.uploads.kinds import IMAGES, MEDIA_TYPE, Kind

#: Types that a signed page is scanned or photographed as.
_SCANNED: Final = frozenset(MEDIA_TYPE[kind] for kind in (*IMAGES, Kind.PDF))
_LONGEST_PLACE: Final = 60  # characters


def is_scan(record: CommunicationRecord, scan: UUID | None) -> bool:
    """A picture or PDF of this record that is still there; files are clean before they are kept."""
    if scan is None:
        return False
    files = Attachment.objects.filter(record_id=record.pk, student=record.student_id)
    return files.filter(pk=scan, state=Attachment.State.STORED, media_type__in=_SCANNED).exists()


def refuse_unkept(kept_at: str, *, method: str) -> None:
    """Raises InvalidInput: a place for what is no paper, or one that is no place but a text."""
    place = kept_at.strip()
    if place and method != Signature.Method.PAPER:
        raise InvalidInput(
            "只有纸质签字有原件。", field="kept_at", mend="请去掉存放处，或选择纸质签字。"
        )
    if len(place) > _LONGEST_PLACE:
        raise InvalidInput(
            f"存放处至多 {_LONGEST_PLACE} 字。", field="kept_at", mend="请只写柜号和册号。"
        )
