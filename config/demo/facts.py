"""What the database says happened: events and messages of its cases, as plain values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q

from config.demo.cast import Cast
from ledger.models import Event
from parties import tenancy
from workflow.models import Notification


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the ledger."""

    number: int
    at: datetime
    kind: str
    actor: UUID | None
    case: UUID
    refs: tuple[str, ...]
    payload: Mapping[str, Any]

    @property
    def via(self) -> str:
        return str(self.payload.get("via", ""))

    def ref(self, kind: str) -> list[UUID]:
        """Ids of one kind that the event refers to."""
        return [UUID(text.split(":", 1)[1]) for text in self.refs if text.startswith(f"{kind}:")]


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the outbox."""

    at: datetime
    to: UUID
    to_role: str
    channel: str
    template: str
    state: str
    key: str
    via: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about the cases of a story, in order."""

    events: Sequence[Happened]
    told: Sequence[Told]

    def of(self, *kinds: str) -> list[Happened]:
        return [event for event in self.events if event.kind in kinds]


def read(*, school_id: int, cases: Collection[UUID]) -> Facts:
    """Opens its own scope. Messages without a case are one-time links."""
    with tenancy.scope(school_id):
        events = Event.objects.filter(subject_type="case", subject_id__in=cases).order_by("pk")
        rows = Notification.objects.filter(Q(case__in=cases) | Q(case=None)).order_by("created_at")
        return Facts([happened(event) for event in events], [_told(row) for row in rows])


def happened(event: Event) -> Happened:
    body = orjson.loads(bytes(event.body))
    return Happened(
        number=event.pk,
        at=event.at,
        kind=event.kind,
        actor=event.actor,
        case=event.subject_id,
        refs=tuple(event.refs),
        payload=body.get("payload", {}),
    )


def _told(row: Notification) -> Told:
    return Told(
        at=row.sent_at or row.created_at,
        to=row.recipient_id,
        to_role=row.to_role,
        channel=row.channel,
        template=row.template,
        state=str(row.state),
        key=row.key,
        via=row.via,
    )


def as_json(facts: Facts, cast: Cast) -> dict[str, list[dict[str, str]]]:
    """Roles, ids and codes: nothing here says who anybody is."""
    return {
        "events": [
            {
                "at": event.at.isoformat(),
                "kind": event.kind,
                "actor": cast.code_of(event.actor),
                "case": str(event.case),
                "via": event.via,
            }
            for event in facts.events
        ],
        "notifications": [
            {
                "at": told.at.isoformat(),
                "to_role": told.to_role or cast.code_of(told.to),
                "channel": told.channel,
                "template": told.template,
                "state": told.state,
            }
            for told in facts.told
        ],
    }
