"""Whom to phone next in a crisis, and who must not be phoned (domain C6).

Usual: every registered guardian, because separated parents both count. Three tries without an
answer end one person's turn; if nobody was reached, the carer, the community, the police follow.
When telling raises danger, a suspected guardian is left out and the community is always asked.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from parties import round_trips
from parties.models import GuardianLink, Restriction, Student
from parties.relations import in_force
from workflow.models import Case, CaseParty, HumanTask

#: Tries per person before the next one's turn.
TRIES: Final = 3

REACHED: Final = "reached"


class Step(StrEnum):
    """Which call comes next; the values are what the diagram's gateway tests."""

    GUARDIAN = "guardian"
    OTHER_SIDE = "other_side"
    CARER = "carer"
    COMMUNITY = "community"
    POLICE = "police"
    DONE = "done"


#: The diagram's user task of each step.
TASK_OF: Final = {
    Step.GUARDIAN: "call_guardian",
    Step.OTHER_SIDE: "call_other_side",
    Step.CARER: "call_carer",
    Step.COMMUNITY: "call_community",
    Step.POLICE: "call_police",
}


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was tried since the last alarm: per task and person, and who answered."""

    tries: Counter[tuple[str, UUID | None]]
    reached: frozenset[tuple[str, UUID | None]]

    def spent(self, task: str, person: UUID) -> bool:
        return (task, person) in self.reached or self.tries[task, person] >= TRIES

    def tried(self, task: str) -> bool:
        return any(name == task for name, _ in self.tries)


def next_contact(
    case: Case, *, safe: bool, bullying: bool, at: datetime
) -> tuple[Step, UUID | None]:
    """The next step and the person to phone (None: an office, or nobody)."""
    attempts = attempts_of(case)
    turns: list[tuple[Step, Sequence[UUID]]] = [(Step.GUARDIAN, guardians(case, at=at))]
    if bullying and safe:
        turns.append((Step.OTHER_SIDE, other_side(case, at=at)))
    if not _anybody(attempts, Step.GUARDIAN):
        turns.append((Step.CARER, carers(case, at=at)))
    for step, people in turns:
        for person in people:
            if not attempts.spent(TASK_OF[step], person):
                return step, person
    return _office(attempts, safe=safe), None


def _office(attempts: Attempts, *, safe: bool) -> Step:
    """Who is asked when the family did not answer, or may not be asked alone."""
    reached = _anybody(attempts, Step.GUARDIAN) or _anybody(attempts, Step.CARER)
    if (not reached or not safe) and not attempts.tried(TASK_OF[Step.COMMUNITY]):
        return Step.COMMUNITY
    reached |= _anybody(attempts, Step.COMMUNITY)
    if not reached and not attempts.tried(TASK_OF[Step.POLICE]):
        return Step.POLICE
    return Step.DONE


def _anybody(attempts: Attempts, step: Step) -> bool:
    return any(name == TASK_OF[step] for name, _ in attempts.reached)


def attempts_of(case: Case) -> Attempts:
    """Calls recorded since the case's last alarm."""
    calls = HumanTask.objects.filter(
        case=case,
        name__in=TASK_OF.values(),
        state=HumanTask.State.COMPLETED,
        created_at__gte=case.alarm_at,
    )
    tries: Counter[tuple[str, UUID | None]] = Counter()
    reached = set()
    for call in calls:
        tries[call.name, call.about] += 1
        if (call.answer or {}).get("outcome") == REACHED:
            reached.add((call.name, call.about))
    return Attempts(tries, frozenset(reached))


def guardians(case: Case, *, at: datetime) -> Sequence[UUID]:
    """Guardians who may be told, in the family's own order of contact."""
    if case.student is None:
        return []
    return _callable(case.student, barred(case, at=at), delegate=False)


def carers(case: Case, *, at: datetime) -> Sequence[UUID]:
    """委托照护人 who may be told."""
    if case.student is None:
        return []
    return _callable(case.student, barred(case, at=at), delegate=True)


