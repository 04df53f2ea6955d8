"""Where the Chinese letters come from: the school's folder, the system, or a package with some.

Nothing is fetched and nothing but these folders is searched. Every font beside the Chinese ones may
lend a letter that they lack (Uyghur, Tibetan), so that fewer names end as numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import typst
from django.conf import settings

from records.printing.errors import FontMissing
from records.printing.letters import Letters, Ranges, covered

#: 宋体 for running text, best first.
SERIF: Final = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "Noto Serif SC",
    "Songti SC",
    "SimSun",
    "AR PL UMing CN",
)

#: 黑体 for headings and labels, best first.
SANS: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimHei",
)

SYSTEM: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)

MEND: Final = (
    "请安装中文字体：apt install fonts-noto-cjk，或 pip install mplfonts，"
    "或在 SANFANG_FONTS 中写明存放中文字体的文件夹。"
)

_BOLD: Final = 600


@dataclass(frozen=True, slots=True)
class Typeface:
    """What the templates set with; `bold` says which of the two families have a bold cut."""

    folder: Path
    serif: str
    sans: str
    bold: frozenset[str]
    letters: Letters


def installed() -> Typeface:
    """The typeface of this machine.

    Raises:
        FontMissing: none of the places holds a Chinese font; the message names the mend.
    """
    return find(places())


def places() -> tuple[Path, ...]:
    """Folders in the order they are asked. Named by the school: that one and no other."""
    if settings.FONT_FOLDERS:
        return tuple(settings.FONT_FOLDERS)
    return (*SYSTEM, *shipped())


def shipped() -> Iterator[Path]:
    """The fonts of the package mplfonts, without importing it and the plotting library under it."""
    spec = find_spec("mplfonts")
    for folder in (spec and spec.submodule_search_locations) or ():
        yield Path(folder) / "fonts"


@cache
def find(folders: tuple[Path, ...]) -> Typeface:
    """The first folder with a Chinese font decides.

    Raises:
        FontMissing: there is none in `folders`. This is not kept: a font installed while the
            server runs counts at once.
    """
    for folder in folders:
        if folder.is_dir() and (typeface := _of(folder)) is not None:
            return typeface
    raise FontMissing("这台服务器上没有中文字体，不能生成 PDF（JSON 不受影响）。", mend=MEND)


def _of(folder: Path) -> Typeface | None:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
    serif, sans = _first(SERIF, fonts), _first(SANS, fonts)
    if not (serif or sans):
        return None
    bold = {face.family for face in fonts.fonts() if face.weight >= _BOLD}
    return Typeface(
        folder=folder,
        serif=serif or sans,
        sans=sans or serif,
        bold=frozenset(bold & {serif, sans}),
        letters=_letters(fonts.fonts(), {serif, sans} - {""}),
    )


def _letters(faces: Sequence[typst.FontInfo], own: set[str]) -> Letters:
    drawn = {face: covered(Path(face.path), face.index) for face in faces if face.path}
    return Letters(
        anywhere=Ranges(span for spans in drawn.values() for span in spans),
        own=tuple(Ranges(spans) for face, spans in drawn.items() if face.family in own),
    )


def _first(wanted: Sequence[str], fonts: typst.Fonts) -> str:
    there = set(fonts.families())
    return next((family for family in wanted if family in there), "")
