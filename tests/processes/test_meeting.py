"""A meeting from the decision to its end, with the real services on the real database."""

from pathlib import Path
from typing import Any

import pytest

from tests.factories import World
from tests.processes.meeting_walk import (
    begin,
    bpmn_with_follow_up,
)
from tests.records.meeting_days import local

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def followed(settings: Any, tmp_path: Path) -> None:
    settings.BPMN_DIR = bpmn_with_follow_up(tmp_path / "bpmn")


def test_the_usual_way_from_decision_to_close(world: World) -> None:
    walk = begin(world)
    assert walk.open() == {"meeting_prepare"}
    assert walk.case.state == "IN_PROGRESS"

    walk.do("meeting_prepare")
    walk.go_to(local(12, 9))
    walk.do("meeting_dossier")
    walk.offer()
    assert (walk.open(), walk.case.state) == (set(), "WAITING_PARTY")
    assert walk.told("meeting.choose") == {"father", "mother"}

    walk.choose()
    assert (walk.open(), walk.case.state) == (set(), "IN_PROGRESS")
    assert walk.told("meeting.invitation") == {"father", "mother", "student", "teacher"}
    walk.go_to(local(14, 10, 49))
    assert walk.open() == set()
    walk.go_to(local(14, 10, 50))  # five minutes after the agreed end
    walk.do("meeting_hold")

    record = walk.record()
    walk.do("meeting_minutes")
    assert walk.open() == set()
    walk.sign(record)
    assert walk.told("record.copy") == {"father", "mother"}
    walk.do("meeting_plan", outcome="planned", reason="")
    assert walk.case.state == "FOLLOW_UP"
    walk.do("stand_in_follow", agree="yes")

    assert walk.case.state == "CLOSED"
    assert walk.instance.status == "COMPLETED"
    assert walk.missed() == []
