"""What a signature is about: one hash over everything a version says, with a salt of its own.

The bytes are canonical JSON, so equal content gives an equal hash on every machine; the salt keeps
anybody from guessing a short record from its hash, and is destroyed with the record's key.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Any, Final

import orjson

from records.models import Attachment, CommunicationRecord

SALT_BYTES: Final = 32
_PREFIX: Final = b"\x00"  # as in the ledger: a leaf, never an inner node
_HEADER: Final = (
    "record_no",
    "version",
    "trigger",
    "trigger_note",
    "started_at",
    "ended_at",
    "place_kind",
    "place",
    "next_contact_at",
    "next_focus",
    "author_role",
)
_STATEMENT: Final = (
    "section",
    "source",
    "status",
    "sensitivity",
    "text",
    "redacted_text",
    "is_quote",
    "basis",
)


def salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def hash_of(record: CommunicationRecord, salted: bytes) -> bytes:
    """SHA-256 over the salt and all that the record says now. Four queries."""
    return hashlib.sha256(_PREFIX + salted + canonical(record)).digest()


def freeze(record: CommunicationRecord, *, at: datetime) -> None:
    """Before the first word about it: what it says now is what is signed. The row is not saved."""
    if record.signed_at is None:
        record.content_salt, record.signed_at = salt(), at
        record.content_hash = hash_of(record, bytes(record.content_salt))


def is_intact(record: CommunicationRecord) -> bool:
    """Whether a signed record still says what was signed."""
    if record.content_hash is None or record.content_salt is None:
        return False
    return hash_of(record, bytes(record.content_salt)) == bytes(record.content_hash)


def canonical(record: CommunicationRecord) -> bytes:
    """Exact bytes of the content; moments in UTC, keys sorted."""
    return orjson.dumps(
        {
            "v": 1,
            "record": {name: getattr(record, name) for name in _HEADER},
            "student": record.student_id,
            "author": record.author_id,
            "previous": record.previous_id,
            "statements": [_said(one) for one in _statements(record)],
            "participants": [_took_part(one) for one in record.participants.order_by("pk")],
            "prepared": [_prepared(one) for one in record.prepared.order_by("pk")],
            "attachments": _attached(record),
        },
        option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z,
        default=str,
    )


def _statements(record: CommunicationRecord) -> Any:
    return record.statements.filter(withdrawn_at=None).order_by("place", "pk")


def _said(one: Any) -> dict[str, Any]:
    """Without what earlier rows never had, as _prepared()."""
    said = {name: getattr(one, name) for name in _STATEMENT}
    said |= {"observed": one.observed} if one.observed else {}
    return {**said, "said_by": one.said_by_id, "entered_by": one.entered_by_id, "at": one.at}


def _took_part(one: Any) -> dict[str, Any]:
    return {
        "person": one.person_id,
        "name": one.name,
        "capacity": one.capacity,
        "relation": one.relation,
        "presence": one.presence,
    }


def _prepared(one: Any) -> dict[str, Any]:
    """Without the members that earlier rows never had: what was signed then stays what it was."""
    newer = {"duty": one.duty, "consent": one.consent_id}
    return {name: value for name, value in newer.items() if value} | {
        "kind": one.kind,
        "note": one.note,
        "attachment": one.attachment_id,
        "basis": one.basis,
        "basis_note": one.basis_note,
    }


def _attached(record: CommunicationRecord) -> list[str]:
    """Files that were there when the first signature was given: none that came later, and none
    that was gone by then. What was destroyed before that was written down counts, as it did then.
    A signed page is no part of it: it is a word about it.
    """
    found = Attachment.objects.filter(record_id=record.pk, kind=Attachment.Kind.FILE)
    if record.signed_at is None:
        found = found.filter(state=Attachment.State.STORED)
    else:
        found = found.filter(uploaded_at__lte=record.signed_at)
        found = found.exclude(destroyed_at__lte=record.signed_at)
        found = found.exclude(taken_out_at__lte=record.signed_at)
    return sorted(bytes(digest).hex() for digest in found.values_list("sha256", flat=True))
