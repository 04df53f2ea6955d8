"""The same sheets for a machine: canonical JSON with a digest anybody can recompute.

The digest is the SHA-256 of `body` alone, written with sorted keys, no spaces and UTF-8, so that
the same record has the same digest whoever took the copy. Texts are kept exactly.
"""

import hashlib
import re
from datetime import date, datetime
from typing import Any, Final

import orjson
from django.utils import timezone

from records.printing import limits, values
from records.printing.documents import (
    FileSheet,
    NoticeSlip,
    NoticeSlips,
    RecordSheet,
    Sheet,
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


def canonical(tree: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8 unescaped: one tree, one sequence of bytes."""
    return orjson.dumps(tree, option=orjson.OPT_SORT_KEYS)


def _whole(text: str) -> str:
    """Half a surrogate is no character and has no UTF-8; everything else stays as it is."""
    return _HALVES.sub(lambda half: number(half[0]), text)


def _iso(at: datetime) -> str:
    return timezone.localtime(at).isoformat()


_EXACT: Final = values.Writing(text=_whole, moment=_iso, day=date.isoformat)
