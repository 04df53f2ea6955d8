"""Taking a case up a channel: one way, whether a team member or 德育处 on a sign decided it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from parties.access import Viewer
from parties.roles import Role
from workflow import routing, upgrade_requests
from workflow.models import Case, CrisisReport, RoutingDecision
from workflow.reports import ReportInput, Suspect
from workflow.routing import Channel, Decision, Held

#: In which of their roles somebody reports by an upgrade: the nearest to the student first.
_NEAREST: Final = (Role.HT, Role.ST, Role.PSY, Role.DOC, Role.GL, Role.ME, Role.VP, Role.PR)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeInput:
    """Why, in words that the team of a crisis will read; the rest counts for a crisis alone.

    `words`: what somebody else said, where the crisis is about that; then the reason is kept with
    the decision.
    """

    to: str
    reason: str
    words: str = ""
    safe_now: str = CrisisReport.Safe.UNKNOWN.value
    suspects: Sequence[Suspect] = ()


def take_up(held: Held, viewer: Viewer, upgrade: UpgradeInput) -> RoutingDecision:
    """Move a held case up: what goes on stops, and a crisis wakes its ladder. Inside a scope."""
    case, at, before = held.case, viewer.at, str(held.case.channel)
    crisis = upgrade.to == Channel.CRISIS
    asked = () if crisis else (upgrade_requests.TASK,)  # a meeting does not say that it is none
    routing.stop(held, at=at, reason="upgraded", asked=asked)
    if crisis:
        _sound(case, viewer, upgrade)
    else:
        routing.enter(case, channel=upgrade.to, kind=case.kind, at=at)
    decision = Decision(
        kind=RoutingDecision.Kind.UPGRADE,
        chosen=upgrade.to,
        channel=upgrade.to,
        by=viewer.person.pk,
        reason=upgrade.reason,
    )
    return routing.record(case, decision, before=before, at=at)


def _sound(case: Case, viewer: Viewer, upgrade: UpgradeInput) -> None:
    """The words of whoever takes it up are one more report of this case."""
    number = case.reports.count() + 1
    routing.sound(
        case,
        report=ReportInput(
            who="",
            student_id=case.student_id,
            observed=upgrade.words or upgrade.reason,
            safe_now=upgrade.safe_now,
            suspects=upgrade.suspects,
        ),
        reporter=viewer.person,
        role=_role(viewer, case),
        request_key=f"upgrade:{case.pk}:{number}",
        at=viewer.at,
    )


def _role(viewer: Viewer, case: Case) -> Role:
    held = viewer.roles_towards(case.student)
    return next((role for role in _NEAREST if role in held), min(held, default=Role.ME))
