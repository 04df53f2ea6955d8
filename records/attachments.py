"""Files that belong to a record: taken in, opened, and swept up after a crash.

Cleaning and sealing are work on bytes and disk, so they stand between two scopes, never inside one:

    scope: may they? --> clean, hide, seal --> scope: may they still? row, event, file entry

What fails after the seal leaves a blob that no row names; records/orphans.py removes it. A file is
opened only after the check that also writes down that it was read. What ends one is
records/destroying.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties import tenancy
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotFound
from parties.models import Person
from parties.privacy import FieldClass
from records import (
    additions,
    file_entries,
    file_names,
    file_stillness,
    paper_originals,
    sensitivity,
    shown_files,
    stand_ins,
    stored_files,
    vault,
)
from records.models import Attachment, CommunicationRecord, FileEntry
from records.record_rows import lock, saved
from records.stillness import as_known
from records.uploads import CleanFile, clean
from records.uploads.limits import Stream
from records.uploads.redaction import Area, hide, stand_in
from records.vault import StoredBlob

KIND: Final = "attachment"
Kind = Attachment.Kind
Redaction = Attachment.Redaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was sent, and what its sender says of the other people in it.

    `areas` are made black in a picture (then `redaction` is not asked); NEEDED is a file that shows
    others and cannot be changed, which nobody outside of the team gets. `sensitivity` may only be
    a class that a statement may have. SIGNED_PAGE is the paper of a signature that is written down.
    `instead`: the file of the record whose place it takes; `hides_others_of` is its hex hash where
    the sender has hidden others in it.
    """

    source: bytes | Stream = field(repr=False)
    name: str = ""
    media_type: str = ""
    redaction: str = Redaction.NONE
    areas: Sequence[Area] = ()
    sensitivity: str = ""
    kind: str = Kind.FILE
    instead: UUID | None = None
    hides_others_of: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file to hand over: `name` is for this reader (records/file_names.py), the type ours."""

    name: str = field(repr=False)
    media_type: str
    data: bytes = field(repr=False)


def store(
    *,
    school_id: int,
    by: Person,
    at: datetime,
    record_id: UUID,
    upload: Upload,
    id_: UUID | None = None,
) -> Attachment:
    """Keep a file with a record, under `id_` if one is given. Not for use inside a scope.

    Its author adds to what nobody has signed; whoever may write down a family's word adds the page
    that was signed (records/additions.py).

    Raises: NotFound, NotAllowed, WrongState, InvalidInput; UploadRefused over the file itself;
    VaultUnavailable.
    """
    classes = _classes(upload)
    with tenancy.scope(school_id):
        student_id = _allowed(Viewer.load(by, at=at), record_id, upload, classes).student_id
    cleaned, redaction = cleaned_of(upload)
    if upload.kind == Kind.SIGNED_PAGE:
        paper_originals.refuse_type(cleaned)
    blob = vault.seal(school_id=school_id, subject_id=student_id, data=cleaned.data)
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        record = _locked(viewer, record_id, upload, classes)
        made = _row(viewer, record, cleaned, blob)
        made.pk = id_ or made.pk
        made.kind, made.redaction, made.sensitivity = upload.kind, redaction, classes
        _keep(viewer, record, made, upload)
        return made


def _allowed(viewer: Viewer, record_id: UUID, upload: Upload, classes: str) -> CommunicationRecord:
    """The record as they know it, if this file may come to it."""
    record = as_known(viewer, viewer.get(CommunicationRecord, record_id))
    additions.refuse(viewer, record, upload.kind, instead=upload.instead)
    additions.refuse_unfounded(viewer, record, upload.kind, classes)
    return record


def _keep(viewer: Viewer, record: CommunicationRecord, made: Attachment, upload: Upload) -> None:
    made.save(force_insert=True)
    _enter(made, record)
    codes = {"redaction": made.redaction, "what": made.kind}
    saved(record, viewer, "attachment.stored", refs=[(KIND, made.pk)], **codes)
    if upload.hides_others_of and upload.instead is not None:
        stand_ins.take_place(viewer, record, made, of=upload.instead)


def open_(*, school_id: int, by: Person, at: datetime, attachment_id: UUID) -> Opened:
    """The file for a reader who may have it; that they took it is an event. Not inside a scope.

    Raises NotFound: absent, or not theirs to open. WrongState: gone. Errors of the vault.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        found = readable(viewer, attachment_id)
        file_stillness.refuse_gone(viewer, found)
        events.append(
            school_id=school_id,
            kind="attachment.read",
            actor=by.pk,
            subject=("access", found.pk),
            refs=[
                *([] if found.record_id is None else [("record", found.record_id)]),
                ("student", found.student_id),
            ],
            at=at,
            payload={},
        )
        name = file_names.name_for(viewer, found)  # sealed: opened while its key is in reach
    data = vault.open_(school_id=school_id, subject_id=found.student_id, ref=found.blob)
    return Opened(name, found.media_type, data)


