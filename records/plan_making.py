"""Items of a plan come to be, of what a meeting agreed on and inside its own transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4, uuid5

from parties import calendar
from parties.access import Viewer
from parties.models import Person, Student
from records import (
    file_entries,
    item_rows,
    plan_consensus,
    plan_drafts,
    plan_owners,
    plan_times,
    plan_words,
)
from records.models import ActionItem, FileEntry
from records.plan_drafts import Draft

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Plan:
    """Where items belong: the student, the case, and which round of its plan."""

    student: Student
    case_id: UUID
    plan_round: int = 1


def create(
    *,
    plan: Plan,
    drafts: Sequence[Draft],
    by: Person | None,
    at: datetime,
    key: UUID | None = None,
) -> Sequence[ActionItem]:
    """Store items and enter them into the student's file. Inside the caller's scope.

    Raises:
        InvalidInput: names the field of the first draft that cannot be a plan, and the mend.
        IntegrityError: there are items of this `key` (parties.taps).
    """
    stored, maker = [], None if by is None else Viewer.load(by, at=at)
    for draft, id_ in zip(drafts, _ids(key, len(drafts)), strict=True):
        item = _item(plan, plan_words.classed(draft), maker, at=at)
        item.pk, item.created_by = id_, by
        item.save(force_insert=True)
        _enter(item, by=by, at=at)
        item_rows.record("plan.item_made", item, at=at, actor=by, party=str(item.owner_party))
        stored.append(item)
    return stored


def made(key: UUID, count: int, *, by: Person) -> Sequence[ActionItem]:
    """What this person made with this `key` before, in its order. Inside a scope."""
    ids = _ids(key, count)
    found = {item.pk: item for item in ActionItem.objects.filter(pk__in=ids, created_by=by)}
    return [found[id_] for id_ in ids if id_ in found]


def _ids(key: UUID | None, count: int) -> list[UUID]:
    return [uuid4() if key is None else uuid5(key, str(place)) for place in range(count)]


def _item(plan: Plan, draft: Draft, maker: Viewer | None, *, at: datetime) -> ActionItem:
    school_days = calendar.load(plan.student.school_id)
    plan_drafts.check(draft, at=at, calendar=school_days)
    plan_drafts.check_start(draft, today=plan_times.local_day(at))
    plan_words.refuse(draft, student=plan.student)
    owner = plan_owners.settle(draft, plan.student, at=at)
    item = ActionItem(
        school_id=plan.student.school_id,
        student=plan.student,
        case_id=plan.case_id,
        plan_round=plan.plan_round,
        item_no=_item_no(),
        owner_person_id=owner.person_id,
        placement_id=owner.placement_id,
        from_consensus=plan_consensus.point(maker, plan.student, draft.from_consensus),
        created_at=at,
        **draft.values(),
    )
    item.next_look_at = item.overdue_from = item.due_at
    item.next_day_at = plan_times.first_morning(item, after=item.starts_on - timedelta(days=1))
    return item


def _item_no() -> str:
    """Random: whoever sees one item learns nothing of how many there are."""
    return "XD-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def _enter(item: ActionItem, *, by: Person | None, at: datetime) -> None:
    file_entries.enter(
        student=item.student,
        kind="action_item",
        object_id=item.pk,
        party=FileEntry.Party.SCHOOL,
        at=at,
        readers=plan_owners.readers(item),
        by=by,
        case_id=item.case_id,
        people=plan_owners.named(item),
    )
