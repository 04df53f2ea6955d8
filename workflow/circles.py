"""Everybody who counts around one case, in one statement: who may act, and who must not.

CaseParty, the student's family -> excluded      Absence -> away
posts of the class, the grade, the school, the company -> who holds which role now
tasks completed since the last alarm -> whose eyes have seen it already
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from parties import calendar, round_trips
from parties.calendar import CalendarView
from parties.roles import COMPANY, Role
from records.meetings.rows import APPOINTMENT
from workflow.models import Case, CaseParty


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in a role, and who stands in when they cannot act."""

    person: UUID
    substitute: UUID | None


@dataclass(frozen=True, slots=True)
class Circle:
    """`eyes`: who completed the latest task of each name since the last alarm.

    `moments`: what deadlines count from; `clocks`: the school's own deadlines, as it wrote them;
    `days`: its calendar, where nearly every deadline of such a case counts working days.
    """

    channel: str
    moments: Mapping[str, datetime | None]
    clocks: Mapping[str, Any]
    excluded: frozenset[UUID]
    away: frozenset[UUID]
    holders: Mapping[str, Sequence[Holder]]
    eyes: Mapping[str, UUID]
    days: CalendarView | None

    def able(self, roles: Iterable[str], *, besides: frozenset[UUID]) -> list[UUID]:
        """Who can act in one of `roles`: each holder, else their substitute; each person once."""
        shut = self.excluded | self.away | besides
        found: dict[UUID, None] = {}
        for role in roles:
            for holder in self.holders.get(role, ()):
                for person in (holder.person, holder.substitute):
                    if person is not None and person not in shut:
                        found.setdefault(person)
                        break
        return list(found)

    def seen_by(self, tasks: Iterable[str]) -> frozenset[UUID]:
        """Who completed the latest instance of each of `tasks`."""
        return frozenset(self.eyes[name] for name in tasks if name in self.eyes)


_OF_A_CLASS: Final = [Role.HT.value, Role.ST.value]
#: Posts of one class or grade: a notice without a student names who answers for it.
_BY_PLACE: Final = [Role.HT.value, Role.GL.value]

_LOAD: Final = f"""
SELECT c.channel, c.alarm_at, c.triaged_at, c.danger_over_at,
    (SELECT json_object_agg(name, value)::text FROM workflow_clocksetting
     WHERE school_id = c.school_id),
    ARRAY(SELECT person_id FROM workflow_caseparty
          WHERE case_id = c.id AND part = ANY(%(against)s::varchar[]))
    || ARRAY(SELECT guardian_id FROM parties_guardianlink
             WHERE student_id = c.student_id AND state = 'LIVE'),
    ARRAY(SELECT person_id FROM parties_absence WHERE starts_at <= %(at)s AND ends_at > %(at)s),
    post.roles, post.people, post.substitutes, seen.names, seen.people,
    CASE c.channel WHEN 'MEETING' THEN ({APPOINTMENT}) END,
    CASE c.channel WHEN 'MEETING' THEN ({calendar.OF_A_CASE}) END
FROM workflow_case c
LEFT JOIN parties_student s ON s.id = c.student_id
LEFT JOIN parties_schoolclass k ON k.id = s.school_class_id
LEFT JOIN parties_placement p ON p.id = c.placement_id
LEFT JOIN LATERAL (
    SELECT array_agg(h.role ORDER BY h.starts_at, h.id) AS roles,
        array_agg(h.person_id ORDER BY h.starts_at, h.id) AS people,
        array_agg(h.substitute_id ORDER BY h.starts_at, h.id) AS substitutes
    FROM (
        SELECT m.role, m.person_id, m.substitute_id, m.starts_at, m.id
        FROM parties_membership m
        WHERE m.role = ANY(%(roles)s::varchar[])
            AND m.starts_at <= %(at)s AND (m.ends_at IS NULL OR m.ends_at > %(at)s)
            AND CASE
                WHEN c.channel = 'NOTICE' AND c.student_id IS NULL
                    AND m.role = ANY(%(by_place)s::varchar[])
                THEN m.person_id IN (SELECT person_id FROM workflow_caseparty
                                     WHERE case_id = c.id AND part = 'MEMBER')
                WHEN m.role = ANY(%(of_a_class)s::varchar[])
                THEN m.school_class_id = s.school_class_id
                WHEN m.role = 'GL' AND s.id IS NOT NULL THEN m.grade IN ('', k.grade)
                ELSE true END
        UNION ALL
        SELECT m.role, m.person_id, NULL, m.starts_at, m.id
        FROM parties_companymember m
        WHERE m.role = ANY(%(company)s::varchar[]) AND m.company_id = p.company_id
            AND m.starts_at <= %(at)s AND (m.ends_at IS NULL OR m.ends_at > %(at)s)
            AND (m.role <> 'CM' OR p.mentor_id IS NULL OR m.person_id = p.mentor_id)
    ) h
) post ON true
LEFT JOIN LATERAL (
    SELECT array_agg(t.name) AS names, array_agg(t.completed_by_id) AS people
    FROM (
        SELECT DISTINCT ON (name) name, completed_by_id FROM workflow_humantask
        WHERE case_id = c.id AND state = 'COMPLETED' AND created_at >= c.alarm_at
            AND name = ANY(%(names)s::varchar[])
        ORDER BY name, ended_at DESC, created_at DESC
    ) t
) seen ON true
WHERE c.id = %(case)s
"""  # noqa: S608 -- of constants


def load(case_id: UUID, *, roles: Iterable[str], tasks: Iterable[str], at: datetime) -> Circle:
    """The circle of a case as it stands at `at`, for these roles and earlier tasks. In a scope."""
    wanted = set(roles)
    row = round_trips.execute(
        _LOAD,
        {
            "case": case_id,
            "at": at,
            "roles": sorted(wanted - COMPANY),
            "company": sorted(wanted & COMPANY),
            "names": sorted(set(tasks)),
            "against": sorted(CaseParty.AGAINST),
            "by_place": _BY_PLACE,
            "of_a_class": _OF_A_CLASS,
        },
    ).fetchone()
    if row is None:
        raise LookupError(f"no case {case_id}")
    return _circle(row)


def _circle(row: Sequence[Any]) -> Circle:
    channel, report, triage, danger_over, own = row[:5]
    excluded, away, held, people, substitutes, names, eyes, appointment, days = row[5:]
    moments = {"report": report, "triage": triage, "danger_over": danger_over}
    meets = channel == Case.Channel.MEETING
    return Circle(
        channel=channel,
        moments=moments | ({"appointment": appointment} if meets else {}),
        clocks=orjson.loads(own) if own else {},
        excluded=frozenset(excluded),
        away=frozenset(away),
        holders=_holders(held or (), people or (), substitutes or ()),
        eyes=dict(zip(names or (), eyes or (), strict=True)),
        days=calendar.read(days) if meets else None,
    )


def _holders(
    roles: Iterable[str], people: Iterable[UUID], substitutes: Iterable[Any]
) -> Mapping[str, Sequence[Holder]]:
    found: dict[str, list[Holder]] = defaultdict(list)
    for role, person, substitute in zip(roles, people, substitutes, strict=True):
        found[role].append(Holder(person, substitute))
    return found
