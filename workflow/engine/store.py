"""One step, one statement: state, tasks, events, salts and messages are written in a single CTE.

Round trips, not the disk, decide what a step costs; and a statement cannot be half done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from ledger import events
from ledger.events import PreparedEvent
from parties import round_trips
from workflow.engine import definitions
from workflow.engine.bundles import Bundle
from workflow.engine.definitions import Definition
from workflow.engine.errors import StateUnreadable


@dataclass(frozen=True, slots=True)
class Locked:
    """An instance that this transaction alone may step."""

    id: UUID
    school_id: int
    case_id: UUID
    process_key: str
    status: str
    state: bytes | None
    definition_id: UUID | None
    version: int
    budgets_spent: int
    next_due_at: datetime | None
    #: Of the definition; None while there is none.
    definition_hash: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A row of the inbox."""

    id: UUID
    engine_id: str
    name: str
    title: str
    form: str
    roles: Sequence[str]
    candidates: Sequence[UUID]
    about: UUID | None
    four_eyes_of: str
    clock: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A row of the outbox."""

    id: UUID
    recipient: UUID
    to_role: str
    channel: str
    template: str
    lane: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Everything that one step changes."""

    instance: Locked
    at: datetime
    status: str
    state: bytes
    definition_id: UUID
    next_due_at: datetime | None
    budgets_spent: int
    cancelled: Sequence[str] = ()
    cancel_reason: str = ""
    tasks: Sequence[NewTask] = ()
    events: Sequence[PreparedEvent] = ()
    messages: Sequence[NewMessage] = field(default=())
    #: Whoever listens here hears of the step when it commits; "" tells nobody.
    channel: str = ""


_LOCK: Final = """
SELECT i.id, i.school_id, i.case_id, i.process_key, i.status, i.state, i.definition_id, i.version,
       i.budgets_spent, i.next_due_at, d.hash
FROM workflow_processinstance i LEFT JOIN workflow_processdefinition d ON d.id = i.definition_id
WHERE i.id = %s FOR NO KEY UPDATE OF i
"""
_LOCK_IF_FREE: Final = _LOCK + " SKIP LOCKED"

_ANSWER: Final = """
SELECT (SELECT count(*) FROM moved),
    CASE WHEN %(channel)s::text <> '' THEN pg_notify(%(channel)s::text, %(school)s::text)::text END
"""

_MOVED: Final = """
WITH moved AS (
    UPDATE workflow_processinstance
    SET state = %(state)s::bytea, status = %(status)s::varchar,
        definition_id = %(definition)s::uuid, next_due_at = %(due)s::timestamptz,
        version = version + 1, budgets_spent = %(budgets)s::smallint,
        started_at = coalesce(started_at, %(at)s::timestamptz),
        ended_at = CASE WHEN %(status)s::varchar = 'COMPLETED' THEN %(at)s::timestamptz END
    WHERE id = %(id)s::uuid AND version = %(version)s::integer RETURNING id
)"""

#: Most steps of a case with several things to do only move on.
_MOVE: Final = _MOVED + _ANSWER

#: The rows come as one JSON document: thirty arrays cost the client more than the whole statement.
_ROWS: Final = """, gone AS (
    UPDATE workflow_humantask
    SET state = 'CANCELLED', ended_at = %(at)s::timestamptz, cancel_reason = %(reason)s::varchar
    WHERE instance_id = %(id)s::uuid AND engine_id = ANY(%(cancelled)s::varchar[])
        AND state IN ('OPEN', 'CLAIMED')
), opened AS (
    INSERT INTO workflow_humantask (id, school_id, case_id, instance_id, engine_id, name, title,
        form, roles, candidates, about, four_eyes_of, state, clock, created_at, due_at, reminders,
        cancel_reason)
    SELECT t.id, %(school)s::bigint, %(case)s::uuid, %(id)s::uuid, t.engine_id, t.name, t.title,
        t.form, t.roles, t.candidates, t.about, t.four_eyes_of, 'OPEN', t.clock,
        %(at)s::timestamptz, t.due_at, 0, ''
    FROM json_to_recordset(%(tasks)s::json) AS t(id uuid, engine_id text, name text, title text,
        form text, roles text[], candidates uuid[], about uuid, four_eyes_of text, clock text,
        due_at timestamptz)
), noted AS (
    INSERT INTO ledger_event
        (school_id, kind, actor, subject_type, subject_id, refs, at, body, leaf)
    SELECT %(school)s::bigint, e.kind, e.actor, e.subject_type, e.subject_id, e.refs, e.at,
        convert_to(e.body, 'UTF8'), decode(e.leaf, 'hex')
    FROM ROWS FROM (json_to_recordset(%(events)s::json) AS (kind text, actor uuid,
        subject_type text, subject_id uuid, refs text[], at timestamptz, body text, leaf text))
        WITH ORDINALITY AS e(kind, actor, subject_type, subject_id, refs, at, body, leaf, n)
    ORDER BY e.n RETURNING id, leaf
), salted AS (
    INSERT INTO ledger_eventsalt (event_id, school_id, salt)
    SELECT noted.id, %(school)s::bigint, decode(s.salt, 'hex')
    FROM noted JOIN json_to_recordset(%(events)s::json) AS s(leaf text, salt text)
        ON noted.leaf = decode(s.leaf, 'hex')
), told AS (
    INSERT INTO workflow_notification (id, school_id, case_id, recipient_id, to_role, channel,
        template, lane, key, created_at, due_at, tries, state, via)
    SELECT m.id, %(school)s::bigint, %(case)s::uuid, m.recipient, m.to_role, m.channel,
        m.template, m.lane, m.key, %(at)s::timestamptz, now(), 0, 'PENDING', ''
    FROM json_to_recordset(%(messages)s::json) AS m(id uuid, recipient uuid, to_role text,
        channel text, template text, lane text, key text)
    ON CONFLICT (school_id, key) DO NOTHING
)
"""
_WRITE: Final = _MOVED + _ROWS + _ANSWER

