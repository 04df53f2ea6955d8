"""Whether somebody objects to a record: one open objection freezes all of its versions.

A next version may say the same words, and an earlier one is still read. Inside a scope.
"""

from typing import Final

from django.db.models import OuterRef, QuerySet

from records.models import CommunicationRecord, Objection

State = Objection.State

#: A version that may still take the place of the one before, and repeats its words.
UNFINISHED: Final = (
    CommunicationRecord.State.DRAFT,
    CommunicationRecord.State.CHECKED,
    CommunicationRecord.State.PENDING_SIGNATURES,
)
OPEN: Final = (State.FILED, State.ANSWERED, State.ROUTED)


def is_open(record: CommunicationRecord) -> bool:
    """Whether an objection to any version of it waits for its end."""
    return objections_to(record).filter(state__in=OPEN).exists()


def objections_to(record: CommunicationRecord) -> QuerySet[Objection]:
    """Of every version."""
    return Objection.objects.filter(record__record_no=record.record_no)


def newest(record: CommunicationRecord, *, lock: bool = False) -> CommunicationRecord:
    """The version that counts now: the last one that took effect after this one, else this one.

    Its lock comes before the lock of an earlier one, as a hold takes them.
    """
    later = CommunicationRecord.objects.filter(
        record_no=record.record_no, version__gt=record.version, effective_at__isnull=False
    )
    found = later.order_by("version").last()
    if found is None or not lock:
        return found or record
    return CommunicationRecord.objects.select_for_update(of=("self",)).get(pk=found.pk)


def open_ones() -> QuerySet[Objection]:
    """Open objections to any version of the record around them: for an annotation of records."""
    return Objection.objects.filter(
        state__in=OPEN,
        record__school_id=OuterRef("school_id"),
        record__record_no=OuterRef("record_no"),
    )
