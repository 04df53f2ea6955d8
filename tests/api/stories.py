"""Crises that begin now: requests come at real time, so the story does, too."""

from typing import Any

from parties import clock
from parties.roles import Role
from tests.factories import MINUTE, World
from tests.processes.walker import Walk
from workflow import cases
from workflow.reports import ReportInput, Suspect


def reported(
    world: World, *, by: str = "teacher", suspects: tuple[Suspect, ...] = (), key: str = "story"
) -> Walk:
    """A crisis about the student, reported a minute ago; nobody has answered."""
    at = clock.now() - MINUTE
    receipt = cases.report_crisis(
        school_id=world.id,
        reporter=world[by],
        role=Role.HT,
        at=at,
        report=ReportInput(
            student_id=world.student.pk,
            who="",
            observed="手臂有新伤，说不敢回家",
            safe_now="NO",
            suspects=suspects,
        ),
        request_key=key,
    )
    return Walk(world, receipt.case_id, at)


def triaged(world: World, *, suspects: tuple[Suspect, ...] = (), **answer: Any) -> Walk:
    """Acknowledged and triaged in the same minute."""
    walk = reported(world, suspects=suspects)
    walk.acknowledge()
    walk.triage(**answer)
    return walk
