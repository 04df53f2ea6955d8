"""One record under its lock, changed and written down: the frame of every act on a record."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from ledger.models import Event
from parties.access import Act, Viewer
from parties.errors import LostRace
from records import taken_back, walls
from records.models import CommunicationRecord

#: The event of a new draft, which is no edit of it.
DRAFTED: Final = "record.drafted"

#: No letters or digits that a person on the phone mixes up.
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def lock(
    viewer: Viewer, record_id: UUID, act: Act, *, seen: int | None = None
) -> CommunicationRecord:
    """The record under its lock, if the viewer may do `act` to it; it knows of the viewer's wall.

    Raises:
        NotFound, NotAllowed: not visible; visible, but not theirs to do.
        LostRace: somebody changed it since `seen`.
    """
    known = viewer.get(CommunicationRecord, record_id)
    viewer.require(act, known)
    rows = CommunicationRecord.objects.select_for_update(of=("self",))
    record = rows.select_related("student__person", "author").get(pk=record_id)
    walls.carry(known, record)
    taken_back.carry(known, record)
    if seen is not None and seen != record.edits:
        raise LostRace(
            "这份记录刚被修改过，请先看最新内容再改。",
            yours=f"{record.version}.{seen}",
            current=f"{record.version}.{record.edits}",
        )
    return record


def saved(
    record: CommunicationRecord,
    viewer: Viewer,
    kind: str,
    *,
    refs: Sequence[events.Subject] = (),
    **codes: str | int,
) -> CommunicationRecord:
    """Save the locked row as its next edit, with the event that says so."""
    record.edits += 1
    record.save()
    note(record, kind, viewer, refs=refs, **codes)
    return record


def is_as_made(record: CommunicationRecord) -> bool:
    """Whether each edit is of the moment at which it was made, so that nothing became of it since.

    What is there now cannot tell: what came later is an edit and stands there as well.
    """
    of = {"school_id": record.school_id, "subject_type": "record", "subject_id": record.pk}
    made = Event.objects.filter(**of, at=record.created_at).exclude(kind=DRAFTED)
    return record.edits == made.count()


def note(
    record: CommunicationRecord,
    kind: str,
    viewer: Viewer,
    *,
    refs: Sequence[events.Subject] = (),
    **codes: str | int,
) -> None:
    events.append(
        school_id=record.school_id,
        kind=kind,
        actor=viewer.person.pk,
        subject=("record", record.pk),
        refs=[("student", record.student_id), *refs],
        at=viewer.at,
        payload={"version": record.version, **codes},
    )


def new_number(at: datetime) -> str:
    """JL, the year and eight random characters: nothing can be counted from it."""
    return f"JL{at:%Y}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))