def cleaned_of(upload: Upload) -> tuple[CleanFile, str]:
    """The file as it may be kept, and what was done about others in it. Raises UploadRefused."""
    file = clean(source=upload.source, declared_name=upload.name, declared_type=upload.media_type)
    if upload.hides_others_of:
        return stand_in(file=file, original=upload.hides_others_of), Redaction.REDACTED
    if not upload.areas:
        return file, upload.redaction
    return hide(file=file, areas=upload.areas).file, Redaction.REDACTED


def _classes(upload: Upload) -> str:
    """What the file is, for its readers; one that shows others is theirs as well."""
    if upload.redaction not in (Redaction.NONE, Redaction.DECLARED, Redaction.NEEDED):
        raise InvalidInput(
            "没有说明是否含有他人信息。", field="redaction", mend="请从给出的选项中选择。"
        )
    found = sensitivity.declared_classes(upload.sensitivity) or frozenset({FieldClass.COM})
    if upload.redaction == Redaction.NEEDED and not upload.areas:
        found |= {FieldClass.TPD}
    return " ".join(sorted(code.value for code in found))


def _locked(viewer: Viewer, record_id: UUID, upload: Upload, classes: str) -> CommunicationRecord:
    """Under its lock, asked once more: it may have been signed while the file was cleaned."""
    seen = viewer.get(CommunicationRecord, record_id)
    act = Act.EDIT if viewer.may(Act.EDIT, seen) else Act.WITNESS
    record = lock(viewer, record_id, act)
    additions.refuse(viewer, record, upload.kind, instead=upload.instead)
    additions.refuse_unfounded(viewer, record, upload.kind, classes)
    return record


def _row(
    viewer: Viewer, record: CommunicationRecord, cleaned: CleanFile, blob: StoredBlob
) -> Attachment:
    return stored_files.row(
        cleaned,
        blob,
        by=viewer.person,
        at=stored_files.never_before(record.signed_at, viewer.at),
        school_id=record.school_id,
        student_id=record.student_id,
        record_id=record.pk,
    )


def _enter(made: Attachment, record: CommunicationRecord) -> None:
    """Into the file; once the record was offered, for those who read files of this class. A page
    waits for the signature that stands on it.
    """
    open_now = record.offered_at is not None and made.kind == Kind.FILE
    file_entries.enter(
        student=record.student,
        kind=KIND,
        object_id=made.pk,
        party=FileEntry.Party.SCHOOL,
        at=made.uploaded_at,
        readers=file_entries.readers_of(made.sensitivity) if open_now else frozenset(),
        by=made.uploaded_by,
        case_id=record.case_id,
        people=[made.uploaded_by_id],
    )


def readable(viewer: Viewer, attachment_id: UUID) -> Attachment:
    """The row, for whoever may open the file. Raises NotFound. Inside a scope."""
    found = viewer.get(Attachment, attachment_id)
    if found.item_id is not None:
        if "name" not in viewer.fields(found):
            raise NotFound("没有找到。")
        return found
    if found.record_id is None:  # of a notice's receipt: its policy shows it to its readers alone
        return found
    record = viewer.get(CommunicationRecord, found.record_id)
    shown = paper_originals.is_shown(viewer, record, found, paper_originals.signed_on(found))
    if not shown or not shown_files.may_open(viewer, record, found):
        raise NotFound("没有找到。")
    return found
