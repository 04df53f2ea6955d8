"""What is known of a file that lies in the vault, as its row."""

from datetime import datetime, timedelta
from typing import Any, Final

from parties.models import Person
from records.models import Attachment
from records.uploads import CleanFile
from records.vault import StoredBlob

_TICK: Final = timedelta(microseconds=1)


def row(
    cleaned: CleanFile, blob: StoredBlob, *, by: Person, at: datetime, **about: Any
) -> Attachment:
    """What is known of a file that lies in the vault; `about` says whose it is, and where."""
    return Attachment(
        name=cleaned.name,
        media_type=cleaned.media_type,
        size=blob.size,
        sha256=bytes.fromhex(blob.sha256),
        original_sha256=bytes.fromhex(cleaned.sha256_of_original),
        blob=blob.ref,
        uploaded_by=by,
        uploaded_at=at,
        **about,
    )


def never_before(signed: datetime | None, at: datetime) -> datetime:
    """What a signature covers is told by time, so what happens after it is never as early."""
    return at if signed is None else max(at, signed + _TICK)
