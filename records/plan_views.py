"""An item as one reader may see it: values by name, a label where the words are closed, and a mark
that changes whenever this reader's view does."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from ledger import events
from parties.access import Viewer
from parties.errors import LostRace, NotFound
from parties.models import Person, Student
from records import earlier_words, item_stillness, plan_consensus
from records.models import ActionItem

_PEOPLE: Final = ("owner_person", "done_by", "verified_by", "created_by")
#: Shown by other means, or of no use to anybody.
_LEFT_OUT: Final = frozenset({"student", "placement", "from_consensus", *_PEOPLE})

#: What was agreed on, and what its owner says came of it.
_LOOKED_AT: Final = (
    "id", "title", "measure", "baseline", "target", "starts_on", "due_at", "recurrence",
    "owner_party", "owner_person", "evidence_note", "evidence", "done_by", "done_at",
)  # fmt: skip

Shown = Mapping[str, Any]


def shown(viewer: Viewer, item: ActionItem) -> Shown:
    """Readable values by name; hidden ones are absent. `label` stands where the words are closed.

    Needs an item of Viewer.rows; opens what it says, so call it inside the scope.
    """
    item = item_stillness.as_it_stood(viewer, item)
    fields = viewer.fields(item) - item_stillness.withheld(item)
    values = {name: getattr(item, name) for name in sorted(fields - _LEFT_OUT)}
    for name in _PEOPLE:
        if name in fields:
            values[name] = getattr(item, f"{name}_id")
    point = plan_consensus.shown(viewer, item) if "from_consensus" in fields else None
    if point is not None:
        values["from_consensus"] = point
    if "field_class" in fields or "title" not in fields:
        values["label"] = item.get_field_class_display()
    return values


class Change(NamedTuple):
    """Another deadline or owner: by whom, when and why."""

    by: Person
    at: datetime
    why: str


def explained(viewer: Viewer, items: Sequence[ActionItem]) -> Mapping[UUID, list[Change]]:
    """By item, why its deadline or owner changed, the newest first: for who reads all of it, as far
    as they know of it. Needs items of Viewer.rows. Inside the scope.
    """
    read = {item.pk: item for item in items if "baseline" in viewer.fields(item)}
    found: dict[UUID, list[Change]] = {}
    for row in earlier_words.explained(read):
        if not item_stillness.beyond(viewer, read[row.item_id], row.at):
            found.setdefault(row.item_id, []).append(Change(row.by, row.at, row.why))
    return found


def fingerprint(values: Shown) -> str:
    """Of what this reader sees: what others change out of their sight changes nothing here."""
    written = orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str)
    return hashlib.sha256(written).hexdigest()[:32]


def mark(values: Shown) -> str:
    """Of the words that somebody looks at who says whether it is done; no sweep changes these."""
    return fingerprint({name: values[name] for name in _LOOKED_AT if name in values})


def refuse_other(viewer: Viewer, item: ActionItem, given: str) -> None:
    """What was looked at is what stands there now. Raises LostRace."""
    current = mark(shown(viewer, item))
    if given != current:
        raise LostRace("文字刚刚改过，请再看一遍。", yours=given, current=current)


def note_reads(viewer: Viewer, items: Sequence[ActionItem]) -> None:
    """Whoever reads what an item of 资助 or 健康 says leaves a trace. Inside a scope."""
    for item in items:
        if item.field_class != ActionItem.FieldClass.COM and "title" in viewer.fields(item):
            events.append(
                school_id=item.school_id,
                kind="plan.read",
                actor=viewer.person.pk,
                subject=("access", item.pk),
                refs=[("action_item", item.pk)],
                at=viewer.at,
                payload={"class": str(item.field_class)},
            )


def student_of(viewer: Viewer, student: Student, *, works: bool) -> Student:
    """The student, if the viewer has any part in the plan.

    `works` says that their post covers the student. Everybody else needs to be family, to look
    after the intern, or to own or read at least one item.

    Raises:
        NotFound: no part in it, as if there were no such student.
    """
    own = viewer.wards | viewer.interns | {viewer.student_id}
    if works or student.pk in own or viewer.rows(ActionItem).filter(student=student).exists():
        return student
    raise NotFound("没有找到。")
