"""A visit that began before its form asked whom one met."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records.models import MeetingAttempt
from tests.factories import World
from tests.processes.meeting_walk import MeetingWalk, offered
from tests.records.meeting_days import local
from workflow import shipped
from workflow.models import HumanTask

pytestmark = pytest.mark.django_db


def begun_before(world: World, settings: Any, folder: Path) -> MeetingWalk:
    """At the door, in a meeting whose own bundle holds the form without the question."""
    now = settings.BPMN_DIR
    shutil.copytree(now, folder)
    path = folder / "forms" / "meeting_visit.json"
    form = json.loads(path.read_text())
    del form["properties"]["met"]
    path.write_text(json.dumps(form))
    settings.BPMN_DIR = folder
    walk = offered(world)
    settings.BPMN_DIR = now
    walk.go_to(local(14, 17, 30))
    walk.call()
    walk.call("meeting_call_second")
    return walk


def test_the_visitors_are_asked_whom_they_met(world: World, settings: Any, tmp_path: Path) -> None:
    walk = begun_before(world, settings, tmp_path / "bpmn")
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(name="meeting_visit")
        form = shipped.form_of(task)
        assert form.schema["properties"]["met"]["x-people"] == "family"
        assert "met" not in form.schema["required"]
    with pytest.raises(InvalidInput, check=lambda no: no.field == "met" and bool(no.mend)):
        walk.visit(outcome="REFUSED")
    walk.visit(outcome="REFUSED", met="mother")

    with tenancy.scope(world.id):
        tried = MeetingAttempt.objects.get(channel="HOME_VISIT")
        assert tried.person_id == world["mother"].pk
