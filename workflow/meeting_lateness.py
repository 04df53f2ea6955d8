"""Work on a meeting, or on the follow-up of its plan, that nobody does climbs: above all what came
of a date that has passed, and the talks of a plan, of which the next waits for the one before.

    due --> its holders are reminded (human_tasks), 年级组长 hears of most (bpmn/*.bpmn)
        --> a working day later 德育处 as well --> all of them again each week, until it is done

The diagram tells of a missed clock once. What climbs here needs no diagram, so what began before
climbs as well. It counts from the deadline: a 催办 in between puts nothing off.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from ledger import events
from parties import tenancy
from workflow import clocks, due_rows, plan_people, quiet_hours, task_rows
from workflow.meeting_news import LATE
from workflow.models import HumanTask

_ABOVE: Final = ("GL", "ME")


@dataclass(frozen=True, slots=True)
class _Ladder:
    """What is told, and the clocks by which it is."""

    template: str
    climb: str
    again: str


#: By the first word of a task's clock: those that `due_meeting_tasks` looks for.
_LADDERS: Final = {
    "meeting": _Ladder(LATE, "meeting.climb", "meeting.climb_again"),
    "follow_up": _Ladder("plan.overdue", "follow_up.climb", "follow_up.climb_again"),
}


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Let late tasks of meetings and follow-ups climb; return how many did."""
    rows = due_rows.found("SELECT school_id, id FROM due_meeting_tasks(%s, %s)", [at, limit])
    act = partial(_look, at=at, via=via)
    return due_rows.each(rows, act, failed="meeting.climb_failed", via=via)


def _look(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        if quiet_hours.is_quiet(moment):  # all night, every few seconds: not one row is written
            return False
        live = HumanTask.objects.filter(pk=pk, state__in=task_rows.LIVE, due_at__lte=moment)
        locked = live.select_for_update(of=("self",), skip_locked=True)
        task = locked.select_related("case__student__school_class").first()
        if task is None or task.due_at is None:
            return False
        book, ladder = clocks.load(school_id), _LADDERS[task.clock.partition(".")[0]]
        climbs_at = task.climbs_at or book.due(ladder.climb, anchors={}, at=task.due_at)
        late = climbs_at <= moment
        if late:
            _tell(task, ladder, at=moment, via=via)
            climbs_at = book.due(ladder.again, anchors={}, at=moment)
        task.climbs_at = climbs_at
        task.save(update_fields=["climbs_at"])
        return late


def _tell(task: HumanTask, ladder: _Ladder, *, at: datetime, via: str) -> None:
    """Whoever holds it, and who leads them."""
    held = [task.assignee_id] if task.assignee_id else task.candidates
    people = dict.fromkeys(held, task.roles[0])
    for role in _ABOVE:
        for person in plan_people.holders(role, case=task.case, at=at):
            people.setdefault(person, role)
    told = [(role, person) for person, role in people.items()]
    key = f"{ladder.template}:{task.pk}:{at.isoformat()}"
    plan_people.tell(task.case, told, template=ladder.template, key=key, at=at)
    events.append(
        school_id=task.school_id,
        kind="clock.missed",
        actor=None,
        subject=("case", task.case_id),
        refs=[("task", task.pk)],
        at=at,
        payload={"clock": ladder.climb, "task": task.name, "via": via},
    )
