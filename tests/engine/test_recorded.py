"""States that an earlier version stored are read by this one, and run on."""

import base64
import json
import zlib
from typing import Any

import pytest

from tests.engine.conftest import NOW
from tests.engine.driver import Run
from tests.engine.record import FOLDER
from tests.engine.shapes import SHAPES
from workflow.engine import codec
from workflow.engine.definitions import load
from workflow.engine.outcomes import Outcome


def recorded() -> dict[str, Any]:
    rows: dict[str, Any] = json.loads((FOLDER / f"codec_{codec.VERSION}.json").read_text())
    return rows


@pytest.mark.parametrize("shape", recorded())
def test_a_recorded_instance_is_read_and_runs_on(shape: str) -> None:
    row = recorded()[shape]
    run = Run.__new__(Run)
    run.definition, run.events = load(_unpacked(row["bundle"])), []
    run.outcome = _outcome(_unpacked(row["state"]))

    assert run.open == row["open"]
    run.tick(NOW)
    due = run.outcome.next_due_at
    assert (due.isoformat() if due else None) == row["due"]
    for name in row["open"]:
        run.complete(name, x=3)


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


def _outcome(state: bytes) -> Outcome:
    return Outcome(
        state=state, next_due_at=None, finished=False, spent=False, opened=(), closed=frozenset(),
        completed=None, events=(),
    )  # fmt: skip


def test_every_shape_is_recorded() -> None:
    assert set(recorded()) == set(SHAPES)
