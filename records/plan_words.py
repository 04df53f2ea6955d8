"""Neutral words in an item of a plan; stricter where a company will read it.

What leaves the school is checked as a sharing: no label, nothing that only looks like one, and
nothing that a company never reads (records/sensitivity/company.py). The other items are checked as
before a signature. None names another student. What is added to an item later counts for its class
like its first words.
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
#: Of what somebody adds to an item later: why it is stuck, how it went, why it is let go.
LATER: Final = ("blocked_why", "dropped_why", "evidence_note")


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
                f"“{found.written(text)}”不能写进{'给企业的' if shared else ''}约定。{found.note}",
                field=field,
                mend=found.proposal,
            )


def _refuse_restricted(field: str, text: str) -> None:
    found = sorted(sensitivity.withheld(text), key=lambda code: code.value)
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
    wanted = _found(said) | ({draft.field_class} - {_PLAIN})
    if len(wanted) > 1:
        raise InvalidInput(
            "这里同时涉及资助和健康。", field="title", mend="请分成两个事项，各由一位负责人办理。"
        )
    return replace(draft, field_class=wanted.pop()) if wanted else draft


def raised_by(item: ActionItem, text: str) -> str:
    """The class that the item gets by words that are added to it; empty for none.

    Of a company's item, and of words of another class than the item has, nothing is raised: these
    words are kept back from whoever may not read them (`apart`).
    """
    found = _found(text)
    if item.owner_party == ActionItem.Party.COMPANY or len(found | _own(item)) != 1:
        return ""
    return "" if _own(item) else found.pop()


def refuse_later(item: ActionItem, field: str, text: str) -> None:
    """Words of staff beside an item are about that item, and somebody may read all of it.

    Raises InvalidInput: names the field and where the rest belongs.
    """
    found = _found(text)
    if item.owner_party == ActionItem.Party.COMPANY:
        found |= sensitivity.withheld(text)
    nobodys = item.owner_party == ActionItem.Party.SCHOOL and item.owner_person_id is None
    alone = item.owner_party == ActionItem.Party.COMPANY or nobodys
    if (found and alone) or len(found | _own(item)) > 1:
        raise InvalidInput(
            "这里涉及经济、健康、家庭或其他个人情况，不是看这一事项的人都可以看的。",
            field=field,
            mend="请只写这一事项本身；其余另立资助或健康事项，并指定负责人。",
        )


def refuse_labels(item: ActionItem, field: str, text: str, *, by_staff: bool = False) -> None:
    """What school or company writes beside an item, the family reads at once: it judges nobody.

    Whoever speaks for a family is never stopped, and a company learns no name by it.

    Raises InvalidInput: the field, the first forbidden phrase, and what to write.
    """
    if by_staff or item.owner_party == ActionItem.Party.SCHOOL:
        language_gate.refuse_forbidden({field: text}, student=item.student)
    elif item.owner_party == ActionItem.Party.COMPANY:
        _refuse_company(item.student, field, text)


def _refuse_company(student: Student, field: str, text: str) -> None:
    verdict = language.check(
        text,
        moment=Moment.SIGN,
        author=Author.COMPANY,
        people=People(frozenset({student.person.name})),
        lexicon=lexicons.of(student.school_id),
    )
    for found in verdict.findings:
        if found.effect == Effect.BLOCK:
            raise InvalidInput(
                f"“{found.written(text)}”请换一种说法，学生和家长会看到。{found.note}",
                field=field,
                mend=found.proposal,
            )


def apart(item: ActionItem, text: str) -> frozenset[str]:
    """Classes of words beside an item that the item itself does not have."""
    return frozenset(_found(text) - _own(item))


def _found(text: str) -> set[str]:
    return {_CLASSES[code] for code in sensitivity.special(text) if code in _CLASSES}


def _own(item: ActionItem) -> set[str]:
    return {str(item.field_class)} - {_PLAIN}
