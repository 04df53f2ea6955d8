"""Waking one rung: who stands on it now, over which channels, and what the top rung adds."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties import relations
from parties.models import Person
from parties.relations import Post
from parties.roles import Role
from workflow import notifications, nudge, policies
from workflow.models import Case, Escalation, HumanTask, Incident, Notification
from workflow.notifications import Message
from workflow.rungs import Call, Rung

ALERT: Final = "crisis.alert"
NUMBERS: Final = "crisis.numbers"
CALL_TASK: Final = "wake_call"
#: The incident that the top rung opens.
UNANSWERED: Final = "escalation.unanswered"
_LIVE: Final = (HumanTask.State.OPEN, HumanTask.State.CLAIMED)
#: Everybody who works on a crisis; they get the sheet of numbers when nobody answers.
_TEAM: Final = (Role.ME, Role.PSY, Role.GL, Role.HT, Role.VP, Role.PR)


def wake(escalation: Escalation, rung: Rung, number: int, *, at: datetime, via: str) -> bool:
    """Alert everybody on `rung`; return whether anybody is on it. Extras happen in any case."""
    case = escalation.case
    excluded = policies.excluded_people(case)
    before = alerted(case)
    woken = [
        (call.role, person)
        for call in rung.who
        for person in stand_on(call, case=case, at=at, excluded=excluded)
    ]
    alerts = [
        message
        for role, person in woken
        for message in _alerts(escalation, number, rung.channels, role, person)
    ]
    notifications.enqueue_many(school_id=case.school_id, rows=alerts, at=at)
    if "call" in rung.channels:
        _ask_to_call(escalation, woken, before=before - excluded, at=at)
    _extras(escalation, rung.extras, excluded=excluded, at=at)
    if woken:
        _record(case, woken, number, at=at, via=via)
    return bool(woken)


def _record(
    case: Case, woken: Sequence[tuple[str, Person]], number: int, *, at: datetime, via: str
) -> None:
    events.append(
        school_id=case.school_id,
        kind="escalation.woken",
        actor=None,
        subject=("case", case.pk),
        refs=[("person", person.pk) for _, person in woken],
        at=at,
        payload={"rung": number, "roles": sorted({role for role, _ in woken}), "via": via},
    )


def stand_on(
    call: Call, *, case: Case, at: datetime, excluded: Collection[UUID]
) -> Sequence[Person]:
    """The people one line of a rung means, substitutes in place of the absent and the named."""
    return relations.able(_posts(call, case, at), at=at, excluded=excluded)


def _posts(call: Call, case: Case, at: datetime) -> Sequence[Post]:
    if call.flag == "deputy":
        return relations.deputies(at=at)
    role = Role(call.role)
    if call.flag == "duty":
        return relations.on_duty(role=role, at=at, student=case.student)
    return relations.holders(role=role, at=at, student=case.student, head=call.flag == "head")


def alerted(case: Case) -> frozenset[UUID]:
    """Ids of everybody whom the ladder has woken for this case."""
    woken = Notification.objects.filter(case=case, template=ALERT)
    return frozenset(woken.values_list("recipient_id", flat=True))


def channels_of(person: Person, wanted: Sequence[str]) -> Sequence[str]:
    """Those of the `wanted` message channels that can reach this person."""
    reach = {"in_app": True, "sms": bool(person.phone), "email": bool(person.email)}
    return [channel for channel in wanted if reach.get(channel, False)]


def _alerts(
    escalation: Escalation, number: int, channels: Sequence[str], role: str, person: Person
) -> Iterator[Message]:
    for channel in channels_of(person, channels):
        yield Message(
            case_id=escalation.case_id,
            to_id=person.pk,
            to_role=role,
            channel=channel,
            template=ALERT,
            key=f"ladder:{escalation.pk}:{number}:{person.pk}:{channel}",
            lane=nudge.CRISIS,
        )


def _ask_to_call(
    escalation: Escalation,
    woken: Sequence[tuple[str, Person]],
    *,
    before: Collection[UUID],
    at: datetime,
) -> None:
    """`call` is a person's task with an outcome: who was woken earlier phones who is woken now.

    A call that still waits is not asked for twice: the top rung repeats all night.
    """
    live = HumanTask.objects.filter(case=escalation.case_id, name=CALL_TASK, state__in=_LIVE)
    asked = set(live.values_list("about", flat=True))
    for role, person in woken:
        callers = set(before) | {other.pk for _, other in woken}
        callers.discard(person.pk)
        if callers and person.pk not in asked:
            asked.add(person.pk)
            _open_call(escalation, role, person, callers, at=at)


def _open_call(
    escalation: Escalation, role: str, person: Person, callers: Collection[UUID], *, at: datetime
) -> None:
    HumanTask.objects.create(
        school_id=escalation.school_id,
        case_id=escalation.case_id,
        name=CALL_TASK,
        title=f"请电话通知{Role(role).label}",
        form="wake_call",
        roles=[role],
        candidates=sorted(callers),
        about=person.pk,
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


def _extras(
    escalation: Escalation,
    extras: Sequence[str],
    *,
    excluded: Collection[UUID],
    at: datetime,
) -> None:
    if "incident" in extras:
        _open_incident(escalation, at=at)
    if "numbers_to_all" in extras:
        posts = [
            (role, person)
            for role in _TEAM
            for person in stand_on(
                Call(role=role, flag=""), case=escalation.case, at=at, excluded=excluded
            )
        ]
        sheet = [row for role, person in posts for row in _numbers(escalation, role, person)]
        notifications.enqueue_many(school_id=escalation.school_id, rows=sheet, at=at)


def _numbers(escalation: Escalation, role: str, person: Person) -> Iterator[Message]:
    """任何教职工均可直接报告: the statutory numbers, once per person and ladder."""
    for channel in channels_of(person, ("in_app", "sms")):
        yield Message(
            case_id=escalation.case_id,
            to_id=person.pk,
            to_role=role,
            channel=channel,
            template=NUMBERS,
            key=f"numbers:{escalation.pk}:{person.pk}:{channel}",
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
