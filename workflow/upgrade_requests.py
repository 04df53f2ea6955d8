"""A sign of danger in an open matter: a person is asked at once, and decides.

    ask --> 德育处's task, 班主任 told --> crisis: the same case, a crisis from now on
                                     \\-> watch: the reason stays on file, the matter goes on

In a matter that is a crisis already those who work it hear at the speed of a crisis, and what is
decided is whether the alarm sounds again (decision 4): words beside a record may be the old danger
told once more, and an alarm takes every open task back to the triage.

Nothing becomes a crisis by a computer's opinion, and nobody needs this to report one.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from parties.models import Person
from workflow import (
    assignment,
    case_events,
    clocks,
    exclusions,
    notifications,
    nudge,
    plan_people,
    waking,
)
from workflow.assignment import Assigned, Wanted
from workflow.models import Case, HumanTask
from workflow.notifications import Message

TASK: Final = exclusions.WORDS
CLOCK: Final = "follow_up.upgrade"
CRISIS: Final = "crisis"
LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)
_DANGER: Final = "follow_up.danger"
_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_CHANNELS: Final = ("in_app", "sms")
#: What is asked, and on which form: of a matter, and of a crisis.
_WHETHER: Final = ("发现危险迹象：请决定是否启动危机流程", "upgrade_decision")
_WHETHER_AGAIN: Final = ("危机处置中又有危险迹象：请决定是否重新报警", "danger_again_decision")


def ask(*, case: Case, at: datetime, source: str, about: UUID | None = None) -> HumanTask | None:
    """Ask 德育处 to decide and tell 班主任; one question at a time. Inside a scope.

    `source` is the code of where the sign was seen, `about` the record that it stands beside. None
    for a case that is closed.
    """
    if case.closed_at is not None:
        return None
    _in_turn(case)
    waiting = HumanTask.objects.filter(case=case, name=TASK, state__in=LIVE).first()
    return waiting or open_(case=case, at=at, source=source, about=about)


def _in_turn(case: Case) -> None:
    """Two at the same moment ask once. Held until the commit and always taken last: whoever holds
    it waits for nothing that another asker may hold, neither an item nor a process of the case.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IN_TURN, [f"{TASK}:{case.pk}"])


def open_(
    *,
    case: Case,
    at: datetime,
    source: str,
    about: UUID | None = None,
    told: Collection[UUID] = (),
) -> HumanTask:
    """The question itself, `about` what was written; `told` have heard of it. Inside a scope."""
    shut_out = exclusions.kept_from_words(case)
    wanted = Wanted(name=TASK, roles=["ME"], instead=["VP", "PR"])
    assigned = assignment.assign(wanted, case=case, at=at, besides=shut_out)
    task = _question(case, assigned, about=about, at=at)
    hearers = _hearers(task, shut_out, at=at)
    _tell(task, {person: role for person, role in hearers.items() if person not in told}, at=at)
    case_events.record("upgrade.asked", case, at=at, source=source)
    return task


def _question(case: Case, assigned: Assigned, *, about: UUID | None, at: datetime) -> HumanTask:
    crisis = case.channel == Case.Channel.CRISIS
    title, form = _WHETHER_AGAIN if crisis else _WHETHER
    return HumanTask.objects.create(
        school_id=case.school_id,
        case=case,
        name=TASK,
        title=title,
        form=form,
        roles=[role.value for role in assigned.roles],
        candidates=list(assigned.candidates),
        about=about,
        clock=CLOCK,
        created_at=at,
        due_at=clocks.load(case.school_id).due(CLOCK, anchors={}, at=at),
    )


def _hearers(task: HumanTask, shut_out: frozenset[UUID], *, at: datetime) -> Mapping[UUID, str]:
    """Who is asked, 班主任, and of a crisis whoever took it over; each in one role."""
    case, owner = task.case, task.case.owner_id
    people: dict[UUID, str] = {}
    if case.channel == Case.Channel.CRISIS and owner is not None and owner not in shut_out:
        people[owner] = plan_people.post_of(owner, at)
    teachers = plan_people.holders("HT", case=case, at=at, besides=shut_out)
    people.update(dict.fromkeys(teachers, "HT"))
    people.update(dict.fromkeys(task.candidates, task.roles[0]))
    return people


def _tell(task: HumanTask, people: Mapping[UUID, str], *, at: datetime) -> None:
    """In the inbox; of a crisis by text as well, at night too."""
    case, key = task.case, f"danger:{task.pk}"
    if case.channel != Case.Channel.CRISIS:
        told = [(role, person) for person, role in people.items()]
        plan_people.tell(case, told, template=_DANGER, key=key, at=at)
        return
    rows = list(_messages(case, people, key))
    notifications.enqueue_many(school_id=case.school_id, rows=rows, at=at)


def _messages(case: Case, people: Mapping[UUID, str], key: str) -> Iterator[Message]:
    known = Person.objects.in_bulk(list(people))
    for person, role in people.items():
        for channel in waking.channels_of(known[person], _CHANNELS):
            own = f"{key}:{person}:{channel}"
            yield Message(case.pk, person, role, channel, _DANGER, own, nudge.CRISIS)


def decide(*, task: HumanTask, by: Person, at: datetime, answer: Mapping[str, Any]) -> bool:
    """Write down what 德育处 decided; whether it is to be a crisis. In the task's own scope."""
    outcome = str(answer.get("outcome", ""))
    decided(task.case, at=at, by=by, outcome=outcome)
    return outcome == CRISIS


def decided(case: Case, *, at: datetime, by: Person, outcome: str) -> None:
    """A fact for good: who decided, and what."""
    case_events.record("upgrade.decided", case, at=at, by=by.pk, outcome=outcome)
