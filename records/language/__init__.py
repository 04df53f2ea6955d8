"""Neutral words: what a record may say about a person, and how to say it instead.

Pure functions of text and data; no database. `check` is the one way in. lexicon.csv holds the
project's phrases, more.csv what was listed later, allowed.csv terms that only look listed,
variants.csv other spellings, cues.yaml what stands around a phrase. Values are in `values`.
"""

from records.language.checking import check, others_in
from records.language.lexicon import Lexicon, default
from records.language.overrides import Override, Tally, override
from records.language.proof import on_medical_paper
from records.language.rows import THIRD_PARTY, LexiconInvalid, Row, parse
from records.language.values import (
    Author,
    Effect,
    Field,
    Finding,
    Level,
    Moment,
    People,
    Severity,
    Verdict,
)
from records.language.wording import OTHER_STUDENT

__all__ = [
    "OTHER_STUDENT",
    "THIRD_PARTY",
    "Author",
    "Effect",
    "Field",
    "Finding",
    "Level",
    "Lexicon",
    "LexiconInvalid",
    "Moment",
    "Override",
    "People",
    "Row",
    "Severity",
    "Tally",
    "Verdict",
    "check",
    "default",
    "on_medical_paper",
    "others_in",
    "override",
    "parse",
]
