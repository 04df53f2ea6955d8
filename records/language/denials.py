"""A denial before a phrase takes it back: 他不是差生, 没有证据表明他是小偷 (rule 4).

Not one that is asked, denied itself or said of everybody but one (cues.yaml). Every look is bounded
by a window.
"""

import re
from collections.abc import Collection
from enum import Enum
from functools import cache
from typing import Final

from records.language import cues
from records.language.matching import Hit
from records.language.normalise import BREAKS, SENTENCE_END

_NEAR: Final = 16
_SENTENCE: Final = 60


class _Lead(Enum):
    """What stands before a phrase in its clause."""

    PLAIN = "plain"
    DENIAL = "denial"
    #: It strikes the word itself out: 禁用差生.
    STRUCK = "struck"


class Denials:
    """Of the phrases of one text; in a list of denials, many begin alike."""

    def __init__(self, text: str, joints: Collection[str]) -> None:
        self._text = text
        self._joints = tuple(joint for joint in joints if joint)
        #: By what stands before: of that the clause, and what it says.
        self._leads: dict[str, tuple[str, _Lead]] = {}

    def takes_back(self, hit: Hit) -> bool:
        text = self._text
        window = text[max(0, hit.start - _NEAR) : hit.start]
        known = self._leads.get(window)
        if known is None:
            clause = window[max(map(window.rfind, BREAKS)) + 1 :]
            known = self._leads[window] = clause, _lead(clause)
        before, lead = known
        if lead is _Lead.PLAIN:
            return False
        after = text[hit.end : hit.end + _NEAR]
        if lead is _Lead.STRUCK:  # 禁用差生参加比赛 calls somebody so
            return not after or after[0] in BREAKS or after.startswith(self._joints)
        if cues.any_of("not_before").match(after):
            return False
        if before in cues.words("nobody_denies") and cues.any_of("asked_after").match(after):
            return False
        return not _but_one(text, hit, before, after)


def _lead(before: str) -> _Lead:
    if not _any_negation().search(before) or not _negation().search(before):
        return _Lead.PLAIN
    if _strikes_the_word().search(before):
        return _Lead.STRUCK
    return _Lead.PLAIN if cues.any_of("not_within").search(before) else _Lead.DENIAL


def _but_one(text: str, hit: Hit, before: str, after: str) -> bool:
    """Whether what nobody is said to be is said of one: 除了他，谁也不是天生的差生."""
    if cues.any_of("of_everybody").search(before) is None:
        return False
    said = text[max(0, hit.start - _SENTENCE) : hit.start].rpartition(SENTENCE_END)[2]
    if _but("but_one_before").search(said):
        return True
    return _but("but_one_after").match(after) is not None


@cache
def _but(name: str) -> re.Pattern[str]:
    """Ways to except somebody, with the somebody in the place of ~."""
    one = cues.either(cues.words("somebody"))
    # 只有方法 names a way, although 方 is a surname.
    whom = f"(?!{cues.either(cues.words('words_like_names'))}){one}"
    return re.compile(cues.either(entry.replace("~", whom) for entry in cues.words(name)))


@cache
def _any_negation() -> re.Pattern[str]:
    """A cheap look first: most phrases are denied by nothing."""
    return re.compile(_begins_a_negation())


@cache
def _negation() -> re.Pattern[str]:
    unless = "".join(f"(?<!{word})" for word in cues.words("not_after"))
    denial, naming, filler = map(cues.either, map(cues.words, ("denials", "naming", "fillers")))
    ban = cues.either([*cues.words("bans"), *cues.words("unnamed")])
    named = f"{filler}{{0,3}}{naming}{filler}{{0,3}}"
    denied = f"{unless}(?:{denial}{filler}{{0,4}}|(?:{denial}|{ban}){named})"
    # The look ahead costs little and spares the many looks behind.
    spoken = cues.either(cues.words("spoken_of"))
    return re.compile(f"(?={_begins_a_negation()})(?:{denied}|{spoken})$")


@cache
def _strikes_the_word() -> re.Pattern[str]:
    filler = cues.either(cues.words("fillers"))
    return re.compile(f"{cues.either(cues.words('bans_of_words'))}{filler}{{0,4}}$")


def _begins_a_negation() -> str:
    return f"[{''.join(sorted({word[0] for word in _negations()}))}]"


def _negations() -> list[str]:
    lists = ("denials", "bans", "unnamed", "spoken_of")
    return [word for name in lists for word in cues.words(name)]
