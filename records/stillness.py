"""A record as it stood before a guardian was shut out of what concerns it.

What they had stays with them: all that was there before, and what they say themselves. Whatever
others did since, a next version above all, would tell them that something is kept from them. Their
own word opens none of it: what comes of it is told as if nobody else had spoken meanwhile.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.utils import timezone

from ledger.models import Event
from parties.access import Viewer
from parties.walls import NEVER
from records import record_parts, standings, taken_back, walls
from records.disputes import OPEN
from records.known_moments import Knowledge
from records.models import CommunicationRecord, Objection, Signature, TakenBack
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
    knows = Knowledge(viewer, record, NEVER if text is None else text.at)
    known = _known(parts, knows)
    still = copy(record)
    still.__dict__.update(_values(record, known, knows))  # its state is no transition's to make
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


def _as_offered(
    record: CommunicationRecord, parts: Parts, text: TakenBack
) -> tuple[CommunicationRecord, Parts]:
    """What was taken back since, with the words that it had then."""
    still, statements, participants = taken_back.put_back(record, text)
    return still, replace(parts, statements=statements, participants=participants)


def _known(parts: Parts, knows: Knowledge) -> Parts:
    """What was there by then, and what is the guardian's own."""
    me = knows.viewer.person.pk
    files = [one for one in parts.attachments if knows.has_file(one)]
    files += [one for one in parts.taken_out if knows.has_still(one)]
    return replace(
        parts,
        signatures=_words(parts, knows),
        attachments=sorted(files, key=lambda one: (one.uploaded_at, one.pk)),
        objections=[
            one if one.filed_by_id == me else _as_open(one, knows)
            for one in parts.objections
            if knows.has(one.filed_at, one.filed_by_id)
        ],
        annotations=[one for one in parts.annotations if knows.has(one.at, one.by_id)],
        noted=[],
        taken_out=[],
    )


def _words(parts: Parts, knows: Knowledge) -> Sequence[Signature]:
    """A word of theirs that was noted stays what it is to them, though it counts by now."""
    noted = [one for one in parts.noted if one.signer_id == knows.viewer.person.pk]
    twice = {(one.signer_id, one.at) for one in noted}
    given = [one for one in parts.signatures if knows.has(one.at, one.signer_id)]
    return [*(one for one in given if (one.signer_id, one.at) not in twice), *noted]


def _as_open(objection: Objection, knows: Knowledge) -> Objection:
    """An objection of others whose end they do not know is open still; a copy that nobody saves."""
    if objection.ended_at is None or knows.of(objection.ended_at):
        return objection
    still = copy(objection)
    still.__dict__["state"] = Objection.State.FILED
    return still


def _values(record: CommunicationRecord, known: Parts, knows: Knowledge) -> Mapping[str, Any]:
    values = {**_first_word(record, known, knows), **_effect(record, known)}
    return {**values, "state": _state(record, known, knows, values["effective_at"])}


def _first_word(record: CommunicationRecord, known: Parts, knows: Knowledge) -> Mapping[str, Any]:
    """When it was signed first, as far as this guardian knows."""
    if knows.of(record.signed_at):
        return {}
    if not known.signatures:
        return {"signed_at": None, "content_hash": None}
    first = known.signatures[0]
    return {"signed_at": first.at, "content_hash": first.proof}


def _effect(record: CommunicationRecord, known: Parts) -> Mapping[str, Any]:
    """When it took effect, and as what, by the words that this guardian knows of.

    It may have done so since by words that they do not know: that would tell that there are some.
    """
    since = walls.shut_since(record)
    came, standing = record.effective_at, ""
    came = came if came is not None and since is not None and came <= since else None
    for place, word in enumerate(known.signatures, 1):
        today = timezone.localdate(word.at)
        standing = standings.standing_among(known.signatures[:place], record, today=today)
        came = word.at if standing and came is None else came
    if came is None:
        return {"standing": "", "effective_at": None}
    return {"standing": standing or record.standing, "effective_at": came}


def _state(
    record: CommunicationRecord, known: Parts, knows: Knowledge, effective: datetime | None
) -> str:
    if any(knows.of(one.at) for one in known.sealings):
        return State.SEALED
    if _replaced(record, knows):
        return State.SUPERSEDED
    if effective is None:
        return State.PENDING_SIGNATURES
    if any(one.record_id == record.pk and one.state in OPEN for one in known.objections):
        return State.UNDER_OBJECTION
    return State.ARCHIVED if _put_away(record, knows) else State.EFFECTIVE


def _replaced(record: CommunicationRecord, knows: Knowledge) -> bool:
    """Whether a newer version took its place, as far as they know."""
    if record.state not in (State.SUPERSEDED, State.SEALED):
        return False
    newer = CommunicationRecord.objects.filter(
        record_no=record.record_no, version__gt=record.version
    )
    return any(knows.of(came) for came in newer.values_list("effective_at", flat=True))


def _put_away(record: CommunicationRecord, knows: Knowledge) -> bool:
    """Whether it was archived, as far as they know; only its event knows when."""
    if record.state in (State.PENDING_SIGNATURES, State.EFFECTIVE):
        return False
    archived = Event.objects.filter(
        school_id=record.school_id, subject_type="record", subject_id=record.pk, kind=_ARCHIVED
    )
    return any(knows.of(came) for came in archived.values_list("at", flat=True))
