"""Who takes no part in a case: whom it names against them, and the student's own family."""

from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from parties import round_trips
from parties.access import Viewer
from workflow.models import Case, CaseParty


def against(viewer: Viewer, case: str = "pk") -> Exists:
    """Rows whose case names the viewer in a way that shuts them out; `case` is its path."""
    return Exists(
        CaseParty.objects.filter(
            case=OuterRef(case), person=viewer.person, part__in=CaseParty.AGAINST
        )
    )


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
