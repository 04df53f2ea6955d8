"""What happened in a case, as one viewer may see it: events in order, never more than they may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import orjson

from ledger.models import Event
from parties.access import Viewer
from parties.models import Person
from parties.roles import Role
from workflow import policies
from workflow.models import Case, HumanTask

#: A family hears what was done with it, and the milestones; never what others did or were told.
FOR_FAMILY: Final = frozenset(
    {"guardian.reached", "safety_plan.made", "follow_up.held", "case.follow_up", "case.closed"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `number` orders entries inside the database only; `task` is the
    name in the diagram of the task that it is about, as people read it.
    """

    number: int
    at: datetime
    kind: str
    actor: UUID | None
    actor_name: str
    payload: dict[str, Any]
    task: str = ""


def entries(viewer: Viewer, case: Case, *, after: int = 0, limit: int = 100) -> Sequence[Entry]:
    """At most `limit` entries after `after`, oldest first; three queries. Call inside a scope."""
    rows = Event.objects.filter(subject_type="case", subject_id=case.pk, pk__gt=after)
    team = policies.on_team(viewer, case)
    auditor = Role.AUD in viewer.roles and case.student_id not in viewer.kin
    if not team and not auditor:
        rows = rows.filter(kind__in=FOR_FAMILY)
        until = policies.still_since(viewer, case)
        if until is not None:
            rows = rows.filter(at__lt=until)
    found = list(rows.order_by("pk")[:limit])
    names = _names(found) if team else {}
    if not team and not auditor:
        return [_entry(event, names, {}) for event in found]
    tasks = dict(HumanTask.objects.filter(case=case).values_list("name", "title"))
    return [_entry(event, names, _payload(event), tasks) for event in found]


def _names(found: Sequence[Event]) -> dict[UUID, str]:
    actors = {event.actor for event in found if event.actor is not None}
    return dict(Person.objects.filter(pk__in=actors).values_list("pk", "name"))


def _payload(event: Event) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(bytes(event.body)).get("payload", {})
    return found


def _entry(
    event: Event,
    names: Mapping[UUID, str],
    payload: dict[str, Any],
    tasks: Mapping[str, str] = MappingProxyType({}),
) -> Entry:
    return Entry(
        number=event.pk,
        at=event.at,
        kind=event.kind,
        actor=event.actor if names else None,
        actor_name="" if event.actor is None else names.get(event.actor, ""),
        payload=payload,
        task=tasks.get(str(payload.get("task", "")), ""),
    )
