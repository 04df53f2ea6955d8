"""Markup that a page would not show: 张<b>三</b> and 张&nbsp;三 read 张三.

A tag is one only by its form: 张<三> is none. The text is looked at as it was written as well, so
that nothing hides in a tag.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_TAG: Final = r"<!--.{0,300}?-->|</?[A-Za-z][^<>]{0,300}>|\[/?[A-Za-z]{1,10}(?:=[^\]\n]{0,200})?\]"
_ENTITY: Final = r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});?"
_MARKUP: Final = re.compile(f"{_TAG}|({_ENTITY})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """The text as a page would show it; `spans[i]` is where its i-th letter was written."""

    text: str
    spans: Sequence[tuple[int, int]]


def shown(text: str) -> Shown | None:
    """Without tags and with entities read; None where there is no markup."""
    letters: list[str] = []
    spans: list[tuple[int, int]] = []
    end = 0
    for found in _MARKUP.finditer(text):
        letters += text[end : found.start()]
        spans += [(place, place + 1) for place in range(end, found.start())]
        read = html.unescape(found[1]) if found[1] else ""
        letters += read
        spans += [found.span()] * len(read)
        end = found.end()
    if not end:
        return None
    letters += text[end:]
    spans += [(place, place + 1) for place in range(end, len(text))]
    return Shown("".join(letters), spans)
