"""What a family, a student or a company raised, as an entry of a student's file.

Whoever raised it always finds it there. Who works on the case finds it as well, but in no crisis:
there, who spoke first is its reporter (CRI-R), and the entry says which party that was.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from parties import crypto
from parties.access import Viewer
from parties.models import Student
from parties.roles import Role
from records import file, file_entries
from records.file import Line, Source
from records.models import FileEntry
from workflow.models import Case, Matter
from workflow.policies import team_cases

MATTER: Final = "matter"
_PARTIES: Final[Mapping[str, str]] = {
    Role.G: FileEntry.Party.FAMILY,
    Role.STU: FileEntry.Party.STUDENT,
    Role.CM: FileEntry.Party.COMPANY,
    Role.CA: FileEntry.Party.COMPANY,
}


def keep(matter: Matter, student: Student) -> None:
    """Enter what came from outside of the school; of its own the case says enough. In a scope."""
    party = _PARTIES.get(matter.raised_role)
    if party is None:
        return
    file_entries.enter(
        student=student,
        kind=MATTER,
        object_id=matter.pk,
        party=party,
        at=matter.raised_at,
        readers=file_entries.SCHOOL,
        by=matter.raised_by,
        case_id=matter.case_id,
        people=[matter.raised_by_id],
    )


def describe(viewer: Viewer, found: Sequence[Matter]) -> Mapping[UUID, Line]:
    """With the words for whoever said them: they have no other page. The school reads them with the
    case.
    """
    own = [matter for matter in found if matter.raised_by_id == viewer.person.pk]
    crypto.warm(own)
    words = {matter.pk: matter.words for matter in own}
    return {
        matter.pk: Line(
            title="提出的事项",
            summary=str(matter.get_trigger_display()),
            words=words.get(matter.pk, ""),
            state="已收到",
            extra={
                "receipt_no": matter.receipt_no,
                "trigger": matter.trigger,
                "recused": matter.recused,
            },
        )
        for matter in found
    }


def _rows(viewer: Viewer, _student: Student) -> QuerySet[Matter]:
    seen = Q(raised_by=viewer.person)
    if viewer.is_staff:
        seen |= Q(case__in=team_cases(viewer).exclude(channel=Case.Channel.CRISIS))
    return Matter.objects.filter(seen)


def register() -> None:
    file.register(MATTER, Source("提出的事项", Matter, describe, rows=_rows))
