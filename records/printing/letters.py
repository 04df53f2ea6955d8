"""Which characters the fonts can draw, and what is printed in place of one that they cannot.

A letter that silently becomes a box changes what a record says; a control character can turn the
order of words round. Both are printed as their number, [U+1F600]: ugly, true and searchable.
"""

import re
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

Span = tuple[int, int]

_NEW_LINES: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")

#: Invisible, harmless, and needed to write some scripts: soft hyphen, ZWSP, ZWNJ, ZWJ.
_QUIET: Final = frozenset("\n\t\xad\u200b\u200c\u200d")

#: Controls, formats (among them those that turn the direction), halves, private, unassigned.
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})

_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"

_MARK: Final = re.compile(f"[{_MARKS}]")

#: More marks on one letter than any script needs would paint over the lines above.
_PILED: Final = re.compile(f"([{_MARKS}]{{3}})([{_MARKS}]+)")

#: A run without a place to break; Chinese breaks anywhere and is left alone.
_CJK: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_UNBROKEN: Final = re.compile(f"[^ \t\n\u200b\u3000{_CJK}]{{20,}}")

#: What such a run is cut into: a number as a whole, else one letter with its marks.
_PIECE: Final = re.compile(
    rf"\[U\+[0-9A-F]{{4,6}}(?:×\d+)?\]|.[{_MARKS}\u200c\ufe00-\ufe0f]*(?:\u200d.[\ufe0f]?)*"
)


class Ranges:
    """A set of code points, kept as spans."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(set(spans)):  # the faces of a family share most of them
            if self._ends and start <= self._ends[-1] + 1:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, letter: str) -> bool:
        place = bisect_right(self._starts, ord(letter)) - 1
        return place >= 0 and ord(letter) <= self._ends[place]


@dataclass(frozen=True, slots=True)
class Letters:
    """What can be drawn: by any font, and by each of the two that the text is set in."""

    anywhere: Ranges
    own: tuple[Ranges, ...]

    def draw(self, letter: str) -> bool:
        """A mark must be in the font of its letter: the setter lends letters, never half of one."""
        if letter in _QUIET or "\ufe00" <= letter <= "\ufe0f":
            return True
        if unicodedata.category(letter) in _UNPRINTABLE:
            return False
        if _MARK.match(letter):
            return all(letter in face for face in self.own)
        return letter in self.anywhere


def printable(text: str, letters: Letters) -> str:
    """`text` as it can be set: every character visible, every long run breakable."""
    text = unicodedata.normalize("NFC", _NEW_LINES.sub("\n", text))
    text = text.translate({ord(odd): number(odd) for odd in set(text) if not letters.draw(odd)})
    text = _PILED.sub(lambda pile: f"{pile[1]}[U+{ord(pile[2][0]):04X}×{len(pile[2])}]", text)
    return _UNBROKEN.sub(lambda run: "\u200b".join(_PIECE.findall(run[0])), text)


def number(letter: str) -> str:
    """[U+1F600], what stands for a character that cannot be shown."""
    return f"[U+{ord(letter):04X}]"


def covered(font: Path, index: int) -> list[Span]:
    """Code points that face `index` of a font file maps; none when the file cannot be read."""
    try:
        with font.open("rb") as file:
            cmap = _cmap(file, index)
        return list(_best(cmap))
    except (OSError, struct.error, StopIteration):
        return []


def _cmap(file: BinaryIO, index: int) -> bytes:
    """The cmap table. Source: OpenType 1.9, "Organization of an OpenType Font"."""
    head = file.read(16 + 4 * index)
    start = struct.unpack_from(">I", head, 12 + 4 * index)[0] if head[:4] == b"ttcf" else 0
    file.seek(start)
    (tables,) = struct.unpack(">4xH6x", file.read(12))
    records = [struct.unpack(">4s4xII", file.read(16)) for _ in range(tables)]
    offset, length = next((at, size) for tag, at, size in records if tag == b"cmap")
    file.seek(offset)
    return file.read(length)


def _best(cmap: bytes) -> Iterator[Span]:
    """Format 12 knows every plane; format 4 only the first. Others are not read."""
    (count,) = struct.unpack_from(">2xH", cmap)
    offsets = [struct.unpack_from(">4xI", cmap, 4 + 8 * place)[0] for place in range(count)]
    formats = {struct.unpack_from(">H", cmap, at)[0]: at for at in offsets}
    if 12 in formats:  # noqa: PLR2004
        return _groups(cmap, formats[12])
    if 4 in formats:  # noqa: PLR2004
        return _segments(cmap, formats[4])
    return iter(())


def _groups(cmap: bytes, at: int) -> Iterator[Span]:
    (count,) = struct.unpack_from(">I", cmap, at + 12)
    for start, end, glyph in struct.iter_unpack(">III", cmap[at + 16 : at + 16 + 12 * count]):
        yield start + (glyph == 0), end


def _segments(cmap: bytes, at: int) -> Iterator[Span]:
    (double,) = struct.unpack_from(">H", cmap, at + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", cmap, at + 14)
    starts = struct.unpack_from(f">{count}H", cmap, at + 16 + double)
    deltas = struct.unpack_from(f">{count}H", cmap, at + 16 + 2 * double)
    places = at + 16 + 3 * double
    shifts = struct.unpack_from(f">{count}H", cmap, places)
    for segment, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for point in range(start, min(end, 0xFFFE) + 1):
            glyph = point + deltas[segment]
            if shifts[segment]:
                row = places + 2 * segment + shifts[segment] + 2 * (point - start)
                (glyph,) = struct.unpack_from(">H", cmap, row)
            if glyph & 0xFFFF:
                yield point, point
