"""Work on a meeting that nobody does climbs, above all the outcome of one whose date has passed.

    due --> its holders are reminded (human_tasks), 年级组长 hears of it (bpmn/meeting.bpmn)
        --> a working day later 德育处 as well --> all of them again each week, until it is done

The diagram tells of a missed clock once. What climbs here needs no diagram, so meetings that began
before climb as well. It counts from the deadline: a 催办 in between puts nothing off.
"""

from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from ledger import events
from parties import tenancy
from workflow import clocks, due_rows, plan_people, quiet_hours, task_rows
from workflow.meeting_news import LATE
from workflow.models import HumanTask

CLIMB: Final = "meeting.climb"
AGAIN: Final = "meeting.climb_again"
_ABOVE: Final = ("GL", "ME")


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Let late tasks of meetings climb; return how many did."""
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
        book = clocks.load(school_id)
        climbs_at = task.climbs_at or book.due(CLIMB, anchors={}, at=task.due_at)
        late = climbs_at <= moment
        if late:
            _tell(task, at=moment, via=via)
            climbs_at = book.due(AGAIN, anchors={}, at=moment)
        task.climbs_at = climbs_at
        task.save(update_fields=["climbs_at"])
        return late


def _tell(task: HumanTask, *, at: datetime, via: str) -> None:
    """Whoever holds it, and who leads them."""
    held = [task.assignee_id] if task.assignee_id else task.candidates
    people = dict.fromkeys(held, task.roles[0])
    for role in _ABOVE:
        for person in plan_people.holders(role, case=task.case, at=at):
            people.setdefault(person, role)
    told = [(role, person) for person, role in people.items()]
    key = f"{LATE}:{task.pk}:{at.isoformat()}"
    plan_people.tell(task.case, told, template=LATE, key=key, at=at)
    events.append(
        school_id=task.school_id,
        kind="clock.missed",
        actor=None,
        subject=("case", task.case_id),
        refs=[("task", task.pk)],
        at=at,
        payload={"clock": CLIMB, "task": task.name, "via": via},
    )
