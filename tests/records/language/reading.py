"""Short ways to ask, for tests that read as sentences."""

from typing import Any

from records.language import Author, Effect, Finding, Level, Moment, Verdict, check


def sign(text: str, **more: Any) -> Verdict:
    """As a teacher who is about to sign."""
    return check(text, **{"moment": Moment.SIGN, "author": Author.STAFF, **more})


def level(text: str, **more: Any) -> Level:
    return sign(text, **more).level


def only(verdict: Verdict) -> Finding:
    [found] = verdict.findings
    return found


def phrases(verdict: Verdict) -> list[str]:
    return [found.phrase for found in verdict.findings]


def effects(verdict: Verdict) -> list[Effect]:
    return [found.effect for found in verdict.findings]
