"""Neutral words in an item of a plan; stricter where a company will read it.

What leaves the school is checked as a sharing: no label, nothing that only looks like one, and
nothing about money, health or family. The other items are checked as before a signature. None names
another student.
"""

from dataclasses import replace
from typing import Final

from parties.errors import InvalidInput
from parties.models import Student
from parties.privacy import FieldClass
from records import language, language_gate, lexicons, sensitivity
from records.language import Author, Effect, Lexicon, Moment, People
from records.models import ActionItem
from records.plan_drafts import Draft

_PLAIN: Final = ActionItem.FieldClass.COM.value
#: Of what is recognised, the class that an item can have: 校医 and 心理教师 look after both.
_CLASSES: Final = {
    FieldClass.ECO: ActionItem.FieldClass.ECO.value,
    FieldClass.HLT: ActionItem.FieldClass.HLT.value,
    FieldClass.PSY: ActionItem.FieldClass.HLT.value,
}
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


def classed(draft: Draft) -> Draft:
    """The draft with the class of what it says: what is recognised raises, and nothing lowers.

    Raises InvalidInput: it is about money and about health, and nobody would read both.
    """
    if draft.owner_party == ActionItem.Party.COMPANY:
        return draft  # refuse() lets nothing of the kind through
    said = " ".join(getattr(draft, field) for field in _READ)
    found = {_CLASSES[code] for code in sensitivity.special(said) if code in _CLASSES}
    wanted = found | ({draft.field_class} - {_PLAIN})
    if len(wanted) > 1:
        raise InvalidInput(
            "这里同时涉及资助和健康。", field="title", mend="请分成两个事项，各由一位负责人办理。"
        )
    return replace(draft, field_class=wanted.pop()) if wanted else draft
