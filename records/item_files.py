"""Evidence of an item of a plan: a photo or a paper that its owner adds, kept as files of records.

Cleaned and sealed between two scopes (records/attachments.py). A file has the class of its item and
is read by whoever reads what the item says; a company gets back its own uploads alone. Until
somebody has verified the item, its uploader may put another file in the place of one: the old one
is kept, for its uploader and for whoever verifies.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from ledger import events
from parties import tenancy
from parties.access import Act, Viewer
from parties.errors import InvalidInput, WrongState
from parties.models import Person
from records import attachments, file_entries, item_stillness, plan_owners, stored_files, vault
from records.attachments import KIND, Upload
from records.models import ActionItem, Attachment
from records.uploads import CleanFile
from records.vault import StoredBlob

#: Files of one item; and of those that were replaced, as many again.
MOST: Final = 20
_STORED: Final = Attachment.State.STORED
#: States in which a file may still be replaced.
UNVERIFIED: Final = (*ActionItem.LIVE, ActionItem.State.DONE)


def store(  # noqa: PLR0913 -- the file, whose place it takes, and its id
    *,
    school_id: int,
    by: Person,
    at: datetime,
    item_id: UUID,
    upload: Upload,
    replaces: UUID | None = None,
    id_: UUID | None = None,
) -> Attachment:
    """Keep a file with an item, or in the place of one's own, under `id_` if one is given. Not for
    use inside a scope.

    To a guardian to whom the item stands still it is as far as they know; their file is kept with
    it, and changes nothing of what it has become.

    Raises NotFound; NotAllowed: not the owner's side; WrongState: it is done, verified or dropped,
    or has too many; InvalidInput: it shows others, or `replaces` none of one's own; UploadRefused
    over the file; VaultUnavailable.
    """
    _refuse_others(upload)
    with tenancy.scope(school_id):
        student_id = _allowed(Viewer.load(by, at=at), item_id, replaces).student_id
    cleaned, redaction = attachments.cleaned_of(upload)
    blob = vault.seal(school_id=school_id, subject_id=student_id, data=cleaned.data)
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        item = _locked(viewer, item_id, replaces)
        made = _row(viewer, item, cleaned, blob)
        made.pk, made.redaction = id_ or made.pk, redaction
        made.save(force_insert=True)
        _enter(made, item)
        if replaces is not None:
            _supersede(replaces, made, item)
        return made


def _refuse_others(upload: Upload) -> None:
    if upload.redaction == Attachment.Redaction.NEEDED:
        raise InvalidInput(
            "照片里还有别的学生。", field="redaction", mend="请重新拍一张，或先涂黑他人的信息。"
        )


def _locked(viewer: Viewer, item_id: UUID, replaces: UUID | None) -> ActionItem:
    rows = ActionItem.objects.select_for_update(of=("self",)).select_related("student")
    item = rows.get(pk=item_id)
    _allowed(viewer, item_id, replaces)  # once more, now that nobody verifies it meanwhile
    return item


def _allowed(viewer: Viewer, item_id: UUID, replaces: UUID | None) -> ActionItem:
    item = viewer.get(ActionItem, item_id)
    viewer.require(Act.FINISH, item)
    seen = item_stillness.as_it_stood(viewer, item)
    open_ = ActionItem.LIVE if replaces is None else UNVERIFIED
    if seen.state not in open_:
        raise WrongState("该事项已经结束，不用再上传。", item=str(item.pk))
    known = Attachment.objects if seen is item else viewer.rows(Attachment)
    files = known.filter(item_id=item.pk)
    most = MOST if replaces is None else 2 * MOST
    if files.count() >= most:
        raise WrongState(f"一个事项最多 {most} 个文件。", item=str(item.pk))
    own = files.filter(uploaded_by=viewer.person, superseded_by=None, state=_STORED)
    if replaces is not None and not own.filter(pk=replaces).exists():
        raise InvalidInput(
            "没有这个文件，或它已经换过。", field="replaces", mend="请选择您自己上传的一个文件。"
        )
    return item


def _supersede(old_id: UUID, made: Attachment, item: ActionItem) -> None:
    """Under the item's lock. What is done names the new file, and somebody looks at it again."""
    old = Attachment.objects.get(pk=old_id)
    old.supersede(by=made, at=made.uploaded_at)
    old.save(update_fields=["superseded_by", "superseded_at"])
    if item.state in UNVERIFIED:
        item.evidence = [made.pk if one == old.pk else one for one in item.evidence]
    if item.state == ActionItem.State.DONE:
        item.next_look_at = made.uploaded_at
    item.save(update_fields=["evidence", "next_look_at"])
    events.append(
        school_id=item.school_id,
        kind="plan.evidence_replaced",
        actor=made.uploaded_by_id,
        subject=("case", item.case_id),
        refs=[("action_item", item.pk), (KIND, old.pk), ("replacement", made.pk)],
        at=made.uploaded_at,
        payload={},
    )


def _row(viewer: Viewer, item: ActionItem, cleaned: CleanFile, blob: StoredBlob) -> Attachment:
    return stored_files.row(
        cleaned,
        blob,
        by=viewer.person,
        at=viewer.at,
        school_id=item.school_id,
        student_id=item.student_id,
        item_id=item.pk,
        sensitivity=str(item.field_class),
    )


def _enter(made: Attachment, item: ActionItem) -> None:
    """Into the file of the student, for whoever finds the item there."""
    file_entries.enter(
        student=item.student,
        kind=KIND,
        object_id=made.pk,
        party=str(item.owner_party),
        at=made.uploaded_at,
        readers=plan_owners.readers(item),
        by=made.uploaded_by,
        case_id=item.case_id,
        people=[made.uploaded_by_id],
    )
    over = item.state not in ActionItem.LIVE
    events.append(
        school_id=item.school_id,
        kind="plan.evidence_noted" if over else "plan.evidence_added",
        actor=made.uploaded_by_id,
        subject=("case", item.case_id),
        refs=[("action_item", item.pk), (KIND, made.pk)],
        at=made.uploaded_at,
        payload={},
    )
