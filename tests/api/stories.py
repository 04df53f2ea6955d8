"""Crises that begin now: requests come at real time, so the story does, too."""

from typing import Any

from parties import clock, tenancy
from parties.roles import Role
from tests.factories import MINUTE, World
from tests.processes.walker import Walk
from workflow import cases, report_wordings
from workflow.models import ReportWording
from workflow.reports import ReportInput, Suspect

#: Written in a hurry, about a child of a 问题家庭.
HARSH = "问题家庭的孩子，手臂有新伤"


def reported(
    world: World,
    *,
    by: str = "teacher",
    suspects: tuple[Suspect, ...] = (),
    key: str = "story",
    observed: str = "手臂有新伤，说不敢回家",
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
            observed=observed,
            safe_now="NO",
            suspects=suspects,
        ),
        request_key=key,
    )
    return Walk(world, receipt.case_id, at)


def asked_for_words(
    world: World, *, by: str = "teacher", suspects: tuple[Suspect, ...] = ()
) -> ReportWording:
    """Reported a minute ago in words that its author is then asked to mend."""
    walk = reported(world, by=by, suspects=suspects, key="words", observed=HARSH)
    report_wordings.look_due(via="test", at=walk.at)
    with tenancy.scope(world.id):
        return ReportWording.objects.get(case=walk.case_id)


def triaged(world: World, *, suspects: tuple[Suspect, ...] = (), **answer: Any) -> Walk:
    """Acknowledged and triaged in the same minute."""
    walk = reported(world, suspects=suspects)
    walk.acknowledge()
    walk.triage(**answer)
    return walk
