"""One record with the eyes of one reader.

Each statement is whole, redacted, named by its class, or not there at all. What page, API and
export show comes from here and from nowhere else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from ledger import events
from parties import crypto, privacy
from parties.access import Act, Viewer
from parties.models import Person
from parties.roles import Role
from records import (
    aftermath,
    bystanders,
    cuts,
    earlier_files,
    file_sources,
    policies,
    record_parts,
    shown_files,
    side_words,
)
from records.aftermath import LetThrough, Sealed
from records.cuts import SaidTo
from records.earlier_files import Earlier
from records.models import (
    Annotation,
    Attachment,
    CommunicationRecord,
    Participant,
    PreparedItem,
    Signature,
)
from records.record_parts import Parts
from records.stillness import as_it_stood

_ACTS: Final = (
    Act.EDIT, Act.SIGN, Act.WITNESS, Act.OBJECT, Act.HOLD, Act.OVERRIDE, Act.ARCHIVE, Act.SEAL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordFile:
    """Everything this reader may see of one version, and may do to it."""

    record: CommunicationRecord
    fields: frozenset[str]
    may: frozenset[Act]
    statements: Sequence[SaidTo]
    participants: Sequence[Participant]
    prepared: Sequence[PreparedItem]
    signatures: Sequence[Signature]
    attachments: Sequence[Attachment]
    annotations: Sequence[Annotation]
    #: An objection to any of its versions is open: every reader sees that, and no more.
    disputed: bool
    #: For readers in the school alone, oldest first.
    let_through: Sequence[LetThrough]
    #: For readers in the school alone.
    sealed: Sealed | None
    names: dict[UUID, str]
    #: Where the papers of signatures lie, by signature; for readers in the school alone.
    kept_at: Mapping[UUID, str]
    #: Of guardians about texts that were taken back meanwhile; for readers in the school alone.
    noted: Sequence[Signature]
    #: The case that it belongs to, where there is one for this reader.
    case_id: UUID | None = None
    #: Versions before it with files for this reader, or sealed.
    earlier: Sequence[Earlier] = ()


def read(viewer: Viewer, record_id: UUID) -> RecordFile:
    """Open a record; that it was read is an event. A constant number of queries. Inside a scope.

    Raises NotFound.
    """
    record = viewer.get(CommunicationRecord, record_id)
    _record_read(viewer, record)
    return seen(viewer, record)


def seen(viewer: Viewer, record: CommunicationRecord) -> RecordFile:
    """As read(), for a service that has the record in its hands already; no event."""
    return seen_all(viewer, [record])[0]


def seen_all(viewer: Viewer, records: Sequence[CommunicationRecord]) -> Sequence[RecordFile]:
    """Each as seen(): as many queries for a whole file as for one record. Inside a scope."""
    policies.learn(viewer, records)
    parts = record_parts.gather(records)
    crypto.warm([*records, *(one for each in parts.values() for one in each.statements)])
    still = [as_it_stood(viewer, record, parts[record.pk]) for record in records]
    names, pupils = _names(known for _, known in still)
    files = [_file(viewer, record, known, names, pupils) for record, known in still]
    return _beside(viewer, files)


def without_confided(viewer: Viewer, file: RecordFile) -> RecordFile:
    """What may go to somebody else's hands: nobody but a family hands on its own private words."""
    if policies.is_at_home(viewer, file.record):
        return file
    return replace(file, statements=[one for one in file.statements if not one.confided])


def _beside(viewer: Viewer, files: Sequence[RecordFile]) -> Sequence[RecordFile]:
    """Each with its case, if that exists for this reader, and with files of earlier versions."""
    cases = {one.record.pk: one.record.case_id for one in files if "case_id" in one.fields}
    known = file_sources.cases_of(viewer, {pk for pk in cases.values() if pk})
    earlier = earlier_files.of(viewer, [one.record for one in files])
    return [
        replace(
            one,
            case_id=one.record.case_id if cases.get(one.record.pk) in known else None,
            earlier=earlier.get(one.record.pk, ()),
        )
        for one in files
    ]


def _file(
    viewer: Viewer,
    record: CommunicationRecord,
    parts: Parts,
    names: dict[UUID, str],
    pupils: frozenset[UUID],
) -> RecordFile:
    content = policies.reads_content(viewer, record)
    present = bystanders.shown(viewer, record, parts.participants, pupils=pupils)
    there = {one.person_id for one in present if one.person_id} if content else set()
    said = [cuts.cut(viewer, record, one, present=there) for one in parts.statements]
    return RecordFile(
        record=record,
        fields=viewer.fields(record),
        may=frozenset(act for act in _ACTS if viewer.may(act, record)),
        statements=[one for one in said if one is not None and (content or one.text)],
        participants=present if content else [],
        prepared=_prepared(viewer, record, parts) if content else [],
        signatures=side_words.signatures(viewer, record, parts.signatures) if content else [],
        attachments=shown_files.of(viewer, record, parts),
        annotations=side_words.annotations(viewer, record, parts.annotations) if content else [],
        disputed=parts.disputed,
        names=names,
        **aftermath.of(viewer, record, parts, content=content),
    )


def _prepared(viewer: Viewer, record: CommunicationRecord, parts: Parts) -> list[PreparedItem]:
    """What lay on the table is for the school; of a psychological report others see nothing."""
    if policies.is_at_home(viewer, record):
        return []
    roles, given = policies.roles_for(viewer, record), policies.circumstances(viewer, record)
    return [
        item
        for item in parts.prepared
        if privacy.readable(PreparedItem.CLASSES[item.kind], roles, given=given)
        or (record.author_id == viewer.person.pk and record.state in cuts.OPEN_TO_WRITER)
    ]


def _names(all_parts: Iterable[Parts]) -> tuple[dict[UUID, str], frozenset[UUID]]:
    """Everybody's name by id, and which of them are students."""
    wanted: set[Any] = set()
    for parts in all_parts:
        wanted |= {one.person_id for one in parts.participants}
        wanted |= {one.signer_id for one in parts.signatures}
        wanted |= {one.witness_id for one in parts.signatures}
        wanted |= {one.by_id for one in parts.annotations}
        wanted |= {one.signer_id for one in parts.noted}
    people = Person.objects.filter(pk__in=wanted - {None})
    rows = list(people.values_list("pk", "name", "student__pk"))
    return {pk: name for pk, name, _ in rows}, frozenset(pk for pk, _, pupil in rows if pupil)


def _record_read(viewer: Viewer, record: CommunicationRecord) -> None:
    events.append(
        school_id=record.school_id,
        kind="record.read",
        actor=viewer.person.pk,
        subject=("access", record.pk),
        refs=[("student", record.student_id)],
        at=viewer.at,
        payload={
            "roles": sorted(Role(role).value for role in viewer.roles_towards(record.student))
        },
    )
