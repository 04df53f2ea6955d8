"""How a word of a family about a consent is written down: in turn, whose, as what, and noted.

Inside a scope.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties import consent_givers
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed
from parties.models import Consent, Person, Student
from parties.roles import Role

#: Whose work asks a family for it, and who writes down what was said on paper or by telephone.
STAFF: Final = frozenset({Role.HT, Role.PSY, Role.ME})
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

#: Keeps a word where else it belongs, as the student's file, which is above this package.
Keep = Callable[[Consent], None]
_kept: Final[list[Keep]] = []


def register(keep: Keep) -> None:
    """Let `keep` have every word in the transaction in which it is written down; called from
    AppConfig.ready() alone.
    """
    _kept[:] = [keep]


def is_asked_by(viewer: Viewer, student: Student) -> bool:
    """Whether this person's work asks this family for a consent and writes one down."""
    return student.pk not in viewer.kin and bool(viewer.roles_towards(student) & STAFF)


def in_turn(viewer: Viewer, student_id: UUID) -> Student:
    """Who says yes and who says no come one after the other: a no ends every yes before it, and
    stands in the way of every one after it.

    Raises NotFound.
    """
    student = viewer.get(Student, student_id)
    Student.objects.select_for_update(of=("self",), no_key=True).get(pk=student.pk)
    return student


def speaker(viewer: Viewer, student: Student, said_by: UUID) -> Person:
    """Whose word staff writes down; at home nobody's but one's own.

    Raises NotAllowed; InvalidInput: nobody of the family.
    """
    if not is_asked_by(viewer, student) and said_by != viewer.person.pk:
        raise NotAllowed("只能为自己表示。", act="consent")
    known = {one.pk: one for one in consent_givers.givers(student)}
    if said_by not in known:
        raise InvalidInput(
            "这个人不是该生的家人。", field="said_by", mend="请选择法定监护人或学生本人，或不选。"
        )
    return known[said_by]


def capacity(student: Student, person: Person) -> str:
    own = person.pk == student.person_id
    return (Consent.Capacity.STUDENT if own else Consent.Capacity.GUARDIAN).value


def new_no(at: datetime) -> str:
    return f"TY{at:%Y}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def write_no(
    viewer: Viewer, student: Student, person: Person, purpose: str, *, about: Consent | None = None
) -> Consent:
    """A no of its own row; `about`: a yes that its speaker does not know as taken back yet."""
    made = Consent.objects.create(
        school_id=student.school_id,
        student=student,
        consent_no=new_no(viewer.at),
        purpose=purpose,
        giver=person,
        capacity=capacity(student, person),
        starts_at=viewer.at,
        ends_at=viewer.at,
        recorded_by=viewer.person,
        state=Consent.State.REFUSED,
        withdrawn_at=viewer.at,
        withdrawn_by=viewer.person,
        withdrawn_for=person,
        said_about=about,
    )
    note(made, "consent.refused", viewer)
    return made


def note(consent: Consent, kind: str, viewer: Viewer) -> None:
    """Write down what was said: as an event, and wherever else it is kept."""
    events.append(
        school_id=consent.school_id,
        kind=kind,
        actor=viewer.person.pk,
        subject=("consent", consent.pk),
        refs=[("student", consent.student_id)],
        at=viewer.at,
        payload={"purpose": consent.purpose, "capacity": consent.capacity, "proof": consent.proof},
    )
    for keep in _kept:
        keep(consent)
