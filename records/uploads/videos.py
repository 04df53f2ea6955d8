"""MP4 clips: checked box by box; what is not needed for playing becomes empty space.

Nothing is decoded: picture and sound stay as they came. Boxes that players do not need, above all
those that hold place, device and author (`udta`, `meta`, `uuid`), turn into `free` boxes of equal
size full of zeros, so that no offset moves. A list of what stays, never of what goes: next year's
metadata box is not on it. The boxes fill the file to its last byte: what hangs behind them is
refused, a box that says "up to the end" as well.

Out of reach without decoding: what stands in `mdat`, whether a track points to it or not, and in
tables such as `stsd`. A ZIP that can be opened is refused (sniffing); a web page, another archive
or a place written between the samples stays. It leaves as `video/mp4` to be saved, never as what
it says it is; to look into it is left to the scanner on the device that saves it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from records.uploads.errors import Reason, UploadRefused
from records.uploads.kinds import Cleaned, Kind

#: Boxes in one file; a clip in fragments of a second has a few thousand.
MOST_BOXES: Final = 50_000

_EXPORT: Final = "请用手机相册或剪辑软件重新导出为 MP4 后再上传。"
_RENAME: Final = b"free"
_SPACE: Final = frozenset({b"free", b"skip", b"wide"})
#: Only these may hold samples: a further track of a phone or drone is where it was, per second.
_TRACKS: Final = frozenset({b"vide", b"soun"})

#: What stays, by the box it stands in; a box with an entry of its own is entered.
_KEPT: Final[dict[bytes, frozenset[bytes]]] = {
    b"": frozenset({b"ftyp", b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"styp", b"pdin"}),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex"}),
    b"trak": frozenset({b"tkhd", b"edts", b"mdia"}),
    b"edts": frozenset({b"elst"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"dinf", b"stbl"}),
    b"dinf": frozenset({b"dref"}),
    b"dref": frozenset({b"url ", b"urn "}),
    b"stbl": frozenset(
        b"stsd stts ctts cslg stsc stsz stz2 stco co64 stss sdtp sbgp sgpd subs".split()
    ),
    b"mvex": frozenset({b"mehd", b"trex"}),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset(
        {b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs"},
    ),
    b"mfra": frozenset({b"tfra", b"mfro"}),
}
#: Bytes between the header of a box and the boxes inside it.
_PREFACE: Final = {b"dref": 8}
#: Headers that begin with version, flags and the times of making and changing.
_DATED: Final = frozenset({b"mvhd", b"tkhd", b"mdhd"})
_SELF_CONTAINED: Final = 1
#: The last bytes of a track's header are its width and height, each 16.16 fixed point.
_DIMENSIONS: Final = 8


@dataclass(frozen=True, slots=True)
class _Box:
    name: bytes
    start: int
    body: int
    end: int


@dataclass(slots=True)
class _Clip:
    """The file under work, and what was met in it."""

    data: bytearray
    boxes: int = 0
    handlers: list[bytes] = field(default_factory=list)
    names: set[bytes] = field(default_factory=set)
    size: tuple[int, int] = (0, 0)


def clean_video(data: bytes) -> Cleaned:
    """The same clip without metadata, byte for byte as long; raises UploadRefused."""
    clip = _Clip(bytearray(data))
    _walk(clip, b"", 0, len(data))
    if not {b"moov", b"mdat"} <= clip.names or b"vide" not in clip.handlers:
        raise _broken("视频不完整，或只有声音没有画面。")
    return Cleaned(Kind.MP4, bytes(clip.data), *clip.size)


def _walk(clip: _Clip, inside: bytes, start: int, end: int) -> None:
    for box in _boxes(clip, start, end):
        if box.name in _SPACE or box.name not in _KEPT[inside]:
            _empty(clip, box)
        elif box.name in _KEPT:
            _walk(clip, box.name, box.body + _PREFACE.get(box.name, 0), box.end)
        else:
            _look_at(clip, box)
        clip.names.add(box.name)


def _boxes(clip: _Clip, start: int, end: int) -> Iterator[_Box]:
    """The boxes that fill `start` to `end` exactly; anything else is refused."""
    while start != end:
        clip.boxes += 1
        box = _box_at(clip.data, start, end)
        if box is None or clip.boxes > MOST_BOXES:
            raise _broken("视频的结构有误，或后面还附有别的内容。")
        yield box
        start = box.end


def _box_at(data: bytearray, start: int, end: int) -> _Box | None:
    body = start + 8
    size, name = int.from_bytes(data[start : start + 4]), bytes(data[start + 4 : body])
    if size == 1:
        body += 8
        size = int.from_bytes(data[start + 8 : body])
    # A size of 0 means "up to the end", whatever somebody put there.
    if body > end or size < body - start or start + size > end:
        return None
    return _Box(name, start, body, start + size)


def _empty(clip: _Clip, box: _Box) -> None:
    clip.data[box.start + 4 : box.start + 8] = _RENAME
    clip.data[box.body : box.end] = bytes(box.end - box.body)


def _look_at(clip: _Clip, box: _Box) -> None:
    body = clip.data[box.body : box.end] if box.name != b"mdat" else b""
    if box.name == b"hdlr":
        _handler(clip, box)
    elif box.name in {b"url ", b"urn "} and body[3:4] != bytes([_SELF_CONTAINED]):
        raise _broken("视频的内容在另一个文件里。")
    elif box.name in _DATED:
        _undate(clip, box)
    if box.name == b"tkhd" and len(body) >= _DIMENSIONS:
        width, height = int.from_bytes(body[-8:-4]) >> 16, int.from_bytes(body[-4:]) >> 16
        clip.size = max(clip.size, (width, height))


def _handler(clip: _Clip, box: _Box) -> None:
    """Note what the track holds, and forget what the device calls it."""
    kind = bytes(clip.data[box.body + 8 : box.body + 12])
    if kind not in _TRACKS:
        raise UploadRefused(
            "视频里除了画面和声音还有别的轨道，可能记录了拍摄位置。",
            reason=Reason.HIDDEN_TRACK,
            mend="请在剪辑软件中重新导出，只保留画面和声音。",
        )
    clip.handlers.append(kind)
    name = min(box.body + 24, box.end)
    clip.data[name : box.end] = bytes(box.end - name)


def _undate(clip: _Clip, box: _Box) -> None:
    """When it was made and changed: two times of eight bytes in version 1, else of four."""
    version = clip.data[box.body] if box.body < box.end else 0
    first = box.body + 4
    last = min(first + (16 if version == 1 else 8), box.end)
    if first < last:
        clip.data[first:last] = bytes(last - first)


def _broken(message: str) -> UploadRefused:
    return UploadRefused(message, reason=Reason.BROKEN, mend=_EXPORT)
