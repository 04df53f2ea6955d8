"""What a family could read of a record before it was recalled, held or put aside: kept, and put
back on a copy of the record.

Only a guardian to whom the record was shut while that text was out reads any of it: to all others
it is gone. Inside a scope.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson
from django.db.models import Case, F, Model, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest
from django.db.models.lookups import IsNull

from parties.access import Viewer
from parties.models import GuardianLink, Person
from records import file_entries, walls
from records.models import (
    CommunicationRecord,
    NotedWord,
    Participant,
    Signature,
    Statement,
    TakenBack,
)

M = TypeVar("M", bound=Model)
State = CommunicationRecord.State

#: Nobody at home has what stands in one of these.
AT_THE_DESK: Final = (State.DRAFT, State.CHECKED, State.DISCARDED)
#: When a record came to the family, in SQL: offered, and held no more.
CAME: Final = Greatest("offered_at", "let_in_at")
#: Where a record that was read for a guardian keeps which text they may still have.
KEPT: Final = "viewer_taken_back"
_GONE: Final = "viewer_shut_when_it_went"
_HEADER: Final = (
    "trigger", "trigger_note", "started_at", "ended_at", "place_kind", "place", "next_contact_at",
    "next_focus", "author_role", "case_id",
)  # fmt: skip


def keep(record: CommunicationRecord, *, by: Person, at: datetime) -> None:
    """Keep what the family reads now, before it is taken from them; of what they do not read,
    nothing. The record is locked.
    """
    came = came_at(record)
    if came is None or not _is_at_home(record, at):
        return
    statements = record.statements.filter(withdrawn_at=None).order_by("place", "pk")
    said = {
        "record": {name: getattr(record, name) for name in _HEADER},
        "statements": [_written(one) for one in statements],
        "participants": [_written(one) for one in record.participants.order_by("pk")],
    }
    TakenBack.objects.create(
        school_id=record.school_id,
        student_id=record.student_id,
        case_id=record.case_id,
        record=record,
        place=record.taken_back.count() + 1,
        said=orjson.loads(orjson.dumps(said)),
        offered_at=came,
        by=by,
        at=at,
    )


def came_at(record: CommunicationRecord) -> datetime | None:
    """When it came to the family: offered, and held no more."""
    if record.offered_at is None or record.let_in_at is None:
        return record.offered_at
    return max(record.offered_at, record.let_in_at)


def reached(record: CommunicationRecord, moment: datetime, *, at: datetime) -> bool:
    """Whether the family could read the record at `at`, or read some text of it since `moment`."""
    return _is_at_home(record, at) or record.taken_back.filter(at__gte=moment).exists()


def latest(viewer: Viewer, what: str = "pk") -> Subquery:
    """Of the text that stands before this guardian in the place of a record, for an annotation of
    records: the last one that they could read, if it was taken back while they were shut out.
    """
    kept = Case(When(**{f"{_GONE}__lte": F("at")}, then=F(what)))
    texts = _read_by(viewer).filter(record=OuterRef("pk")).annotate(kept=kept)
    return Subquery(texts.order_by("-place").values("kept")[:1])


def asked(viewer: Viewer) -> Mapping[str, Any]:
    """What records are annotated with, so that stands_in can tell of them."""
    return {KEPT: latest(viewer)} if viewer.wards else {}


def stands(viewer: Viewer) -> Q:
    """Records in whose place such a text stands."""
    return Q(IsNull(latest(viewer), rhs=False)) if viewer.wards else Q(pk__in=[])


def of(viewer: Viewer, record: CommunicationRecord) -> TakenBack | None:
    """The text that the viewer still has of this record; None where they have the record itself."""
    if not _is_out(viewer, record):
        return None
    text = _read_by(viewer).filter(record=record).order_by("place").last()
    return text if text is not None and text.__dict__[_GONE] <= text.at else None


def place(record: CommunicationRecord, *, at: datetime) -> None:
    """Let its entry stand at its date as it is by now, unless a guardian has a text with another
    one: the entry is the same for all.
    """
    if not _stands_before_somebody(record, at=at):
        file_entries.move(kind="communication", object_id=record.pk, at=record.started_at)


def place_again(record: CommunicationRecord, *, at: datetime) -> None:
    """With each later step of a record that was taken back: its entry may have had to wait."""
    if record.taken_back.exists():
        place(record, at=at)


def _stands_before_somebody(record: CommunicationRecord, *, at: datetime) -> bool:
    if not record.taken_back.exists():
        return False
    links = GuardianLink.objects.filter(student=record.student_id).select_related("guardian")
    for viewer in [Viewer.load(link.guardian, at=at) for link in links]:
        known = viewer.find(CommunicationRecord, record.pk)
        if known is not None and of(viewer, known) is not None:
            return True
    return False


def gone_at_home(viewer: Viewer) -> Q:
    """Records whose text of now is not this guardian's to read; as _is_out, in SQL."""
    shut = Q(offered_at=None) | Q(**{f"{walls.SINCE}__lte": CAME})
    return shut | Q(state__in=AT_THE_DESK) | Q(held_until__gt=viewer.at)


