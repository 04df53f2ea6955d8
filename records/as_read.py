"""What a reader had before them: a mark of the words, and the proof that a signature keeps of it.

A record may be taken back, changed and offered again while somebody has its page open. So every
reading hands out a mark of what it showed (records/reading.py, cut to this reader), and whoever
signs, refuses or writes down a guardian's word names the mark of what they read. The mark says
nothing about what this reader may not see. What others sign or annotate is no part of the words.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import orjson

from parties.access import Viewer
from parties.errors import LostRace
from records import reading
from records.cuts import SaidTo
from records.models import Attachment, CommunicationRecord, Statement
from records.reading import RecordFile

_PREFIX: Final = b"\x01"  # no other hash of a record begins like this (records/content.py)
#: Characters of a digest on paper.
_ON_PAPER: Final = 12
_HEADER: Final = (
    "trigger", "trigger_note", "started_at", "ended_at", "place_kind", "place", "next_contact_at",
    "next_focus",
)  # fmt: skip
_SAID: Final = (
    "id", "section", "source", "status", "at", "text", "masked", "redacted", "is_quote", "basis",
)  # fmt: skip
_TOOK_PART: Final = ("person_id", "name", "capacity", "relation", "presence")
_PREPARED: Final = ("kind", "note", "basis", "basis_note", "duty", "consent_id", "attachment_id")


def mark(file: RecordFile) -> str:
    """`version.digest` of what this reader sees."""
    record = file.record
    shown = {
        "record": [record.pk, record.version, record.student_id, record.record_no],
        "header": _members(record, [name for name in _HEADER if name in file.fields]),
        "author": record.author_id if "author" in file.fields else None,
        "statements": [_said(one) for one in file.statements],
        "participants": [_members(one, _TOOK_PART) for one in file.participants],
        "prepared": [_members(one, _PREPARED) for one in file.prepared],
        "attachments": _attached(file),
    }
    written = orjson.dumps(shown, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z, default=str)
    return f"{record.version}.{hashlib.sha256(written).hexdigest()}"


def refuse_other(viewer: Viewer, record: CommunicationRecord, given: str) -> None:
    """What was read is what stands there now.

    Raises LostRace: it is something else, or nothing was named.
    """
    current = mark(reading.seen(viewer, record))
    if given != current:
        raise LostRace("文字刚刚改过，请再看一遍。", yours=given, current=current)


def short(marked: str) -> str:
    """What a paper for signing carries of a mark: short enough to be typed from it."""
    version, digest = marked.split(".")
    return f"{version}.{digest[:_ON_PAPER]}"


def refuse_other_paper(
    readers: Iterable[Viewer], record: CommunicationRecord, printed: str
) -> None:
    """The paper says what stands there now, as one of these readers had it printed.

    Raises LostRace.
    """
    current = [one for reader in readers for one in _on_paper(reader, record)]
    if printed.strip().lower() not in current:
        raise LostRace(
            "纸上的文字标记与现在的记录不符，请按现在的文字重新打印、签字。",
            yours=printed,
            current=current[0] if current else "",
        )


def _on_paper(reader: Viewer, record: CommunicationRecord) -> Iterator[str]:
    """The marks of a copy of theirs, with and without what was said to them in confidence."""
    known = reader.find(CommunicationRecord, record.pk)
    if known is None:
        return
    file = reading.seen(reader, known)
    for copied in (reading.without_confided(reader, file), file):
        yield short(mark(copied))


def proof(given: str, salted: bytes) -> bytes:
    """What a signature keeps of a mark; the salt is the record's, and goes with its key."""
    return hashlib.sha256(_PREFIX + salted + given.encode()).digest()


def _members(row: Any, names: Any) -> Mapping[str, Any]:
    return {name: getattr(row, name) for name in names}


def _said(one: SaidTo) -> Mapping[str, Any]:
    """Without what earlier rows never had: what was read then keeps its mark. A reaction has always
    been of somebody, and nobody else at home reads it.
    """
    whose = "" if one.section == Statement.Section.EMOTION else one.said_by
    later = {"observed": one.observed, "said_by": whose}
    return {**_members(one, _SAID), **{name: value for name, value in later.items() if value}}


def _attached(file: RecordFile) -> list[str]:
    """Files that a signature covers: none that came after the first one (records/content.py), and
    no page that was signed.
    """
    signed_at = file.record.signed_at
    covered: list[Attachment] = [
        one for one in file.attachments if signed_at is None or one.uploaded_at <= signed_at
    ]
    files = [one for one in covered if one.kind == Attachment.Kind.FILE]
    return sorted(bytes(one.sha256).hex() for one in files)
