"""Neutral words at the moments of a record: what stops a signature, and what its author confirmed.

Own words of a family or student stand in quote fields and are never judged; whoever wrote them down
is told kindly where a neutral word would do.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

from parties.errors import InvalidInput
from parties.models import GuardianLink, Student
from records import language, lexicons
from records.language import Author, Effect, Field, Moment, People
from records.models import CommunicationRecord, Statement

#: What somebody is quoted with, and whose words those are.
_SPOKEN: Final = frozenset(
    {Statement.Source.GUARDIAN, Statement.Source.STUDENT, Statement.Source.COMPANY}
)


def check_record(
    record: CommunicationRecord, *, confirmed: Collection[str] = ()
) -> list[dict[str, object]]:
    """Findings of all that the record says, at the moment of signing.

    Raises InvalidInput: the first forbidden phrase, or a discouraged one that is not `confirmed`,
    with the wording that could stand there instead.
    """
    people, words = names_around(record), lexicons.of(record.school_id)
    found: list[dict[str, object]] = []
    for place, text, field in _texts(record):
        verdict = language.check(
            text,
            moment=Moment.SIGN,
            author=Author.STAFF,
            field=field,
            people=people,
            lexicon=words,
        )
        for finding in verdict.findings:
            _refuse(place, finding, confirmed)
            found.append({"place": place, "phrase": finding.phrase, **_codes(finding)})
    return found


def to_confirm(record: CommunicationRecord) -> list[str]:
    """Phrases that its author may keep after having looked at them."""
    people, words = names_around(record), lexicons.of(record.school_id)
    kept = []
    for _, text, field in _texts(record):
        verdict = language.check(
            text,
            moment=Moment.SIGN,
            author=Author.STAFF,
            field=field,
            people=people,
            lexicon=words,
        )
        kept += [each.phrase for each in verdict.findings if each.effect == Effect.CONFIRM]
    return kept


def names_around(record: CommunicationRecord) -> People:
    """Names of this family, and of the other students of the class, whom nobody need read about."""
    return names_near(record.student)


def names_near(student: Student) -> People:
    """As names_around, before there is a record. Needs person selected."""
    links = GuardianLink.objects.filter(student=student).select_related("guardian")
    own = {student.person.name, *(link.guardian.name for link in links)}
    return People.named(own=own, others=classmates(student) - own)


def classmates(student: Student) -> frozenset[str]:
    """Names of the other students of this class."""
    others = Student.objects.filter(school_class=student.school_class_id).exclude(pk=student.pk)
    return frozenset(others.values_list("person__name", flat=True))


def _texts(record: CommunicationRecord) -> Sequence[tuple[str, str, Field]]:
    texts = [
        ("trigger_note", record.trigger_note, Field.NARRATIVE),
        ("next_focus", record.next_focus, Field.NARRATIVE),
    ]
    rows = record.statements.filter(withdrawn_at=None).order_by("place", "pk")
    for number, said in enumerate(rows, start=1):
        texts.append((f"statements.{number}", said.text, field_of(said)))
    return [each for each in texts if each[1]]


def field_of(said: Statement) -> Field:
    """Whose words these are, and whether an illness in them is on paper."""
    if said.is_quote and said.source in _SPOKEN:
        return Field.QUOTE
    return Field.CERTIFICATE if "HLT" in said.sensitivity and said.basis else Field.NARRATIVE


def _refuse(place: str, finding: Any, confirmed: Collection[str]) -> None:
    if finding.effect == Effect.BLOCK:
        raise InvalidInput(
            f"“{finding.phrase}”不能写进交签的记录。{finding.note}",
            field=place,
            mend=f"可以写：{finding.suggestion}",
        )
    if finding.effect == Effect.CONFIRM and finding.phrase not in confirmed:
        raise InvalidInput(
            f"“{finding.phrase}”建议换一种说法；确要保留，请先确认。{finding.note}",
            field=place,
            mend=f"可以写：{finding.suggestion}",
        )


def _codes(finding: Any) -> dict[str, object]:
    return {
        "category": finding.category,
        "severity": str(finding.severity.value),
        "effect": str(finding.effect.value),
    }