def _read_by(viewer: Viewer) -> QuerySet[TakenBack]:
    """Texts that came to this guardian while nothing was shut, each with since when it is not
    gone for them: its end is in a wall if that is not later.
    """
    texts = TakenBack.objects.annotate(
        **walls.asked(viewer, "offered_at"), **{_GONE: walls.since(viewer, "at")}
    )
    return texts.filter(student__in=viewer.wards, offered_at__lt=F(walls.SINCE))


def _is_at_home(record: CommunicationRecord, at: datetime) -> bool:
    held = record.held_until is not None and record.held_until > at
    return record.state == State.PENDING_SIGNATURES and not held


def stands_in(viewer: Viewer, record: CommunicationRecord) -> bool:
    """Whether what this row of Viewer.rows says is not for the viewer, but a text of before. No
    query.
    """
    return record.__dict__.get(KEPT) is not None and _is_out(viewer, record)


def carry(known: CommunicationRecord, record: CommunicationRecord) -> None:
    """Let a record that was read anew, under its lock, say which text `known` says is kept."""
    record.__dict__[KEPT] = known.__dict__.get(KEPT)


def words_of(viewer: Viewer, record: CommunicationRecord) -> Sequence[Signature]:
    """What a guardian to whom the record is shut said of such texts, as rows that nobody saves."""
    if walls.shut_since(record) is None or record.student_id not in viewer.wards:
        return []
    return [one for one in noted([record])[record.pk] if one.signer_id == viewer.person.pk]


def noted(records: Sequence[CommunicationRecord]) -> Mapping[UUID, Sequence[Signature]]:
    """What anybody said of texts that were taken back, by record; one query for all of them."""
    found: dict[UUID, list[Signature]] = {record.pk: [] for record in records}
    of = {record.pk: record for record in records}
    words = NotedWord.objects.filter(text__record__in=records).select_related("text")
    for one in words.order_by("at", "pk"):
        found[one.text.record_id].append(_as_signature(one, of[one.text.record_id]))
    return found


def _as_signature(word: NotedWord, record: CommunicationRecord) -> Signature:
    shared = ("id", "school_id", "student_id", "signer_id", "method", "reason", "note", "at")
    return Signature(
        record=record,
        side=Signature.Side.FAMILY,
        recorded_by_id=word.signer_id,
        proof=word.proof,
        as_read=word.as_read,
        **{name: getattr(word, name) for name in shared},
    )


def put_back(
    record: CommunicationRecord, text: TakenBack
) -> tuple[CommunicationRecord, Sequence[Statement], Sequence[Participant]]:
    """A copy that nobody saves, as it was offered, with its statements and who took part."""
    still, said = copy(record), text.said
    values = _values(CommunicationRecord, said["record"])
    still.__dict__.update(values, state=State.PENDING_SIGNATURES, offered_at=text.offered_at)
    still.__dict__.update({"held_until": None, "let_in_at": None, KEPT: None})
    still.__dict__[walls.SINCE] = walls.shut_since(text)
    return still, _made(Statement, said["statements"]), _made(Participant, said["participants"])


def _is_out(viewer: Viewer, record: CommunicationRecord) -> bool:
    """Whether what stands there now was offered after it was shut to the viewer, or to nobody."""
    since = walls.shut_since(record)
    if since is None or record.student_id not in viewer.wards:
        return False
    if record.held_until is not None and record.held_until > viewer.at:
        return True
    came = came_at(record)
    return record.state in AT_THE_DESK or came is None or came >= since


def _written(row: Model) -> Mapping[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _values(model: type[Model], said: Mapping[str, Any]) -> dict[str, Any]:
    """Of the fields that the model still has."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: fields[name].to_python(one) for name, one in said.items() if name in fields}


def _made(model: type[M], rows: Sequence[Mapping[str, Any]]) -> list[M]:
    return [model(**_values(model, one)) for one in rows]
