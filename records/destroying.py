"""What ends a file of a record: its author takes it out, or the head of 德育处 destroys it.

What the family could open by then is kept sealed when it is taken out: a guardian to whom the
record stands still goes on opening it, and nobody else (records/stillness.py). Unless it shows
others: their right not to be shown comes before, and it is destroyed for everybody.
What a record was offered with stays until that is recalled (records/prepared_files.py).

A school may not destroy or unlawfully delete what is on file about a student. So once a record is
signed it takes the head of that office, who neither wrote the record nor uploaded the file, and a
reason that is kept; never while somebody objects, and never what was put away. That there was a
file, who ended it and when, stays. The sealed bytes are deleted after the scope, not inside it.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from parties import legible, privacy, tenancy
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.models import Person
from parties.privacy import FieldClass
from records import (
    disputes,
    kept_scans,
    known_records,
    originals,
    prepared_files,
    stored_files,
    taken_back,
    vault,
)
from records.attachments import KIND, readable
from records.models import Attachment, CommunicationRecord, Signature
from records.record_rows import lock, saved

State = CommunicationRecord.State
_State = Attachment.State

_SHORTEST_REASON: Final = 5  # characters
_PUT_AWAY: Final = (State.ARCHIVED, State.SEALED)


class Why(StrEnum):
    """What a file is destroyed for: a code in the event."""

    MISTAKEN = "mistaken"
    OTHERS = "others"
    LAW = "law"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    Why.MISTAKEN: "传错了文件",
    Why.OTHERS: "含他人信息，无法隐去",
    Why.LAW: "依法应当删除",
}


def take_out(
    *,
    school_id: int,
    by: Person,
    at: datetime,
    attachment_id: UUID,
    shows_others: bool = False,
    copy_id: UUID | None = None,
) -> Attachment:
    """The author takes a file out of what nobody has signed. Again changes nothing. Not in a scope.

    `shows_others`: it shows people whom it is not about, and is destroyed at once. `copy_id` takes
    its place in what was prepared for the talk.

    Raises NotFound, NotAllowed, WrongState: somebody has signed, or a record was offered with it.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        record = _lock(viewer, readable(viewer, attachment_id), Act.EDIT)
        if record.signed_at is not None:
            raise WrongState("已有人签字，附件不能删除。", state=str(record.state))
        found = _not_a_proof(attachment_id)
        kept_scans.refuse_taking_out(attachment_id)
        needed = _is_needed(viewer, found, but=None if copy_id is None else record.pk)
        if (needed or _is_kept(record, found, at=at)) and not shows_others:
            return _take_out(viewer, record, found)
        if copy_id is not None:
            record.prepared.filter(attachment=found).update(attachment_id=copy_id)
        _destroy(viewer, record, found, why=Why.OTHERS if shows_others else "draft")
    vault.destroy(school_id=school_id, ref=found.blob)
    return found


