"""Exactly what the product writes in a step, taken from one real step of each moment.

The floor and the naive way write the same rows with ids of their own, and compute nothing.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg

from config.bench import copies
from config.bench.cast import Cast
from config.bench.step.moments import Moment
from ledger import events
from parties import tenancy
from workflow import steps
from workflow.engine import store
from workflow.engine.store import Write


class NotTheSame(RuntimeError):
    """Two arms wrote different rows: their ratio would mean nothing."""


def take(cast: Cast, moment: Moment, instance_id: UUID) -> None:
    """The product's own step, as a web request begins it."""
    with tenancy.scope(cast.school.pk) as at:
        moved = steps.take(
            instance_id=instance_id,
            at=at,
            via="web",
            by=moment.by,
            complete=moment.engine_id,
            decisions=moment.decisions,
        )
    if not moved:
        raise RuntimeError(f"{moment.name} froze its process")


def written(cast: Cast, moment: Moment, owner: psycopg.Connection[Any]) -> Write:
    """What one step from this moment writes."""
    ((_, instance_id),) = copies.make(owner, moment.case_id, 1)
    with _overheard() as heard:
        take(cast, moment, instance_id)
    (found,) = heard
    return found


@contextmanager
def _overheard() -> Iterator[list[Write]]:
    heard: list[Write] = []
    real = store.write

    def listen(change: Write) -> None:
        heard.append(change)
        real(change)

    store.write = listen
    try:
        yield heard
    finally:
        store.write = real


@dataclass(frozen=True, slots=True)
class Rows:
    """One step's rows as arrays for a statement; whatever must be unique comes with `anew`."""

    change: Write
    kept: Mapping[str, Any]

    @classmethod
    def of(cls, change: Write) -> "Rows":
        return cls(
            change,
            {
                "school": change.instance.school_id,
                "state": change.state,
                "status": change.status,
                "definition": change.definition_id,
                "due": change.next_due_at,
                "budgets": change.budgets_spent,
                "at": change.at,
                **_tasks(change),
                **_events(change),
                **_messages(change),
            },
        )

    @property
    def more(self) -> bool:
        """Whether anything but the state is written."""
        return bool(self.change.tasks or self.change.events or self.change.messages)

    def anew(self) -> dict[str, Any]:
        """The same rows with other ids, keys, salts and leaves."""
        messages = [uuid4() for _ in self.change.messages]
        return {
            **self.kept,
            "t_id": [uuid4() for _ in self.change.tasks],
            "t_engine": [os.urandom(16).hex() for _ in self.change.tasks],
            "e_leaf": [os.urandom(32) for _ in self.change.events],
            "e_salt": [os.urandom(events.SALT_BYTES) for _ in self.change.events],
            "m_id": messages,
            "m_key": [f"task.new:{one}:{one}" for one in messages],
        }


def compare(owner: psycopg.Connection[Any], one: UUID, other: UUID) -> None:
    """Raises NotTheSame unless both cases have the same rows, ids and keys aside."""
    for left, right in zip(_rows(owner, one), _rows(owner, other), strict=True):
        if left != right:
            raise NotTheSame(f"{left} / {right}")


_SAME = (
    "SELECT status, octet_length(state), version, budgets_spent, next_due_at IS NULL"
    " FROM workflow_processinstance WHERE case_id = %s",
    "SELECT name, title, form, roles, candidates, about, four_eyes_of, state, clock, due_at IS NULL"
    " FROM workflow_humantask WHERE case_id = %s ORDER BY name, title, created_at",
    "SELECT e.kind, e.actor, e.subject_type, cardinality(e.refs), octet_length(e.body),"
    " octet_length(s.salt) FROM ledger_event e JOIN ledger_eventsalt s ON s.event_id = e.id"
    " WHERE e.subject_id = %s ORDER BY e.id",
    "SELECT recipient_id, to_role, channel, template, lane, state FROM workflow_notification"
    " WHERE case_id = %s ORDER BY recipient_id, template",
)


def _rows(owner: psycopg.Connection[Any], case_id: UUID) -> Sequence[Any]:
    return [owner.execute(query, [case_id]).fetchall() for query in _SAME]


def _tasks(change: Write) -> dict[str, Any]:
    return {
        "t_name": [task.name for task in change.tasks],
        "t_title": [task.title for task in change.tasks],
        "t_form": [task.form for task in change.tasks],
        "t_roles": [",".join(task.roles) for task in change.tasks],
        "t_candidates": [",".join(map(str, task.candidates)) for task in change.tasks],
        "t_about": [task.about for task in change.tasks],
        "t_eyes": [task.four_eyes_of for task in change.tasks],
        "t_clock": [task.clock for task in change.tasks],
        "t_due": [task.due_at for task in change.tasks],
    }


def _events(change: Write) -> dict[str, Any]:
    return {
        "e_kind": [event.kind for event in change.events],
        "e_actor": [event.actor for event in change.events],
        "e_refs": [" ".join(event.refs) for event in change.events],
        "e_body": [event.body for event in change.events],
    }


def _messages(change: Write) -> dict[str, Any]:
    return {
        "m_to": [message.recipient for message in change.messages],
        "m_role": [message.to_role for message in change.messages],
        "m_channel": [message.channel for message in change.messages],
        "m_template": [message.template for message in change.messages],
        "m_lane": [message.lane for message in change.messages],
    }
