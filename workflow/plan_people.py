"""Whom a plan speaks to, when, and how: content-free messages, never between 21:00 and 07:00."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from parties import relations
from parties.models import CompanyMember, Membership, Person, Placement
from parties.relations import in_force
from parties.roles import Role
from records.models import ActionItem
from workflow import assignment, contacts, exclusions, notifications
from workflow.assignment import Wanted
from workflow.models import Case
from workflow.notifications import Message

_PARTY: Final = ActionItem.Party
#: Who is asked when nobody holds the post.
_INSTEAD: Final = {"HT": ("GL", "ME"), "GL": ("ME",), "ME": ("VP",)}


def holders(
    role: str, *, case: Case, at: datetime, besides: frozenset[UUID] = frozenset()
) -> Sequence[UUID]:
    """Who holds `role` for the student now, or whoever is asked in their place; not `besides`."""
    wanted = Wanted(name="plan", roles=[role], instead=_INSTEAD[role])
    return assignment.assign(wanted, case=case, at=at, besides=besides).candidates


def able(
    role: Role, *, case: Case, at: datetime, shut_out: Collection[UUID] | None = None
) -> Sequence[UUID]:
    """Who holds `role` itself for the student and may act; nobody in their place.

    `shut_out` may not; without it whoever takes no part in this case.
    """
    posts = relations.holders(role=role, at=at, student=case.student)
    excluded = exclusions.excluded_people(case) if shut_out is None else shut_out
    return [person.pk for person in relations.able(posts, at=at, excluded=excluded)]


def owners(item: ActionItem, *, case: Case, at: datetime) -> Sequence[tuple[str, UUID]]:
    """Role and person of everybody who answers for the item; nobody who must not be told."""
    if item.owner_party == _PARTY.FAMILY:
        return [(Role.G.value, person) for person in _family(item, case, at)]
    if item.owner_party == _PARTY.STUDENT:
        return [(Role.STU.value, item.student.person_id)]
    if item.owner_party == _PARTY.COMPANY:
        return [(role, person) for role, person in _company(item, at)]
    named = _at_school(item, case, at)
    return named or [(Role.HT.value, one) for one in holders(Role.HT.value, case=case, at=at)]


def _at_school(item: ActionItem, case: Case, at: datetime) -> Sequence[tuple[str, UUID]]:
    """The named person while they hold a post; nobody is told of pupils they have left."""
    person = item.owner_person_id
    if person is None or person in exclusions.excluded_people(case):
        return []
    post = _post(person, at)
    return [(post, person)] if post else []


def post_of(person: UUID, at: datetime) -> str:
    return _post(person, at) or Role.ST.value


def _post(person: UUID, at: datetime) -> str:
    """Their first post in force; empty where they hold none."""
    posts = in_force(Membership.objects.filter(person=person), at).order_by("starts_at", "pk")
    return posts.values_list("role", flat=True).first() or ""


def _family(item: ActionItem, case: Case, at: datetime) -> Sequence[UUID]:
    """The guardian who took it on, if they may be told; else every guardian who may."""
    told = [*contacts.guardians(case, at=at), *contacts.carers(case, at=at)]
    return [item.owner_person_id] if item.owner_person_id in told else told


def _company(item: ActionItem, at: datetime) -> Iterator[tuple[str, UUID]]:
    """The named person, else the mentor, else the administrators of the company itself."""
    placement = item.placement
    if placement is None or placement.state != Placement.State.ACTIVE:
        return
    members = in_force(CompanyMember.objects.filter(company=placement.company_id), at)
    known = dict(members.order_by("pk").values_list("person_id", "role"))
    for person in (item.owner_person_id, placement.mentor_id):
        if person in known:
            yield known[person], person
            return
    yield from ((role, person) for person, role in known.items() if role == Role.CA)


def tell(
    case: Case, people: Sequence[tuple[str, UUID]], *, template: str, key: str, at: datetime
) -> None:
    """One message each, in the inbox and by text where there is a phone. Repeating `key` is safe.

    Staff reads its inbox at work; only family, students and companies are texted.
    """
    known = Person.objects.in_bulk([person for _, person in people])
    rows = [
        Message(
            case.pk,
            person,
            role,
            channel,
            template,
            f"{key}:{person}:{channel}",
            "routine",
        )
        for role, person in people
        if person in known
        for channel in _channels(role, known[person])
    ]
    notifications.enqueue_many(school_id=case.school_id, rows=rows, at=at)


def tell_role(case: Case, role: str, *, template: str, key: str, at: datetime) -> int:
    """Tell whoever holds `role` for the student; how many there are."""
    people = [(role, person) for person in holders(role, case=case, at=at)]
    tell(case, people, template=template, key=key, at=at)
    return len(people)


def _channels(role: str, person: Person) -> Sequence[str]:
    outside = role in (Role.G, Role.STU, Role.CM, Role.CA)
    return ("in_app", "sms") if outside and person.phone else ("in_app",)
