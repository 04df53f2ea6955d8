"""Neutral words in an item of a plan; stricter where a company will read it.

What leaves the school is checked as a sharing: no label, nothing that only looks like one, and
nothing about money, health or family. The other items are checked as before a signature. None names
another student.
"""

from typing import Final

from parties.errors import InvalidInput
from parties.models import Student
from records import language, language_gate, lexicons, sensitivity
from records.language import Author, Effect, Lexicon, Moment, People
from records.models import ActionItem
from records.plan_drafts import Draft

_READ: Final = ("title", "measure", "baseline", "target")


def refuse(draft: Draft, *, student: Student) -> None:
    """Raises InvalidInput: names the field, the words, and what could stand there. In a scope."""
    shared = draft.owner_party == ActionItem.Party.COMPANY
    people = language_gate.names_near(student)
    language_gate.refuse_names({name: getattr(draft, name) for name in _READ}, people=people)
    words = lexicons.of(student.school_id)
    for field in _READ:
        text = getattr(draft, field)
        _refuse_phrases(field, text, words, people, shared=shared)
        if shared:
            _refuse_restricted(field, text)


def _refuse_phrases(field: str, text: str, words: Lexicon, people: People, *, shared: bool) -> None:
    moment = Moment.SHARE if shared else Moment.SIGN
    verdict = language.check(text, moment=moment, author=Author.STAFF, people=people, lexicon=words)
    for found in verdict.findings:
        if found.effect == Effect.BLOCK:
            raise InvalidInput(
                f"“{found.phrase}”不能写进{'给企业的' if shared else ''}约定。{found.note}",
                field=field,
                mend=f"可以写：{found.suggestion}",
            )


def _refuse_restricted(field: str, text: str) -> None:
    found = sorted(sensitivity.special(text), key=lambda code: code.value)
    if found:
        kinds = "、".join(str(code.label) for code in found)
        raise InvalidInput(
            f"这里涉及“{kinds}”，企业会看到这一事项。",
            field=field,
            mend="请只写在岗位上要做的事；其余另立由学校或家庭负责的事项。",
        )
