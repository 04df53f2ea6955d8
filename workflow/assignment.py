"""Who may do a task: resolved once, when it opens, with every conflict of interest taken out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from parties.roles import Role
from workflow import circles, contacts, meeting_ladder
from workflow.circles import Circle
from workflow.models import Case, HumanTask

#: When nobody is left for a task, these decide who does it.
_LAST: Final = (Role.ME, Role.VP, Role.PR)
LAST: Final = frozenset(role.value for role in _LAST)
#: Tasks that reach somebody: they say whom.
_CALLS: Final = frozenset(contacts.TASK_OF.values()) | frozenset(meeting_ladder.TASK_OF.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the diagram says about a task: roles, replacements, and whose eyes it must not be."""

    name: str
    roles: Sequence[str]
    instead: Sequence[str] = ()
    four_eyes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Assigned:
    """The roles that count and the people who hold them now; `about` is whom a call is for."""

    roles: Sequence[Role]
    candidates: Sequence[UUID]
    about: UUID | None


def assign(
    wanted: Wanted, *, case: Case, at: datetime, besides: frozenset[UUID] = frozenset()
) -> Assigned:
    """Everybody of `roles`; else the first of `instead` that has somebody; else the leaders.

    `besides` must not do this one task, whatever the case says of them.
    """
    circle = circle_of([wanted], case_id=case.pk, at=at)
    return among(circle, wanted, case=lambda: case, at=at, besides=besides)


def circle_of(all_wanted: Sequence[Wanted], *, case_id: UUID, at: datetime) -> Circle:
    """Who counts for any of these tasks, in one statement."""
    roles, tasks = asked(all_wanted)
    return circles.load(case_id, roles=roles, tasks=tasks, at=at)


def asked(all_wanted: Sequence[Wanted]) -> tuple[frozenset[str], frozenset[str]]:
    """Roles that may have to do these tasks, and the tasks that they look at a second time."""
    roles = {role for wanted in all_wanted for role in (*wanted.roles, *wanted.instead)}
    tasks = {name for wanted in all_wanted for name in wanted.four_eyes}
    return LAST.union(roles), frozenset(tasks)


def among(
    circle: Circle,
    wanted: Wanted,
    *,
    case: Callable[[], Case],
    at: datetime,
    besides: frozenset[UUID] = frozenset(),
) -> Assigned:
    """As `assign`, in a circle that is known; `case` is asked for a call alone."""
    first = [Role(code) for code in wanted.roles]
    tiers = [first, *([Role(code)] for code in wanted.instead), *([role] for role in _LAST)]
    about = _about(wanted.name, case(), at) if wanted.name in _CALLS else None
    seen = circle.seen_by(wanted.four_eyes) | besides
    for roles in tiers:
        found = circle.able(roles, besides=seen)
        if found:
            return Assigned(roles, found, about)
    return Assigned(first, [], about)


def earlier_eyes(case: Case, tasks: Sequence[str]) -> frozenset[UUID]:
    """Who completed the latest instance of each of `tasks`: they may not do the second look."""
    seen = set()
    for name in tasks:
        done = HumanTask.objects.filter(
            case=case, name=name, state=HumanTask.State.COMPLETED, created_at__gte=case.alarm_at
        )
        latest = done.order_by("-ended_at", "-created_at").values_list("completed_by", flat=True)
        seen |= set(latest[:1])
    return frozenset(pk for pk in seen if pk is not None)


def _about(name: str, case: Case, at: datetime) -> UUID | None:
    if name not in contacts.TASK_OF.values():
        return meeting_ladder.about(name, case.pk, at=at)
    safe = case.safe_to_tell == Case.SafeToTell.YES
    step, person = contacts.next_contact(case, safe=safe, bullying=case.kind == "bullying", at=at)
    return person if contacts.TASK_OF.get(step) == name else _last_about(name, case, at)


def _last_about(name: str, case: Case, at: datetime) -> UUID | None:
    """Whom a call that was sent back is for: the same person, if they may still be phoned."""
    calls = case.tasks.filter(name=name, created_at__gte=case.alarm_at).order_by("-created_at")
    last = calls.values_list("about", flat=True).first()
    return None if last in contacts.barred(case, at=at) else last
