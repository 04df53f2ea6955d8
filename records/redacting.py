"""隐去他人信息 in a picture that is kept already: a copy with black parts takes its place.

    it may be opened, which is an event --> black, sealed and kept --> the old one is destroyed

Each step is what it is by itself, so nothing is held while bytes are worked on. What dies between
leaves both files, and the same id once more goes on from there.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError

from parties import privacy, tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotFound, WrongState
from parties.models import Person
from parties.privacy import FieldClass
from records import additions, attachments, destroying, prepared_files
from records.attachments import Upload
from records.models import Attachment, CommunicationRecord
from records.uploads.kinds import IMAGES, MEDIA_TYPE
from records.uploads.redaction import Area

_PICTURES: Final = frozenset(MEDIA_TYPE[kind] for kind in IMAGES)


def may_redact(viewer: Viewer, record: CommunicationRecord, file: Attachment) -> bool:
    """Whether this person may black parts of this file of the record now."""
    return _is_picture(file) and additions.may_add(viewer, record)


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
    gone; InvalidInput: nothing to black, or outside of it; VaultUnavailable.
    """
    who: dict[str, Any] = {"school_id": school_id, "by": by, "at": at}
    made = _made(who, attachment_id, id_)
    if made is None:
        made = _copied_once(who, attachment_id, areas, id_)
    destroying.take_out(**who, attachment_id=attachment_id, shows_others=True, copy_id=made.pk)
    return made


def _copied_once(
    who: dict[str, Any], attachment_id: UUID, areas: Sequence[Area], id_: UUID | None
) -> Attachment:
    """The copy, also when another tap of the same page was faster by a moment."""
    try:
        return _copied(who, attachment_id, areas, id_)
    except (IntegrityError, WrongState) as refused:
        made = _made(who, attachment_id, id_)
        if made is not None:
            return made
        if isinstance(refused, WrongState) or id_ is None:
            raise
    raise InvalidInput("这个编号已经用过。", field="id", mend="请重新打开页面再填写。")


def _copied(
    who: dict[str, Any], attachment_id: UUID, areas: Sequence[Area], id_: UUID | None
) -> Attachment:
    with tenancy.scope(who["school_id"]):
        viewer = Viewer.load(who["by"], at=who["at"])
        file = attachments.readable(viewer, attachment_id)
        if file.record_id is None or not _is_picture(file):
            raise NotFound("没有找到。")
        record = viewer.get(CommunicationRecord, file.record_id)
        additions.refuse(viewer, record, file.kind, instead=file.pk)
        prepared_files.refuse_offered(viewer, file, but=record.pk)
    if not areas:
        raise InvalidInput("还没有选择要涂黑的部分。", field="areas", mend="请点图片上的格子。")
    old = attachments.open_(**who, attachment_id=attachment_id)
    upload = Upload(
        source=old.data,
        name=old.name,
        media_type=old.media_type,
        areas=areas,
        sensitivity=_classes(file),
        instead=file.pk,
    )
    return attachments.store(**who, record_id=file.record_id, upload=upload, id_=id_)


def _made(who: dict[str, Any], attachment_id: UUID, id_: UUID | None) -> Attachment | None:
    """What an earlier tap made of this very picture: another one is not destroyed for it."""
    if id_ is None:
        return None
    with tenancy.scope(who["school_id"]):
        old = Attachment.objects.filter(pk=attachment_id)
        own = Attachment.objects.filter(pk=id_, uploaded_by=who["by"])
        of_it = own.filter(original_sha256__in=old.values("sha256"))
        return of_it.filter(record_id__in=old.values("record_id")).first()


def _is_picture(file: Attachment) -> bool:
    return file.media_type in _PICTURES and file.kind == Attachment.Kind.FILE


def _classes(file: Attachment) -> str:
    found = privacy.parse(file.sensitivity)
    if file.redaction == Attachment.Redaction.NEEDED:
        found -= {FieldClass.TPD}
    return " ".join(sorted(code.value for code in found))
