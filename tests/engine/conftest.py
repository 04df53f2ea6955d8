from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from workflow.engine import registry
from workflow.engine.registry import StepContext, service_task

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
CLOCKS = {"crisis.ack": NOW + 50 * MINUTE, "feedback": NOW + 5 * HOUR}


def context(at: datetime = NOW) -> StepContext:
    return StepContext(
        school_id=1,
        case_id=UUID(int=1),
        instance_id=UUID(int=2),
        at=at,
        by=None,
        via="test",
        clocks=CLOCKS.__getitem__,
    )


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Handlers of this test alone; the shipped ones are back afterwards."""
    kept = dict(registry._handlers)
    registry._handlers.clear()

    @service_task("test.note", decides=("said",))
    def note(context: StepContext, *, who: object) -> dict[str, object]:
        return {"said": who}

    yield
    registry._handlers.clear()
    registry._handlers.update(kept)
