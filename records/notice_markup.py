"""What a page would not show, or would show as a letter: 张<b>三</b>, 张&nbsp;三, 张%20三 and a
literal \\u200b read 张三.

A tag is one only by its form: 张<三> is none. The text is looked at as it was written as well, so
that nothing hides in a tag, and what was read is read again: &amp;nbsp; is a blank in the end.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_TAG: Final = r"<!--.{0,300}?-->|</?[A-Za-z][^<>]{0,300}>|\[/?[A-Za-z]{1,10}(?:=[^\]\n]{0,200})?\]"
_ENTITY: Final = r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,31});?"
#: Octets of an address or of a letter, by two digits each: %E5%BC%A0, =E5=BC=A0.
_OCTETS: Final = r"(?:%[0-9A-Fa-f]{2})+|(?:=[0-9A-F]{2})+"
#: A letter by its number, as programs write it.
_NUMBER: Final = (
    r"(?:\\u[0-9A-Fa-f]{4})+|(?:%u[0-9A-Fa-f]{4})+|\\u\{[0-9A-Fa-f]{1,6}\}|\\U[0-9A-Fa-f]{8}"
    r"|\\x[0-9A-Fa-f]{2}|[Uu]\+[0-9A-Fa-f]{4,6}|\\[nrt]"
)
_MARKUP: Final = re.compile(
    f"{_TAG}|(?P<entity>{_ENTITY})|(?P<octets>{_OCTETS})|(?P<number>{_NUMBER})", re.DOTALL
)
_HEX: Final = re.compile(r"[0-9A-Fa-f]{2,}")
#: Full width is read alike: ％20, ＆nbsp；
_NARROW: Final = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
_LAYERS: Final = 3
_LAST_LETTER: Final = 0x10FFFF


@dataclass(frozen=True, slots=True)
class Shown:
    """The text as a page would show it; `spans[i]` is where its i-th letter was written."""

    text: str
    spans: Sequence[tuple[int, int]]


def layers(text: str) -> Iterator[Shown]:
    """What is shown, then what is shown of that, as long as there is markup in it."""
    read = shown(text)
    for _ in range(_LAYERS):
        if read is None:
            return
        yield read
        inner = shown(read.text)
        read = None if inner is None else Shown(inner.text, _outer(read.spans, inner.spans))


def changed(read: Shown, *, margin: int) -> Iterator[tuple[int, int]]:
    """Where it does not show what was written letter by letter, with `margin` on either side."""
    start, end, written = 0, 0, 0
    for place, (first, last) in enumerate(read.spans):
        if first == written and last == first + 1:
            written = last
            continue
        if end and place - margin > end:
            yield start, end
            end = 0
        start = start if end else max(0, place - margin)
        end, written = min(len(read.text), place + margin), last
    yield start, end or len(read.text)


def shown(text: str) -> Shown | None:
    """Without tags and with entities and escapes read; None where there is no markup."""
    letters: list[str] = []
    spans: list[tuple[int, int]] = []
    end = 0
    for found in _MARKUP.finditer(text.translate(_NARROW)):
        letters += text[end : found.start()]
        spans += [(place, place + 1) for place in range(end, found.start())]
        read = _read(found)
        letters += read
        spans += [found.span()] * len(read)
        end = found.end()
    if not end:
        return None
    letters += text[end:]
    spans += [(place, place + 1) for place in range(end, len(text))]
    return Shown("".join(letters), spans)


def _outer(
    outside: Sequence[tuple[int, int]], inside: Sequence[tuple[int, int]]
) -> Sequence[tuple[int, int]]:
    return [(outside[first][0], outside[last - 1][1]) for first, last in inside]


def _read(found: re.Match[str]) -> str:
    """The letters that it stands for; of a tag none, of a number that is no letter none either."""
    written = found[0]
    if found["entity"]:
        return html.unescape(written).replace("\ufffd", "")
    if found["octets"]:
        return _decoded(bytes.fromhex(written.replace("%", "").replace("=", "")))
    if found["number"]:
        return _numbered(written)
    return ""


def _decoded(octets: bytes) -> str:
    for code in ("utf-8", "gb18030"):
        try:
            return octets.decode(code)
        except UnicodeDecodeError:
            continue
    return ""


def _numbered(written: str) -> str:
    if written in ("\\n", "\\r", "\\t"):
        return " "
    numbers = [int(one, 16) for one in _HEX.findall(written)]
    if max(numbers, default=0) > _LAST_LETTER:
        return ""
    halves = "".join(map(chr, numbers)).encode("utf-16", "surrogatepass")
    return halves.decode("utf-16", "ignore")
