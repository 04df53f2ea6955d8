"""A sentence in both languages, which of them is asked for, and what is said of a problem."""

from dataclasses import dataclass

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if speaks_english() else self.zh


def speaks_english() -> bool:
    """Chinese is what everybody here reads; English only for who asks for it."""
    return (get_language() or "").startswith("en")


@dataclass(frozen=True, slots=True)
class Known:
    """A problem by its code: HTTP status, short title, what it means and what to do."""

    status: int
    title: Text
    detail: Text