_PUBLISH: Final = """
INSERT INTO workflow_processdefinition (id, school_id, process_key, hash, bundle, published_at)
VALUES (gen_random_uuid(), %(school)s, %(key)s, %(hash)s, %(bundle)s, %(at)s)
ON CONFLICT (school_id, process_key, hash) DO NOTHING
"""

_FIND: Final = """
SELECT id FROM workflow_processdefinition
WHERE school_id = %(school)s AND process_key = %(key)s AND hash = %(hash)s
"""


def lock(instance_id: UUID, *, skip_locked: bool = False) -> Locked | None:
    """Lock one instance until the transaction ends; None if absent, or held and `skip_locked`."""
    sql = _LOCK_IF_FREE if skip_locked else _LOCK
    row = round_trips.execute(sql, [instance_id]).fetchone()
    return None if row is None else Locked(*row)


def definition_of(instance: Locked) -> Definition:
    """The definition that this instance began with; its bundle is read once per process."""
    if instance.definition_hash is not None:
        known = definitions.cached(instance.definition_hash)
        if known is not None:
            return known
    row = round_trips.execute(
        "SELECT bundle FROM workflow_processdefinition WHERE id = %s", [instance.definition_id]
    ).fetchone()
    if row is None:
        raise StateUnreadable("流程实例没有定义。")
    return definitions.load(row[0])


def publish(bundle: Bundle, *, school_id: int, at: datetime) -> UUID:
    """The id of this bundle as a definition of the school; stored when it is new."""
    keys = {"school": school_id, "key": bundle.process_key, "hash": bundle.hash}
    found = round_trips.execute(_FIND, keys).fetchone()
    if found is None:
        round_trips.execute(_PUBLISH, {**keys, "bundle": bundle.content, "at": at})
        found = round_trips.execute(_FIND, keys).fetchone()
    if found is None:
        raise StateUnreadable("流程定义没有保存。")
    published: UUID = found[0]
    return published


def write(change: Write) -> None:
    """Write one step. Raises StateUnreadable if the instance moved although it was locked."""
    more = change.cancelled or change.tasks or change.events or change.messages
    row = round_trips.execute(_WRITE if more else _MOVE, _parameters(change)).fetchone()
    if row is None or row[0] != 1:
        raise StateUnreadable("流程实例在锁定期间被改动。", instance=str(change.instance.id))


def _parameters(change: Write) -> dict[str, Any]:
    """Of both statements; psycopg takes what a statement names."""
    instance = change.instance
    return {
        "id": instance.id,
        "school": instance.school_id,
        "case": instance.case_id,
        "version": instance.version,
        "state": change.state,
        "status": change.status,
        "definition": change.definition_id,
        "due": change.next_due_at,
        "budgets": change.budgets_spent,
        "at": change.at,
        "cancelled": list(change.cancelled),
        "reason": change.cancel_reason,
        "channel": change.channel,
        "tasks": _json([_columns(task) for task in change.tasks]),
        "events": _json([events.as_row(event) for event in change.events]),
        "messages": _json([_columns(message) for message in change.messages]),
    }


def _columns(row: NewTask | NewMessage) -> dict[str, Any]:
    """Names of fields are names of columns."""
    return {name: getattr(row, name) for name in row.__slots__}


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows).decode()
