"""Many words are looked for in one pass over a text; those of a school beside those of all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import ahocorasick


class Search(Protocol):
    """Where a word ends in the text, and what it stands for; in no order."""

    def iter(self, text: str, /) -> Iterator[tuple[int, Any]]: ...


class _Nothing:
    def iter(self, _text: str, /) -> Iterator[tuple[int, Any]]:
        return iter(())


def automaton(words: Mapping[str, Any]) -> Search:
    """Finds each of these words."""
    made: Any = ahocorasick.Automaton()
    for word, meaning in words.items():
        made.add_word(word, meaning)
    if not len(made):
        return _Nothing()  # without a word it would refuse to search
    made.make_automaton()
    found: Search = made
    return found


@dataclass(frozen=True, slots=True)
class Beside:
    """Two searches of one text, the added one first: of two words at one place the first counts."""

    base: Search
    added: Search

    def iter(self, text: str, /) -> Iterator[tuple[int, Any]]:
        yield from self.added.iter(text)
        yield from self.base.iter(text)
