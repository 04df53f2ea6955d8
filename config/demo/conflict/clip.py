"""A small clip of our own making: two people in a workshop, each frame a JPEG, in a real MP4.

The teacher has it from the camera; with `hidden` it is what her editing software made of it. What
is on a frame can be looked at again without any decoder of video.
"""

import io
import struct
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageDraw

SIZE: Final = (320, 180)
FRAMES: Final = 4
#: Frames in a second.
_RATE: Final = 2
_SKIN: Final = (224, 172, 105)
#: Where the other student stands, in pixels; what hides them is wider, as they move.
_OTHER: Final = (190, 45, 260, 150)
_HIDES: Final = (170, 30, 290, 160)
#: How far two colours may be apart, all three channels together, to look the same.
_ALIKE: Final = 60
#: JPEG, in the registry of what an MP4 may hold.
_JPEG: Final = 0x6C
_FIXED_POINT: Final = 16
_IDENTITY: Final = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def clip(*, hidden: bool) -> bytes:
    """The whole file; `hidden`: nobody but the student of the record is to be seen."""
    frames = [_frame(number, hidden=hidden) for number in range(FRAMES)]
    start = _box(b"ftyp", b"isom", bytes(4), b"isommp42")
    offset = len(start) + 8  # what mdat holds begins behind its header
    offsets = [offset + sum(map(len, frames[:number])) for number in range(FRAMES)]
    return start + _box(b"mdat", *frames) + _moov([len(one) for one in frames], offsets)


def shows_other(data: bytes) -> bool:
    """Whether a frame of the clip has anything of the other one's colour. Raises ValueError: there
    is no frame in it.
    """
    frames = list(_frames(data))
    if len(frames) != FRAMES:
        raise ValueError("not the clip of the story")
    return any(_has_skin(one) for one in frames)


def _frame(number: int, *, hidden: bool) -> bytes:
    """Both take a step to the side from frame to frame."""
    picture = Image.new("RGB", SIZE, (90, 100, 110))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((60 + 3 * number, 45, 110 + 3 * number, 150), fill=(60, 80, 140))
    left, top, right, bottom = _OTHER
    draw.ellipse((left + 3 * number, top, right + 3 * number, bottom), fill=_SKIN)
    if hidden:
        draw.rectangle(_HIDES, fill="black")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def _frames(data: bytes) -> Iterator[Image.Image]:
    """Pictures between the marks with which each JPEG begins and ends."""
    end = 0
    while (start := data.find(b"\xff\xd8\xff", end)) >= 0:
        end = data.index(b"\xff\xd9", start) + 2
        yield Image.open(io.BytesIO(data[start:end])).convert("RGB")


def _has_skin(picture: Image.Image) -> bool:
    pixels = picture.tobytes()
    near = (
        sum(abs(pixels[at + band] - _SKIN[band]) for band in range(3))
        for at in range(0, len(pixels), 3)
    )
    return min(near) < _ALIKE


def _box(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I", 8 + len(body)) + name + body


def _full(name: bytes, *inside: bytes, flags: int = 0) -> bytes:
    """A box that begins with its version, 0, and its flags."""
    return _box(name, struct.pack(">I", flags), *inside)


def _moov(sizes: list[int], offsets: list[int]) -> bytes:
    movie = struct.pack(">IIIIIHH8x", 0, 0, _RATE, FRAMES, 0x10000, 0x100, 0)
    head = _full(b"mvhd", movie, _IDENTITY, bytes(24), struct.pack(">I", 2))
    size = struct.pack(">II", SIZE[0] << _FIXED_POINT, SIZE[1] << _FIXED_POINT)
    track = struct.pack(">IIIIII8xHHHH", 0, 0, 1, 0, FRAMES, 0, 0, 0, 0, 0)
    media = struct.pack(">IIIIHH", 0, 0, _RATE, FRAMES, 0x55C4, 0)  # und: no language
    mdia = _box(
        b"mdia",
        _full(b"mdhd", media),
        _full(b"hdlr", bytes(4), b"vide", bytes(13)),
        _box(b"minf", _full(b"vmhd", bytes(8), flags=1), _dinf(), _stbl(sizes, offsets)),
    )
    return _box(b"moov", head, _box(b"trak", _full(b"tkhd", track, _IDENTITY, size, flags=3), mdia))


def _dinf() -> bytes:
    """The samples are in this very file."""
    return _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))


def _stbl(sizes: list[int], offsets: list[int]) -> bytes:
    many = len(sizes)
    return _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), _entry()),
        _full(b"stts", struct.pack(">III", 1, many, 1)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", struct.pack(">II", 0, many), *(struct.pack(">I", one) for one in sizes)),
        _full(b"stco", struct.pack(">I", many), *(struct.pack(">I", one) for one in offsets)),
    )


def _entry() -> bytes:
    """Every sample is a JPEG of this size."""
    config = b"\x04" + bytes([13, _JPEG, 0x11]) + bytes(11)
    stream = b"\x03" + bytes([3 + len(config) + 3, 0, 1, 0]) + config + b"\x06\x01\x02"
    picture = struct.pack(">HH", *SIZE) + struct.pack(">II", 0x480000, 0x480000)
    seen = bytes(6) + struct.pack(">H", 1) + bytes(16) + picture + bytes(4)
    rest = struct.pack(">H", 1) + bytes(32) + struct.pack(">Hh", 24, -1)
    return _box(b"mp4v", seen, rest, _full(b"esds", stream))
