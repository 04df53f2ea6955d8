"""Who took part, on the form of a record: each of a family in their way, colleagues as what they
are.

Somebody whom the page does not list stays as they are, and so do colleagues where it did not ask
for any.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from parties import relations
from parties.models import GuardianLink, Person, Student
from portal import presences
from portal.record_forms import RecordForm
from portal.statement_rows import Choices
from records.draft_input import Present
from records.models import CommunicationRecord, Participant
from workflow import exclusions, meeting_minutes
from workflow.models import Case


def colleagues(
    student: Student, *, but: Collection[UUID], at: datetime
) -> list[tuple[Person, str]]:
    """Whose post is about this student, each once, with what they are there as. Inside a scope."""
    found: dict[UUID, tuple[Person, str]] = {}
    for role, capacity in meeting_minutes.POSTS.items():
        for post in relations.holders(role=role, at=at, student=student):
            if post.person.pk not in but:
                found.setdefault(post.person.pk, (post.person, str(capacity)))
    return list(found.values())


def offered(
    student: Student, *, but: Collection[UUID], at: datetime, case_id: UUID | None = None
) -> tuple[Choices, list[Present]]:
    """The same as choices of a form, and as they are written down when they are chosen; nobody whom
    the case keeps out.
    """
    case = Case.objects.filter(pk=case_id).first() if case_id is not None else None
    away = frozenset() if case is None else exclusions.excluded_people(case)
    found = colleagues(student, but={*but, *away}, at=at)
    choices = [
        (str(one.pk), f"{one.name}（{Participant.Capacity(capacity).label}）")
        for one, capacity in found
    ]
    there = Participant.Presence.IN_PERSON
    return choices, [
        Present(person=one.pk, capacity=capacity, presence=there) for one, capacity in found
    ]


def present(
    record: CommunicationRecord,
    form: RecordForm,
    *,
    others: Sequence[Present],
    staff: Sequence[Present],
) -> list[Present]:
    """Those who were ticked. `others` were asked to its meeting, `staff` may be chosen besides."""
    asked = form.asked_staff()
    listed = form.listed("people") | (set() if asked is None else form.listed("staff"))
    return [
        *not_listed(record, listed),
        *_family(record, form, others),
        *_staff(record, form, staff, asked or []),
    ]


def _family(
    record: CommunicationRecord, form: RecordForm, others: Sequence[Present]
) -> list[Present]:
    given, known = form.cleaned_data, {str(one.person): one for one in others}
    links = {
        str(link.guardian_id): link.relation
        for link in GuardianLink.objects.filter(student=record.student_id)
    }
    return [
        known.get(pk)
        or Present(
            person=UUID(pk),
            capacity="GUARDIAN" if pk in links else "STUDENT",
            relation=links.get(pk, ""),
            presence=presences.of(given, pk),
        )
        for pk in given["people"]
    ]


def _staff(
    record: CommunicationRecord, form: RecordForm, staff: Sequence[Present], ticked: Sequence[str]
) -> list[Present]:
    """Who was there already stays as they were, unless the page says another way."""
    before = {str(one.person): one for one in not_listed(record, ())}
    known = {str(one.person): one for one in staff}
    how = form.cleaned_data.get("staff_presence") or Participant.Presence.IN_PERSON
    moved = "staff_presence" in form.changed_data
    return [
        before[pk]
        if pk in before and not moved
        else replace(before.get(pk, known[pk]), presence=how)
        for pk in ticked
        if pk in known
    ]


def not_listed(record: CommunicationRecord, listed: Collection[str]) -> list[Present]:
    return [
        Present(
            person=one.person_id,
            name=one.name,
            capacity=one.capacity,
            relation=one.relation,
            presence=one.presence,
        )
        for one in record.participants.exclude(person=record.author_id)
        if str(one.person_id) not in listed
    ]


def whom(record: CommunicationRecord, people: Sequence[Present]) -> set[tuple[str, ...]]:
    """Its author is always there, and a name is kept for those alone whom nobody knows by id."""
    return {
        (str(one.person or one.name), str(one.capacity), str(one.relation), str(one.presence))
        for one in people
        if one.person != record.author_id
    }


def kept(record: CommunicationRecord) -> dict[str, object]:
    """What the form shows of them; which of its two lists somebody stands in, the page knows. A
    parent with a post stands in both, and came as one of the two.
    """
    there = record.participants.exclude(person=None).exclude(person=record.author_id)
    rows = list(there.order_by("pk").values_list("person_id", "capacity", "presence"))
    home = (Participant.Capacity.GUARDIAN, Participant.Capacity.STUDENT)
    posts = meeting_minutes.POSTS.values()
    return {
        "people": [str(pk) for pk, capacity, _ in rows if capacity not in posts],
        "staff": [str(pk) for pk, capacity, _ in rows if capacity not in home],
        **presences.kept(rows),
        "staff_presence": next(
            (how for _, capacity, how in rows if capacity not in home),
            Participant.Presence.IN_PERSON.value,
        ),
    }
