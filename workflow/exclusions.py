"""Who takes no part in a case: whom it names against them, and the student's own family.

Words of danger about a child are kept from more people: whoever any open crisis of the child names
neither hears of them nor looks at them, in whatever matter they stand.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from parties import round_trips
from parties.access import Viewer
from parties.models import GuardianLink, Membership
from parties.relations import in_force
from parties.roles import Role
from workflow.models import Case, CaseParty, HumanTask

#: The task that asks what becomes of words of danger (workflow.upgrade_requests).
WORDS: Final = "upgrade_decide"


def against(viewer: Viewer, case: str = "pk") -> Exists:
    """Rows whose case names the viewer in a way that shuts them out; `case` is its path."""
    return Exists(
        CaseParty.objects.filter(
            case=OuterRef(case), person=viewer.person, part__in=CaseParty.AGAINST
        )
    )


def against_in_crisis(viewer: Viewer, student: str) -> Exists:
    """Rows about a child whose open crisis names the viewer like that; `student` is its path."""
    return Exists(_named().filter(case__student=OuterRef(student), person=viewer.person))


def untaught(at: datetime, *, case: str) -> Q:
    """Rows about a student in whose case no homeroom teacher of the class takes part: nobody holds
    the post, the case names them, or it is about their own child. `case` is its path.
    """
    outer, student = OuterRef(OuterRef(case)), OuterRef(OuterRef("student"))
    named = CaseParty.objects.filter(
        case=outer, person=OuterRef("person"), part__in=CaseParty.AGAINST
    )
    kin = GuardianLink.objects.filter(
        student=student, guardian=OuterRef("person"), state=GuardianLink.State.LIVE
    )
    teachers = Membership.objects.filter(
        ~Exists(named), ~Exists(kin), role=Role.HT, school_class=OuterRef("student__school_class")
    )
    return ~Q(Exists(in_force(teachers, at)))


_EXCLUDED: Final = """
SELECT person_id FROM workflow_caseparty
WHERE case_id = %(case)s AND part = ANY(%(against)s::varchar[])
UNION
SELECT guardian_id FROM parties_guardianlink WHERE student_id = %(student)s AND state = 'LIVE'
"""


def excluded_people(case: Case) -> frozenset[UUID]:
    """Everybody who takes no part as staff: whom the case names, and the student's own family."""
    found = round_trips.execute(
        _EXCLUDED,
        {"case": case.pk, "student": case.student_id, "against": sorted(CaseParty.AGAINST)},
    )
    return frozenset(pk for (pk,) in found)


def named_in_crises(student_id: UUID | None) -> frozenset[UUID]:
    """Whom an open crisis of this child names, the child included."""
    if student_id is None:
        return frozenset()
    return frozenset(_named().filter(case__student=student_id).values_list("person", flat=True))


def kept_from_words(case: Case) -> frozenset[UUID]:
    """Who must not hear of words of danger in this case, nor look at them as staff."""
    return excluded_people(case) | named_in_crises(case.student_id)


def shut_out_of(task: HumanTask) -> frozenset[UUID]:
    """Who must not do this task, nor be told of it."""
    return kept_from_words(task.case) if task.name == WORDS else excluded_people(task.case)


def _named() -> QuerySet[CaseParty]:
    return CaseParty.objects.filter(
        part__in=CaseParty.AGAINST, case__channel=Case.Channel.CRISIS, case__closed_at=None
    )