def other_side(case: Case, *, at: datetime) -> Sequence[UUID]:
    """Guardians of every student who is said to have hurt the other (MPL 39(2)), each once."""
    accused = Student.objects.filter(
        person__case_parts__case=case, person__case_parts__part=CaseParty.Part.ACCUSED_STUDENT
    )
    found: dict[UUID, None] = {}
    for student in accused.order_by("pk"):
        shut = named(case) | _restricted(student.pk, at=at)
        found |= dict.fromkeys(_callable(student, shut, delegate=False))
    return list(found)


def _callable(student: Student, shut: Iterable[UUID], *, delegate: bool) -> Sequence[UUID]:
    links = GuardianLink.objects.filter(
        student=student, state=GuardianLink.State.LIVE, delegate_carer=delegate
    ).exclude(guardian_id__in=list(shut))
    ordered = links.order_by("contact_priority", "pk")
    return list(ordered.values_list("guardian_id", flat=True))


def named(case: Case) -> frozenset[UUID]:
    """Everybody whom the case names in a way that shuts them out."""
    parts = CaseParty.objects.filter(case=case, part__in=CaseParty.AGAINST)
    return frozenset(parts.values_list("person_id", flat=True))


_BARRED: Final = """
SELECT person_id FROM workflow_caseparty
WHERE case_id = %(case)s AND part = ANY(%(against)s::varchar[])
UNION
SELECT person_id FROM parties_restriction
WHERE student_id = %(student)s AND kind = ANY(%(kinds)s::varchar[])
    AND starts_at <= %(at)s AND (ends_at IS NULL OR ends_at > %(at)s)
    AND (%(lifted)s::uuid IS NULL OR case_id IS DISTINCT FROM %(lifted)s::uuid)
"""


def barred(case: Case, *, at: datetime) -> frozenset[UUID]:
    """Guardians who must not be phoned: named in the case, or under a restriction in force; about a
    meeting, whoever must not be met neither.

    What this case itself forbade counts no longer once two people agreed that telling is safe.
    """
    lifted = case.pk if case.safe_to_tell == Case.SafeToTell.YES else None
    unmet = {Restriction.Kind.NO_MEETING} if case.channel == Case.Channel.MEETING else set()
    return _shut(case, CaseParty.AGAINST, _SILENT | unmet, lifted, at=at)


def unwritten(case: Case, *, at: datetime) -> frozenset[UUID]:
    """Who gets no word at all. An order that only forbids a meeting is kept best by a guest who
    hears that the date they had is off: it says nothing that they did not know.
    """
    lifted = case.pk if case.safe_to_tell == Case.SafeToTell.YES else None
    return _shut(case, CaseParty.AGAINST, _SILENT, lifted, at=at)


def unreached(case: Case | None, *, stands: bool, at: datetime) -> frozenset[UUID]:
    """Whom a message about the case must not reach when it leaves: whoever is barred. One about
    what `stands` still for its reader is kept back by orders alone that the case did not give.
    """
    if case is None:
        return frozenset()
    if not stands:
        return barred(case, at=at)
    return _shut(case, (), {*_SILENT, Restriction.Kind.NO_MEETING}, case.pk, at=at)


def _shut(
    case: Case,
    against: Collection[str],
    kinds: Collection[str],
    lifted: UUID | None,
    *,
    at: datetime,
) -> frozenset[UUID]:
    """`lifted`: the case whose own orders do not count."""
    given = {
        "case": case.pk,
        "against": sorted(against),
        "student": case.student_id,
        "kinds": sorted(kinds),
        "lifted": lifted,
        "at": at,
    }
    return frozenset(pk for (pk,) in round_trips.execute(_BARRED, given))


#: Not to be phoned or written to, whatever it is about.
_SILENT: Final = frozenset({Restriction.Kind.NO_CONTACT, Restriction.Kind.DO_NOT_TELL})


def _restricted(student: UUID, *, at: datetime) -> frozenset[UUID]:
    orders = in_force(Restriction.objects.filter(student=student, kind__in=_SILENT), at)
    return frozenset(orders.values_list("person_id", flat=True))
