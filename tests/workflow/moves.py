"""Moving a case between channels in tests: who does it, who sees it, and several at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from parties import tenancy
from parties.access import Viewer
from parties.errors import SanfangError
from tests.factories import MINUTE, World
from tests.processes.intake_walk import Intake, in_meeting
from tests.processes.meeting_walk import MeetingWalk
from workflow import rerouting, stabilising
from workflow.closing import UPWARD
from workflow.models import Case, DowngradeProposal, Escalation, RoutingDecision
from workflow.upgrading import UpgradeInput


def upgrade(walk: Intake, by: str = "teacher", **said: Any) -> RoutingDecision:
    given = {"to": "CRISIS", "reason": "手臂有新伤，说不敢回家", **said}
    return rerouting.upgrade(
        school_id=walk.world.id,
        case_id=walk.case_id,
        by=walk.world[by],
        at=walk.at,
        upgrade=UpgradeInput(**given),
    )


def lower(walk: Intake, by: str = "teacher", to: str = "NOTICE") -> RoutingDecision:
    return rerouting.downgrade(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world[by], at=walk.at, to=to,
        reason="只剩信息告知",
    )  # fmt: skip


def propose(walk: Intake, by: str = "counsellor", to: str = "MEETING") -> DowngradeProposal:
    return stabilising.propose(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world[by], at=walk.at, to=to,
        reason="两周平稳，家长配合",
    )  # fmt: skip


def confirm(walk: Intake, proposal: DowngradeProposal, by: str = "duty_officer") -> None:
    stabilising.confirm(
        school_id=walk.world.id, case_id=walk.case_id, proposal_id=proposal.pk,
        by=walk.world[by], at=walk.at,
    )  # fmt: skip


def sees(walk: Intake | MeetingWalk, who: str) -> bool:
    with tenancy.scope(walk.world.id):
        viewer = Viewer.load(walk.world[who], at=walk.at)
        return viewer.rows(Case).filter(pk=walk.case_id).exists()


def waiting(walk: Intake) -> int:
    with tenancy.scope(walk.world.id):
        return Escalation.objects.filter(case=walk.case_id, state="WAITING").count()


def in_crisis(world: World, *, safe: str = "yes", **said: Any) -> Intake:
    """A meeting that became a crisis, acknowledged, triaged, its mandatory report decided."""
    walk = in_meeting(world)
    upgrade(walk, **said)
    settle(walk, safe=safe)
    return walk


def settle(walk: Intake, *, safe: str) -> None:
    walk.at += 4 * MINUTE
    walk.acknowledge()
    walk.triage(safe_to_tell=safe)
    walk.do_all("report_decide", "report_confirm", *UPWARD)


def together(*acts: Callable[[], object]) -> list[str]:
    """Run all at once on connections of their own; the code of each refusal, "" for success."""

    line = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            line.wait(30)
            act()
        except SanfangError as refused:
            return refused.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return [found.result() for found in [pool.submit(run, act) for act in acts]]
