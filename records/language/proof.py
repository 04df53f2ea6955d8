"""What proves a sentence: a doctor's finding or paper (rule 6), an examination with its date.

What was only heard of, is asked for, has not happened yet or is missing proves nothing.
"""

import re
from typing import Final

from records.language import context, cues
from records.language.matching import Hit
from records.language.normalise import CLAUSE_END, SENTENCE_END, normalise

_BEFORE: Final = 60
_AFTER: Final = 16


def certified(text: str, hit: Hit) -> bool:
    """Whether the sentence names a doctor's finding."""
    return _found(context.sentence(text, hit), "certified")


def found_out(text: str, hit: Hit) -> bool:
    """Whether the sentence says when somebody examined the thing: no guess any more."""
    return _found(context.sentence(text, hit), "found_out")


def on_medical_paper(basis: str) -> bool:
    """Whether what a sentence rests on names a paper of a doctor: 病历, 诊断证明, 市一院诊断. What
    somebody saw, heard or thinks is none.
    """
    sentences = normalise(basis).text.split(SENTENCE_END)
    return any(
        _found(sentence, name) for sentence in sentences for name in ("certified", "medical_papers")
    )


def _found(sentence: str, name: str) -> bool:
    return any(
        _stands(sentence[max(0, cue.start() - _BEFORE) : cue.start()], after)
        for cue in cues.any_of(name).finditer(sentence)
        for after in [sentence[_end(sentence, cue) :][:_AFTER]]
    )


def _end(sentence: str, cue: re.Match[str]) -> int:
    """Where what is named ends: 诊断 and what it is written on."""
    paper = cues.any_of("written_on").match(sentence[cue.end() :])
    return cue.end() + (paper.end() if paper else 0)


def _stands(before: str, after: str) -> bool:
    """Whether what is named between these is there."""
    if cues.any_of("hearsay").search(before) or cues.ends_with("said_by").search(before):
        return False
    if cues.any_of("missing_after").match(after):
        return False
    clause = before.rpartition(CLAUSE_END)[2]
    if cues.ends_with("missing_before").search(clause) or cues.ends_with("undone").search(clause):
        return False
    if cues.any_of("supposed").search(clause):
        return False
    asked = cues.ends_with("asked_for").search(clause) is not None
    return not asked or cues.any_of("outcome").match(after) is not None
