"""How else a phrase is written with a degree in it: 妈妈很不配合, 精神有点不正常, 没什么家教.

Which words may stand where is data (cues.yaml). A degree says how much and takes nothing back.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from records.language import cues
from records.language.rows import Kind, Row

_PARENT: Final = "家长"
_NOT: Final = "不"
_HAS: Final = "有"
_LACKS: Final = ("没有", "没")


def of(row: Row, variants: Sequence[str]) -> Iterator[str]:
    """Every other form of a row; `variants` are how else its phrase is spelt."""
    if row.kind == Kind.ALLOWED:
        return
    yield from _of_relatives(row.phrase)
    graded: dict[str, str] = cues.table()["graded"]
    if row.phrase in graded:
        yield from (graded[row.phrase].replace("*", one) for one in _degrees())
    judged: dict[str, str] = cues.table()["judged"]
    if row.phrase in judged:
        yield from (judged[row.phrase] + verdict for verdict in cues.words("verdicts"))
    for written in (row.phrase, *variants):
        yield from _eased(written)


def _of_relatives(phrase: str) -> Iterator[str]:
    """Whoever stands for 家长, how much, and how much less: 爸爸也不太配合."""
    if not phrase.startswith(_PARENT):
        return
    rest = phrase.removeprefix(_PARENT)
    leads = ("", *cues.words("leads"), *cues.words("eased_after"))
    eased = [lead + one for one in _eased(rest) for lead in leads]
    ends = [adverb + rest for adverb in ("", *_adverbs())] + eased
    for relative in cues.words("relatives"):
        yield from (relative + end for end in ends)


def _eased(phrase: str) -> Iterator[str]:
    """不太端正 and 很不端正 for 不端正, 没什么家教 for 没家教, 有点问题 for 有问题."""
    yield from _replaced(phrase, (_NOT,), "eased", cues.words("easing"))
    yield from _replaced(phrase, _LACKS, "lacked", cues.words("lacking"))
    yield from _replaced(phrase, (_HAS,), "troubles", [_HAS + one for one in cues.words("some")])
    for end in _ends(phrase, (_NOT,), "eased"):
        head = phrase.removesuffix(end)
        yield from (head + degree + end for degree in _degrees() if head)


def _replaced(
    phrase: str, beginnings: Sequence[str], name: str, others: Sequence[str]
) -> Iterator[str]:
    for end in _ends(phrase, beginnings, name):
        head, rest = phrase.removesuffix(end), _without(end, beginnings)
        yield from (head + other + rest for other in others)


def _ends(phrase: str, beginnings: Sequence[str], name: str) -> Iterator[str]:
    """What the phrase ends in, if that is a listed word behind one of `beginnings`."""
    for beginning in beginnings:
        for word in cues.words(name):
            if phrase.endswith(beginning + word):
                yield beginning + word
                return


def _without(end: str, beginnings: Sequence[str]) -> str:
    for beginning in beginnings:
        if end.startswith(beginning):
            return end.removeprefix(beginning)
    return end


@cache
def _adverbs() -> Sequence[str]:
    return (*cues.words("adverbs"), *_led())


@cache
def _degrees() -> Sequence[str]:
    return (*cues.words("degrees"), *_led())


@cache
def _led() -> Sequence[str]:
    return [lead + one for lead in cues.words("leads") for one in cues.words("plain_degrees")]
