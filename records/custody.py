"""Where the copies of a record went, and which of its files are gone: the trail beside its words.

德育处 and the auditor read all of it, everybody else who knows of the record their own copies
alone. Why a file was destroyed may be about somebody else, so no family reads that. Inside a scope.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from parties import statements
from parties.access import Viewer
from parties.models import Person
from parties.roles import Role
from records import policies
from records.models import Attachment, CommunicationRecord, Delivery

_State = Attachment.State


@dataclass(frozen=True, slots=True)
class Copy:
    """One version that reached one person one way."""

    version: int
    to: Person
    how: str
    purpose: str
    at: datetime

    @property
    def way(self) -> str:
        return str(Delivery.How(self.how).label)


@dataclass(frozen=True, slots=True)
class Gone:
    """A file that was destroyed, or `kept` sealed when its author took it out. Of earlier ones
    nobody wrote down by whom, nor why.
    """

    file: UUID
    at: datetime | None
    by: Person | None
    reason: str
    kept: bool


def copies(viewer: Viewer, record_id: UUID) -> Sequence[Copy]:
    """Copies of all versions that this reader may know of, earliest first. Raises NotFound."""
    viewer.get(CommunicationRecord, record_id)
    found = statements.rows(_copies, viewer, record_id)
    return [Copy(one.record.version, one.to, one.how, one.purpose, one.at) for one in found]


def _copies(viewer: Viewer, record_id: UUID) -> QuerySet[Delivery]:
    number = CommunicationRecord.objects.filter(pk=record_id).values("record_no")
    versions = viewer.rows(CommunicationRecord).filter(record_no__in=number).values("pk")
    rows = viewer.rows(Delivery).filter(record__in=versions).select_related("record", "to")
    return rows.order_by("at", "pk")


def destroyed(viewer: Viewer, record_id: UUID) -> Sequence[Gone]:
    """Files of this version that are gone; for whoever is not to know, there is none.

    Raises NotFound.
    """
    record = viewer.get(CommunicationRecord, record_id)
    if not _oversees(viewer, record):
        return []
    rows = Attachment.objects.filter(record_id=record.pk).exclude(state=_State.STORED)
    found = rows.select_related("destroyed_by", "taken_out_by")
    return [_gone(one) for one in found.order_by(Coalesce("destroyed_at", "taken_out_at"), "pk")]


def _gone(one: Attachment) -> Gone:
    if one.state == _State.TAKEN_OUT:
        return Gone(one.pk, one.taken_out_at, one.taken_out_by, "", kept=True)
    return Gone(one.pk, one.destroyed_at, one.destroyed_by, one.destroyed_reason, kept=False)


def _oversees(viewer: Viewer, record: CommunicationRecord) -> bool:
    if policies.is_at_home(viewer, record):
        return False
    if viewer.serves({Role.AUD}):
        return True
    return viewer.serves({Role.ME}) and not policies.is_closed(viewer, record)
