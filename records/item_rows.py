"""One item of a plan: locked for an act, its class raised, and what is written down of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from ledger import events
from parties.access import Act, Viewer
from parties.models import Person
from records import file_entries, plan_owners, plan_words
from records.models import ActionItem


def locked(item_id: UUID, *, by: Person, at: datetime, act: Act) -> ActionItem:
    """The item, visible to `by`, locked, and allowed. Inside a scope."""
    viewer = Viewer.load(by, at=at)
    viewer.get(ActionItem, item_id)
    rows = ActionItem.objects.select_for_update(of=("self",)).select_related(
        "student__person", "placement"
    )
    item = rows.get(pk=item_id)
    viewer.require(act, item)
    return item


def raise_by(item: ActionItem, field: str, words: str, *, by_staff: bool = False) -> None:
    """Give a locked item the class of words that are added to it; nothing lowers it.

    What a family or a student writes is kept in any case. Whoever saves the item is the caller.

    Raises InvalidInput: forbidden words of school or company; for staff, words that belong into an
    item of their own.
    """
    plan_words.refuse_labels(item, field, words, by_staff=by_staff)
    if by_staff or item.owner_party == ActionItem.Party.SCHOOL:
        plan_words.refuse_later(item, field, words)
    raised = plan_words.raised_by(item, words)
    if raised:
        item.field_class = raised
        open_entry(item)


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


def open_entry(item: ActionItem) -> None:
    """The office of its class finds an item whose class was raised, and who took it on."""
    readers, people = plan_owners.readers(item), plan_owners.named(item)
    file_entries.open_to(kind="action_item", object_id=item.pk, readers=readers, people=people)
