"""Sizes, refused before the bytes are read where the sender declares them, while reading else."""

from typing import Final, NoReturn, Protocol

from records.uploads.errors import Reason, UploadRefused
from records.uploads.kinds import LARGEST, LARGEST_OF_ALL, MEGABYTE, Kind

#: What a multipart body may hold around the file: boundaries, part headers, short fields.
_FRAMING: Final = 64 * 1024
_CHUNK: Final = 64 * 1024

_MENDS: Final = {
    Kind.PDF: "请拆成几个文件，或用较低的扫描分辨率重新生成 PDF。",
    Kind.TEXT: "请拆成几个文件，或改为 PDF。",
    Kind.MP4: "请只截取关键的一段，或降低清晰度后再上传。",
}
_MEND: Final = "请压缩或拆分后再上传；视频请只截取关键的一段。"
_IMAGE_MEND: Final = "请用普通照片模式拍摄，或缩小图片后再上传。"


class Stream(Protocol):
    """Anything that bytes can be read from."""

    def read(self, size: int, /) -> bytes: ...


def refuse_oversize(declared_length: int | None) -> None:
    """Raises UploadRefused for a declared Content-Length over the limit: call it before reading.

    None is a sender that does not say: `read_limited` stops it.
    """
    if declared_length is not None and declared_length > LARGEST_OF_ALL + _FRAMING:
        _too_large(LARGEST_OF_ALL, _MEND)


def read_limited(stream: Stream, limit: int = LARGEST_OF_ALL) -> bytes:
    """All of `stream`; raises UploadRefused after reading at most `limit` + 1 bytes."""
    data = bytearray()
    while chunk := stream.read(min(_CHUNK, limit + 1 - len(data))):
        data += chunk
        if len(data) > limit:
            _too_large(limit, _MEND)
    return bytes(data)


def refuse_large(kind: Kind, size: int) -> None:
    """Raises UploadRefused where `size` bytes are too many for this kind."""
    if size > LARGEST[kind]:
        _too_large(LARGEST[kind], _MENDS.get(kind, _IMAGE_MEND))


def refuse_grown(size: int) -> None:
    """Raises UploadRefused where a file, written anew, is larger than anything we keep."""
    if size > LARGEST_OF_ALL:
        _too_large(LARGEST_OF_ALL, _IMAGE_MEND)


def _too_large(limit: int, mend: str) -> NoReturn:
    raise UploadRefused(
        f"文件超过 {limit // MEGABYTE} MB 的上限。",
        reason=Reason.TOO_LARGE,
        mend=mend,
        limit=limit,
    )
