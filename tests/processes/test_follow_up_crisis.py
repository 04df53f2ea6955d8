"""A follow-up that became a crisis, and what is there of it afterwards."""

from dataclasses import dataclass
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from records.models import ActionItem
from tests.factories import HOUR, World
from tests.processes.test_follow_up import (
    Follow,
    followed,
)
from tests.processes.walker import FATHER, Walk
from tests.records.agreed import agree, draft
from workflow import openings, rerouting, stabilising
from workflow.models import Case, ProcessInstance
from workflow.upgrading import UpgradeInput

pytestmark = pytest.mark.django_db


@dataclass
class Hidden(Follow):
    """The sweeps of a crisis as well."""

    def sweep(self) -> None:
        Walk.sweep(self)
        Follow.sweep(self)


@pytest.fixture
def follow(world: World) -> Hidden:
    calm = followed(world)
    return Hidden(world, calm.case_id, calm.at)


def judged(follow: Hidden, **triage: str) -> None:
    """Acknowledged, judged and reported: two people may take it down."""
    follow.wait(minutes=1)
    follow.acknowledge("counsellor")
    follow.triage(**{"safe_to_tell": "yes", **triage})
    follow.wait(minutes=5)
    follow.do("call_guardian")
    follow.do_all("report_decide", "report_confirm")


def calmed(follow: Hidden) -> None:
    """A meeting again, and what it agreed on is being done."""
    common: dict[str, Any] = {"school_id": follow.world.id, "case_id": follow.case_id}
    made = stabilising.propose(
        **common, by=follow.world["counsellor"], at=follow.at, to="MEETING", reason="家长配合"
    )
    stabilising.confirm(
        **common, by=follow.world["duty_officer"], at=follow.at, proposal_id=made.pk
    )
    with tenancy.scope(follow.world.id):
        for meeting in ProcessInstance.objects.filter(case=follow.case_id, process_key="meeting"):
            meeting.cancel(at=follow.at)  # how people get through it is told in test_meeting
            meeting.save()
        case = Case.objects.get(pk=follow.case_id)
        case.tasks.filter(state="OPEN").delete()
        openings.begin(case, "follow_up", at=follow.at)
    follow.wait(minutes=5)


def against_the_father(follow: Hidden) -> None:
    rerouting.upgrade(
        school_id=follow.world.id, case_id=follow.case_id, by=follow.world["teacher"],
        at=follow.at,
        upgrade=UpgradeInput(to="CRISIS", reason="手臂有新伤，说不敢回家", suspects=FATHER),
    )  # fmt: skip
    judged(follow, suspect_kind="guardian")


def test_a_father_who_is_left_out_of_the_new_meeting_keeps_what_he_had(follow: Hidden) -> None:
    item = agree(follow.world, follow.case_id, draft())[0]
    follow.at += HOUR
    against_the_father(follow)
    calmed(follow)
    later = agree(follow.world, follow.case_id, draft(), when=follow.at)[0]

    with tenancy.scope(follow.world.id):
        for who, known in (("father", {item.pk}), ("mother", {item.pk, later.pk})):
            viewer = Viewer.load(follow.world[who], at=follow.at)
            assert {one.pk for one in viewer.rows(ActionItem)} == known, who
