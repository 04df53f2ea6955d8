"""写新版本: what is signed is not changed, it is followed by version n+1, for whoever wrote it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from parties import statements
from parties.access import Act, Viewer
from parties.sign_in import Identity
from portal.session import signed_in, viewing
from records import acts_now, communication, known_records, policies, reading
from records.models import CommunicationRecord
from records.reading import RecordFile
from workflow import communication as acts

State = CommunicationRecord.State


def shown(viewer: Viewer, found: RecordFile, *, bound: bool) -> dict[str, Any]:
    """Whether a new version may be begun here, or which one there is: to whoever does not write,
    once it has taken the place of this one; at home also while it waits for signatures, so that
    nobody signs words that are on their way out without knowing. Inside a scope.

    `bound`: by a link for this version, which opens no other.
    """
    if policies.is_at_home(viewer, found.record) and found.record.state in acts_now.SIGNABLE:
        return _waiting(viewer, found)
    return {} if bound else _at_school(viewer, found)


def _waiting(viewer: Viewer, found: RecordFile) -> dict[str, Any]:
    """As this reader knows it: for a guardian who is shut out, both stand as they stood."""
    newer = _newer(viewer, found.record)
    if newer is None or reading.seen(viewer, newer).record.state != State.PENDING_SIGNATURES:
        return {}
    return {"waits": (newer.pk, newer.version)}


def _at_school(viewer: Viewer, found: RecordFile) -> dict[str, Any]:
    record = found.record
    writes = Act.EDIT in found.may and record.signed_at is not None
    if not writes and record.state != State.SUPERSEDED:
        return {}
    newer = _newer(viewer, record)
    if newer is not None:
        return {"newer": (newer.pk, newer.version)}
    if not writes:
        return {}
    if communication.is_followed(record):
        return {"followed": True}  # by whoever has the class now, and not for this reader
    return {"may_begin": Act.EDIT in acts_now.of(found)}


@require_POST
@signed_in()
def begin(_request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """A draft with the words of this version, open for writing. A second tap finds the first."""
    with viewing(identity) as viewer:
        record, at = viewer.get(CommunicationRecord, target_id), viewer.at
        viewer.require(Act.EDIT, record)
        draft = _newer(viewer, record)
    if draft is None or draft.state not in known_records.UNFINISHED:
        draft = acts.act(
            school_id=identity.school_id,
            by=identity.person,
            at=at,
            do=lambda writer: communication.next_version(writer, record_id=target_id),
        )
    return redirect("portal:edit-record", target_id=draft.pk)


def _newer(viewer: Viewer, record: CommunicationRecord) -> CommunicationRecord | None:
    """The newest version after this one that was not put aside."""
    return next(iter(statements.rows(_newest_after, viewer, record.pk, limit=1)), None)


def _newest_after(viewer: Viewer, record_id: UUID) -> QuerySet[CommunicationRecord]:
    this = CommunicationRecord.objects.filter(pk=record_id)
    rows = viewer.rows(CommunicationRecord).filter(
        record_no__in=this.values("record_no"), version__gt=Subquery(this.values("version"))
    )
    return rows.exclude(state=State.DISCARDED).order_by("-version")
