"""Names of the roster in another dress: marks, signs or the end of a line between their letters, or
written in Latin letters beside a mark or an English affair.

    张★三, 张🌸三       a sign parts no name
    张，三：旷课三天    a comma and a digit do, unless an affair or the family follows
    Zihan Zhang 45      either order, the tones as digits or none
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import Final

import ahocorasick

from records.language import matching, spelling
from records.language.normalise import normalise
from records.notice_facts import HAN, Finding, Folded, begins, fact_after, fold
from records.notice_traces import TO_KIN, automaton, hits
from records.notice_words import load

#: What parts two words as well: it hides a name only beside what concerns that person.
_PARTING: Final = frozenset(",，、;；:：\n")
#: A figure in a circle is a sign in the text as written.
_SIGNS: Final = frozenset({"So", "Sm", "Sk", "Sc", "No", "Ps", "Pe", "Pi", "Pf", "Pd", "Pc", "Po"})
_BREAKS: Final = re.compile(r"[\n,:;]{0,3}")
#: Of a name in Pinyin that needs no fact beside it: li na and an na are many other things.
_SYLLABLES: Final = 3
_NEAR: Final = 60
#: zhang1 san1
_TONE: Final = re.compile(r"(?<=[A-Za-zü])[1-5](?![0-9])")
_NUMBER: Final = r"\d{1,3}(?:\.\d)?"
_POINTS: Final = re.compile(
    rf"(?:['’]s?)?(?:\s*[:：=|]\s*{_NUMBER}(?![\d年月日号时点:：./-])|[\s,，、-]+{_NUMBER}\s*"
    r"(?:分(?!钟)|points?\b|marks?\b|%|(?=$|[\s,，、;；。!?！？|])(?!\s*[A-Za-z\u4e00-\u9fff])))",
    re.IGNORECASE,
)
_TOLD: Final = re.compile(
    r"(?:['’]s?)?[\s:：,，\-–—]+(?:(?:has|had|have|been|is|was|are|were|got|gets|the|a|an|his|her|for|in|to|did|not)\s+"
    r"|(?:mother|father|parents?|family|mum|mom|dad)(?:['’]s)?\s+)*"
    r"(?:fail|pass(?:ed|es)\b|scor|absen|truan|late\b|skipp|suspend|expel|punish|warn|fought|fight|smok|drunk"
    r"|hospital|depress|anxi|divorc|pregnan|ow(?:es|ed)\b|unpaid|overdue|scholarship|grant\b|subsid|allowance"
    r"|grade|rank|mark\b|marks\b|test\b|exam|result|sick\b|ill\b|diagnos|asthma|epilep|disab|poor\b|poverty"
    r"|stole|cheat|bull|quit|dropp|bank|fee|refund|loan|aid\b)",
    re.IGNORECASE,
)
#: Syllables that are English words: You can get the grade online.
_ENGLISH: Final = frozenset(
    ("you", "can", "he", "she", "me", "an", "a", "men", "man", "long", "song", "fan", "ran", "sun",
     "pan", "gun", "hang", "bang", "sing", "den", "ten", "pin", "fang", "rang", "sang", "tan",
     "ban", "die", "hen")
)  # fmt: skip


def find(text: str, folded: Folded, names: Collection[str]) -> Iterator[Finding]:
    """Each name of the roster that is dressed; `folded` is `text` folded densely."""
    known = frozenset(names)
    yield from _parted(folded, known)
    yield from _romanised(text, known)
    toneless = _TONE.sub(" ", text)
    if toneless != text:
        for one in _romanised(toneless, known):
            yield replace(one, words=text[one.start : one.end])


def _parted(folded: Folded, names: frozenset[str]) -> Iterator[Finding]:
    """张，三：助学金 and 张（三）: marks between the characters of a name."""
    text = folded.text
    kept = [place for place, letter in enumerate(text) if not _is_between(letter)]
    bare = "".join(text[place] for place in kept)
    for first, last in hits(automaton(_plain(names)), bare):
        start, end = kept[first], kept[last - 1] + 1
        if end - start == last - first or not begins(text, start):
            continue
        if _hides(folded, start, end) or _is_told(text, end):
            yield folded.finding("name", start, end)


@lru_cache(maxsize=8)
def _plain(names: frozenset[str]) -> frozenset[str]:
    return frozenset(fold(name, dense=True).text for name in names if name not in load().common)


@lru_cache(maxsize=1 << 12)
def _is_between(letter: str) -> bool:
    return letter in _PARTING or letter.isdigit() or _is_sign(letter)


@lru_cache(maxsize=1 << 12)
def _is_sign(letter: str) -> bool:
    return letter not in _PARTING and unicodedata.category(letter) in _SIGNS


def _hides(folded: Folded, start: int, end: int) -> bool:
    """Nothing but signs stands between, as they were written: ① is one, 1 is none."""
    between = [place for place in range(start, end) if _is_between(folded.text[place])]
    return all(_is_sign(folded.original[folded.offsets[place]]) for place in between)


def _is_told(text: str, end: int) -> bool:
    """What follows, be it in the next line, concerns that person."""
    closed = end + (text[end : end + 1] in set(")）]】"))
    if TO_KIN.match(text, end) or text.startswith(load().titles, end):
        return True
    breaks = _BREAKS.match(text, closed)
    return fact_after(text, breaks.end() if breaks else closed) is not None


def _romanised(text: str, names: frozenset[str]) -> Iterator[Finding]:
    """Wang Weiqiang, zhang三: a word of its own; two syllables or a mixture only beside a fact."""
    searched = _latin(names)
    if searched is None:
        return
    normal = normalise(text)
    folded = Folded(normal.text, normal.offsets, text)
    for last, (size, alone, english) in searched.iter(normal.text):
        first = last - size + 1
        if not matching.stands_alone(normal, first, last + 1):
            continue
        after = normal.offsets[last] + 1
        if alone or _is_said_of(text[after : after + _NEAR], english=english):
            yield folded.finding("name", first, last + 1)


def _is_said_of(rest: str, *, english: bool) -> bool:
    """What follows on a name concerns that person."""
    if not english and (_POINTS.match(rest) or _TOLD.match(rest)):
        return True
    after = fold(rest, dense=True).text
    return after.startswith(load().titles) or fact_after(after, 0) is not None


@lru_cache(maxsize=8)
def _latin(names: frozenset[str]) -> "ahocorasick.Automaton | None":
    made = ahocorasick.Automaton()
    for name in names:
        for written, syllables in _spellings(name) if len(name) > 1 else ():
            alone = syllables == len(name) >= _SYLLABLES
            made.add_word(written, (len(written), alone, _is_english(name)))
    if not len(made):
        return None
    made.make_automaton()
    return made


def _spellings(name: str) -> Iterator[tuple[str, int]]:
    """As records.language spells it, and with the given name first."""
    yield from spelling.romanised(name)
    if all(map(HAN.match, name)):
        size = 2 if name[:2] in load().compound_surnames else 1
        for written, syllables in spelling.romanised(name[size:] + name[:size]):
            if syllables == len(name):
                yield written, syllables


@lru_cache(maxsize=1 << 13)
def _is_english(name: str) -> bool:
    pinyin = import_module("pypinyin")
    return _ENGLISH.issuperset(pinyin.lazy_pinyin(name, style=pinyin.Style.NORMAL))
