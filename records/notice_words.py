"""The word lists of the gate for mass messages (notice_words.yaml), read once."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

_FILE: Final = Path(__file__).with_name("notice_words.yaml")


@dataclass(frozen=True, slots=True)
class Words:
    """`facts` and `links` are sorted longest first, so that the first match is the longest."""

    surnames: frozenset[str]
    compound_surnames: frozenset[str]
    common: frozenset[str]
    titles: tuple[str, ...]
    labels: tuple[str, ...]
    facts: tuple[str, ...]
    tests: tuple[str, ...]
    everyday: tuple[str, ...]
    befell: tuple[str, ...]
    links: tuple[str, ...]
    before: tuple[str, ...]
    posts: tuple[str, ...]
    contacts: tuple[str, ...]
    given: frozenset[str]
    respected: tuple[str, ...]
    staff: tuple[str, ...]
    houses: tuple[str, ...]
    streets: tuple[str, ...]
    at_house: tuple[str, ...]
    to_house: tuple[str, ...]

    @property
    def inside(self) -> frozenset[str]:
        """Words that are no given name."""
        return frozenset(self.links) | frozenset(self.before)


@lru_cache(maxsize=1)
def load() -> Words:
    content: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    facts = [word for words in content["facts"].values() for word in words.split()]
    return Words(
        surnames=frozenset("".join(content["surnames"].split())),
        compound_surnames=frozenset(content["compound_surnames"].split()),
        common=frozenset(content["common"].split()),
        titles=tuple(content["titles"].split()),
        labels=tuple(content["labels"].split()),
        facts=_longest_first(facts),
        tests=_longest_first(content["tests"].split()),
        everyday=_longest_first(content["everyday"].split()),
        befell=_longest_first(content["befell"].split()),
        links=_longest_first(content["links"].split()),
        before=tuple(content["before"].split()),
        posts=tuple(content["posts"].split()),
        contacts=tuple(content["contacts"].split()),
        given=frozenset("".join(content["given"].split())),
        respected=tuple(content["respected"].split()),
        staff=_longest_first(content["staff"].split()),
        houses=tuple(content["houses"].split()),
        streets=_longest_first(content["streets"].split()),
        at_house=tuple(content["at_house"].split()),
        to_house=tuple(content["to_house"].split()),
    )


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words), key=lambda word: (-len(word), word)))
