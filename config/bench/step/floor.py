"""The floor: bare psycopg, prepared, one statement, the same role, policies, setting and rows."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg

from config.bench.step.rows import Rows
from parties import tenancy

_LOCK: Final = """
SELECT school_id, case_id, status, state, definition_id, version, budgets_spent, next_due_at
FROM workflow_processinstance WHERE id = %s FOR NO KEY UPDATE
"""

_MOVED: Final = """
WITH moved AS (
    UPDATE workflow_processinstance SET state = %(state)s::bytea, status = %(status)s,
        definition_id = %(definition)s, next_due_at = %(due)s, version = version + 1,
        budgets_spent = %(budgets)s, started_at = coalesce(started_at, %(at)s), ended_at = NULL
    WHERE id = %(id)s AND version = %(version)s RETURNING id
)"""
_DONE: Final = "SELECT count(*) FROM moved"
_MOVE: Final = _MOVED + _DONE

_ROWS: Final = """, opened AS (
    INSERT INTO workflow_humantask (id, school_id, case_id, instance_id, engine_id, name, title,
        form, roles, candidates, about, four_eyes_of, state, clock, created_at, due_at, reminders,
        cancel_reason)
    SELECT t.id, %(school)s, %(case)s, %(id)s, t.engine_id, t.name, t.title, t.form,
        string_to_array(t.roles, ','), string_to_array(t.candidates, ',')::uuid[], t.about,
        t.four_eyes, 'OPEN', t.clock, %(at)s, t.due, 0, ''
    FROM unnest(%(t_id)s::uuid[], %(t_engine)s::text[], %(t_name)s::text[], %(t_title)s::text[],
        %(t_form)s::text[], %(t_roles)s::text[], %(t_candidates)s::text[], %(t_about)s::uuid[],
        %(t_eyes)s::text[], %(t_clock)s::text[], %(t_due)s::timestamptz[])
        AS t(id, engine_id, name, title, form, roles, candidates, about, four_eyes, clock, due)
), noted AS (
    INSERT INTO ledger_event
        (school_id, kind, actor, subject_type, subject_id, refs, at, body, leaf)
    SELECT %(school)s, e.kind, e.actor, 'case', %(case)s, string_to_array(e.refs, ' '), %(at)s,
        e.body, e.leaf
    FROM unnest(%(e_kind)s::text[], %(e_actor)s::uuid[], %(e_refs)s::text[], %(e_body)s::bytea[],
        %(e_leaf)s::bytea[]) WITH ORDINALITY AS e(kind, actor, refs, body, leaf, n)
    ORDER BY e.n RETURNING id, leaf
), salted AS (
    INSERT INTO ledger_eventsalt (event_id, school_id, salt)
    SELECT noted.id, %(school)s, s.salt
    FROM noted JOIN unnest(%(e_leaf)s::bytea[], %(e_salt)s::bytea[]) AS s(leaf, salt) USING (leaf)
), told AS (
    INSERT INTO workflow_notification (id, school_id, case_id, recipient_id, to_role, channel,
        template, lane, key, created_at, due_at, tries, state, via)
    SELECT m.id, %(school)s, %(case)s, m.recipient, m.role, m.channel, m.template, m.lane, m.key,
        %(at)s, now(), 0, 'PENDING', ''
    FROM unnest(%(m_id)s::uuid[], %(m_to)s::uuid[], %(m_role)s::text[], %(m_channel)s::text[],
        %(m_template)s::text[], %(m_lane)s::text[], %(m_key)s::text[])
        AS m(id, recipient, role, channel, template, lane, key)
    ON CONFLICT (school_id, key) DO NOTHING
)
"""
_WRITE: Final = _MOVED + _ROWS + _DONE


@dataclass
class Floor:
    """One connection of its own; `school_id` as the product's scope sets it."""

    raw: psycopg.Connection[Any]
    school_id: int

    def empty(self) -> None:
        """What a transaction costs before it does anything."""
        with self.raw.transaction():
            self.raw.execute(tenancy.ENTER, [str(self.school_id)])

    def step(self, rows: Rows, case_id: UUID, instance_id: UUID) -> None:
        """Lock, and write `rows` for this instance, with new ids."""
        given = {**rows.anew(), "case": case_id, "id": instance_id}
        with self.raw.transaction():
            self.raw.execute(tenancy.ENTER, [str(self.school_id)])
            row = self.raw.execute(_LOCK, [instance_id]).fetchone()
            given["version"] = row and row[5]
            done = self.raw.execute(_WRITE if rows.more else _MOVE, given).fetchone()
        if done is None or done[0] != 1:
            raise RuntimeError("the floor wrote nothing")
