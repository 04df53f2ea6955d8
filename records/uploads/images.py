"""Photos and screenshots: decoded and written anew, so that only the pixels remain.

EXIF and GPS, XMP, comments, colour profiles, previews and whatever hangs behind the image are not
removed but never copied. The orientation a camera noted is applied to the pixels first.
"""

import io
import re
from contextlib import suppress
from typing import Final

from PIL import Image, ImageOps

from records.uploads.errors import Reason, UploadRefused
from records.uploads.kinds import Cleaned, Kind

#: Pixels, and pixels of the longer side, read from the header before anything is decoded.
MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 16_000
#: A progressive JPEG has about ten scans; thousands keep a decoder busy for minutes.
MOST_SCANS: Final = 40
#: Any marker but fillers, escaped data and restarts.
_MARKER: Final = re.compile(rb"\xff+([\x02-\xcf\xd8-\xfe])")
_START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9
_JPEG_QUALITY: Final = 92

_ANIMATED_WEBP: Final = 0x02


def clean_image(data: bytes, kind: Kind) -> Cleaned:
    """The pixels of a JPEG, PNG or WebP in a file of ours.

    Raises UploadRefused, and whatever the decoder raises over broken data.
    """
    if kind is Kind.WEBP:
        _refuse_webp(data)
    if kind is Kind.JPEG and _scans(data) > MOST_SCANS:
        raise UploadRefused(
            "这张照片的编码过于复杂。",
            reason=Reason.TOO_COMPLEX,
            mend="请截屏或用手机相册另存一份后再上传。",
        )
    with _opened(data, kind) as image:
        _refuse_size(*image.size)
        # MPO, a photo with its preview behind it, is a JPEG of which the first picture counts.
        if kind is not Kind.JPEG and getattr(image, "is_animated", False):
            _refuse_animated()
        image.load()
        _set_upright(image)
        return write(_eight_bits(image))


def _opened(data: bytes, kind: Kind) -> Image.Image:
    """The header is read, nothing is decoded yet."""
    try:
        return Image.open(io.BytesIO(data), formats=[kind.value.upper()])
    except Image.DecompressionBombError:
        raise _too_many_pixels("过多") from None


def write(image: Image.Image, *, kind: Kind | None = None) -> Cleaned:
    """`image` as a new file: PNG where it is see-through or came as PNG, else JPEG."""
    kind = kind or (Kind.PNG if image.format == "PNG" or _see_through(image) else Kind.JPEG)
    pixels = image.convert(_mode(image, kind))
    pixels.info.clear()
    file = io.BytesIO()
    if kind is Kind.PNG:
        pixels.save(file, "PNG", compress_level=6)
    else:
        pixels.save(file, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    return Cleaned(kind, file.getvalue(), *pixels.size)


def _scans(data: bytes) -> int:
    """Scans up to the end of the picture; what phones append, a film even, is not looked at."""
    scans, at = 0, 2
    while (found := _MARKER.search(data, at)) and found[1][0] != _END_OF_IMAGE:
        scans += found[1][0] == _START_OF_SCAN
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
    return scans


def _set_upright(image: Image.Image) -> None:
    """As the camera was held. A photo with unreadable EXIF is taken as it lies."""
    with suppress(Exception):  # EXIF is the sender's: whatever is wrong in it, it goes
        ImageOps.exif_transpose(image, in_place=True)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of sixteen bits, which a plain conversion would turn white."""
    if not image.mode.startswith("I"):
        return image
    grey = image.convert("I").point(lambda value: value * (1 / 256) + 0).convert("L")
    grey.format = image.format
    return grey


def _mode(image: Image.Image, kind: Kind) -> str:
    grey = image.mode in {"1", "L", "LA", "La"}
    if kind is Kind.PNG and _see_through(image):
        return "LA" if grey else "RGBA"
    return "L" if grey else "RGB"


def _see_through(image: Image.Image) -> bool:
    return image.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in image.info


def _refuse_webp(data: bytes) -> None:
    """Its decoder takes memory for the whole canvas as soon as it opens a file."""
    what, at = data[12:16], 20
    if what == b"VP8X":
        if data[at] & _ANIMATED_WEBP:
            _refuse_animated()
        _refuse_size(_little(data[at + 4 : at + 7]) + 1, _little(data[at + 7 : at + 10]) + 1)
    elif what == b"VP8L":
        bits = _little(data[at + 1 : at + 5])
        _refuse_size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    else:
        width, height = _little(data[at + 6 : at + 8]), _little(data[at + 8 : at + 10])
        _refuse_size(width & 0x3FFF, height & 0x3FFF)


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _refuse_size(width: int, height: int) -> None:
    if width * height <= MOST_PIXELS and max(width, height) <= LONGEST_SIDE:
        return
    raise _too_many_pixels(f"{width}×{height}")


def _too_many_pixels(size: str) -> UploadRefused:
    return UploadRefused(
        f"图片的像素（{size}）超过上限。",
        reason=Reason.TOO_MANY_PIXELS,
        mend="请用普通照片模式拍摄，或缩小图片后再上传。",
        limit=MOST_PIXELS,
    )


def _refuse_animated() -> None:
    raise UploadRefused(
        "不接收动图。",
        reason=Reason.ANIMATED,
        mend="请截取其中一帧保存为 JPEG，或转为 MP4 视频。",
    )
