"""What one reader gets to see when they open a case, and that they opened it.

Reading what was said about a child is an event in the same transaction. It is kept apart from the
timeline: who has looked is for the auditors, and never for whom the case is hidden from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from ledger import events
from parties import crypto
from parties.access import Act, Viewer
from workflow import policies
from workflow.models import Case, CrisisReport, Escalation, HumanTask, ReportWording

#: What a case may be asked for, beside its tasks.
ACTS: Final = (Act.ACKNOWLEDGE, Act.ENDANGER, Act.UPGRADE, Act.DOWNGRADE)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case with the eyes of one reader; `face` stands in for values they may not learn."""

    case: Case
    fields: frozenset[str]
    face: Mapping[str, Any]
    may: frozenset[Act]
    waiting: bool
    reports: Sequence[tuple[CrisisReport, frozenset[str]]] = ()
    tasks: Sequence[HumanTask] = ()
    #: What authors of reports added in neutral words, by report; never by whom.
    supplements: Mapping[UUID, str] = field(default_factory=dict)


def read(*, viewer: Viewer, case_id: UUID) -> CaseFile:
    """Open a case and record it. Inside a scope. Raises NotFound."""
    case = viewer.get(Case, case_id)
    record(viewer, case, what="file")
    team = policies.on_team(viewer, case)
    reports = list(viewer.rows(CrisisReport).filter(case=case).order_by("reported_at", "pk"))
    crypto.warm(reports)
    waiting = team and case.escalations.filter(state=Escalation.State.WAITING).exists()
    live = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]
    tasks = viewer.rows(HumanTask).filter(case=case, state__in=live)
    return CaseFile(
        case=case,
        fields=viewer.fields(case),
        face=policies.face(viewer, case),
        may=frozenset(act for act in ACTS if viewer.may(act, case)),
        waiting=waiting,
        reports=[(report, viewer.fields(report)) for report in reports],
        tasks=list(tasks.order_by("created_at", "pk")[:50]),
        supplements=_supplements(reports),
    )


def _supplements(reports: Sequence[CrisisReport]) -> dict[UUID, str]:
    if not reports:
        return {}
    rows = ReportWording.objects.filter(report__in=reports, state=ReportWording.State.GIVEN)
    given = list(rows)
    crypto.warm(given)
    return {row.report_id: row.supplement for row in given}


def record(viewer: Viewer, case: Case, *, what: str) -> None:
    """Write down that this case was read. Inside a scope."""
    events.append(
        school_id=case.school_id,
        kind="case.read",
        actor=viewer.person.pk,
        subject=("access", case.pk),
        at=viewer.at,
        payload={"what": what},
    )
