"""Whose yes counts for a student, and whose no outlives it: by age, by family, and by bars.

Inside a scope.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from parties import standings
from parties.models import Consent, GuardianLink, Person, Student

#: PIPL 31: below it a guardian decides alone.
_OWN_WORD_AGE: Final = 14  # years
#: Civil Code 17 and 18: from then on nobody consents in their place.
_ADULT_AGE: Final = 18  # years


def may_give(
    student: Student, giver: Person, *, at: datetime, since: datetime | None = None
) -> bool:
    """Whether this person's yes counts: the student's own, or an unbarred legal guardian's.

    With `since`: whether no guardian's right was lost meanwhile, even if it came back.
    """
    age = _age(student, timezone.localdate(at))
    if giver.pk == student.person_id:
        return age >= _OWN_WORD_AGE
    if age >= _ADULT_AGE:
        return False
    links = GuardianLink.objects.filter(
        student=student, guardian=giver, state=GuardianLink.State.LIVE, legal_guardian=True
    )
    if since is not None:
        links = links.filter(Q(right_since=None) | Q(right_since__lte=since))
    return links.exists() and student.pk in standings.load(giver, at).wards


def givers(student: Student) -> Sequence[Person]:
    """Legal guardians in their order, then the student; whether a yes counts is asked of each."""
    return [*_guardians(student), student.person]


def _guardians(student: Student) -> Sequence[Person]:
    links = GuardianLink.objects.filter(
        student=student, state=GuardianLink.State.LIVE, legal_guardian=True
    )
    found = links.select_related("guardian").order_by("contact_priority", "pk")
    return [link.guardian for link in found]


def counts(consent: Consent, student: Student, *, at: datetime) -> bool:
    """Whether its giver may give it still, and nobody whose no outlives it has said one."""
    giver, purpose = consent.giver, consent.purpose
    if not may_give(student, giver, at=at, since=consent.starts_at):
        return False
    own = giver.pk == student.person_id
    if not own and standings.was_barred(giver, student.pk, since=consent.starts_at, until=at):
        return False
    return not (said_no(student, purpose, at=at) or is_refused(student, purpose, at=at))


def said_no(student: Student, purpose: str, *, at: datetime) -> bool:
    """Whether the last word of a student whose word counts was a no, or to take it back."""
    return _students_no(student, purpose, at=at) is not None


def taken_back(student: Student, purpose: str, *, at: datetime) -> Consent | None:
    """As said_no(), where it took back a yes: that is seen at home."""
    last = _students_no(student, purpose, at=at)
    return last if last is not None and last.state == Consent.State.WITHDRAWN else None


def is_refused(student: Student, purpose: str, *, at: datetime) -> bool:
    """Whether any guardian's last word was a no, or to take it back: one no is enough."""
    asked = _guardians(student)
    return any(_guardians_no(student, purpose, one, at=at) is not None for one in asked)


def standing_no(student: Student, purpose: str, person: Person, *, at: datetime) -> Consent | None:
    """The row in which this very person refused or took back last, as long as that no counts."""
    if person.pk == student.person_id:
        return _students_no(student, purpose, at=at)
    return _guardians_no(student, purpose, person, at=at)


def _students_no(student: Student, purpose: str, *, at: datetime) -> Consent | None:
    last = _last_no(student, purpose, student.person_id, at=at)
    if last is None or _age(student, timezone.localdate(_moment(last))) < _OWN_WORD_AGE:
        return None
    return last


def _guardians_no(
    student: Student, purpose: str, guardian: Person, *, at: datetime
) -> Consent | None:
    """It ends with their right, and does not come back with it either."""
    last = _last_no(student, purpose, guardian.pk, at=at)
    if last is None or not may_give(student, guardian, at=at, since=_moment(last)):
        return None
    barred = standings.was_barred(guardian, student.pk, since=_moment(last), until=at)
    return None if barred else last


def _last_no(student: Student, purpose: str, person: UUID, *, at: datetime) -> Consent | None:
    """What this person last refused or took back, if they have not said yes again."""
    rows = Consent.objects.filter(student=student, purpose=purpose).defer("proof_note")
    own = Q(withdrawn_for=person) | Q(withdrawn_for=None, withdrawn_by=person)
    last = rows.filter(own, withdrawn_at__lte=at).order_by("-withdrawn_at", "pk").first()
    if last is None:
        return None
    again = rows.filter(giver=person, starts_at__gte=_moment(last)).exclude(own)
    return None if again.exists() else last


def _moment(no: Consent) -> datetime:
    return no.withdrawn_at or no.starts_at


def _age(student: Student, today: date) -> int:
    """In years; nobody's age is guessed, so without a date of birth it is none."""
    born = student.birth_date
    if born is None:
        return 0
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
