"""回避: a matter that concerns a homeroom teacher is not that teacher's to read, decide or record.

asked for with the matter --> whoever has the class then is EXCLUDED from its case, for good
    whatever comes of it (notice, meeting, crisis): no task, no message, no record, no sight of it

Its tasks go where they go when no homeroom teacher is there: grade leader, then 德育处. Nobody
takes it back, the office no more than the teacher: the family was told so. What the teacher is to
know is raised anew, without it.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from parties import relations
from parties.models import GuardianLink, Person, Student
from parties.roles import Role
from workflow import reports
from workflow.errors import InvalidInput
from workflow.models import Case, CaseParty

_EXCLUDED: Final = str(CaseParty.Part.EXCLUDED)


def refuse(role: Role) -> None:
    """Raises InvalidInput: a homeroom teacher asks to be kept from their own words."""
    if role == Role.HT:
        raise InvalidInput(
            "您是班主任，不能为自己提出的事项请班主任回避。",
            field="recused",
            mend="请不要选“请班主任回避”；不便由您办理的，请联系德育处。",
        )


def recuse(case: Case, student: Student, *, by: Person, at: datetime) -> None:
    """Exclude from a new case who has the student's class now, substitutes included.

    Never who raised it; nor a teacher of this family, whom their own kinship keeps from it at work
    and whom an exclusion would shut out at home. Inside a scope.
    """
    people = sorted(_teachers(student, by=by, at=at))
    reports.name(case, {(person, _EXCLUDED): None for person in people}, at=at)


def covers(case: Case, student: Student, *, by: Person, at: datetime) -> bool:
    """Whether this case keeps out who has the class now: it may have changed hands since. Inside a
    scope.
    """
    away = case.parties.filter(part=_EXCLUDED).values_list("person_id", flat=True)
    return _teachers(student, by=by, at=at) <= set(away)


def _teachers(student: Student, *, by: Person, at: datetime) -> set[UUID]:
    posts = relations.holders(role=Role.HT, at=at, student=student)
    found = {one.pk for post in posts for one in (post.person, post.substitute) if one}
    links = GuardianLink.objects.filter(student=student, state=GuardianLink.State.LIVE)
    return found - {by.pk, *links.values_list("guardian_id", flat=True)}
