"""Everybody who counts when a rung is woken, in one statement: the report waits for it.

posts of the class, the grade, the school; shifts of the roster --> who stands on which line
absences, whom the case names, the student's family              --> who is left out
messages and calls of this case                                  --> who was told, who is asked for
people whose phone and mail are not empty                        --> over which channels

parties.relations says the same of one role; the tests hold the two against each other.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from parties import round_trips
from parties.roles import Role
from workflow.models import Case, CaseParty
from workflow.rungs import Call

_OF_A_CLASS: Final = [Role.HT.value, Role.ST.value]

_LOAD: Final = """
SELECT
    ARRAY(SELECT person_id FROM workflow_caseparty
          WHERE case_id = c.id AND part = ANY(%(against)s::varchar[]))
    || ARRAY(SELECT guardian_id FROM parties_guardianlink
             WHERE student_id = c.student_id AND state = 'LIVE'),
    ARRAY(SELECT person_id FROM parties_absence WHERE starts_at <= %(at)s AND ends_at > %(at)s),
    ARRAY(SELECT DISTINCT recipient_id FROM workflow_notification
          WHERE case_id = c.id AND template = %(alert)s),
    ARRAY(SELECT about FROM workflow_humantask
          WHERE case_id = c.id AND name = %(call)s AND state IN ('OPEN', 'CLAIMED')
              AND about IS NOT NULL),
    post.roles, post.people, post.substitutes, post.fit, post.heads, post.deputies,
    shift.roles, shift.people, shift.substitutes, reach.phones, reach.mails
FROM (SELECT %(case)s::uuid AS id, %(student)s::uuid AS student_id) c
LEFT JOIN parties_student s ON s.id = c.student_id
LEFT JOIN parties_schoolclass k ON k.id = s.school_class_id
LEFT JOIN LATERAL (
    SELECT array_agg(m.role ORDER BY m.starts_at, m.id) AS roles,
        array_agg(m.person_id ORDER BY m.starts_at, m.id) AS people,
        array_agg(m.substitute_id ORDER BY m.starts_at, m.id) AS substitutes,
        array_agg(CASE
            WHEN m.role = ANY(%(of_a_class)s::varchar[])
            THEN s.id IS NOT NULL AND m.school_class_id = s.school_class_id
            WHEN m.role = 'GL' AND s.id IS NOT NULL THEN m.grade IN ('', k.grade)
            ELSE true END ORDER BY m.starts_at, m.id) AS fit,
        array_agg(m.head ORDER BY m.starts_at, m.id) AS heads,
        array_agg(m.deputy ORDER BY m.starts_at, m.id) AS deputies
    FROM parties_membership m
    WHERE (m.role = ANY(%(roles)s::varchar[]) OR m.deputy)
        AND m.starts_at <= %(at)s AND (m.ends_at IS NULL OR m.ends_at > %(at)s)
) post ON true
LEFT JOIN LATERAL (
    SELECT array_agg(d.role ORDER BY d.starts_at, d.id) AS roles,
        array_agg(d.person_id ORDER BY d.starts_at, d.id) AS people,
        array_agg(d.substitute_id ORDER BY d.starts_at, d.id) AS substitutes
    FROM parties_dutyshift d
    WHERE d.role = ANY(%(roles)s::varchar[]) AND d.starts_at <= %(at)s AND d.ends_at > %(at)s
) shift ON true
LEFT JOIN LATERAL (
    SELECT array_agg(p.id) FILTER (WHERE octet_length(p.phone) > 0) AS phones,
        array_agg(p.id) FILTER (WHERE octet_length(p.email) > 0) AS mails
    FROM parties_person p
    WHERE p.id = ANY(post.people || post.substitutes || shift.people || shift.substitutes)
) reach ON true
"""


@dataclass(frozen=True, slots=True)
class _Post:
    """`fits`: it is a post of this student's class or grade, or of the whole school."""

    role: str
    person: UUID
    substitute: UUID | None
    fits: bool = True
    head: bool = False
    deputy: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """As it is at one moment. `alerted`: whom the ladder has woken for this case before;
    `asked`: about whom a call waits to be made.
    """

    excluded: frozenset[UUID]
    alerted: frozenset[UUID]
    asked: frozenset[UUID]
    _away: frozenset[UUID]
    _posts: Sequence[_Post]
    _shifts: Sequence[_Post]
    _phones: frozenset[UUID]
    _mails: frozenset[UUID]

    def on(self, call: Call) -> list[UUID]:
        """The people one line of a rung means, substitutes in place of the absent and the named."""
        shut = self.excluded | self._away
        found: dict[UUID, None] = {}
        for post in self._meant(call):
            for person in (post.person, post.substitute):
                if person is not None and person not in shut:
                    found.setdefault(person)
                    break
        return list(found)

    def channels_of(self, person: UUID, wanted: Sequence[str]) -> Sequence[str]:
        """Those of the `wanted` message channels that reach them; nothing is unsealed."""
        reach = {"in_app": True, "sms": person in self._phones, "email": person in self._mails}
        return [channel for channel in wanted if reach.get(channel, False)]

    def _meant(self, call: Call) -> list[_Post]:
        if call.flag == "deputy":
            return [post for post in self._posts if post.deputy]
        rostered = [shift for shift in self._shifts if shift.role == call.role]
        if call.flag == "duty" and rostered:
            return rostered
        held = [post for post in self._posts if post.role == call.role and post.fits]
        return [post for post in held if post.head] if call.flag == "head" else held


def load(
    case: Case,
    calls: Iterable[Call],
    *,
    alert: str,
    call_task: str,
    at: datetime,
    named: Collection[UUID] = (),
) -> Standing:
    """Who counts for these lines of a rung. Inside a scope; the case may be stored later.

    alert, call_task: the template of the ladder's messages, and the name of its tasks.
    named: whom the case names against them, besides those of whom the database knows.
    """
    row = round_trips.execute(
        _LOAD,
        {
            "case": case.pk,
            "student": case.student_id,
            "at": at,
            "roles": sorted({call.role for call in calls}),
            "against": sorted(CaseParty.AGAINST),
            "of_a_class": _OF_A_CLASS,
            "alert": alert,
            "call": call_task,
        },
    ).fetchone()
    if row is None:
        raise LookupError("no answer about a rung")
    return _standing(row, named)


def _standing(row: Sequence[Any], named: Collection[UUID]) -> Standing:
    excluded, away, alerted, asked = map(frozenset, row[:4])
    return Standing(
        excluded=excluded.union(named),
        alerted=alerted,
        asked=asked,
        _away=away,
        _posts=list(_posts(row[4:10])),
        _shifts=list(_posts(row[10:13])),
        _phones=frozenset(row[13] or ()),
        _mails=frozenset(row[14] or ()),
    )


def _posts(columns: Sequence[Sequence[object] | None]) -> Iterator[_Post]:
    return (_Post(*values) for values in zip(*(column or () for column in columns), strict=True))
