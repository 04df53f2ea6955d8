"""What may come to a record, and from whom: files of its text, and the pages that people signed.

    DRAFT, CHECKED, PENDING_SIGNATURES, nobody has signed   its author adds files
    PENDING_SIGNATURES, EFFECTIVE                           whoever may write a word down adds pages

With the first signature the text is what was signed: all else belongs to the next version. Inside a
scope.
"""

from typing import Final
from uuid import UUID

from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.privacy import FieldClass, parse
from records import bases, originals, unsignable
from records.models import Attachment, CommunicationRecord

#: Files of each kind that one record has; more is an archive, not an attachment. What is gone is
#: not counted, nor what is kept apart of it up to as many again; and no file takes the place of a
#: signed page.
MOST: Final = 50

State = CommunicationRecord.State
Kind = Attachment.Kind

_OPEN: Final = (State.DRAFT, State.CHECKED, State.PENDING_SIGNATURES)
_SIGNABLE: Final = (State.PENDING_SIGNATURES, State.EFFECTIVE)


def refuse(
    viewer: Viewer, record: CommunicationRecord, kind: str, *, instead: UUID | None = None
) -> None:
    """`instead`: the file whose place it takes.

    Raises InvalidInput: no such kind. NotAllowed: not theirs to add. WrongState: not now, or there
    are too many.
    """
    _refuse_now(viewer, record, kind)
    why = full(record, kind, instead=instead)
    if why:
        raise WrongState(why, state=str(record.state))


def full(record: CommunicationRecord, kind: str, *, instead: UUID | None = None) -> str:
    """Why no more of this kind come to it; empty as long as there is room."""
    there = Attachment.objects.filter(record_id=record.pk, kind=kind, state=Attachment.State.STORED)
    shown = there.exclude(pk__in=originals.of_record(record.pk).values("pk"))
    if instead is not None:
        shown = shown.exclude(pk=instead)
    if shown.count() < MOST and there.count() < 2 * MOST:
        return ""
    if kind == Kind.SIGNED_PAGE:
        return f"一份记录最多 {MOST} 张签字页，不能再加。请把几页并成一个 PDF 再上传。"
    return f"一份记录最多 {MOST} 个附件。请先拿掉不需要的，再上传。"


def refuse_unfounded(viewer: Viewer, record: CommunicationRecord, kind: str, classes: str) -> None:
    """Who has an offered record before them is about to sign it: a psychological file that joins it
    now needs a consent that holds, because what it rests on is written in a draft.

    Raises InvalidInput: with the way back to the draft.
    """
    if kind != Kind.FILE or FieldClass.PSY not in parse(classes):
        return
    if record.state != State.PENDING_SIGNATURES:
        return
    if not bases.is_allowed(record.student, at=viewer.at):
        raise InvalidInput(
            "记录已交双方签字；心理类（PSY）文件没有有效的同意，现在不能加入。",
            field="sensitivity",
            mend="请先收回记录，加上文件并写明使用依据，再交双方签字；或先取得并登记同意。",
        )


def may_add(viewer: Viewer, record: CommunicationRecord) -> bool:
    """Whether this person may add files to the text now, if there is room; a signed page comes with
    its word."""
    try:
        _refuse_now(viewer, record, Kind.FILE)
    except (WrongState, NotAllowed):
        return False
    return True


def _refuse_now(viewer: Viewer, record: CommunicationRecord, kind: str) -> None:
    if kind not in Kind.values:
        raise InvalidInput(
            "没有说明是附件还是签字页。", field="kind", mend="请选择 FILE 或 SIGNED_PAGE。"
        )
    vouches = viewer.may(Act.WITNESS, record)
    if not vouches and not viewer.may(Act.EDIT, record):
        raise NotAllowed("您不能给这份记录加附件。", act=Act.EDIT.value)
    if kind == Kind.SIGNED_PAGE:
        _refuse_page(record, vouches=vouches)
    else:
        _refuse_file(viewer, record)


def _refuse_file(viewer: Viewer, record: CommunicationRecord) -> None:
    if record.state in _SIGNABLE and record.signed_at is not None:
        raise WrongState(
            "已有人签字，签过的内容不再变。签字页请按“签字页”上传；别的材料请另出新版本再加。",
            state=str(record.state),
        )
    if record.state not in _OPEN:
        raise WrongState("记录已经定稿，不能再加附件；请另出新版本再加。", state=str(record.state))
    if not viewer.may(Act.EDIT, record):
        raise NotAllowed(
            "附件由写记录的人加。家长签过字的纸，请按“签字页”上传。", act=Act.EDIT.value
        )


def _refuse_page(record: CommunicationRecord, *, vouches: bool) -> None:
    if not vouches:
        raise NotAllowed("您不能上传这份记录的签字页。", act=Act.WITNESS.value)
    if record.state in (State.DRAFT, State.CHECKED):
        raise WrongState(
            "还没有交双方签字，没有签字页。请先检查用语、交双方签字。", state=str(record.state)
        )
    unsignable.refuse(record)
