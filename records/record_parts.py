"""What some records are made of, in one query a kind however many they are.

Nothing is cut here: records/reading.py shows each reader their part of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Model, QuerySet

from parties import statements
from parties.likeness import Ids
from records import annotations, taken_back
from records.disputes import OPEN
from records.models import (
    Annotation,
    Attachment,
    CommunicationRecord,
    Objection,
    Participant,
    PreparedItem,
    Sealing,
    SharingOverride,
    Signature,
    Statement,
)

T = TypeVar("T", bound=Model)


@dataclass(frozen=True, slots=True)
class Parts:
    """All of one version; `objections` are to its other versions as well."""

    statements: Sequence[Statement]
    participants: Sequence[Participant]
    prepared: Sequence[PreparedItem]
    signatures: Sequence[Signature]
    attachments: Sequence[Attachment]
    objections: Sequence[Objection]
    annotations: Sequence[Annotation]
    overrides: Sequence[SharingOverride]
    sealings: Sequence[Sealing]
    #: What guardians said of texts that were taken back, which they could not know.
    noted: Sequence[Signature]
    #: Files that its author took out, which are there only for who knows of no end.
    taken_out: Sequence[Attachment]

    @property
    def disputed(self) -> bool:
        return any(one.state in OPEN for one in self.objections)


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows of many records, each kind by the record that it belongs to."""

    statements: Mapping[Any, Sequence[Statement]]
    participants: Mapping[Any, Sequence[Participant]]
    prepared: Mapping[Any, Sequence[PreparedItem]]
    signatures: Mapping[Any, Sequence[Signature]]
    attachments: Mapping[Any, Sequence[Attachment]]
    taken_out: Mapping[Any, Sequence[Attachment]]
    objections: Mapping[Any, Sequence[Objection]]
    overrides: Mapping[Any, Sequence[SharingOverride]]
    sealings: Mapping[Any, Sequence[Sealing]]
    noted: Mapping[Any, Sequence[Signature]]

    def of(self, record: CommunicationRecord) -> Parts:
        objections = self.objections[record.record_no]
        return Parts(
            self.statements[record.pk],
            self.participants[record.pk],
            self.prepared[record.pk],
            self.signatures[record.pk],
            self.attachments[record.pk],
            objections,
            [each for one in objections for each in annotations.of(one)],
            self.overrides[record.pk],
            self.sealings[record.pk],
            self.noted[record.pk],
            self.taken_out[record.pk],
        )


def gather(records: Sequence[CommunicationRecord]) -> Mapping[UUID, Parts]:
    """The parts of each record by its id. Inside a scope."""
    ids = Ids(record.pk for record in records)
    said = _by(statements.rows(_statements, ids))
    participants = _by(statements.rows(_all_of, Participant, ids))
    prepared = _by(statements.rows(_all_of, PreparedItem, ids))
    signatures = _by(statements.rows(_signatures, ids))
    files = statements.rows(_attachments, ids)
    found = _Found(
        said,
        participants,
        prepared,
        signatures,
        _by(one for one in files if one.state == Attachment.State.STORED),
        _by(one for one in files if one.state == Attachment.State.TAKEN_OUT),
        _by(_objections(records), "record_no"),
        _by(statements.rows(_overrides, ids)),
        _by(statements.rows(_sealings, ids)),
        taken_back.noted(records),
    )
    return {record.pk: found.of(record) for record in records}


def _of(model: type[T], ids: Ids) -> QuerySet[T]:
    return model._default_manager.filter(statements.among("record_id", ids))


def _all_of(model: type[T], ids: Ids) -> QuerySet[T]:
    return _of(model, ids).order_by("pk")


def _statements(ids: Ids) -> QuerySet[Statement]:
    return _of(Statement, ids).filter(withdrawn_at=None).order_by("place", "pk")


def _signatures(ids: Ids) -> QuerySet[Signature]:
    return _of(Signature, ids).order_by("at", "pk")


def _attachments(ids: Ids) -> QuerySet[Attachment]:
    """What was destroyed is not there any more."""
    kept = _of(Attachment, ids).exclude(state=Attachment.State.DESTROYED)
    return kept.order_by("uploaded_at", "pk")


def _overrides(ids: Ids) -> QuerySet[SharingOverride]:
    return _of(SharingOverride, ids).select_related("by").order_by("at", "pk")


def _sealings(ids: Ids) -> QuerySet[Sealing]:
    return _of(Sealing, ids).select_related("by")


def _objections(records: Sequence[CommunicationRecord]) -> Iterable[Objection]:
    """To every version of these records: an annotation stays for as long as there is one."""
    numbers = {record.record_no for record in records}
    found = Objection.objects.filter(record__record_no__in=numbers)
    found = found.prefetch_related("annotations")
    return found.annotate(record_no=F("record__record_no")).order_by("filed_at", "pk")


def _by(rows: Iterable[T], name: str = "record_id") -> Mapping[Any, list[T]]:
    found: dict[Any, list[T]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found
