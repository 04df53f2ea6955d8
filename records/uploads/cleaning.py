"""The one door: bytes and what the sender says of them in, a clean file or a refusal out.

Size, malware, content and declaration are judged here; pictures and PDF are then decoded by a child
process (records.uploads.apart), so that hostile bytes can neither stall nor fell the server.
"""

import hashlib
from typing import Final

from records.uploads.apart import decode
from records.uploads.errors import Reason, UploadRefused
from records.uploads.kinds import (
    DECLARED,
    ENDINGS,
    MEDIA_TYPE,
    UNDECLARED,
    Cleaned,
    CleanFile,
    Kind,
)
from records.uploads.limits import Stream, read_limited, refuse_grown, refuse_large, refuse_oversize
from records.uploads.names import ending_of, safe_name
from records.uploads.sniffing import kind_of, refuse_malware, refuse_two_in_one
from records.uploads.texts import clean_text, refuse_blank
from records.uploads.videos import clean_video

#: Cleaners that look at each byte themselves and need no library.
_BY_OURSELVES: Final = {Kind.TEXT: clean_text, Kind.MP4: clean_video}


def clean(*, source: bytes | Stream, declared_name: str, declared_type: str) -> CleanFile:
    """The cleaned file; raises UploadRefused, and nothing else over what was sent.

    source: the bytes, or a stream that is read up to the limit and not closed.
    declared_name, declared_type: the sender's words; they may contradict, never decide.
    """
    if isinstance(source, bytes):
        refuse_oversize(len(source))
        data = source
    else:
        data = read_limited(source)
    kind = kind_of(data)
    refuse_large(kind, len(data))
    refuse_malware(data)
    if kind is Kind.TEXT:
        refuse_blank(data)  # nobody is asked for another name of a file with nothing in it
    _refuse_mismatch(kind, declared_name, declared_type)
    cleaned = _cleaned(kind, data)
    refuse_grown(len(cleaned.data))
    refuse_malware(cleaned.data)
    return finished(cleaned, name=declared_name, original=hashlib.sha256(data).hexdigest())


def finished(cleaned: Cleaned, *, name: str, original: str) -> CleanFile:
    """`cleaned` with its name, type and hashes; `original` is the hex hash of what was sent."""
    return CleanFile(
        kind=cleaned.kind,
        media_type=MEDIA_TYPE[cleaned.kind],
        name=safe_name(name, kind=cleaned.kind),
        data=cleaned.data,
        sha256=hashlib.sha256(cleaned.data).hexdigest(),
        sha256_of_original=original,
        width=cleaned.width,
        height=cleaned.height,
        pages=cleaned.pages,
    )


def _cleaned(kind: Kind, data: bytes) -> Cleaned:
    by_ourselves = _BY_OURSELVES.get(kind)
    if by_ourselves is None:
        return decode(kind, data)
    refuse_two_in_one(data)
    return by_ourselves(data)


def _refuse_mismatch(kind: Kind, name: str, declared: str) -> None:
    """Raises UploadRefused where ending or declared type name another kind than the content."""
    media_type = declared.partition(";")[0].strip().lower()
    ending = ending_of(name)
    if ending and ending not in ENDINGS[kind]:
        said, mend = "文件名", f"请把扩展名改为 .{ENDINGS[kind][0]}"
    elif media_type not in DECLARED[kind] | UNDECLARED:
        said, mend = "声明的类型", f"请声明为 {MEDIA_TYPE[kind]}"
    else:
        return
    raise UploadRefused(
        f"{said}与文件内容不符：内容是 {ENDINGS[kind][0].upper()}。",
        reason=Reason.MISMATCH,
        mend=f"{mend}，或重新选择文件。",
        found=kind.value,
    )
