"""The words in which a check asks and answers. Stored by name: add new values, never rename one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple


class Moment(StrEnum):
    """What is about to happen to the text."""

    DRAFT = "draft"
    SIGN = "sign"
    SHARE = "share"  # leaves the school
    CRISIS = "crisis"  # is sent first and checked afterwards


class Author(StrEnum):
    STAFF = "staff"
    COMPANY = "company"
    PARENT = "parent"  # and students: whoever speaks for themselves


class Field(StrEnum):
    """What kind of field the text was written into."""

    NARRATIVE = "narrative"
    #: Words of somebody whom the record names as their source; what stands in “ ” is theirs.
    QUOTE = "quote"
    #: Copied from a certificate of a medical institution (class HLT).
    CERTIFICATE = "certificate"


class Severity(StrEnum):
    FORBIDDEN = "forbidden"
    DISCOURAGED = "discouraged"


class Effect(StrEnum):
    """What one finding does to the person who writes."""

    QUOTE = "quote"  # allowed, shown as somebody's own words
    HINT = "hint"
    CONFIRM = "confirm"  # a hint that needs a tap
    BLOCK = "block"


class Level(StrEnum):
    OK = "ok"
    HINT = "hint"
    BLOCK = "block"


#: How long the author of a crisis report has to put it into neutral words.
CRISIS_MENDED_WITHIN: Final = timedelta(hours=24)

_LEVELS: Final = {
    Effect.QUOTE: Level.OK,
    Effect.HINT: Level.HINT,
    Effect.CONFIRM: Level.HINT,
    Effect.BLOCK: Level.BLOCK,
}
_RISING: Final = (Level.OK, Level.HINT, Level.BLOCK)


@dataclass(frozen=True, slots=True)
class People:
    """Names that may stand in the text.

    `own` may: the student's, the family's, the staff's. `others` are students whom the record is
    not about, and must be taken out before somebody else reads it. `distant` are all students of
    the school: of thousands of names some stand in a text by chance, so they only name somebody
    and lend no phrase a character.
    """

    own: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    distant: frozenset[str] = frozenset()

    @classmethod
    def named(
        cls,
        *,
        own: Collection[str] = (),
        others: Collection[str] = (),
        distant: frozenset[str] = frozenset(),
    ) -> "People":
        return cls(frozenset(own), frozenset(others), distant)

    def are_others(self, name: str) -> bool:
        """Whether it is another student's; whoever bears the student's own name is not told."""
        return name not in self.own and (name in self.others or name in self.distant)


class Finding(NamedTuple):
    """One place in the text. `start` and `end` (exclusive) count code points of the original.

    `phrase` is the row of the list; whoever reads about it is shown what is `written`.
    """

    phrase: str
    severity: Severity
    category: str
    start: int
    end: int
    suggestion: str
    effect: Effect
    note: str

    def written(self, text: str) -> str:
        """As it stands in the checked text: 家长素质很低, where the list has 父母素质低."""
        return text[self.start : self.end]

    @property
    def proposal(self) -> str:
        """What to write instead, as a sentence: many suggestions begin with 写 themselves."""
        begun = "可以" if self.suggestion.startswith("写") else "可以写："
        return f"{begun}{self.suggestion}"

    def as_json(self) -> dict[str, Any]:
        return {
            "phrase": self.phrase,
            "severity": self.severity.value,
            "category": self.category,
            "start": self.start,
            "end": self.end,
            "suggestion": self.suggestion,
            "effect": self.effect.value,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found, in the order of the text, and what it asks for at this moment."""

    moment: Moment
    author: Author
    findings: tuple[Finding, ...] = ()

    @property
    def level(self) -> Level:
        """The gravest of what the findings do."""
        levels = [_LEVELS[finding.effect] for finding in self.findings]
        return max(levels, key=_RISING.index, default=Level.OK)

    @property
    def mend_within(self) -> timedelta | None:
        """After a crisis report: how long its author has to mend it; else None."""
        forbidden = any(
            found.severity == Severity.FORBIDDEN and found.effect != Effect.QUOTE
            for found in self.findings
        )
        return CRISIS_MENDED_WITHIN if self.moment == Moment.CRISIS and forbidden else None

    @property
    def keeps_own_words(self) -> bool:
        """A parent's words stay as they are, as a quotation, whatever is offered beside them."""
        return self.author == Author.PARENT

    def as_json(self) -> dict[str, Any]:
        return {
            "verdict": self.level.value,
            "findings": [finding.as_json() for finding in self.findings],
        }
