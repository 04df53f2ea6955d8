"""Neutral words at the moments of a record: what stops a signature, and what its author confirmed;
and of what staff write for a family's eyes outside of a record.

Own words of a family or student stand in quote fields and are never judged; whoever wrote them down
is told kindly where a neutral word would do.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final

from parties.errors import InvalidInput
from parties.models import GuardianLink, Student
from records import language, lexicons
from records.language import (
    THIRD_PARTY,
    Author,
    Effect,
    Field,
    Finding,
    Lexicon,
    Moment,
    People,
    Verdict,
)
from records.models import CommunicationRecord, PreparedItem, Statement

HEADER: Final = ("trigger_note", "place", "next_focus")
#: Where others read in place of a text that names other students: there no name is kept.
REDACTED: Final = ".redacted_text"
#: Sources that are persons: what one of them said may be quoted word for word.
SPOKEN: Final = frozenset(
    {
        Statement.Source.GUARDIAN,
        Statement.Source.STUDENT,
        Statement.Source.COMPANY,
        Statement.Source.THIRD,
    }
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
        verdict = _checked(text, field, people, words)
        for finding in verdict.findings:
            _refuse(place, finding, finding.written(text), confirmed)
            found.append({"place": place, "phrase": finding.phrase, **_codes(finding)})
    return found


def to_confirm(record: CommunicationRecord) -> list[str]:
    """Phrases that its author may keep after having looked at them."""
    people, words = names_around(record), lexicons.of(record.school_id)
    kept = []
    for _, text, field in _texts(record):
        verdict = _checked(text, field, people, words)
        kept += [each.phrase for each in verdict.findings if each.effect == Effect.CONFIRM]
    return kept


def _checked(text: str, field: Field, people: People, words: Lexicon) -> Verdict:
    return language.check(
        text,
        moment=Moment.SIGN,
        author=Author.STAFF,
        field=field,
        people=people,
        lexicon=words,
    )


def names_around(record: CommunicationRecord) -> People:
    """As names_near; its author and the adults who took part in the talk may be named as well."""
    adults = record.participants.exclude(person=None).filter(person__student=None)
    named = {record.author.name, *adults.values_list("person__name", flat=True)}
    people = names_near(record.student)
    return replace(people, own=people.own | named)


def names_near(student: Student) -> People:
    """Names of this family, and of all other students, whom nobody need read about.

    For texts of staff alone: whoever writes learns which names the school knows. Needs person
    selected; three queries, however long the text is.
    """
    links = GuardianLink.objects.filter(student=student).select_related("guardian")
    own = {student.person.name, *(link.guardian.name for link in links)}
    return People.named(
        own=own, others=classmates(student) - own, distant=students_of(student.school_id)
    )


def classmates(student: Student) -> frozenset[str]:
    """Names of the other students of this class."""
    others = Student.objects.filter(school_class=student.school_class_id).exclude(pk=student.pk)
    return frozenset(others.values_list("person__name", flat=True))


def students_of(school_id: int) -> frozenset[str]:
    """Names of all students of the school. Inside its scope; one query."""
    students = Student.objects.filter(school_id=school_id)
    return frozenset(students.values_list("person__name", flat=True))


def refuse_forbidden(
    texts: Mapping[str, str], *, student: Student, field: Field = Field.NARRATIVE
) -> None:
    """Words of staff that the family reads at once: a purpose, a place, a note beside a signature.

    Nobody is asked to tap here, so a discouraged word passes, and no other student's name does.
    Needs person selected.

    Raises InvalidInput: the first forbidden phrase or name, by its text, and what to write.
    """
    written = {name: text for name, text in texts.items() if text.strip()}
    if not written:
        return
    people, words = names_near(student), lexicons.of(student.school_id)
    for name, text in written.items():
        verdict = _checked(text, field, people, words)
        for finding in verdict.findings:
            if _names_somebody(finding):
                raise _named(name, finding, finding.written(text))
            if finding.effect != Effect.BLOCK:
                continue
            raise InvalidInput(
                f"“{finding.written(text)}”会让人觉得是评价，不能这样写。{finding.note}",
                field=name,
                mend=finding.proposal,
            )


def refuse_names(texts: Mapping[str, str], *, people: People) -> None:
    """Words that every reader has before them name no other student, and no tap keeps a name.

    A name that is a word as well passes. Raises InvalidInput.
    """
    for name, text in texts.items():
        verdict = language.check(text, moment=Moment.SIGN, author=Author.STAFF, people=people)
        for finding in verdict.findings:
            if _names_somebody(finding):
                raise _named(name, finding, finding.written(text))


def _names_somebody(finding: Finding) -> bool:
    return finding.category == THIRD_PARTY and finding.effect != Effect.HINT


def _named(field: str, finding: Finding, written: str) -> InvalidInput:
    return InvalidInput(
        f"“{written}”是另一名学生的姓名，能看到这里的人都会看到。",
        field=field,
        mend=f"请写“{finding.suggestion}”。",
    )


def _texts(record: CommunicationRecord) -> list[tuple[str, str, Field]]:
    """All that staff wrote, by where it stands."""
    texts = [(name, str(getattr(record, name)), Field.NARRATIVE) for name in HEADER]
    rows = record.statements.filter(withdrawn_at=None).order_by("place", "pk")
    for number, said in enumerate(rows, start=1):
        texts += of_statement(f"statements.{number}", said)
    for number, one in enumerate(record.participants.order_by("pk"), start=1):
        texts.append((f"participants.{number}.name", one.name, Field.NARRATIVE))
    for number, item in enumerate(record.prepared.order_by("pk"), start=1):
        texts += _of_prepared(f"prepared.{number}", item)
    return [each for each in texts if each[1]]


def of_statement(where: str, said: Statement) -> Iterator[tuple[str, str, Field]]:
    """What was said, what others read instead, and what it rests on. The basis is always the
    writer's own word.
    """
    field = field_of(said)
    yield where, said.text, field
    yield where + REDACTED, said.redacted_text, field
    own = Field.CERTIFICATE if field == Field.CERTIFICATE else Field.NARRATIVE
    yield f"{where}.basis", said.basis, own


def _of_prepared(where: str, item: PreparedItem) -> Iterator[tuple[str, str, Field]]:
    """A psychological report may name what its paper names: it is here by consent or duty."""
    report = item.kind == PreparedItem.Kind.PSY_REPORT
    field = Field.CERTIFICATE if report else Field.NARRATIVE
    yield f"{where}.note", item.note, field
    yield f"{where}.basis_note", item.basis_note, field


def field_of(said: Statement) -> Field:
    """Whose words these are, and whether an illness in them is on paper."""
    if said.is_quote and said.source in SPOKEN:
        return Field.QUOTE
    on_paper = "HLT" in said.sensitivity and language.on_medical_paper(said.basis)
    return Field.CERTIFICATE if on_paper else Field.NARRATIVE


def _refuse(place: str, finding: Finding, written: str, confirmed: Collection[str]) -> None:
    if finding.effect == Effect.BLOCK:
        raise InvalidInput(
            f"“{written}”不能写进交签的记录。{finding.note}",
            field=place,
            mend=finding.proposal,
        )
    if _names_somebody(finding) and (place in HEADER or place.endswith(REDACTED)):
        raise _named(place, finding, written)
    if finding.effect == Effect.CONFIRM and {finding.phrase, written}.isdisjoint(confirmed):
        raise InvalidInput(
            f"“{written}”建议换一种说法；确要保留，请先确认。{finding.note}",
            field=place,
            mend=finding.proposal,
        )


def _codes(finding: Finding) -> dict[str, object]:
    return {
        "category": finding.category,
        "severity": str(finding.severity.value),
        "effect": str(finding.effect.value),
    }
