"""A record as it stood before a guardian was shut out of what concerns it.

What they had stays with them: their own word and all that was there before. Whatever others did
since, a next version above all, would tell them that something is kept from them.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any

from parties.access import Viewer
from records import walls
from records.models import CommunicationRecord
from records.record_parts import Parts

State = CommunicationRecord.State


def as_it_stood(
    viewer: Viewer, record: CommunicationRecord, parts: Parts
) -> tuple[CommunicationRecord, Parts]:
    """The record, read by Viewer.rows, and its parts; a copy that nobody saves where it is shut."""
    since = walls.shut_since(record)
    if since is None or record.student_id not in viewer.wards:
        return record, parts
    me = viewer.person.pk
    own = [one.at for one in parts.signatures if one.signer_id == me]
    until = max([since, *own])
    known = replace(
        parts,
        signatures=[one for one in parts.signatures if one.at <= until],
        attachments=[
            one for one in parts.attachments if one.uploaded_at <= until or one.uploaded_by_id == me
        ],
        objections=[
            one for one in parts.objections if one.filed_at <= until or one.filed_by_id == me
        ],
        annotations=[one for one in parts.annotations if one.at <= until or one.by_id == me],
    )
    still = copy(record)
    still.__dict__.update(_values(record, known, until))  # its state is no transition's to make
    return still, known


def _values(record: CommunicationRecord, known: Parts, until: datetime) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    if record.signed_at is not None and record.signed_at > until:
        values |= {"signed_at": None, "content_hash": None}
    if record.effective_at is None or record.effective_at > until:
        values |= {"standing": "", "effective_at": None}
    return {**values, "state": _state(record, known, until)}


def _state(record: CommunicationRecord, known: Parts, until: datetime) -> str:
    if record.state == State.ARCHIVED or _ended(record, known, until):
        return str(record.state)
    if record.effective_at is None or record.effective_at > until:
        return State.PENDING_SIGNATURES
    if record.state == State.UNDER_OBJECTION and known.disputed:
        return str(record.state)
    return State.EFFECTIVE


def _ended(record: CommunicationRecord, known: Parts, until: datetime) -> bool:
    """Whether it was sealed, or a newer version had taken its place, by then."""
    if record.state == State.SEALED:
        return any(one.at <= until for one in known.sealings)
    if record.state != State.SUPERSEDED:
        return False
    newer = CommunicationRecord.objects.filter(
        record_no=record.record_no, version__gt=record.version, effective_at__lte=until
    )
    return newer.exists()
