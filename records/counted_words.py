"""A word that was noted beside a record counts as what it was to whoever gave it: a signature.

    noted while they were shut out --> wall lifted, and these very words are out --> it counts
                                   --> other words by then: it stays a word about those it was about

A guardian gave it in good faith; what came of the matter that kept them out is no fault of theirs.
Whether the words are the same is asked of the mark that they named when they gave it, so it counts
for what they read, byte for byte, and for nothing else. Inside a scope.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from parties import walls as parties_walls
from parties.access import Viewer
from records import as_read as reads
from records import content, holds, reading, standings, walls
from records.models import CommunicationRecord, NotedWord, Signature, TakenBack
from records.record_rows import saved

State = CommunicationRecord.State

#: Where a word that somebody gives themselves is taken (records/signatures.py).
_TAKEN_IN: Final = (State.PENDING_SIGNATURES, State.EFFECTIVE)


def count(*, word_id: UUID, at: datetime) -> tuple[Viewer, CommunicationRecord] | None:
    """Let this word count, and tell for whom and of what; None where it does not, or has.

    It keeps the moment at which it was given; the record is frozen from now on, at the latest.
    Idempotent.
    """
    word = NotedWord.objects.select_related("text", "signer").filter(pk=word_id).first()
    if word is None:
        return None
    record = _locked(word.text.record_id)
    viewer = Viewer.load(word.signer, at=at)
    if record is None or not _may_count(viewer, record, word):
        return None
    mark = reads.mark(reading.seen(_unwalled(viewer), record))
    if reads.proof(mark, bytes(word.salt)) != bytes(word.as_read):
        return None
    _sign(viewer, record, word, mark)
    return viewer, standings.settle(viewer, record)


def _locked(record_id: UUID) -> CommunicationRecord | None:
    """None where somebody is at it: it is looked at again."""
    rows = CommunicationRecord.objects.select_for_update(of=("self",), skip_locked=True)
    return rows.select_related("student__person", "author").filter(pk=record_id).first()


def _may_count(viewer: Viewer, record: CommunicationRecord, word: NotedWord) -> bool:
    if record.state not in _TAKEN_IN or holds.is_on(record, at=viewer.at):
        return False
    if record.student_id not in viewer.wards or _is_shut(viewer, word):
        return False
    return not record.signatures.filter(signer=word.signer_id).exists()


def _is_shut(viewer: Viewer, word: NotedWord) -> bool:
    texts = TakenBack.objects.annotate(**walls.asked(viewer, "offered_at"))
    return walls.shut_at(viewer, texts.get(pk=word.text_id), viewer.at)


def _unwalled(viewer: Viewer) -> Viewer:
    """With the eyes of a guardian from whom nothing was ever kept."""
    return replace(viewer, walls=parties_walls.NONE)


def _sign(viewer: Viewer, record: CommunicationRecord, word: NotedWord, mark: str) -> None:
    content.freeze(record, at=viewer.at)
    made = Signature.objects.create(
        school_id=record.school_id,
        student_id=record.student_id,
        record=record,
        signer=word.signer,
        side=Signature.Side.FAMILY,
        method=word.method,
        at=word.at,
        recorded_by=word.signer,
        reason=word.reason,
        note=word.note,
        proof=bytes(record.content_hash or b""),
        as_read=reads.proof(mark, bytes(record.content_salt or b"")),
    )
    refs = [("signature", made.pk), ("noted_word", word.pk)]
    saved(record, viewer, "record.word_counted", refs=refs, how=word.method)
