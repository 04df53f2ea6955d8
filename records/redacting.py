"""隐去他人信息 in a file that is kept already: another version takes its place.

    picture: black, sealed and kept           --> the old one is destroyed
    clip: the version that the school gives   --> the old one is kept apart, as TPD, for the team

Looking into a picture is an event. Each step is what it is by itself, so nothing is held while
bytes are worked on. What dies between leaves both pictures, and the same id once more goes on from
there.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db import IntegrityError

from parties import privacy, tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotFound, WrongState
from parties.models import Person
from parties.privacy import FieldClass
from records import additions, attachments, destroying, originals, prepared_files
from records.attachments import Upload
from records.models import Attachment, CommunicationRecord
from records.uploads.kinds import IMAGES, MEDIA_TYPE
from records.uploads.redaction import Area

_PICTURES: Final = frozenset(MEDIA_TYPE[kind] for kind in IMAGES)
_How: TypeAlias = Sequence[Area] | Upload
_REPLACED: Final = (
    "已由另一版代替，或已拿掉，这一次没有改动。还须隐去的，请回到附件页，打开现在的一版，"
)


def may_redact(viewer: Viewer, record: CommunicationRecord, file: Attachment) -> bool:
    """Whether this person may hide others in this file of the record now."""
    return _hides(file) and additions.may_add(viewer, record) and not originals.is_one(file)


def is_clip(file: Attachment) -> bool:
    """Whether others are hidden in it by giving another version, and not by areas."""
    return file.media_type == originals.CLIP


def redact(
    *,
    school_id: int,
    by: Person,
    at: datetime,
    attachment_id: UUID,
    areas: Sequence[Area],
    id_: UUID | None = None,
) -> Attachment:
    """The copy that stands in its place; who repeats `id_` gets the first one. Not in a scope.

    A class that the picture had only because others were to be seen in it ends.

    Raises NotFound; NotAllowed: not theirs to add; WrongState: it is signed, or the picture is
    gone; InvalidInput: nothing to black, or outside of it, or a clip; VaultUnavailable.
    """
    who: dict[str, Any] = {"school_id": school_id, "by": by, "at": at}
    made = _made(who, attachment_id, id_)
    if made is None:
        made = _given_once(who, attachment_id, areas, id_)
    destroying.take_out(**who, attachment_id=attachment_id, shows_others=True, copy_id=made.pk)
    return made


def give_clip(
    *,
    school_id: int,
    by: Person,
    at: datetime,
    attachment_id: UUID,
    clip: Upload,
    id_: UUID | None = None,
) -> Attachment:
    """The same for a video: `clip` shows nobody else, and takes its place as it is stored.

    Raises as redact(); InvalidInput: it is no clip, or nothing is hidden in it.
    """
    who: dict[str, Any] = {"school_id": school_id, "by": by, "at": at}
    return _made(who, attachment_id, id_) or _given_once(who, attachment_id, clip, id_)


def _given_once(
    who: dict[str, Any], attachment_id: UUID, how: _How, id_: UUID | None
) -> Attachment:
    """The version, also when another tap of the same page was faster by a moment."""
    try:
        return _given(who, attachment_id, how, id_)
    except (IntegrityError, WrongState) as refused:
        made = _made(who, attachment_id, id_)
        if made is not None:
            return made
        if isinstance(refused, WrongState) or id_ is None:
            raise
    raise InvalidInput("这个编号已经用过。", field="id", mend="请重新打开页面再填写。")


def _given(who: dict[str, Any], attachment_id: UUID, how: _How, id_: UUID | None) -> Attachment:
    with tenancy.scope(who["school_id"]):
        viewer = Viewer.load(who["by"], at=who["at"])
        file = attachments.readable(viewer, attachment_id)
        if file.record_id is None or not _hides(file):
            raise NotFound("没有找到。")
        record = viewer.get(CommunicationRecord, file.record_id)
        additions.refuse(viewer, record, file.kind, instead=file.pk)
        prepared_files.refuse_offered(viewer, file, but=record.pk)
        _refuse_replaced(file)
    upload = _clip(file, how) if is_clip(file) else _blackened(who, file, how)
    upload = replace(upload, sensitivity=_classes(file), instead=file.pk)
    return attachments.store(**who, record_id=file.record_id, upload=upload, id_=id_)


def _blackened(who: dict[str, Any], file: Attachment, areas: _How) -> Upload:
    if isinstance(areas, Upload) or not areas:
        raise InvalidInput("还没有选择要涂黑的部分。", field="areas", mend="请点图片上的格子。")
    old = attachments.open_(**who, attachment_id=file.pk)
    return Upload(source=old.data, name=old.name, media_type=old.media_type, areas=areas)


def _clip(file: Attachment, clip: _How) -> Upload:
    if not isinstance(clip, Upload):
        raise InvalidInput(
            "视频不能在这里涂黑。",
            field="file",
            mend="请先用剪辑软件遮盖他人的脸、姓名和声音，再上传遮盖后的一版。",
        )
    return replace(clip, hides_others_of=bytes(file.sha256).hex())


def _made(who: dict[str, Any], attachment_id: UUID, id_: UUID | None) -> Attachment | None:
    """What an earlier tap made of this very file: another one does not make room for it."""
    if id_ is None:
        return None
    with tenancy.scope(who["school_id"]):
        old = Attachment.objects.filter(pk=attachment_id)
        own = Attachment.objects.filter(pk=id_, uploaded_by=who["by"])
        of_it = own.filter(original_sha256__in=old.values("sha256"))
        return of_it.filter(record_id__in=old.values("record_id")).first()


def _refuse_replaced(file: Attachment) -> None:
    """Whoever hides more goes on from the version that there is; what they hid now is not in it."""
    if originals.is_one(file):
        raise WrongState(f"这个视频{_REPLACED}再上传新的一版。", state=str(file.state))
    if file.state != Attachment.State.STORED:
        raise WrongState(f"这张图片{_REPLACED}再点要涂黑的格子。", state=str(file.state))


def _hides(file: Attachment) -> bool:
    kept = file.media_type in _PICTURES or is_clip(file)
    return kept and file.kind == Attachment.Kind.FILE


def _classes(file: Attachment) -> str:
    found = privacy.parse(file.sensitivity)
    if file.redaction == Attachment.Redaction.NEEDED:
        found -= {FieldClass.TPD}
    return " ".join(sorted(code.value for code in found))