def destroy(
    *, school_id: int, by: Person, at: datetime, attachment_id: UUID, why: str, reason: str
) -> Attachment:
    """The head of 德育处 destroys a file for good. Again changes nothing. Not inside a scope.

    They need not be able to look into it; the scan that an answer to a notice rests on as well.
    Raises NotFound; NotAllowed: not the head, or their own record or upload; WrongState: an
    objection to any version is open, the record is a draft, archived or sealed, or a signature
    stands on this scan; InvalidInput: no occasion, no reason.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        scan = kept_scans.for_head(viewer, attachment_id)
        if scan is not None:
            receipt, found = scan
            _refuse_unsaid(why, reason)
            kept_scans.destroy(viewer, receipt, found, why=str(why), reason=reason.strip())
        else:
            record = _lock(viewer, viewer.get(Attachment, attachment_id), Act.DESTROY)
            _refuse_unsaid(why, reason)
            found = _not_a_proof(attachment_id)
            _refuse_needed(record, found)
            _destroy(viewer, record, found, why=why, reason=reason.strip())
    vault.destroy(school_id=school_id, ref=found.blob)
    return found


def known(viewer: Viewer, attachment_id: UUID) -> Attachment:
    """The file for who may know of it, or destroy it. Raises NotFound. Inside a scope."""
    scan = kept_scans.for_head(viewer, attachment_id)
    return viewer.get(Attachment, attachment_id) if scan is None else scan[1]


def _refuse_unsaid(why: str, reason: str) -> None:
    if why not in set(Why):
        raise InvalidInput("没有选择销毁的原因。", field="why", mend="请从给出的选项中选择。")
    if legible.length(reason) < _SHORTEST_REASON:
        raise InvalidInput("没有写理由。", field="reason", mend="请写明为什么销毁这个附件。")


def _lock(viewer: Viewer, found: Attachment, act: Act) -> CommunicationRecord:
    """For who may neither do it nor look into the file, there is none."""
    if found.record_id is None:
        raise NotAllowed("这个文件不属于记录，不能单独销毁。", attachment=str(found.pk))
    record = viewer.get(CommunicationRecord, found.record_id)
    if not viewer.may(act, record):
        readable(viewer, found.pk)
    if act == Act.DESTROY and found.uploaded_by_id == viewer.person.pk:
        raise NotAllowed("自己上传的附件不能由自己销毁。", act=act.value)
    return lock(viewer, record.pk, act)


def _refuse_needed(record: CommunicationRecord, found: Attachment) -> None:
    if record.state in known_records.UNFINISHED and not prepared_files.is_signed_with(found):
        raise WrongState("草稿里的附件由记录人删除。", state=str(record.state))
    if disputes.is_open(record):
        raise WrongState("还有异议没有了结，附件不能销毁。", state=str(record.state))
    if record.state in _PUT_AWAY:
        raise WrongState("记录已归档或封存，附件不能销毁。", state=str(record.state))


def _not_a_proof(attachment_id: UUID) -> Attachment:
    """The file under its lock. Raises WrongState: a signature stands on this scan."""
    found = Attachment.objects.select_for_update().get(pk=attachment_id)
    if Signature.objects.filter(scan=found).exists():
        raise WrongState("签字以这份扫描件为凭，不能销毁。", state=str(found.state))
    return found


def _is_needed(viewer: Viewer, found: Attachment, *, but: UUID | None) -> bool:
    """Whether it is needed where the viewer may not look. Raises WrongState: where they may."""
    if originals.is_one(found):
        raise prepared_files.StillNeeded(
            "这是原视频，须与隐去他人信息的一版一起留存。两个都不要的，请先拿掉隐去后的一版。",
            state=str(found.state),
        )
    stored = found.state == _State.STORED
    return stored and prepared_files.refuse_offered(viewer, found, but=but)


def _is_kept(record: CommunicationRecord, found: Attachment, *, at: datetime) -> bool:
    """Whether anybody at home could open it by then, who may be shut out of its end."""
    if FieldClass.TPD in privacy.parse(found.sensitivity):
        return False
    return found.state == _State.TAKEN_OUT or taken_back.reached(record, found.uploaded_at, at=at)


def _take_out(viewer: Viewer, record: CommunicationRecord, found: Attachment) -> Attachment:
    if found.state == _State.STORED:
        found.take_out(by=viewer.person, at=stored_files.never_before(record.signed_at, viewer.at))
        found.save(update_fields=["state", "taken_out_at", "taken_out_by"])
        saved(record, viewer, "attachment.taken_out", refs=[(KIND, found.pk)])
    return found


def _destroy(
    viewer: Viewer, record: CommunicationRecord, found: Attachment, *, why: str, reason: str = ""
) -> None:
    if found.state == _State.DESTROYED:
        return
    at = stored_files.never_before(record.signed_at, viewer.at)
    found.destroy(by=viewer.person, at=at, reason=reason)
    found.save(update_fields=["state", "destroyed_at", "destroyed_by", "destroyed_reason"])
    saved(record, viewer, "attachment.destroyed", refs=[(KIND, found.pk)], why=str(why))
