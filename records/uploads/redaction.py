"""隐去他人信息: parts of a picture are made black for good, in the pixels themselves.

Black, not blurred: blur and mosaic of a face or a name can be undone by trying. Nothing of the old
pixels is in the new file, no layer, no preview. Who did it and which file it replaces is for the
caller to record. A video is not decoded here, so nothing can be hidden in it: the school gives the
version in which it made others unrecognisable itself, and that is a file like any other.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from PIL import Image, ImageDraw

from records.uploads.cleaning import finished
from records.uploads.errors import Reason, UploadRefused
from records.uploads.images import write
from records.uploads.kinds import IMAGES, CleanFile, Kind

MOST_AREAS: Final = 100
#: JPEG smears what lies in a block of pixels over that block, colours over a larger one.
_JPEG_BLOCK: Final = 16
_SMEAR: Final = 1


class Unit(StrEnum):
    """What the numbers of an area count: parts of width and height (0 to 1), or pixels."""

    FRACTION = "fraction"
    PIXEL = "pixel"


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle from the upper left corner; right and bottom lie just outside of it."""

    left: float
    top: float
    right: float
    bottom: float
    unit: Unit = Unit.FRACTION


@dataclass(frozen=True, slots=True)
class Redacted:
    """The new file, and what was made black in it, in whole pixels."""

    file: CleanFile
    areas: tuple[Area, ...]


def hide(*, file: CleanFile, areas: Sequence[Area]) -> Redacted:
    """`file` with `areas` black; they grow outwards to whole pixels, in a JPEG to whole blocks.

    Raises UploadRefused for a file without pixels of ours and for areas outside the picture.
    """
    if file.kind not in IMAGES:
        raise UploadRefused(
            "只有图片可以遮盖。",
            reason=Reason.WRONG_TYPE,
            mend="视频请先用剪辑软件遮盖他人，再上传遮盖后的一版；PDF 请改为上传图片。",
        )
    if not 0 < len(areas) <= MOST_AREAS:
        raise _bad_area(f"请选择 1 至 {MOST_AREAS} 个要遮盖的区域。")
    with Image.open(io.BytesIO(file.data), formats=[file.kind.value.upper()]) as image:
        boxes = [_pixels(area, image.size, jpeg=file.kind is Kind.JPEG) for area in areas]
        picture = image.convert("RGBA" if image.mode in {"LA", "RGBA"} else "RGB")
    for left, top, right, bottom in boxes:
        ImageDraw.Draw(picture).rectangle((left, top, right - 1, bottom - 1), fill="black")
    new = finished(write(picture, kind=file.kind), name=file.name, original=file.sha256_of_original)
    return Redacted(new, tuple(Area(*box, unit=Unit.PIXEL) for box in boxes))


def stand_in(*, file: CleanFile, original: str) -> CleanFile:
    """A clip in which others were hidden before it was sent, for the kept one with this hex hash.

    That nobody can be recognised is the word of whoever sends it. Raises UploadRefused: it is no
    clip, or nothing is hidden in it.
    """
    if file.kind is not Kind.MP4:
        raise UploadRefused(
            "代替视频的只能是视频。",
            reason=Reason.WRONG_TYPE,
            mend="请上传遮盖他人之后的那一段 MP4 视频。",
        )
    if file.sha256 == original:
        raise UploadRefused(
            "这还是原来的视频。",
            reason=Reason.WRONG_TYPE,
            mend="请先用剪辑软件遮盖他人的脸、姓名和声音，再上传遮盖后的一版。",
        )
    return replace(file, sha256_of_original=original)


def _pixels(area: Area, size: tuple[int, int], *, jpeg: bool) -> tuple[int, int, int, int]:
    width, height = (1, 1) if area.unit is Unit.FRACTION else size
    inside = (
        all(math.isfinite(side) for side in (area.left, area.top, area.right, area.bottom))
        and 0 <= area.left < area.right <= width
        and 0 <= area.top < area.bottom <= height
    )
    if not inside:
        raise _bad_area("遮盖区域不在图片之内。")
    scale = size if area.unit is Unit.FRACTION else (1, 1)
    across = _outwards(area.left * scale[0], area.right * scale[0], size[0], jpeg=jpeg)
    down = _outwards(area.top * scale[1], area.bottom * scale[1], size[1], jpeg=jpeg)
    return across[0], down[0], across[1], down[1]


def _outwards(low: float, high: float, limit: int, *, jpeg: bool) -> tuple[int, int]:
    first, last = math.floor(low), math.ceil(high)
    if jpeg:
        first = max(first - _SMEAR, 0) // _JPEG_BLOCK * _JPEG_BLOCK
        last = -(-(last + _SMEAR) // _JPEG_BLOCK) * _JPEG_BLOCK
    return first, min(last, limit)


def _bad_area(message: str) -> UploadRefused:
    return UploadRefused(
        message, field="areas", reason=Reason.BAD_AREA, mend="请在图片上重新框选要遮盖的部分。"
    )
