"""行动方案: carry out the items of a plan, have somebody else look, and let go of them.

    TODO --> DOING <--> BLOCKED        finish: the owner; verify: never the owner (four eyes)
      \\        |         |             drop: the school, with a reason
       +------> DONE <----+ --> VERIFIED

Items come from what a meeting agreed on (records.plan_making) and are adjusted by
records.plan_amending. Reminding and climbing is
workflow.plan_ladder; days and streaks are records.check_ins.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

from django_fsm import can_proceed

from ledger.models import Event
from parties import tenancy
from parties.access import Act, Viewer
from parties.errors import WrongState
from parties.models import Person
from records import (
    earlier_words,
    item_rows,
    item_stillness,
    plan_drafts,
    plan_evidence,
    plan_times,
    plan_views,
)
from records.models import ActionItem

Change = Callable[[ActionItem], None]
#: Listens to the words that an owner wrote.
Heard = Callable[[ActionItem], None]


def start(*, school_id: int, item_id: UUID, by: Person, at: datetime) -> ActionItem:
    """Begin, or go on after a difficulty; starting twice changes nothing.

    Raises: NotFound, NotAllowed; WrongState: it is done or dropped.
    """

    def change(item: ActionItem) -> None:
        seen = item_stillness.seen_by(by, item.pk, at=at)
        if seen.state == ActionItem.State.DOING:
            return
        _require(can_proceed(seen.start), item)
        kind = "plan.start_noted"
        if can_proceed(item.start):
            item.start()
            kind = "plan.item_started"
        item_rows.record(kind, item, at=at, actor=by)

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
    """Say what stands in the way, or what else does; the same once more changes nothing. The
    deadline stays. `heard` is called in the same transaction.
    """

    def change(item: ActionItem) -> None:
        plan_drafts.check_words(why, field="why", mend="请说说遇到了什么困难。")
        seen = item_stillness.seen_by(by, item.pk, at=at)
        again = seen.state == ActionItem.State.BLOCKED
        if again and seen.blocked_why == why and _said_it(item, by):
            return
        _require(again or can_proceed(seen.block), item)
        item_rows.raise_by(item, "why", why)
        kind = _blocked(item, why, again=again, by=by, at=at)
        item_rows.record(kind, item, at=at, actor=by)
        if heard is not None:
            heard(item)

    return _change(school_id, item_id, by=by, at=at, act=Act.START, change=change)


def _blocked(item: ActionItem, why: str, *, again: bool, by: Person, at: datetime) -> str:
    """What became of it, as an event: where it has moved on meanwhile, the word stands aside."""
    if can_proceed(item.block):
        item.block(why=why)
        return "plan.item_blocked"
    if again and item.state == ActionItem.State.BLOCKED:  # what was said before is kept
        item.blocked_why = why
        return "plan.item_blocked"
    earlier_words.put_aside(item, {"blocked_why": why}, by=by, at=at)
    return "plan.block_noted"


def _said_it(item: ActionItem, by: Person) -> bool:
    """Whether this person was the last to say that it is stuck: another says it anew."""
    said = Event.objects.filter(
        subject_type="case",
        subject_id=item.case_id,
        kind="plan.item_blocked",
        refs__contains=[f"action_item:{item.pk}"],
    )
    return said.order_by("-pk").values_list("actor", flat=True).first() == by.pk


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
        seen = item_stillness.seen_by(by, item.pk, at=at)
        _require(can_proceed(seen.finish), item)
        files = plan_evidence.settle(Viewer.load(by, at=at), item.pk, evidence)
        item_rows.raise_by(item, "note", note)
        kind = _finished(item, note, files, by=by, at=at)
        item_rows.record(kind, item, at=at, actor=by)
        if heard is not None:
            heard(item)

    return _change(school_id, item_id, by=by, at=at, act=Act.FINISH, change=change)


def _finished(
    item: ActionItem, note: str, files: Sequence[UUID], *, by: Person, at: datetime
) -> str:
    """What became of it, as an event: where it has moved on meanwhile, the word stands aside."""
    if can_proceed(item.finish):
        item.finish(by=by, at=at, note=note, evidence=files)
        item.next_look_at, item.next_day_at, item.escalation_level = at, None, 0
        return "plan.item_done"
    said = {"evidence_note": note, "evidence": files, "done_by_id": by.pk, "done_at": at}
    earlier_words.put_aside(item, said, by=by, at=at)
    return "plan.done_noted"


def verify(*, school_id: int, item_id: UUID, by: Person, at: datetime, as_read: str) -> ActionItem:
    """Somebody at school who is neither the owner nor said so confirms that it is done.

    Raises: NotFound, NotAllowed; WrongState; LostRace: it says something else than they looked at.
    """

    def change(item: ActionItem) -> None:
        _require(can_proceed(item.verify), item)
        plan_views.refuse_other(Viewer.load(by, at=at), item, as_read)
        item.verify(by=by, at=at)
        item.next_look_at = None
        item_rows.record("plan.item_verified", item, at=at, actor=by)

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
        item.escalation_level = 0
        item.next_day_at = plan_times.first_morning(item, after=plan_times.local_day(at))
        item_rows.record("plan.item_reopened", item, at=at, actor=by)

    return _change(school_id, item_id, by=by, at=at, act=Act.VERIFY, change=change)


def drop(*, school_id: int, item_id: UUID, by: Person, at: datetime, why: str) -> ActionItem:
    """Let go of it; the reason stays in the file, and the family reads it.

    Raises: NotFound, NotAllowed, WrongState; InvalidInput: no reason, or forbidden words in it.
    """

    def change(item: ActionItem) -> None:
        plan_drafts.check_words(why, field="why", mend="请写明为什么不再进行。")
        _require(can_proceed(item.drop), item)
        item_rows.raise_by(item, "why", why, by_staff=True)
        item.drop(why=why)
        item.next_look_at = item.next_day_at = None
        item_rows.record("plan.item_dropped", item, at=at, actor=by)

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
        item_rows.record("plan.item_dropped", item, at=at)


def _change(
    school_id: int, item_id: UUID, *, by: Person, at: datetime, act: Act, change: Change
) -> ActionItem:
    with tenancy.scope(school_id):
        item = item_rows.locked(item_id, by=by, at=at, act=act)
        with earlier_words.kept(item, by=by, at=at):
            change(item)
        item.save()
        return item


def _require(possible: bool, item: ActionItem) -> None:  # noqa: FBT001
    if not possible:
        raise WrongState("该事项的状态已经变化，请刷新后再看。", item=str(item.pk))
