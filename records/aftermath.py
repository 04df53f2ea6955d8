"""What became of a record after it was signed: let through, sealed, locked away, answered late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from parties.access import Viewer
from records import policies, side_words
from records.models import CommunicationRecord, Signature
from records.record_parts import Parts


@dataclass(frozen=True, slots=True)
class LetThrough:
    """A decision of 德育处 that this version may leave the school with these phrases."""

    by: str
    at: datetime
    reason: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Who closed this version to its former readers, and why."""

    by: str
    at: datetime
    reason: str


def of(
    viewer: Viewer, record: CommunicationRecord, parts: Parts, *, content: bool
) -> dict[str, Any]:
    """What became of the record, for who reads its words."""
    return {
        "let_through": _let_through(viewer, record, parts) if content else [],
        "sealed": _sealed(viewer, record, parts) if content else None,
        "kept_at": _kept_at(viewer, record, parts) if content else {},
        "noted": _noted(viewer, record, parts) if content else [],
    }


def _let_through(viewer: Viewer, record: CommunicationRecord, parts: Parts) -> list[LetThrough]:
    """Nobody at home learns from here what the school gave to whom."""
    if policies.is_at_home(viewer, record):
        return []
    return [
        LetThrough(one.by.name, one.at, one.reason, tuple(one.phrases)) for one in parts.overrides
    ]


def _sealed(viewer: Viewer, record: CommunicationRecord, parts: Parts) -> Sealed | None:
    """The reason may be about somebody else than the family; they see the state."""
    if policies.is_at_home(viewer, record):
        return None
    return next((Sealed(one.by.name, one.at, one.reason) for one in parts.sealings), None)


def _kept_at(viewer: Viewer, record: CommunicationRecord, parts: Parts) -> dict[UUID, str]:
    """The index of the locked cabinet; nobody at home has a key to it."""
    if policies.is_at_home(viewer, record):
        return {}
    return {one.pk: one.kept_at for one in parts.signatures if one.kept_at}


def _noted(viewer: Viewer, record: CommunicationRecord, parts: Parts) -> Sequence[Signature]:
    """To whoever said it, it is a signature; of what others said, nobody at home learns."""
    if policies.is_at_home(viewer, record):
        return []
    noted = [one for one in parts.noted if not _counts(one, parts)]
    return side_words.signatures(viewer, record, noted)


def _counts(noted: Signature, parts: Parts) -> bool:
    """Whether it is a signature by now (records/counted_words.py)."""
    return any((one.signer_id, one.at) == (noted.signer_id, noted.at) for one in parts.signatures)
