"""Files that lay on the table of a talk, and belong to this record or to another one.

    check, offer, first word    refused while such a file is gone
    check, offer                refused while a psychological file of the record has no basis
    take out                    refused while a record that was offered or signed names the file

Both hold the file's row, so that neither passes the other. Whoever takes a file out and may not
know of the record that names it does not learn of it: then the file is kept sealed, and the record
is not signed before it lets go of it. Inside a scope.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from parties.access import Viewer
from parties.errors import InvalidInput, WrongState
from records import bases, file_names, originals, policies, walls
from records.models import Attachment, CommunicationRecord, PreparedItem

State = CommunicationRecord.State

_IN_A_DRAFT: Final = "请打开草稿，在那份材料里另选一个附件或选“没有”，再保存。"
_FOUND_IT: Final = (
    "请在事先准备的材料里加一份，选这个附件并写明使用依据（同意或职责）；"
    "或取得并登记同意；不需要的，请拿掉附件。"
)
_RECALL_FIRST: Final = "请先收回记录；已有人签字的，请另出新版本。"


class StillNeeded(WrongState):
    """A record that was offered or signed rests on the file. The message names the mend."""


def refuse_gone(viewer: Viewer, record: CommunicationRecord, *, mend: str = _IN_A_DRAFT) -> None:
    """What is signed names no file that nobody has any more.

    Raises InvalidInput: names the file and the mend.
    """
    named = record.prepared.filter(attachment__isnull=False).values("attachment")
    files = Attachment.objects.select_for_update(no_key=True).filter(pk__in=named).order_by("pk")
    gone = [one for one in files if one.state != Attachment.State.STORED]
    if gone:
        raise InvalidInput(
            f"事先准备的材料里，附件“{file_names.name_for(viewer, gone[0])}”已经拿掉了。",
            field="prepared",
            mend=mend,
        )


def refuse_unfounded(viewer: Viewer, record: CommunicationRecord) -> None:
    """A psychological file of the record rests on a consent that holds, or on what is prepared with
    it and says by what duty. A clip that another version stands for is nobody's to read there.

    Raises InvalidInput: names the file and the mend.
    """
    kept = Attachment.objects.filter(
        record_id=record.pk, kind=Attachment.Kind.FILE, state=Attachment.State.STORED
    ).exclude(pk__in=originals.of_record(record.pk).values("pk"))
    asking = [one for one in kept.order_by("uploaded_at", "pk") if bases.is_psy(one)]
    if not asking or bases.is_allowed(record.student, at=viewer.at):
        return
    papers = record.prepared.select_related("attachment", "consent")
    founded = {one.attachment_id for one in papers if bases.stands(one, at=viewer.at)}
    without = next((one for one in asking if one.pk not in founded), None)
    if without is not None:
        raise InvalidInput(
            f"附件“{file_names.name_for(viewer, without)}”是心理类（PSY）文件，"
            "没有有效的同意，也没有写明职责依据。",
            field="attachments",
            mend=_FOUND_IT,
        )


def refuse_unsigned(viewer: Viewer, record: CommunicationRecord) -> None:
    """The same before the first word about it; what lay there is nobody's to hear of at home.

    Nothing for a guardian to whom the record stands still: it would tell that it did not.
    """
    at_home = policies.is_at_home(viewer, record)
    if record.signed_at is not None or (at_home and walls.shut_since(record) is not None):
        return
    try:
        refuse_gone(viewer, record, mend=_RECALL_FIRST + _IN_A_DRAFT)
    except InvalidInput:
        if not at_home:
            raise
        raise InvalidInput(
            "学校还要核对这份记录，现在不能签字。",
            field="record",
            mend="不用做什么，核对好以后会再请您看。",
        ) from None


def is_signed_with(file: Attachment) -> bool:
    """Whether somebody gave their word about a record that names it."""
    return _naming(file).filter(signed_at__isnull=False).exists()


def refuse_offered(viewer: Viewer, file: Attachment, *, but: UUID | None = None) -> bool:
    """Whether a record that the viewer may not know of was offered with this file, which is locked.
    `but`: a record that goes on with a copy of it.

    Raises StillNeeded: names a record that they know, and the mend.
    """
    naming = [one for one in _naming(file) if one.pk != but]
    known = _first_known(viewer, naming)
    if known is None:
        return bool(naming)
    called = f"这个附件是记录 {known.record_no}（第 {known.version} 版）事先准备的材料，"
    if known.signed_at is not None:
        raise StillNeeded(
            f"{called}已有人签字，不能拿掉。含他人信息的，请德育处负责人销毁。",
            state=str(known.state),
        )
    raise StillNeeded(
        f"{called}已交双方签字。请先收回那份记录，在那份材料里另选一个附件或选“没有”，再拿掉。",
        state=str(known.state),
    )


def _naming(file: Attachment) -> QuerySet[CommunicationRecord]:
    """Records that were offered with it, or signed, whatever became of them."""
    items = PreparedItem.objects.filter(attachment=file)
    named = CommunicationRecord.objects.filter(pk__in=items.values("record"))
    offered = named.filter(state=State.PENDING_SIGNATURES) | named.filter(signed_at__isnull=False)
    return offered.order_by("-signed_at", "pk")


def _first_known(
    viewer: Viewer, naming: Sequence[CommunicationRecord]
) -> CommunicationRecord | None:
    rows = viewer.rows(CommunicationRecord).filter(pk__in=[one.pk for one in naming])
    known = set(rows.values_list("pk", flat=True))
    return next((one for one in naming if one.pk in known), None)
