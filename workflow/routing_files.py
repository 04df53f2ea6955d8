"""Who proposed what and who decided, as one reader of a case may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from parties import crypto
from parties.access import Viewer
from workflow import case_files, policies
from workflow.models import Case, DowngradeProposal, HumanTask, Matter, RoutingDecision

#: Tasks of bpmn/intake.bpmn: somebody decides; a second confirms to stay below a crisis.
CHOICES: Final = ("choose_channel", "choose_channel_now")
SECOND: Final = "confirm_channel"
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)


@dataclass(frozen=True, slots=True)
class RoutingFile:
    """Each with the fields that this reader may see; a family sees none of it.

    `first`: what somebody decided that a second is asked about now.
    """

    matter: tuple[Matter, frozenset[str]] | None
    decisions: Sequence[RoutingDecision]
    proposal: DowngradeProposal | None
    first: HumanTask | None = None


def read(*, viewer: Viewer, case_id: UUID) -> RoutingFile:
    """Open the routing of a case and record that it was read. Inside a scope. Raises NotFound."""
    case = viewer.get(Case, case_id)
    case_files.record(viewer, case, what="routing")
    return of(viewer, case)


def of(viewer: Viewer, case: Case) -> RoutingFile:
    """The routing of a case that is open already."""
    matter = viewer.rows(Matter).filter(case=case).select_related("raised_by", "case").first()
    rows = viewer.rows(RoutingDecision).filter(case=case)
    decisions = list(rows.select_related("decided_by", "second_by").order_by("at", "pk"))
    crypto.warm(decisions)
    proposals = viewer.rows(DowngradeProposal).filter(case=case, alarm_at=case.alarm_at)
    standing = proposals.filter(state=DowngradeProposal.State.PROPOSED)
    return RoutingFile(
        matter=None if matter is None else (matter, viewer.fields(matter)),
        decisions=decisions,
        proposal=standing.select_related("by").first(),
        first=_first(viewer, case),
    )


def _first(viewer: Viewer, case: Case) -> HumanTask | None:
    """For the team, as the decision will be: nobody puts their name to what they do not know."""
    asked = case.tasks.filter(name=SECOND, state__in=_LIVE)
    if not policies.on_team(viewer, case) or not asked.exists():
        return None
    done = case.tasks.filter(name__in=CHOICES, state=HumanTask.State.COMPLETED)
    found: HumanTask | None = (
        done.select_related("completed_by").order_by("-ended_at", "-pk").first()
    )
    if found is not None:
        crypto.warm([found])
    return found
