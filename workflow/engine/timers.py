"""Timers on the moment of the step. The stock ones read the system clock and miss their own due.

A timer's due moment is fixed when its element is reached and kept in the task, in UTC.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)

from workflow.engine.errors import ExpressionFailed

_DURATION: Final = re.compile(
    r"P(?:([0-9]{1,3})W|(?:([0-9]{1,4})D)?(?:T(?=[0-9])(?:([0-9]{1,4})H)?(?:([0-9]{1,5})M)?)?)\Z"
)


def duration(text: str) -> timedelta:
    """ISO 8601 weeks, days, hours, minutes. Months and years have no fixed length and are refused.

    Raises ValueError.
    """
    match = _DURATION.match(text)
    if match is None or not any(match.groups()):
        raise ValueError(text)
    weeks, days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)


class _Due:
    """Fires when its moment has come, at that very moment too (`<=`)."""

    expression: str
    name: str

    def has_fired(self, my_task: Any) -> bool:
        engine, data = my_task.workflow.script_engine, my_task.internal_data
        if data.get("event_value") is None:
            moment = self._moment(engine.evaluate(my_task, self.expression), engine.at)
            data["event_value"] = moment.astimezone(UTC).isoformat()
        if datetime.fromisoformat(data["event_value"]) <= engine.at:
            data["event_fired"] = True
        return bool(data.get("event_fired"))

    def _moment(self, value: object, at: datetime) -> datetime:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value
        if isinstance(value, str):
            try:
                return at + duration(value)
            except ValueError:
                pass
        raise ExpressionFailed(f'定时器 {self.name!r} 须是 clock("名称") 或带引号的时长。')


class At(_Due, TimeDateEventDefinition):  # type: ignore[misc]
    """`timeDate`."""


class After(_Due, DurationTimerEventDefinition):  # type: ignore[misc]
    """`timeDuration`."""
