"""Which form and which diagram count: those a process began with, not those shipped since."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from parties import tenancy
from tests.factories import NOW, World
from tests.processes.walker import Walk, begin
from workflow import shipped
from workflow.engine.forms import Form
from workflow.errors import InvalidInput
from workflow.models import HumanTask, ProcessDefinition

pytestmark = pytest.mark.django_db


@pytest.fixture
def copied(settings: Any, tmp_path: Path) -> Path:
    """A bpmn/ of this test's own, which a new release may change."""
    folder = tmp_path / "bpmn"
    shutil.copytree(settings.BPMN_DIR, folder)
    return folder


def form_of(world: World, task: HumanTask) -> Form:
    with tenancy.scope(world.id):
        return shipped.form_of(HumanTask.objects.select_related("instance").get(pk=task.pk))


def release(settings: Any, folder: Path, old: str, new: str) -> None:
    """Ship another triage form."""
    form = folder / "forms" / "triage.json"
    text = form.read_text(encoding="utf-8")
    assert old in text
    form.write_text(text.replace(old, new), encoding="utf-8")
    settings.BPMN_DIR = folder


def test_a_task_of_a_diagram_has_the_form_of_its_own_definition(
    world: World, settings: Any, copied: Path
) -> None:
    walk = begin(world)
    walk.acknowledge()
    release(settings, copied, '"title": "颜色"', '"title": "等级"')
    later = begin(world, key="later")
    later.acknowledge()

    def title(of: Walk) -> str:
        schema = form_of(world, of.task("triage")).schema
        return str(schema["properties"]["colour"]["title"])

    assert (title(walk), title(later)) == ("颜色", "等级")
    with tenancy.scope(world.id):
        assert ProcessDefinition.objects.filter(process_key="crisis").count() == 2


def test_an_answer_is_checked_by_the_form_that_the_process_began_with(
    world: World, settings: Any, copied: Path
) -> None:
    walk = begin(world)
    walk.acknowledge()
    release(settings, copied, '"orange",\n        "yellow"', '"yellow"')

    with pytest.raises(InvalidInput):
        walk.do("triage", colour="purple")
    walk.do("triage", colour="orange")

    assert walk.open() == {"triage_confirm"}


def test_a_task_outside_every_diagram_uses_the_shipped_form(world: World) -> None:
    walk = begin(world)

    call = walk.task("wake_call")

    assert call.instance_id is None
    assert "outcome" in form_of(world, call).schema["properties"]


@pytest.mark.parametrize("form", ["", "nothing", "../clocks"])
def test_without_a_shipped_form_nothing_is_asked(world: World, form: str) -> None:
    walk = begin(world)
    with tenancy.scope(world.id):
        task = HumanTask.objects.create(
            school=world.school, case_id=walk.case_id, name="probe", title="试", form=form,
            roles=["ME"], candidates=[], created_at=NOW,
        )  # fmt: skip

    assert form_of(world, task).schema == {}
    assert form_of(world, task).decisions({"x": 1}) == {}


def test_the_shipped_bundle_is_the_same_bytes_every_time(settings: Any, copied: Path) -> None:
    first = shipped.bundle("crisis")
    settings.BPMN_DIR = copied

    again = shipped.bundle("crisis")

    assert (again.hash, again.content) == (first.hash, first.content)
