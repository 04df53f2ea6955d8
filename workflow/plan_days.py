"""The morning after: a due day of which nobody spoke is written down, and the owner hears of it.

At 08:00, with a kind word and never a punishing one. Three such days in a row are a sign that
something is difficult: then 班主任 gets the task to talk about that item (of one that is theirs,
whoever is above). While the talk waits and
the days go on, 年级组长 hears of it, then 德育处 as well. After an outage the sweep walks through
every day, but reminds of the last one only. It never turns back: a day that 调休 makes a school day
when its morning is over was not missed (records.check_ins).
"""

from collections.abc import Sequence, Set
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from parties import tenancy
from records import check_ins, item_rows, plan_times, streaks
from records.models import ActionItem
from workflow import assignment, clocks, due_rows, plan_people, quiet_hours
from workflow.assignment import Assigned, Wanted
from workflow.models import Case, HumanTask

TALK: Final = "plan_talk"
#: So many missed in a row open a talk; and so many again.
IN_A_ROW: Final = 3
#: Who hears besides, one more each time, of a talk that nobody has held.
ABOVE: Final = ("GL", "ME")

_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)
#: Days caught up in one sweep of one item.
_DAYS_A_SWEEP: Final = 31


def miss_due(*, via: str, at: datetime | None = None, limit: int = 100) -> int:
    """Look back at every due day that is over; return how many were missed."""
    rows = due_rows.found("SELECT school_id, id FROM due_item_days(%s, %s)", [at, limit])
    act = partial(_catch_up, at=at, via=via)
    return due_rows.each(rows, act, failed="plan.day_failed", via=via)


def _catch_up(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> int:
    """One transaction for all days of one item: the item is locked, and so are its check-ins."""
    with tenancy.scope(school_id) as school_now:
        moment = at or school_now
        if quiet_hours.is_quiet(moment):
            return 0
        due = ActionItem.objects.filter(state__in=ActionItem.LIVE, next_day_at__lte=moment)
        locked = due.select_for_update(of=("self",), skip_locked=True)
        item = locked.select_related("student", "placement").filter(pk=pk).first()
        return 0 if item is None else _walk(item, at=moment, via=via)


def _walk(item: ActionItem, *, at: datetime, via: str) -> int:
    missed, last_missed = 0, False
    due = frozenset(plan_times.due_days(item))
    for _ in range(_DAYS_A_SWEEP):
        if item.next_day_at is None or item.next_day_at > at:
            break
        day = plan_times.local_day(item.next_day_at) - timedelta(days=1)
        # The school may have closed on that day after it was put down as due: 临时停课.
        last_missed = day in due and check_ins.mark_missed(item, day, at=at, via=via)
        if last_missed:
            missed += 1
            _talk_if_often(item, at=at)
        item.next_day_at = plan_times.first_morning(item, after=day)
    item.save(update_fields=["next_day_at"])
    if last_missed:
        _remind(item, at=at)
    return missed


def _remind(item: ActionItem, *, at: datetime) -> None:
    case = Case.objects.select_related("student__school_class").get(pk=item.case_id)
    people = plan_people.owners(item, case=case, at=at)
    key = f"plan.day:{item.pk}:{plan_times.local_day(at).isoformat()}"
    plan_people.tell(case, people, template="plan.day", key=key, at=at)


def _talk_if_often(item: ActionItem, *, at: datetime) -> None:
    """Every third missed day in a row asks for a talk about this item; where one waits already,
    whoever is above hears of it. The item is locked, so nobody asks twice.
    """
    marks = check_ins.marks_of(item)
    due = streaks.counted(plan_times.due_days(item), marks)
    day = max(day for day, mark in marks.items() if mark == "MISSED")
    missed = streaks.missed_in_a_row(due, marks, upto=day)
    if missed % IN_A_ROW:
        return
    case = Case.objects.select_related("student__school_class").get(pk=item.case_id)
    waiting = HumanTask.objects.filter(item_id=item.pk, name=TALK, state__in=_LIVE).first()
    if waiting is None:
        _ask(item, case, day, at=at)
    elif waiting.created_at < at:  # days caught up after an outage are no time to hold it
        _tell_above(item, case, day, roles=ABOVE[: missed // IN_A_ROW - 1], at=at)


def _ask(item: ActionItem, case: Case, day: date, *, at: datetime) -> None:
    owners = plan_people.owners(item, case=case, at=at)
    assigned = _who_talks(case, {person for _, person in owners}, at=at)
    HumanTask.objects.create(
        school_id=case.school_id,
        case=case,
        name=TALK,
        title="请联系一下，问问遇到了什么困难",
        form="follow_up_contact",
        clock="plan.talk",
        roles=[role.value for role in assigned.roles],
        candidates=list(assigned.candidates),
        about=owners[0][1] if owners else None,
        item_id=item.pk,
        created_at=at,
        due_at=clocks.load(case.school_id).due("plan.talk", anchors={}, at=at),
    )
    people = [(assigned.roles[0].value, person) for person in assigned.candidates]
    key = f"plan.talk:{item.pk}:{day.isoformat()}"
    plan_people.tell(case, people, template="task.new", key=key, at=at)
    item_rows.record("plan.talk_asked", item, at=at, day=day.isoformat())


def _who_talks(case: Case, owners: Set[UUID], *, at: datetime) -> Assigned:
    """The class's teacher; about an item of their own, whoever is above them."""
    for roles in (["HT", "GL", "ME"], ["GL", "ME"], ["ME"]):
        wanted = Wanted(name=TALK, roles=roles[:1], instead=roles[1:])
        found = assignment.assign(wanted, case=case, at=at)
        if not owners & set(found.candidates):
            break
    return found


def _tell_above(
    item: ActionItem, case: Case, day: date, *, roles: Sequence[str], at: datetime
) -> None:
    told = 0
    for role in roles:
        key = f"plan.talk_waits:{item.pk}:{day.isoformat()}:{role}"
        told += plan_people.tell_role(case, role, template="plan.overdue", key=key, at=at)
    item_rows.record("plan.talk_waits", item, at=at, to=list(roles), told=told)
