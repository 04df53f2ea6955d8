"""Who may do a task: resolved once, when it opens, with every conflict of interest taken out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from parties import relations
from parties.models import CompanyMember, Membership
from parties.relations import Post, in_force
from parties.roles import COMPANY, Role
from workflow import contacts, meeting_ladder, policies
from workflow.models import Case, CaseParty, HumanTask

#: When nobody is left for a task, these decide who does it.
_LAST: Final = (Role.ME, Role.VP, Role.PR)
#: Posts of one class or grade: without a student nobody knows of which.
_BY_PLACE: Final = frozenset({Role.HT, Role.GL})


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


def assign(wanted: Wanted, *, case: Case, at: datetime) -> Assigned:
    """Everybody of `roles`; else the first of `instead` that has somebody; else the leaders."""
    excluded = policies.excluded_people(case) | earlier_eyes(case, wanted.four_eyes)
    asked = [Role(code) for code in wanted.roles]
    tiers = [asked, *([Role(code)] for code in wanted.instead), *([role] for role in _LAST)]
    about = _about(wanted.name, case, at)
    for roles in tiers:
        found = _people(roles, case=case, at=at, excluded=excluded)
        if found:
            return Assigned(roles, found, about)
    return Assigned(asked, [], about)


def _people(
    roles: Sequence[Role], *, case: Case, at: datetime, excluded: Collection[UUID]
) -> Sequence[UUID]:
    found: dict[UUID, None] = {}
    for role in roles:
        posts = _posts(role, case=case, at=at)
        for person in relations.able(posts, at=at, excluded=excluded):
            found.setdefault(person.pk)
    return list(found)


def _posts(role: Role, *, case: Case, at: datetime) -> Sequence[Post]:
    if case.channel == Case.Channel.NOTICE and case.student_id is None and role in _BY_PLACE:
        return _named(role, case, at)
    if role not in COMPANY:
        return relations.holders(role=role, at=at, student=case.student)
    if case.placement is None:
        return []
    members = in_force(
        CompanyMember.objects.filter(company=case.placement.company_id, role=role), at
    )
    if role == Role.CM and case.placement.mentor_id is not None:
        members = members.filter(person=case.placement.mentor_id)
    return [Post(row.person, role, None) for row in members.select_related("person")]


def _named(role: Role, case: Case, at: datetime) -> Sequence[Post]:
    """A notice is about a class or a grade: whoever opened it named those who answer for that."""
    parts = CaseParty.objects.filter(case=case, part=CaseParty.Part.MEMBER)
    rows = in_force(
        Membership.objects.filter(role=role, person__in=parts.values("person")), at
    ).select_related("person", "substitute")
    return [Post(row.person, role, row.substitute) for row in rows.order_by("starts_at", "pk")]


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
