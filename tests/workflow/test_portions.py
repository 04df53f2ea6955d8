"""What is due is taken on by portions: nothing twice in one sweep, nothing left, and no more than
was asked for.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from tests.factories import World
from tests.processes.walker import begin
from workflow import processes, steps

pytestmark = pytest.mark.django_db

_MANY = processes._FEW + 3


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Instances in the order in which they were tried."""
    found: list[UUID] = []
    real = steps.take_due

    def take_due(*, instance_id: UUID, **given: Any) -> bool:
        found.append(instance_id)
        return real(instance_id=instance_id, **given)

    monkeypatch.setattr(steps, "take_due", take_due)
    return found


def _due(world: World, count: int) -> tuple[list[UUID], datetime]:
    """Crises whose triage is late, and when the last of them is."""
    walks = [begin(world, key=f"walk {number}") for number in range(count)]
    for walk in walks:
        walk.acknowledge()
    moments = [walk.instance.next_due_at for walk in walks]
    return [walk.instance.pk for walk in walks], max(one for one in moments if one is not None)


def test_one_sweep_comes_to_all_of_it_and_to_nothing_twice(world: World, tried: list[UUID]) -> None:
    due, at = _due(world, _MANY)

    assert processes.step_due(via="test", at=at) == _MANY
    assert sorted(tried) == sorted(due)
    assert processes.step_due(via="test", at=at) == 0


def test_one_that_fails_is_tried_once_a_sweep_and_stops_no_other(
    world: World, tried: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    due, at = _due(world, _MANY)
    counted = steps.take_due

    def failing(*, instance_id: UUID, **given: Any) -> bool:
        if instance_id == due[0]:
            tried.append(instance_id)
            raise RuntimeError("坏了")
        return counted(instance_id=instance_id, **given)

    monkeypatch.setattr(steps, "take_due", failing)

    assert processes.step_due(via="test", at=at) == _MANY - 1
    assert sorted(tried) == sorted(due)


@pytest.mark.parametrize("limit", [1, processes._FEW, processes._FEW + 1])
def test_no_more_than_was_asked_for(world: World, tried: list[UUID], limit: int) -> None:
    _, at = _due(world, _MANY)

    assert processes.step_due(via="test", at=at, limit=limit) == limit
    assert len(set(tried)) == len(tried) == limit
