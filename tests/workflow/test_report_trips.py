"""A report goes to the database seven times until it is stored: each trip waits on busy cores."""

from functools import partial
from typing import Any

import pytest

from parties.models import Person
from tests.crash import calls
from tests.factories import World
from workflow import processes, reporting
from workflow.reports import ReportInput

pytestmark = pytest.mark.django_db(transaction=True)


def report(world: World, who: Person, key: str) -> None:
    said = ReportInput(student_id=world.student.pk, who="", observed="手臂有新伤", safe_now="NO")
    reporting.receive(person=who, report=said, key=key)


def counted(made: list[str], kind: str, act: calls.Perform) -> Any:
    made.append(kind)
    return act()


@pytest.mark.parametrize(("who", "asks"), [("teacher", 5), ("mother", 6)])  # her walls
def test_a_report_asks_five_times_and_writes_once(
    world: World, who: str, asks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "start_now", lambda *_, **__: None)
    report(world, world[who], "warm")  # keys of the school and kept statements are at hand
    made: list[str] = []
    with calls.opened() as seam:
        seam.around = partial(counted, made)
        report(world, world[who], "counted")

    stored = made[: made.index("commit") + 1]
    assert stored == [*["execute"] * asks, "execute", "commit"]
