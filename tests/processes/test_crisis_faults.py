"""What breaks, and that none of it silences a crisis."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from parties import tenancy
from tests.factories import MINUTE, World
from tests.processes.walker import AT_ONCE, begin
from workflow import zero_reports
from workflow.models import (
    Escalation,
    Incident,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken_diagram(settings: Any, tmp_path: Path) -> Path:
    """bpmn/ with a crisis.bpmn that nothing can read."""
    folder = tmp_path / "bpmn"
    shutil.copytree(settings.BPMN_DIR, folder)
    (folder / "crisis.bpmn").write_text("<broken", encoding="utf-8")
    settings.BPMN_DIR = folder
    return folder


def test_a_broken_diagram_does_not_silence_a_crisis(world: World, broken_diagram: Path) -> None:
    walk = begin(world)

    for _ in range(6):
        walk.wait(minutes=10)

    assert walk.ladder().rung >= 5
    assert walk.instance.status == "PENDING"
    with tenancy.scope(world.id):
        assert Incident.objects.filter(case=walk.case_id, code="process.start_failed").count() == 1


def test_once_mended_the_process_starts_and_hears_who_took_over(
    world: World, broken_diagram: Path, settings: Any
) -> None:
    walk = begin(world)
    walk.acknowledge("counsellor")

    settings.BPMN_DIR = Path(settings.BASE_DIR) / "bpmn"
    walk.wait(hours=1)

    assert walk.open() == {"triage"}
    with tenancy.scope(world.id):
        states = Incident.objects.filter(case=walk.case_id).values_list("state", flat=True)
        assert set(states) == {"RESOLVED"}


def test_a_fault_in_a_handler_keeps_the_answer_and_a_retry_applies_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    with monkeypatch.context() as broken:
        broken.setattr(zero_reports, "begin", lambda **_: 1 / 0)
        walk.do("triage_confirm")
    assert walk.instance.status == "FROZEN"
    assert walk.open() == set()

    walk.wait(minutes=2)

    assert walk.instance.status == "RUNNING"
    assert walk.open() == AT_ONCE


def test_danger_again_on_a_frozen_process_still_climbs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = begin(world)
    walk.acknowledge()
    walk.do("triage")
    with monkeypatch.context() as broken:
        broken.setattr(zero_reports, "begin", lambda **_: 1 / 0)
        walk.do("triage_confirm")
        walk.at += MINUTE
        walk.again()

    assert walk.ladder().state == Escalation.State.WAITING
