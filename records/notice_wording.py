"""Neutral words in a notice, and slots that nobody has filled: hints while it is a draft, and what
holds it back when it is submitted.

    draft   preview() shows every place, nothing is refused
    submit  forbidden words and open slots are refused, each with its mend; the rest stays a hint
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from parties.errors import InvalidInput
from records import language, lexicons, notice_templates
from records.language import Author, Effect, Lexicon, Moment, Severity
from records.models import Notice

SLOT: Final = "slot"
_FILL: Final = "请把〔〕里的内容写完整。"


@dataclass(frozen=True, slots=True)
class Hint:
    """[start, end) of a field as written, what stands there, why that is shown, and the mend.

    `category` is one of the lexicon, or SLOT; `holds_back` says that submitting refuses it.
    """

    field: str
    category: str
    words: str
    start: int
    end: int
    why: str
    mend: str
    holds_back: bool


class NotNeutral(InvalidInput):
    """The text holds forbidden words or open slots; `hints` name every place and its mend."""

    code = "notice.not_neutral"

    def __init__(self, hints: Sequence[Hint]) -> None:
        first = hints[0]
        message = f"“{first.words}”不能写进发给家长的通知。{first.why}"
        super().__init__(message, field=first.field, mend=first.mend, count=len(hints))
        self.hints = hints


def hints(notice: Notice) -> list[Hint]:
    """Everything in the title and the body that could be said in another way."""
    words = lexicons.of(notice.school_id)
    return [
        hint
        for field, text in (("title", notice.title), ("body", notice.body))
        for hint in sorted(
            (*_words(field, text, words), *_slots(field, text)), key=lambda one: one.start
        )
    ]


def refuse(notice: Notice) -> None:
    """Raise NotNeutral if something in it may not go to families."""
    held = [hint for hint in hints(notice) if hint.holds_back]
    if held:
        raise NotNeutral(held)


def _words(field: str, text: str, words: Lexicon) -> Iterator[Hint]:
    """Judged as at signing: what a draft only hints at is held back there if it is forbidden."""
    verdict = language.check(text, moment=Moment.SIGN, author=Author.STAFF, lexicon=words)
    for found in verdict.findings:
        yield Hint(
            field=field,
            category=found.category,
            words=text[found.start : found.end],
            start=found.start,
            end=found.end,
            why=found.note,
            mend=found.proposal,
            holds_back=found.effect == Effect.BLOCK and found.severity == Severity.FORBIDDEN,
        )


def _slots(field: str, text: str) -> Iterator[Hint]:
    for found in notice_templates.open_slots(text):
        yield Hint(
            field, SLOT, found.group(), *found.span(), "这一处还没有填写。", _FILL, holds_back=True
        )
