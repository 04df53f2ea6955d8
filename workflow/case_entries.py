"""Cases as entries of their student's file: who may know of one there, and how it is told.

The entry keeps a case out of sight early; whether a reader sees it, and with which face, is decided
by the case's own policy on every reading (workflow.policies). So an entry only ever widens, and a
case that is shielded later is gone from the file at once.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from parties import statements
from parties.access import Viewer
from parties.roles import Role
from records import file, file_entries
from records.file import Line, Source
from records.models import FileEntry
from workflow import policies
from workflow.models import Case, CaseParty

_TEAM: Final = policies.WHOLE_SCHOOL | {Role.GL, Role.HT}
_LOOKED_AT: Final = (
    *("channel", "state", "kind", "closed_at", "shown_channel", "shown_state", "safe_to_tell"),
    *("owner_id", "student_id"),
)
_NAMED: Final = (CaseParty.Part.MEMBER, CaseParty.Part.TOLD)


def keep(case: Case, *, new: bool = False) -> None:
    """Enter the case, or let those know of it who may by now. Inside a scope; may be repeated.

    new: nobody has been told of it or joined it yet.
    Call it when a case is opened, routed, alarmed or triaged, and when somebody is told or joins. A
    case about nobody known yet is in no file. Never by whom: who reported is for few (CRI-R).
    """
    if case.student is not None:
        file_entries.enter(**columns(case), people=() if new else _people(case))


def columns(case: Case) -> dict[str, Any]:
    """The entry of a case about a student, but for the people it names."""
    return {
        "student": case.student,
        "kind": file.CASE,
        "object_id": case.pk,
        "party": FileEntry.Party.SCHOOL,
        "at": case.opened_at,
        "readers": sorted(_readers(case)),
        "case_id": case.pk,
    }


def _readers(case: Case) -> frozenset[Role]:
    if case.channel == Case.Channel.CRISIS:
        readers = _TEAM | (file_entries.FAMILY if _is_safe(case) else frozenset())
    else:
        readers = file_entries.SCHOOL
    return readers | (file_entries.FAMILY | file_entries.STUDENT if case.shown_channel else set())


def _is_safe(case: Case) -> bool:
    return case.safe_to_tell == Case.SafeToTell.YES


def _people(case: Case) -> frozenset[UUID]:
    """Members, whoever was told by name, and the owner of what is no crisis."""
    owner = {case.owner_id} if case.owner_id and case.channel != Case.Channel.CRISIS else set()
    return frozenset(part.person_id for part in statements.rows(_named, case.pk)) | owner


def _named(case_id: UUID) -> QuerySet[CaseParty]:
    return CaseParty.objects.filter(case=case_id, part__in=_NAMED).only("person_id")


def describe(viewer: Viewer, cases: Sequence[Case]) -> Mapping[UUID, Line]:
    return {case.pk: _line(viewer, case) for case in cases}


def _line(viewer: Viewer, case: Case) -> Line:
    """Needs a case of Viewer.rows: the face that a family knows is worked out from it."""
    fields, face = viewer.fields(case), policies.face(viewer, case)
    values: dict[str, Any] = {
        name: face.get(name, getattr(case, name))
        for name in ("channel", "state", "kind", "closed_at")
        if name in fields
    }
    closed_at = values.get("closed_at")
    return Line(
        title=str(Case.Channel(values["channel"]).label),
        state=str(Case.State(values["state"]).label),
        extra={
            "channel": values["channel"],
            "state": values["state"],
            **({"kind": values["kind"]} if values.get("kind") else {}),
            **({"closed_at": closed_at.isoformat()} if closed_at else {}),
        },
    )


def _few(cases: QuerySet[Any]) -> QuerySet[Any]:
    """Only what policy and face look at: a page of cases is twenty students otherwise."""
    return cases.select_related(None).only(*_LOOKED_AT)


def register() -> None:
    file.register(file.CASE, Source("事项", Case, describe, _few))
