"""What may be uploaded, under which names, up to which size, and what comes out."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MEGABYTE: Final = 1024 * 1024


class Kind(StrEnum):
    """A format by its content. WebP comes in and leaves as JPEG or PNG."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"
    TEXT = "text"
    MP4 = "mp4"


IMAGES: Final = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP})

#: Bytes of the original.
LARGEST: Final = {
    Kind.JPEG: 20 * MEGABYTE,
    Kind.PNG: 20 * MEGABYTE,
    Kind.WEBP: 20 * MEGABYTE,
    Kind.PDF: 20 * MEGABYTE,
    Kind.TEXT: 1 * MEGABYTE,
    Kind.MP4: 50 * MEGABYTE,
}
#: Bytes of any original: nothing longer is read.
LARGEST_OF_ALL: Final = max(LARGEST.values())

#: The media type we serve it as; nothing the sender said is repeated.
MEDIA_TYPE: Final = {
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.PDF: "application/pdf",
    Kind.TEXT: "text/plain; charset=utf-8",
    Kind.MP4: "video/mp4",
}
#: The endings a kind goes by, ours first.
ENDINGS: Final = {
    Kind.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    Kind.PNG: ("png",),
    Kind.WEBP: ("webp",),
    Kind.PDF: ("pdf",),
    Kind.TEXT: ("txt",),
    Kind.MP4: ("mp4", "m4v"),
}
#: The types a browser declares for a kind.
DECLARED: Final = {
    Kind.JPEG: frozenset({"image/jpeg", "image/jpg", "image/pjpeg"}),
    Kind.PNG: frozenset({"image/png", "image/x-png"}),
    Kind.WEBP: frozenset({"image/webp"}),
    Kind.PDF: frozenset({"application/pdf", "application/x-pdf"}),
    Kind.TEXT: frozenset({"text/plain"}),
    Kind.MP4: frozenset({"video/mp4", "video/x-m4v"}),
}
#: What a browser declares when it does not know.
UNDECLARED: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a cleaner hands back: pixels for images and videos, pages for PDF, else 0."""

    kind: Kind
    data: bytes = field(repr=False)
    width: int = 0
    height: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file that may be stored and served: `media_type` and `name` are ours, hashes are hex."""

    kind: Kind
    media_type: str
    name: str = field(repr=False)
    data: bytes = field(repr=False)
    sha256: str
    sha256_of_original: str
    width: int = 0
    height: int = 0
    pages: int = 0
