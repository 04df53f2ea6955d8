"""Photos inside a PDF: the picture as it is, bit for bit, without what a camera wrote beside it.

Nothing is decoded. Of a JPEG only the segments that a decoder needs are copied; of a JPEG 2000 only
the boxes that say how it is shown; its comments are overwritten. Lists of what stays, never of what
goes: EXIF, GPS, XMP, IPTC, profiles, thumbnails and previews are not on them.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from pypdf.generic import NameObject, StreamObject

from records.uploads.errors import Reason, UploadRefused
from records.uploads.filters import filters_of
from records.uploads.inflating import Inflater, held

_PRINT: Final = "请用“打印为 PDF”重新生成后再上传。"

#: Any marker but fillers, escaped data and restarts.
_MARKER: Final = re.compile(rb"\xff+([\x02-\xcf\xd8-\xfe])")
_START: Final = b"\xff\xd8"
_END: Final = b"\xff\xd9"
_SCAN: Final = 0xDA
#: Frames, tables, restarts, scans.
_SEGMENTS: Final = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0)})
#: What says which colours are meant: its name and the bytes that do; JFIF ends in a thumbnail.
_COLOURS: Final = {0xE0: (b"JFIF\0", 12, b"\0\0"), 0xEE: (b"Adobe", 12, b"")}

#: Boxes of a JPEG 2000, by the box they stand in.
_BOXES: Final = {
    b"": frozenset({b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jpch", b"jplh", b"jp2c"}),
    b"jp2h": frozenset({b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"res "}),
    b"jpch": frozenset({b"ihdr", b"bpcc", b"pclr", b"cmap"}),
    b"jplh": frozenset({b"cgrp", b"opct", b"cdef", b"creg"}),
    b"cgrp": frozenset({b"colr"}),
}
_CODESTREAM: Final = b"\xff\x4f\xff\x51"
_TILE, _TILE_DATA, _COMMENT = b"\xff\x90", b"\xff\x93", b"\xff\x64"

#: How what a camera wrote begins, for photos that a page holds within itself.
_TOLD: Final = (b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0", b"Photoshop 3.0\0")
_LONGEST: Final = max(map(len, _TOLD))


def strip_photo(stream: StreamObject) -> None:
    """A photo keeps its pixels alone and no filter but its own; other streams stay as they are.

    Raises UploadRefused where its parts cannot be told from each other.
    """
    last = next(reversed(filters_of(stream)), None)
    bare = _BARE.get(last.name) if last else None
    if last is None or bare is None:
        return
    StreamObject.set_data(stream, bare(held(Inflater().unrolled(stream))))
    for key in ("/Filter", "/DecodeParms", "/DP"):
        stream.pop(key, None)
    stream[NameObject("/Filter")] = NameObject(last.name)
    if last.params:
        stream[NameObject("/DecodeParms")] = last.params


def refuse_telling(stream: StreamObject, inflater: Inflater) -> None:
    """As Inflater.look_through; UploadRefused as well for a photo within a page that tells more."""
    tail = b""
    for piece in inflater.unrolled(stream):
        if any(told in tail + piece for told in _TOLD):
            raise UploadRefused(
                "PDF 的页面里直接嵌着带拍摄信息的照片，可能记录了拍摄位置。",
                reason=Reason.HIDDEN_TRACK,
                mend="请用“打印为 PDF”重新生成，或截屏后上传图片。",
            )
        tail = piece[-_LONGEST:]


def _bare_jpeg(data: bytes) -> bytes:
    _, start, data = data.partition(_START)
    kept, at, scans = bytearray(start), 0, 0
    while (found := _MARKER.search(data, at)) and found[1] != _END[1:]:
        marker, end = found[1][0], _end_of(data, found.end())
        kept += _segment(marker, data[found.end() + 2 : end])
        at = end
        if marker == _SCAN:
            scans += 1
            following = _MARKER.search(data, end)
            at = following.start() if following else len(data)
            kept += data[end:at]
    if not scans:
        raise _broken()
    return bytes(kept + _END)


def _segment(marker: int, body: bytes) -> bytes:
    """A segment as it is kept: whole, without what hangs behind its colours, or not at all."""
    if marker in _COLOURS:
        name, size, behind = _COLOURS[marker]
        body = body[:size] + behind if body.startswith(name) and len(body) >= size else b""
    elif marker not in _SEGMENTS:
        body = b""
    return b"\xff" + bytes([marker]) + (len(body) + 2).to_bytes(2) + body if body else b""


def _end_of(data: bytes, at: int) -> int:
    """Where the segment ends whose length stands at `at`."""
    length = int.from_bytes(data[at : at + 2])
    if length < 2 or at + length > len(data):  # noqa: PLR2004 -- the length counts itself
        raise _broken()
    return at + length


def _bare_jpeg2000(data: bytes) -> bytes:
    if data.startswith(_CODESTREAM):
        return _without_comments(data)
    kept = _bare_boxes(data, b"")
    if b"jp2c" not in {name for name, _ in _boxes(data)}:
        raise _broken()
    return kept


def _bare_boxes(data: bytes, inside: bytes) -> bytes:
    kept = bytearray()
    for name, body in _boxes(data):
        if name not in _BOXES[inside]:
            continue
        if name in _BOXES:
            body = _bare_boxes(body, name)  # noqa: PLW2901
        elif name == b"jp2c":
            body = _without_comments(body)  # noqa: PLW2901
        kept += (len(body) + 8).to_bytes(4) + name + body
    return bytes(kept)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each box that `data` consists of."""
    at = 0
    while at < len(data):
        body = at + 8
        size, name = int.from_bytes(data[at : at + 4]), data[at + 4 : body]
        if size == 1:
            body += 8
            size = int.from_bytes(data[at + 8 : body])
        end = at + size if size else len(data)
        if not body <= end <= len(data):
            raise _broken()
        yield name, data[body:end]
        at = end


def _without_comments(data: bytes) -> bytes:
    """Zeros instead of comments, so that no offset moves, and nothing behind the end."""
    kept, at, tile_ends, tiles = bytearray(data), 2, 0, 0
    while at + 4 <= len(kept) and (marker := data[at : at + 2]) != _END:
        if marker == _TILE_DATA and tile_ends > at:
            at, tiles = tile_ends, tiles + 1
            continue
        end = _end_of(data, at + 2)
        if marker == _TILE:
            size = int.from_bytes(data[at + 6 : at + 10])
            tile_ends = at + size if size else len(data)
        elif marker == _COMMENT:
            kept[at + 6 : end] = bytes(end - at - 6)
        at = end
    if not data.startswith(_CODESTREAM) or not tiles:
        raise _broken()
    return bytes(kept[: at + 2])


def _broken() -> UploadRefused:
    return UploadRefused("PDF 里有一张图片已损坏。", reason=Reason.BROKEN, mend=_PRINT)


_BARE: Final[dict[str, Callable[[bytes], bytes]]] = {
    "/DCTDecode": _bare_jpeg,
    "/JPXDecode": _bare_jpeg2000,
}
