"""行动方案: make items of a plan, carry them out, have somebody else look, and let go of them.

    TODO --> DOING <--> BLOCKED        finish: the owner; verify: never the owner (four eyes)
      \\        |         |             drop: the school, with a reason
       +------> DONE <----+ --> VERIFIED

Items come from what a meeting agreed on (`create`, inside the meeting's own transaction). Reminding
and climbing is workflow.plan_ladder; days and streaks are records.check_ins.
"""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django_fsm import can_proceed

from ledger import events
from parties import tenancy
from parties.access import Act, Viewer
from parties.errors import WrongState
from parties.models import Person, Student
from records import (
    earlier_words,
    file_entries,
    language_gate,
    plan_consensus,
    plan_drafts,
    plan_evidence,
    plan_owners,
    plan_times,
    plan_views,
    plan_words,
)
from records.models import ActionItem, FileEntry
from records.plan_drafts import Draft

_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

Change = Callable[[ActionItem], None]
#: Listens to the words that an owner wrote.
Heard = Callable[[ActionItem], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where items belong: the student, the case, and which round of its plan."""

    student: Student
    case_id: UUID
    plan_round: int = 1


def create(
    *, plan: Plan, drafts: Sequence[Draft], by: Person | None, at: datetime
) -> Sequence[ActionItem]:
    """Store items and enter them into the student's file. Inside the caller's scope.

    Raises:
        InvalidInput: names the field of the first draft that cannot be a plan, and the mend.
    """
    made, maker = [], None if by is None else Viewer.load(by, at=at)
    for written in drafts:
        draft = plan_words.classed(written)
        plan_drafts.check(draft, at=at)
        plan_drafts.check_start(draft, today=plan_times.local_day(at))
        plan_words.refuse(draft, student=plan.student)
        owner = plan_owners.settle(draft, plan.student, at=at)
        point = plan_consensus.point(maker, plan.student, draft.from_consensus)
        item = ActionItem(
            school_id=plan.student.school_id,
            student=plan.student,
            case_id=plan.case_id,
            plan_round=plan.plan_round,
            item_no=_item_no(),
            owner_person_id=owner.person_id,
            placement_id=owner.placement_id,
            from_consensus=point,
            created_by=by,
            created_at=at,
            **draft.values(),
        )
        item.next_look_at = item.overdue_from = item.due_at
        item.next_day_at = plan_times.first_morning(item, after=item.starts_on - timedelta(days=1))
        item.save(force_insert=True)
        _enter(item, by=by, at=at)
        record("plan.item_made", item, at=at, actor=by, party=str(item.owner_party))
        made.append(item)
    return made


def start(*, school_id: int, item_id: UUID, by: Person, at: datetime) -> ActionItem:
    """Begin, or go on after a difficulty; starting twice changes nothing.

    Raises: NotFound, NotAllowed; WrongState: it is done or dropped.
    """

    def change(item: ActionItem) -> None:
        if item.state != ActionItem.State.DOING:
            _require(can_proceed(item.start), item)
            item.start()
            record("plan.item_started", item, at=at, actor=by)

    return _change(school_id, item_id, by=by, at=at, act=Act.START, change=change)


def block(
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    why: str,
    heard: Heard | None = None,
) -> ActionItem:
    """Say what stands in the way. The deadline stays; 班主任 hears of it at once.

    `heard` is called in the same transaction.
    """

    def change(item: ActionItem) -> None:
        plan_drafts.check_words(why, field="why", mend="请说说遇到了什么困难。")
        _require(can_proceed(item.block), item)
        raise_by(item, "why", why)
        item.block(why=why)
        item.next_look_at = at  # somebody at school hears of it now, not at the deadline
        record("plan.item_blocked", item, at=at, actor=by)
        if heard is not None:
            heard(item)

    return _change(school_id, item_id, by=by, at=at, act=Act.START, change=change)


def finish(  # noqa: PLR0913 -- the words, and who hears them
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    note: str,
    evidence: Collection[UUID] = (),
    heard: Heard | None = None,
) -> ActionItem:
    """The owner says it is done, and how one can tell; somebody else looks at it next.

    `heard` is called in the same transaction.

    Raises: NotFound, NotAllowed (not the owner); WrongState; InvalidInput: no word of how, or a
    file that was not uploaded for this item.
    """

    def change(item: ActionItem) -> None:
        plan_drafts.check_words(note, field="note", mend="请写一句完成的情况。")
        _require(can_proceed(item.finish), item)
        files = plan_evidence.settle(Viewer.load(by, at=at), item.pk, evidence)
        raise_by(item, "note", note)
        item.finish(by=by, at=at, note=note, evidence=files)
        item.next_look_at, item.next_day_at, item.escalation_level = at, None, 0
        record("plan.item_done", item, at=at, actor=by)
        if heard is not None:
            heard(item)

    return _change(school_id, item_id, by=by, at=at, act=Act.FINISH, change=change)


def verify(*, school_id: int, item_id: UUID, by: Person, at: datetime, as_read: str) -> ActionItem:
    """Somebody at school who is neither the owner nor said so confirms that it is done.

    Raises: NotFound, NotAllowed; WrongState; LostRace: it says something else than they looked at.
    """

    def change(item: ActionItem) -> None:
        _require(can_proceed(item.verify), item)
        plan_views.refuse_other(Viewer.load(by, at=at), item, as_read)
        item.verify(by=by, at=at)
        item.next_look_at = None
        record("plan.item_verified", item, at=at, actor=by)

    return _change(school_id, item_id, by=by, at=at, act=Act.VERIFY, change=change)


def reopen(*, school_id: int, item_id: UUID, by: Person, at: datetime, as_read: str) -> ActionItem:
    """Looked at and not there yet: it goes on, and the ladder counts from now if it is late.

    Raises: as verify.
    """

    def change(item: ActionItem) -> None:
        _require(can_proceed(item.reopen), item)
        plan_views.refuse_other(Viewer.load(by, at=at), item, as_read)
        item.reopen()
        item.next_look_at = item.overdue_from = max(item.due_at, at)
        item.next_day_at = plan_times.first_morning(item, after=plan_times.local_day(at))
        record("plan.item_reopened", item, at=at, actor=by)

    return _change(school_id, item_id, by=by, at=at, act=Act.VERIFY, change=change)


def drop(*, school_id: int, item_id: UUID, by: Person, at: datetime, why: str) -> ActionItem:
    """Let go of it; the reason stays in the file, and the family reads it.

    Raises: NotFound, NotAllowed, WrongState; InvalidInput: no reason, or forbidden words in it.
    """

    def change(item: ActionItem) -> None:
        plan_drafts.check_words(why, field="why", mend="请写明为什么不再进行。")
        language_gate.refuse_forbidden({"why": why}, student=item.student)
        _require(can_proceed(item.drop), item)
        raise_by(item, "why", why, by_staff=True)
        item.drop(why=why)
        item.next_look_at = item.next_day_at = None
        record("plan.item_dropped", item, at=at, actor=by)

    return _change(school_id, item_id, by=by, at=at, act=Act.DROP, change=change)


def drop_rest(*, case_id: UUID, at: datetime, why: str) -> None:
    """The case ends: what is still to be done falls away with its reason. Inside a scope."""
    live = ActionItem.objects.select_for_update(of=("self",)).filter(
        case_id=case_id, state__in=ActionItem.LIVE
    )
    for item in live.order_by("pk"):
        item.drop(why=why)
        item.next_look_at = item.next_day_at = None
        item.save()
        record("plan.item_dropped", item, at=at)


def amend(
    *,
    school_id: int,
    item_id: UUID,
    by: Person,
    at: datetime,
    values: dict[str, Any],
    unchanged: Callable[[Viewer, ActionItem], None],
) -> ActionItem:
    """Adjust what was agreed. `unchanged` raises if the item is not what `by` was looking at.

    A new deadline begins the ladder anew; a new rhythm counts from tomorrow.
    """

    def change(item: ActionItem) -> None:
        unchanged(Viewer.load(by, at=at), item)
        _require(item.state in ActionItem.LIVE, item)
        wanted = plan_words.classed(plan_drafts.of(item, **values))
        plan_drafts.check(wanted, at=at)
        plan_words.refuse(wanted, student=item.student)
        plan_owners.refuse_unowned(wanted, owner_id=item.owner_person_id)
        raised = wanted.field_class != item.field_class
        for name, value in {**values, "field_class": wanted.field_class}.items():
            setattr(item, name, value)
        if raised:
            _open_entry(item)
        if "due_at" in values:
            item.next_look_at = item.overdue_from = item.due_at
            item.escalation_level = 0
        if values.keys() & {"due_at", "starts_on", "recurrence"}:
            yesterday = plan_times.local_day(at) - timedelta(days=1)
            item.next_day_at = plan_times.first_morning(item, after=max(yesterday, _eve(item)))
        record("plan.item_amended", item, at=at, actor=by, fields=sorted(values))

    return _change(school_id, item_id, by=by, at=at, act=Act.AMEND, change=change)


def locked(item_id: UUID, *, by: Person, at: datetime, act: Act) -> ActionItem:
    """The item, visible to `by`, locked, and allowed. Inside a scope."""
    viewer = Viewer.load(by, at=at)
    viewer.get(ActionItem, item_id)
    rows = ActionItem.objects.select_for_update(of=("self",)).select_related("student", "placement")
    item = rows.get(pk=item_id)
    viewer.require(act, item)
    return item


def raise_by(item: ActionItem, field: str, words: str, *, by_staff: bool = False) -> None:
    """Give a locked item the class of words that are added to it; nothing lowers it.

    What a family, a student or a company writes is kept in any case. Whoever saves the item is the
    caller. Raises InvalidInput for staff whose words belong into an item of their own.
    """
    if by_staff or item.owner_party == ActionItem.Party.SCHOOL:
        plan_words.refuse_later(item, field, words)
    raised = plan_words.raised_by(item, words)
    if raised:
        item.field_class = raised
        _open_entry(item)


def record(
    kind: str, item: ActionItem, *, at: datetime, actor: Person | None = None, **codes: Any
) -> None:
    """One event of the item's case; never a word of what the item says."""
    events.append(
        school_id=item.school_id,
        kind=kind,
        actor=None if actor is None else actor.pk,
        subject=("case", item.case_id),
        refs=[("action_item", item.pk)],
        at=at,
        payload=codes,
    )


def _change(
    school_id: int, item_id: UUID, *, by: Person, at: datetime, act: Act, change: Change
) -> ActionItem:
    with tenancy.scope(school_id):
        item = locked(item_id, by=by, at=at, act=act)
        with earlier_words.kept(item, by=by, at=at):
            change(item)
        item.save()
        return item


def _require(possible: bool, item: ActionItem) -> None:  # noqa: FBT001
    if not possible:
        raise WrongState("该事项的状态已经变化，请刷新后再看。", item=str(item.pk))


def _eve(item: ActionItem) -> date:
    return item.starts_on - timedelta(days=1)


def _item_no() -> str:
    """Random: whoever sees one item learns nothing of how many there are."""
    return "XD-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def _open_entry(item: ActionItem) -> None:
    """The office of its class finds an item whose class was raised."""
    readers = plan_owners.readers(item)
    file_entries.open_to(kind="action_item", object_id=item.pk, readers=readers)


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
