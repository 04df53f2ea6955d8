"""One statement with the eyes of one reader: whole, redacted, named by its class, or not there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from parties import privacy
from parties.access import Viewer
from parties.privacy import FieldClass, Level
from records import policies
from records.models import CommunicationRecord, Statement

State = CommunicationRecord.State

#: Whoever wrote something down reads it as long as nobody else has the last word on it.
OPEN_TO_WRITER: Final = (State.DRAFT, State.CHECKED, State.PENDING_SIGNATURES, State.DISCARDED)
_OF_RECORD: Final = frozenset({FieldClass.COM})
_REDACTED: Final = "（涉及其他学生，已隐去）"


@dataclass(frozen=True, slots=True)
class SaidTo:
    """A statement as this reader gets it. `text` is None where only its class may be named."""

    id: UUID
    section: str
    source: str
    status: str
    at: datetime
    text: str | None
    masked: str = ""
    redacted: bool = False
    is_quote: bool = False
    basis: str = ""
    observed: str = ""
    mine: bool = False
    #: Whose words they are, or whose reaction it was: somebody whom this reader sees took part.
    said_by: UUID | None = None
    #: Said in confidence, and read by the one who received it: theirs to read, not to hand on.
    confided: bool = False


def cut(
    viewer: Viewer, record: CommunicationRecord, said: Statement, *, present: Collection[UUID]
) -> SaidTo | None:
    """One statement for one reader; None if they may not even know of it. No query.

    `present`: those of whom this reader knows that they took part.
    """
    shown = _cut(viewer, record, said)
    if shown is None or shown.text is None or said.said_by_id not in present:
        return shown
    return replace(shown, said_by=said.said_by_id)


def _cut(viewer: Viewer, record: CommunicationRecord, said: Statement) -> SaidTo | None:
    if policies.is_closed(viewer, record):
        return None
    classes = privacy.parse(said.sensitivity)
    if _mine(viewer, record, said) or _readable(viewer, record, said, classes):
        return _shown(viewer, said, said.text)
    others = frozenset({FieldClass.TPD})
    if classes > others and _readable(viewer, record, said, classes - others):
        return _shown(viewer, said, said.redacted_text or _REDACTED, redacted=True)
    hidden = sorted(classes - others, key=lambda code: code.value)
    if hidden and _masked(viewer, record, hidden):
        return _shown(viewer, said, None, masked="、".join(str(code.label) for code in hidden))
    return None


def _mine(viewer: Viewer, record: CommunicationRecord, said: Statement) -> bool:
    """Who wrote it down reads it until it is signed and done; later its class decides."""
    return said.entered_by_id == viewer.person.pk and record.state in OPEN_TO_WRITER


def _readable(
    viewer: Viewer,
    record: CommunicationRecord,
    said: Statement,
    classes: frozenset[FieldClass],
) -> bool:
    if classes == _OF_RECORD and policies.oversees(viewer, record):
        return True
    given = policies.circumstances(viewer, record)
    if said.said_by_id == viewer.person.pk:
        given |= {Level.OWN, Level.NAMED}
    if said.entered_by_id == viewer.person.pk:  # who wrote it down is who it was said to
        given |= {Level.NAMED}
    codes = " ".join(code.value for code in classes)
    return privacy.readable(codes, policies.roles_for(viewer, record), given=given)


def _masked(viewer: Viewer, record: CommunicationRecord, classes: Sequence[FieldClass]) -> bool:
    """Whether every class that is in the way is one that this reader may know to be there."""
    roles = policies.roles_for(viewer, record)
    return all(
        any(Level.MASKED in privacy.levels(code, role) for role in roles)
        or privacy.readable(code.value, roles, given=policies.circumstances(viewer, record))
        for code in classes
    )


def _shown(
    viewer: Viewer, said: Statement, text: str | None, *, masked: str = "", redacted: bool = False
) -> SaidTo:
    whole = text is not None and not redacted
    return SaidTo(
        id=said.pk,
        section=said.section,
        source=said.source,
        status=said.status,
        at=said.at,
        text=text,
        masked=masked,
        redacted=redacted,
        is_quote=said.is_quote,
        basis=said.basis if whole else "",
        observed=said.observed if whole else "",
        mine=said.entered_by_id == viewer.person.pk,
        confided=text is not None and FieldClass.VOI in privacy.parse(said.sensitivity),
    )
