"""The same sheets for a machine: canonical JSON with a digest anybody can recompute.

The digest is the SHA-256 of `body` alone, written with sorted keys, no spaces and UTF-8, so that
the same record has the same digest whoever took the copy. Texts are kept exactly.
"""

import hashlib
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final

import orjson
from django.utils import timezone

from records.printing import limits, values
from records.printing.documents import (
    Entry,
    FileSheet,
    NoticeSlip,
    NoticeSlips,
    RecordSheet,
    Sheet,
    Volume,
    Watermark,
)
from records.printing.letters import number

#: The number goes up when a key changes its meaning or goes; a new key leaves it.
FORMATS: Final = {
    RecordSheet: "sanfang.record/1",
    FileSheet: "sanfang.file/1",
    NoticeSlip: "sanfang.slip/1",
    NoticeSlips: "sanfang.slips/1",
}

_HALVES: Final = re.compile("[\ud800-\udfff]")


def render(sheet: Sheet, *, watermark: Watermark) -> bytes:
    """One JSON object: `format`, `watermark`, `sha256` of `body`, `body`.

    Raises:
        TooMuch: more entries or characters than one document holds.
    """
    limits.refuse(sheet)
    body = values.plain(sheet, _EXACT)
    return canonical(
        {
            "format": FORMATS[type(sheet)],
            "watermark": values.plain(watermark, _EXACT),
            "sha256": hashlib.sha256(canonical(body)).hexdigest(),
            "body": body,
        }
    )


def pieces(
    sheet: FileSheet,
    *,
    watermark: Watermark,
    entries: Iterable[Sequence[Entry]],
    records: Iterable[Sequence[RecordSheet]],
) -> Iterator[bytes]:
    """What render() gives for a file of any length, page by page; `sheet` itself holds none.

    Each page is asked for when the one before it was taken.
    """
    digest = hashlib.sha256()
    yield b'{"body":'
    for piece in _body(sheet, entries=entries, records=records):
        digest.update(piece)
        yield piece
    rest = {
        "format": FORMATS[FileSheet],
        "watermark": values.plain(watermark, _EXACT),
        "sha256": digest.hexdigest(),
    }
    yield b"," + canonical(rest)[1:]


def _body(
    sheet: FileSheet,
    *,
    entries: Iterable[Sequence[Entry]],
    records: Iterable[Sequence[RecordSheet]],
) -> Iterator[bytes]:
    """The keys in their order: the entries stand before `volume`, which says how many they were."""
    told, mark = 0, b"{"
    for name in sorted(part.name for part in fields(FileSheet)):
        yield mark + canonical(name) + b":"
        if name == "entries":
            told = yield from _listed(entries)
        elif name == "records":
            yield from _listed(records)
        else:
            part = _all_of(told) if name == "volume" else getattr(sheet, name)
            yield canonical(values.plain(part, _EXACT))
        mark = b","
    yield b"}"


def _listed(pages: Iterable[Sequence[object]]) -> Generator[bytes, None, int]:
    """Pages as one array; returns how many stand in it."""
    told = 0
    yield b"["
    for page in pages:
        written = [canonical(values.plain(one, _EXACT)) for one in page]
        if written:
            yield (b"," if told else b"") + b",".join(written)
        told += len(written)
    yield b"]"
    return told


def _all_of(total: int) -> Volume:
    return Volume(number=1, of=1, first=min(1, total), last=total, total=total)


def canonical(tree: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8 unescaped: one tree, one sequence of bytes."""
    return orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)


def _whole(text: str) -> str:
    """Half a surrogate is no character and has no UTF-8; everything else stays as it is."""
    return _HALVES.sub(lambda half: number(half[0]), text)


def _iso(at: datetime) -> str:
    return timezone.localtime(at).isoformat()


_EXACT: Final = values.Writing(text=_whole, moment=_iso, day=date.isoformat)
