"""A question about danger that nobody answers climbs: ever more may decide, nothing silences it.

    asked --> 副校长 may decide as well --> 校长 as well --> and all of them again, every time

Each step is one missed clock: a fact in the ledger, a message that rings at night, and the next
deadline. Whoever had claimed the question gives it back, so that anybody asked may answer it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from ledger import events
from parties import tenancy
from parties.models import Person
from parties.roles import Role
from workflow import clocks, due_rows, exclusions, notifications, nudge, plan_people, waking
from workflow.models import HumanTask
from workflow.notifications import Message
from workflow.upgrade_requests import CLOCK, LIVE, TASK

#: Who decides besides, one a step; a post that nobody can fill now is passed.
ABOVE: Final = (Role.VP, Role.PR)
#: Hears of every step and decides nothing here.
_AWARE: Final = Role.GL
_TEMPLATE: Final = "matter.undecided"
_CHANNELS: Final = ("in_app", "sms")


def look_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Let every question climb whose clock ran out; return how many did."""
    rows = due_rows.found("SELECT school_id, id FROM due_questions(%s, %s)", [at, limit])
    act = partial(_look, at=at, via=via)
    return due_rows.each(rows, act, failed="upgrade.climb_failed", via=via)


def _look(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        late = HumanTask.objects.filter(pk=pk, name=TASK, state__in=LIVE, due_at__lte=moment)
        locked = late.select_for_update(of=("self",), skip_locked=True)
        task = locked.select_related("case__student__school_class").first()
        if task is None:
            return False
        _climb(task, at=moment, via=via)
        return True


def _climb(task: HumanTask, *, at: datetime, via: str) -> None:
    missed = task.due_at
    shut_out = exclusions.kept_from_words(task.case)
    deciders = _widen(task, shut_out, at=at)
    if task.state == HumanTask.State.CLAIMED:
        task.unclaim()
    task.due_at = clocks.load(task.school_id).due(CLOCK, anchors={}, at=at)
    task.save(update_fields=["roles", "candidates", "state", "assignee", "due_at"])
    aware = plan_people.able(_AWARE, case=task.case, at=at, shut_out=shut_out)
    people = {**dict.fromkeys(aware, _AWARE.value), **deciders}
    rows = list(_messages(task, people, turn=f"{missed:%Y%m%dT%H%M%S}"))
    notifications.enqueue_many(school_id=task.school_id, rows=rows, at=at)
    events.append(
        school_id=task.school_id,
        kind="clock.missed",
        actor=None,
        subject=("case", task.case_id),
        refs=[("task", task.pk)],
        at=at,
        payload={"clock": CLOCK, "task": TASK, "via": via},
    )


def _widen(task: HumanTask, shut_out: frozenset[UUID], *, at: datetime) -> Mapping[UUID, str]:
    """One more post may decide; who holds any of them now, with the role they are asked in.

    Whoever was named since the question was asked is asked no longer.
    """
    found = _holding(task, task.roles, shut_out, at=at)
    for role in ABOVE:
        if role in task.roles:
            continue
        task.roles = [*task.roles, role.value]
        fresh = _holding(task, [role.value], shut_out, at=at)
        found = {**fresh, **found}
        if fresh:
            break
    asked = dict.fromkeys([*task.candidates, *found])
    task.candidates = [person for person in asked if person not in shut_out]
    return found


def _holding(
    task: HumanTask, roles: list[str], shut_out: frozenset[UUID], *, at: datetime
) -> dict[UUID, str]:
    return {
        person: role
        for role in roles
        for person in plan_people.able(Role(role), case=task.case, at=at, shut_out=shut_out)
    }


def _messages(task: HumanTask, people: Mapping[UUID, str], *, turn: str) -> Iterator[Message]:
    known = Person.objects.in_bulk(list(people))
    for person, role in people.items():
        for channel in waking.channels_of(known[person], _CHANNELS):
            yield Message(
                case_id=task.case_id,
                to_id=person,
                to_role=role,
                channel=channel,
                template=_TEMPLATE,
                key=f"undecided:{task.pk}:{turn}:{person}:{channel}",
                lane=nudge.CRISIS,
            )
