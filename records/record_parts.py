"""What some records are made of, in one query a kind however many they are.

Nothing is cut here: records/reading.py shows each reader their part of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Model

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


def gather(records: Sequence[CommunicationRecord]) -> Mapping[UUID, Parts]:
    """The parts of each record by its id. Inside a scope."""
    of = {"record__in": [record.pk for record in records]}
    statements = _by(Statement.objects.filter(withdrawn_at=None, **of).order_by("place", "pk"))
    participants = _by(Participant.objects.filter(**of).order_by("pk"))
    prepared = _by(PreparedItem.objects.filter(**of).order_by("pk"))
    signatures = _by(Signature.objects.filter(**of).order_by("at", "pk"))
    files = list(_attachments(records))
    attachments = _by(one for one in files if one.state == Attachment.State.STORED)
    taken_out = _by(one for one in files if one.state == Attachment.State.TAKEN_OUT)
    objections = _by(_objections(records), "record_no")
    overrides = _by(SharingOverride.objects.filter(**of).select_related("by").order_by("at", "pk"))
    sealings = _by(Sealing.objects.filter(**of).select_related("by"))
    noted = taken_back.noted(records)
    return {
        record.pk: Parts(
            statements[record.pk],
            participants[record.pk],
            prepared[record.pk],
            signatures[record.pk],
            attachments[record.pk],
            objections[record.record_no],
            [each for one in objections[record.record_no] for each in annotations.of(one)],
            overrides[record.pk],
            sealings[record.pk],
            noted[record.pk],
            taken_out[record.pk],
        )
        for record in records
    }


def _attachments(records: Sequence[CommunicationRecord]) -> Iterable[Attachment]:
    """What was destroyed is not there any more."""
    kept = Attachment.objects.exclude(state=Attachment.State.DESTROYED)
    found = kept.filter(record_id__in=[record.pk for record in records])
    return found.order_by("uploaded_at", "pk")


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
