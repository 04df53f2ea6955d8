"""Consents in a long file: given, taken back, refused; in batches, as config/bench/mixture.py."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from config.bench.family import Maker, Story
from parties.models import Consent, Person
from records import consent_entries
from records.models import FileEntry


def consents(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    return _of_consents(story, [_consent(story, number, by=story.mother) for number in numbers])


def withdrawals(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """Each of a yes that the mother gave a week before."""
    made = [_consent(story, number, by=story.mother, age=timedelta(days=7)) for number in numbers]
    Consent.objects.bulk_create(made)
    for one in made:  # the state is led on below, where the database looks
        one.withdraw(by=story.mother, at=one.starts_at + timedelta(days=7))
    Consent.objects.bulk_update(made, ["state", "withdrawn_at", "withdrawn_by"])
    return _entered(story, made)


def refusals(story: Story, numbers: Sequence[int]) -> Sequence[FileEntry]:
    """Of the student, which nobody else at home hears."""
    child = story.student.person
    said: dict[str, Any] = {"state": Consent.State.REFUSED, "proof": "", "withdrawn_by": child}
    made = [_consent(story, number, by=child, **said) for number in numbers]
    for one in made:
        one.ends_at = one.withdrawn_at = one.starts_at
    return _of_consents(story, made)


def _of_consents(story: Story, made: Sequence[Consent]) -> Sequence[FileEntry]:
    Consent.objects.bulk_create(made)
    return _entered(story, made)


def _entered(story: Story, made: Sequence[Consent]) -> Sequence[FileEntry]:
    school_id = story.student.school_id
    return [FileEntry(school_id=school_id, **consent_entries.columns(one)) for one in made]


def _consent(
    story: Story, number: int, *, by: Person, age: timedelta = timedelta(0), **said: Any
) -> Consent:
    """A yes of so long before the moment of its number."""
    given_at = story.moment(number) - age
    plain = {
        "consent_no": f"TY-{number:08d}",
        "purpose": "PSY_REPORT",
        "giver": by,
        "capacity": "STUDENT" if by.pk == story.student.person_id else "GUARDIAN",
        "proof": "IN_APP",
        "starts_at": given_at,
        "ends_at": given_at + timedelta(days=30),
        "recorded_by": by,
    }
    school_id = story.student.school_id
    return Consent(school_id=school_id, student=story.student, **{**plain, **said})


#: What the mother sees, and what she does not.
SHOWN: Final[Sequence[Maker]] = (consents, withdrawals)
HIDDEN: Final[Sequence[Maker]] = (refusals,)
