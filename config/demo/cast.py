"""Who plays: found in the imported school by what they are to one student, never by name.

The story needs a student with a father and a mother, a homeroom teacher, and everybody on the
ladder. Codes of roles are all that leaves this module; names are kept to look for leaks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from parties import relations
from parties.models import (
    CompanyMember,
    GuardianLink,
    Membership,
    Person,
    Placement,
    Restriction,
    Student,
)
from parties.relations import Post, in_force
from parties.roles import Role

Relation = GuardianLink.Relation
#: Which of several posts names a person in a line of the story.
_RANK: Final = tuple(Role)


class Miscast(Exception):
    """The school's files lack somebody whom the story needs. Says whom."""


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the story: a part, a role, and where messages reach them."""

    part: str
    role: Role
    id: UUID
    phone: str
    email: str


@dataclass(frozen=True)
class Cast:
    """`roles` covers everybody in school; `names` as well, to search messages for them."""

    school_id: int
    student_id: UUID
    members: Mapping[str, Member]
    roles: Mapping[UUID, Role]
    names: frozenset[str]

    def __getitem__(self, part: str) -> Member:
        return self.members[part]

    def code_of(self, person: UUID | None) -> str:
        """The role code of a person; "" for the system itself."""
        if person is None:
            return ""
        role = self.roles.get(person)
        return "" if role is None else role.value

    def label_of(self, person: UUID | None) -> str:
        role = None if person is None else self.roles.get(person)
        return "系统" if role is None else str(role.label)


def find(*, school_id: int, at: datetime, at_work: bool = False) -> Cast:
    """Read the cast at `at`; `at_work`: around a student on placement. Inside a scope.

    Raises Miscast.
    """
    student = _student(at, _interns(at) if at_work else _boarders())
    posts = _posts(student, at)
    people = {part: (role, _able(part, found)) for part, (role, found) in posts.items()}
    people["student"] = (Role.STU, student.person)
    family = [("father", student, Relation.FATHER), ("mother", student, Relation.MOTHER)]
    for part, child, relation in [*family, ("other_father", _other(student), Relation.FATHER)]:
        people[part] = (Role.G, _guardian(child, relation))
    mentor = _mentor(student, at)
    if mentor is not None:
        people["mentor"] = (Role.CM, mentor)
    return Cast(
        school_id=school_id,
        student_id=student.pk,
        members={
            part: Member(part, role, person.pk, person.phone, person.email)
            for part, (role, person) in people.items()
        },
        roles=_roles(),
        names=frozenset(Person.objects.values_list("name", flat=True)),
    )


def _boarders() -> QuerySet[Student]:
    return Student.objects.filter(sex=Student.Sex.FEMALE, boarding=True)


def _interns(at: datetime) -> QuerySet[Student]:
    """Students who work at a company on that day, with a mentor of their own."""
    today = timezone.localdate(at)
    return Student.objects.filter(
        placements__state=Placement.State.ACTIVE,
        placements__mentor__isnull=False,
        placements__starts_on__lte=today,
        placements__ends_on__gte=today,
    )


def _mentor(student: Student, at: datetime) -> Person | None:
    """The student's own; in a story away from work anybody's, who may know nothing of it."""
    own = student.placements.filter(state=Placement.State.ACTIVE).exclude(mentor=None)
    placement = own.select_related("mentor").order_by("-starts_on").first()
    if placement is not None:
        return placement.mentor
    member = in_force(CompanyMember.objects.filter(role=Role.CM), at).order_by("pk").first()
    return None if member is None else member.person


def _student(at: datetime, among: QuerySet[Student]) -> Student:
    """The first of them, by student number, whose parents and homeroom teacher fit the story."""
    # Not those whom a court protects; what an earlier demo restricted does not count.
    orders = Restriction.objects.filter(case_id=None).values("student")
    students = (
        among.exclude(pk__in=orders).select_related("person", "school_class").order_by("student_no")
    )
    for relation in (Relation.FATHER, Relation.MOTHER):
        students = students.filter(
            guardian_links__relation=relation, guardian_links__state=GuardianLink.State.LIVE
        )
    for student in students.distinct():
        parents = [_guardian(student, Relation.FATHER), _guardian(student, Relation.MOTHER)]
        if all(parent.phone for parent in parents) and _has_plain_teacher(student, at):
            return student
    raise Miscast("没有父母都登记了手机、班主任不兼任其他职务的学生（寄宿女生或实习生）。")


def _has_plain_teacher(student: Student, at: datetime) -> bool:
    """A homeroom teacher who only teaches besides: one who may not stop the ladder."""
    posts = relations.holders(role=Role.HT, at=at, student=student)
    held = Membership.objects.filter(person__in=[post.person.pk for post in posts])
    return bool(posts) and not held.exclude(role__in=[Role.HT, Role.ST]).exists()


def _other(student: Student) -> Student:
    """A child of another family, to compare what its father sees with what ours sees."""
    others = Student.objects.filter(guardian_links__relation=Relation.FATHER).order_by("student_no")
    family = student.guardian_links.values_list("guardian_id", flat=True)
    other = others.exclude(guardian_links__guardian__in=list(family)).first()
    if other is None:
        raise Miscast("没有另一位登记了父亲的学生。")
    return other


def _guardian(student: Student, relation: str) -> Person:
    links = student.guardian_links.filter(relation=relation, state=GuardianLink.State.LIVE)
    return links.order_by("contact_priority", "pk")[0].guardian


def _posts(student: Student, at: datetime) -> Mapping[str, tuple[Role, list[Post]]]:
    def held(role: Role, *, head: bool = False) -> tuple[Role, list[Post]]:
        return role, list(relations.holders(role=role, at=at, student=student, head=head))

    return {
        "teacher": held(Role.HT),
        "grade_leader": held(Role.GL),
        "duty": (Role.ME, list(relations.on_duty(role=Role.ME, at=at, student=student))),
        "head": held(Role.ME, head=True),
        "counsellor": held(Role.PSY),
        "vice_principal": held(Role.VP),
        "principal": held(Role.PR),
    }


def _able(part: str, posts: list[Post]) -> Person:
    if not posts:
        raise Miscast(f"教职工名册或值班表里没有：{part}。")
    return posts[0].person


def _roles() -> Mapping[UUID, Role]:
    found: dict[UUID, Role] = {}
    for guardian in GuardianLink.objects.values_list("guardian_id", flat=True):
        found[guardian] = Role.G
    for student in Student.objects.values_list("person_id", flat=True):
        found[student] = Role.STU
    for person, role in CompanyMember.objects.values_list("person_id", "role"):
        found[person] = Role(role)
    posts = [(person, Role(role)) for person, role in _all_posts()]
    for person, role in sorted(posts, key=lambda post: -_RANK.index(post[1])):
        found[person] = role
    return found


def _all_posts() -> list[tuple[UUID, str]]:
    return list(Membership.objects.values_list("person_id", "role"))
