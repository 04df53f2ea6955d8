"""Waking one rung: who stands on it now, over which channels, and what the top rung adds."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties import inserts
from parties.models import Person
from parties.roles import Role
from workflow import notifications, nudge, rung_people
from workflow.models import Case, Escalation, HumanTask, Incident
from workflow.notifications import Message
from workflow.rung_people import Standing
from workflow.rungs import Call, Rung

ALERT: Final = "crisis.alert"
NUMBERS: Final = "crisis.numbers"
CALL_TASK: Final = "wake_call"
#: The incident that the top rung opens.
UNANSWERED: Final = "escalation.unanswered"
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)
#: Everybody who works on a crisis; they get the sheet of numbers when nobody answers.
_ALL_OF_THE_TEAM: Final = tuple(
    Call(role.value) for role in (Role.ME, Role.PSY, Role.GL, Role.HT, Role.VP, Role.PR)
)
_NUMBERS: Final = "numbers_to_all"


def wake(
    escalation: Escalation,
    rung: Rung,
    number: int,
    *,
    at: datetime,
    via: str,
    named: Collection[UUID] = (),
) -> bool:
    """Alert everybody on `rung`; return whether anybody is on it. Extras happen in any case.

    named: whom a case that is not stored yet names against them.
    """
    case = escalation.case
    calls = [*rung.who, *(_ALL_OF_THE_TEAM if _NUMBERS in rung.extras else ())]
    now = rung_people.load(case, calls, alert=ALERT, call_task=CALL_TASK, at=at, named=named)
    woken = [(call.role, person) for call in rung.who for person in now.on(call)]
    alerts = [
        _alert(escalation, number, role, person, channel)
        for role, person in woken
        for channel in now.channels_of(person, rung.channels)
    ]
    notifications.enqueue_many(school_id=case.school_id, rows=alerts, at=at)
    if "call" in rung.channels:
        _ask_to_call(escalation, woken, now, at=at)
    _add_extras(escalation, rung, now, at=at)
    if woken:
        _record(case, woken, number, at=at, via=via)
    return bool(woken)


def _add_extras(escalation: Escalation, rung: Rung, now: Standing, *, at: datetime) -> None:
    if "incident" in rung.extras:
        _open_incident(escalation, at=at)
    if _NUMBERS in rung.extras:
        _send_numbers(escalation, now, at=at)


def _record(
    case: Case, woken: Sequence[tuple[str, UUID]], number: int, *, at: datetime, via: str
) -> None:
    events.append(
        school_id=case.school_id,
        kind="escalation.woken",
        actor=None,
        subject=("case", case.pk),
        refs=[("person", person) for _, person in woken],
        at=at,
        payload={"rung": number, "roles": sorted({role for role, _ in woken}), "via": via},
    )


def channels_of(person: Person, wanted: Sequence[str]) -> Sequence[str]:
    """Those of the `wanted` message channels that can reach this person."""
    reach = {"in_app": True, "sms": bool(person.phone), "email": bool(person.email)}
    return [channel for channel in wanted if reach.get(channel, False)]


def _alert(escalation: Escalation, number: int, role: str, person: UUID, channel: str) -> Message:
    return Message(
        case_id=escalation.case_id,
        to_id=person,
        to_role=role,
        channel=channel,
        template=ALERT,
        key=f"ladder:{escalation.pk}:{number}:{person}:{channel}",
        lane=nudge.CRISIS,
    )


def _ask_to_call(
    escalation: Escalation, woken: Sequence[tuple[str, UUID]], now: Standing, *, at: datetime
) -> None:
    """`call` is a person's task with an outcome: who was woken earlier phones who is woken now.

    A call that still waits is not asked for twice: the top rung repeats all night.
    """
    asked, tasks = set(now.asked), []
    able = (now.alerted - now.excluded) | {person for _, person in woken}
    for role, person in woken:
        callers = able - {person}
        if callers and person not in asked:
            asked.add(person)
            tasks.append(_call(escalation, role, person, callers, at=at))
    inserts.insert(tasks)


def _call(
    escalation: Escalation, role: str, person: UUID, callers: Collection[UUID], *, at: datetime
) -> HumanTask:
    return HumanTask(
        school_id=escalation.school_id,
        case_id=escalation.case_id,
        name=CALL_TASK,
        title=f"请电话通知{Role(role).label}",
        form="wake_call",
        roles=[role],
        candidates=sorted(callers),
        about=person,
        created_at=at,
    )


def stand_down(case: Case, *, at: datetime) -> None:
    """Somebody took over: calls that nobody has made yet, and the alarm at the top, are over."""
    calls = HumanTask.objects.filter(case=case, name=CALL_TASK, state__in=_LIVE)
    for task in calls.select_for_update().order_by("pk"):
        task.cancel(at=at, reason="acknowledged")
        task.save(update_fields=["state", "ended_at", "cancel_reason"])
    unanswered = Incident.objects.filter(case=case, code=UNANSWERED, state=Incident.State.OPEN)
    for incident in unanswered.select_for_update():
        incident.resolve(at=at)
        incident.save(update_fields=["state", "resolved_at"])


def _send_numbers(escalation: Escalation, now: Standing, *, at: datetime) -> None:
    sheet = [
        _numbers(escalation, call.role, person, channel)
        for call in _ALL_OF_THE_TEAM
        for person in now.on(call)
        for channel in now.channels_of(person, ("in_app", "sms"))
    ]
    notifications.enqueue_many(school_id=escalation.school_id, rows=sheet, at=at)


def _numbers(escalation: Escalation, role: str, person: UUID, channel: str) -> Message:
    """任何教职工均可直接报告: the statutory numbers, once per person and ladder."""
    return Message(
        case_id=escalation.case_id,
        to_id=person,
        to_role=role,
        channel=channel,
        template=NUMBERS,
        key=f"numbers:{escalation.pk}:{person}:{channel}",
        lane=nudge.CRISIS,
    )


def _open_incident(escalation: Escalation, *, at: datetime) -> None:
    Incident.objects.get_or_create(
        school_id=escalation.school_id,
        case_id=escalation.case_id,
        instance=None,
        code=UNANSWERED,
        element="",
        state=Incident.State.OPEN,
        defaults={"opened_at": at},
    )
