"""What leaves the school is judged once more: there even a discouraged word holds a copy back.

The family's own copy, and the text that both sides are asked to sign, are no sharing: they are
parties to the record, and the signature had its own check. Sharing is a copy that staff take for
somebody outside (`Purpose.leaves_school`). Only what stands on that copy is judged, so that a
refusal never tells of a sentence that its reader may not see.

德育处 may let a signed version go as it stands, with a reason. While an objection to any version is
open none leaves at all. Inside a scope.
"""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from parties.access import Act, Viewer
from parties.errors import InvalidInput, WrongState
from records import language, language_gate, lexicons, reading
from records.language import Author, Effect, Field, Finding, Moment, Verdict
from records.models import CommunicationRecord, SharingOverride, Signature
from records.reading import RecordFile
from records.record_rows import lock, saved

_DISPUTED: Final = "这份记录还有异议没有了结，了结之前不能对外提供。"
_WAY_OUT: Final = "或另出新版本；确须按原文提供的，请德育处说明理由后放行。"


def refuse_disputed(file: RecordFile) -> None:
    """While somebody objects to any version nothing of it leaves. Raises WrongState."""
    if file.disputed:
        raise WrongState(_DISPUTED, state=str(file.record.state))


def refuse_blocked(file: RecordFile) -> None:
    """Raises InvalidInput: the first phrase that may not leave, where, and what to write."""
    for place, text, finding in _blocked(file):
        raise InvalidInput(
            f"“{finding.written(text)}”不能写进对外提供的副本。{finding.note}",
            field=place,
            mend=f"{finding.proposal}，{_WAY_OUT}",
        )


def held_back(file: RecordFile) -> list[str]:
    """What would have to be let through, as it is written, each once."""
    return sorted({finding.written(text) for _, text, finding in _blocked(file)})


def override(viewer: Viewer, *, record_id: UUID, reason: str) -> CommunicationRecord:
    """Let this version leave as it stands; the phrases that it holds now, and no others.

    Raises NotFound, NotAllowed; WrongState while it may still be changed, or somebody objects
    to it; InvalidInput: nothing is blocked, or the reason says nothing.
    """
    record = lock(viewer, record_id, Act.OVERRIDE)
    if record.signed_at is None:
        raise WrongState("还没有人签字，请记录人收回修改用语。", state=str(record.state))
    file = reading.seen(viewer, record)
    refuse_disputed(file)
    blocked = tuple(found for _, _, found in _blocked(file))
    decided = language.override(Verdict(Moment.SHARE, Author.STAFF, blocked), reason=reason)
    made = SharingOverride.objects.create(
        school_id=record.school_id,
        student_id=record.student_id,
        record=record,
        by=viewer.person,
        at=viewer.at,
        reason=decided.reason,
        phrases=sorted({found.phrase for found in blocked}),
        counts=decided.tally.as_json(),
    )
    refs = [("sharing_override", made.pk)]
    codes = {f"of_{category}": count for category, count in decided.tally.counts}
    codes["total"] = decided.tally.total
    return saved(record, viewer, "record.sharing_overridden", refs=refs, **codes)


def _blocked(file: RecordFile) -> Iterator[tuple[str, str, Finding]]:
    """What still holds this copy back, in the order of the copy: its place and text."""
    record = file.record
    passed = {
        phrase for one in SharingOverride.objects.filter(record=record) for phrase in one.phrases
    }
    people, words = language_gate.names_around(record), lexicons.of(record.school_id)
    for place, text, field in _texts(file):
        verdict = language.check(
            text,
            moment=Moment.SHARE,
            author=Author.STAFF,
            field=field,
            people=people,
            lexicon=words,
        )
        for finding in verdict.findings:
            if finding.effect == Effect.BLOCK and finding.phrase not in passed:
                yield place, text, finding


def _texts(file: RecordFile) -> Iterator[tuple[str, str, Field]]:
    """Every text of staff on this copy. Statements are numbered as this reader sees them."""
    for name in language_gate.HEADER:
        if name in file.fields:
            yield name, getattr(file.record, name), Field.NARRATIVE
    rows = file.record.statements.in_bulk([said.id for said in file.statements])
    for number, said in enumerate(file.statements, start=1):
        field = language_gate.field_of(rows[said.id])
        if said.text is not None:
            yield f"statements.{number}", said.text, field
        own = Field.CERTIFICATE if field == Field.CERTIFICATE else Field.NARRATIVE
        yield f"statements.{number}.basis", said.basis, own
    yield from _beside(file)


def _beside(file: RecordFile) -> Iterator[tuple[str, str, Field]]:
    """Who took part, and what staff wrote with a signature. Of a refusal that they tell of, words
    in “ ” are the guardian's.
    """
    for number, one in enumerate(file.participants, start=1):
        name = file.names.get(one.person_id, "") if one.person_id else one.name
        yield f"participants.{number}.name", name, Field.NARRATIVE
    for number, given in enumerate(file.signatures, start=1):
        if given.side == Signature.Side.SCHOOL or given.witness_id is not None:
            yield f"signatures.{number}.note", given.note, Field.NARRATIVE
        if given.witness_id is not None:
            yield f"signatures.{number}.reason", given.reason, Field.QUOTE
