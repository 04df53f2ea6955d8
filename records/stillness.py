"""A record as it stood before a guardian was shut out of what concerns it.

What they had stays with them: all that was there before, and what they say themselves. Whatever
others did since, a next version above all, would tell them that something is kept from them. Their
own word opens none of it: what comes of it is told as if nobody else had spoken meanwhile.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ledger.models import Event
from parties.access import Viewer
from records import record_parts, standings, taken_back, walls
from records.disputes import OPEN
from records.models import CommunicationRecord, Objection, TakenBack
from records.record_parts import Parts

State = CommunicationRecord.State

_ARCHIVED: Final = "record.archived"


def as_it_stood(
    viewer: Viewer, record: CommunicationRecord, parts: Parts
) -> tuple[CommunicationRecord, Parts]:
    """The record, read by Viewer.rows, and its parts; a copy that nobody saves where it is shut."""
    since = walls.shut_since(record)
    if since is None or record.student_id not in viewer.wards:
        return record, parts
    text = taken_back.of(viewer, record)
    if text is not None:
        record, parts = _as_offered(record, parts, text)
        since = walls.shut_since(record) or since
    known = _known(parts, since, viewer.person.pk)
    still = copy(record)
    still.__dict__.update(_values(record, known, since))  # its state is no transition's to make
    return still, known


def as_known(viewer: Viewer, record: CommunicationRecord) -> CommunicationRecord:
    """What an act on it has to reckon with: a refusal must not tell what the page does not.

    What went back to the desk before it was shut to them is nobody's at home.
    """
    if walls.shut_since(record) is None:
        return record
    if record.state in taken_back.AT_THE_DESK and taken_back.of(viewer, record) is None:
        return record
    return as_it_stood(viewer, record, record_parts.gather([record])[record.pk])[0]


def files_came_later(viewer: Viewer) -> Q:
    """Files that others added to a record after it was shut to this guardian."""
    records = CommunicationRecord.objects.annotate(
        **{walls.SINCE: walls.since(viewer, "offered_at")}
    )
    shut = records.filter(
        pk=OuterRef("record_id"),
        student__in=viewer.wards,
        **{f"{walls.SINCE}__lt": OuterRef("uploaded_at")},
    )
    return Q(Exists(shut)) & ~Q(uploaded_by=viewer.person)


def _as_offered(
    record: CommunicationRecord, parts: Parts, text: TakenBack
) -> tuple[CommunicationRecord, Parts]:
    """What was taken back since, with the words that it had then."""
    still, statements, participants = taken_back.put_back(record, text)
    return still, replace(parts, statements=statements, participants=participants)


def _known(parts: Parts, since: datetime, me: UUID) -> Parts:
    """What was there by then, and what is the guardian's own."""
    return replace(
        parts,
        signatures=[
            *(one for one in parts.signatures if one.at <= since or one.signer_id == me),
            *(one for one in parts.noted if one.signer_id == me),
        ],
        attachments=[
            one for one in parts.attachments if one.uploaded_at <= since or one.uploaded_by_id == me
        ],
        objections=[
            one if one.filed_by_id == me else _as_open(one, since)
            for one in parts.objections
            if one.filed_at <= since or one.filed_by_id == me
        ],
        annotations=[one for one in parts.annotations if one.at <= since or one.by_id == me],
        noted=[],
    )


def _as_open(objection: Objection, since: datetime) -> Objection:
    """An objection of others that was open by then is so still; a copy that nobody saves."""
    if objection.ended_at is None or objection.ended_at <= since:
        return objection
    still = copy(objection)
    still.__dict__["state"] = Objection.State.FILED
    return still


def _values(record: CommunicationRecord, known: Parts, since: datetime) -> Mapping[str, Any]:
    values = {**_first_word(record, known, since), **_effect(record, known, since)}
    return {**values, "state": _state(record, known, since, values["effective_at"])}


def _first_word(record: CommunicationRecord, known: Parts, since: datetime) -> Mapping[str, Any]:
    """When it was signed first, as far as this guardian knows."""
    if record.signed_at is not None and record.signed_at <= since:
        return {}
    if not known.signatures:
        return {"signed_at": None, "content_hash": None}
    first = known.signatures[0]
    return {"signed_at": first.at, "content_hash": first.proof}


def _effect(record: CommunicationRecord, known: Parts, since: datetime) -> Mapping[str, Any]:
    """When it took effect, and as what, by the words that this guardian knows of."""
    came, standing = record.effective_at, ""
    came = None if came is None or came > since else came
    for place, word in enumerate(known.signatures, 1):
        today = timezone.localdate(word.at)
        standing = standings.standing_among(known.signatures[:place], record, today=today)
        came = word.at if standing and came is None else came
    if came is None:
        return {"standing": "", "effective_at": None}
    return {"standing": standing or record.standing, "effective_at": came}


def _state(
    record: CommunicationRecord, known: Parts, since: datetime, effective: datetime | None
) -> str:
    if _sealed(known, since):
        return State.SEALED
    if _replaced(record, since):
        return State.SUPERSEDED
    if effective is None:
        return State.PENDING_SIGNATURES
    if any(one.record_id == record.pk and one.state in OPEN for one in known.objections):
        return State.UNDER_OBJECTION
    return State.ARCHIVED if _put_away(record, since) else State.EFFECTIVE


def _sealed(known: Parts, since: datetime) -> bool:
    return any(one.at <= since for one in known.sealings)


def _replaced(record: CommunicationRecord, since: datetime) -> bool:
    """Whether a newer version had taken its place by then."""
    if record.state not in (State.SUPERSEDED, State.SEALED):
        return False
    newer = CommunicationRecord.objects.filter(
        record_no=record.record_no, version__gt=record.version, effective_at__lte=since
    )
    return newer.exists()


def _put_away(record: CommunicationRecord, since: datetime) -> bool:
    """Whether it was archived by then; only its event knows when."""
    if record.state in (State.PENDING_SIGNATURES, State.EFFECTIVE):
        return False
    archived = Event.objects.filter(
        school_id=record.school_id, subject_type="record", subject_id=record.pk, kind=_ARCHIVED
    )
    return archived.filter(at__lte=since).exists()
