"""The clip that a version without others' faces took the place of: kept apart, for the team alone.

A picture that was made black is destroyed; of a clip the school gives the other version itself, so
the original stays: whoever has to judge may compare. Its hash stands in the version that is shown.
Inside a scope.
"""

from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from records.models import Attachment
from records.uploads.kinds import MEDIA_TYPE, Kind

CLIP: Final = MEDIA_TYPE[Kind.MP4]
_STORED: Final = Attachment.State.STORED


def of_record(record_id: UUID | None) -> QuerySet[Attachment]:
    """Those of one record whose other version is still there."""
    shown = Attachment.objects.filter(
        record_id=OuterRef("record_id"),
        original_sha256=OuterRef("sha256"),
        redaction=Attachment.Redaction.REDACTED,
        state=_STORED,
    )
    files = Attachment.objects.filter(
        record_id=record_id,
        media_type=CLIP,
        redaction=Attachment.Redaction.NEEDED,
        state=_STORED,
    )
    return files.filter(Exists(shown))


def shown_for(file: Attachment) -> QuerySet[Attachment]:
    """Versions that stand in the place of this one."""
    return Attachment.objects.filter(
        record_id=file.record_id,
        original_sha256=file.sha256,
        redaction=Attachment.Redaction.REDACTED,
        state=_STORED,
    )


def is_one(file: Attachment) -> bool:
    """No query but for a clip that shows others."""
    shows_others = file.redaction == Attachment.Redaction.NEEDED
    if not shows_others or file.media_type != CLIP or file.record_id is None:
        return False
    return of_record(file.record_id).filter(pk=file.pk).exists()
