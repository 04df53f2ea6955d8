"""A guardian's word about a text that was taken back, which they could not know: kept beside it.

To them it is their signature or their refusal. The record has gone on, so it moves nothing there;
whoever works on the record reads it. Inside a scope.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import orjson

from parties.access import Viewer
from parties.errors import WrongState
from records import as_read as reads
from records import content, taken_back
from records.models import CommunicationRecord, NotedWord, Signature, TakenBack
from records.record_rows import note as record_note

_PREFIX: Final = b"\x02"  # no other hash of a record begins like this (content.py, as_read.py)


def all_of(viewer: Viewer, record: CommunicationRecord) -> Sequence[Signature]:
    """Every word of the viewer about a locked record, as far as it is one to them."""
    given = record.signatures.filter(signer=viewer.person)
    return [*given, *taken_back.words_of(viewer, record)]


def refuse_more(given: Sequence[Signature], words: str) -> None:
    """Somebody who has given their word says something else with it: it would be kept nowhere.

    Raises WrongState, which says where such words are taken.
    """
    kept = {said.strip() for one in given for said in (one.note, one.reason)}
    if words.strip() and words.strip() not in kept:
        raise WrongState(
            "您已对这份记录表示过意见，这些话没有存下。要补充，请提出异议，或告诉写记录的老师。",
            state="SPOKEN",
        )


def give(
    viewer: Viewer,
    record: CommunicationRecord,
    *,
    method: str,
    as_read: str,
    reason: str = "",
    note: str = "",
) -> bool:
    """Note the word of a guardian who has but a text that was taken back; False for all others."""
    text = taken_back.of(viewer, record)
    if text is None:
        return False
    said = {"method": method, "reason": reason.strip(), "note": note.strip()}
    made = _kept(viewer, record, text, as_read, said)
    refs = [("noted_word", made.pk)]
    record_note(record, "record.word_noted", viewer, refs=refs, how=method)
    return True


def _kept(
    viewer: Viewer,
    record: CommunicationRecord,
    text: TakenBack,
    as_read: str,
    said: Mapping[str, str],
) -> NotedWord:
    salt = content.salt()
    return NotedWord.objects.create(
        school_id=record.school_id,
        student_id=record.student_id,
        text=text,
        signer=viewer.person,
        at=viewer.at,
        salt=salt,
        proof=_hash_of(text, salt),
        as_read=reads.proof(as_read, salt),
        **said,
    )


def _hash_of(text: TakenBack, salt: bytes) -> bytes:
    written = orjson.dumps(text.said, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(_PREFIX + salt + written).digest()
