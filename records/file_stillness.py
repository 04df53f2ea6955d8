"""Files of a record as a guardian has them who is shut out of it: added unseen, or gone unseen."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import LessThan

from parties.access import Viewer
from parties.errors import WrongState
from parties.walls import NEVER
from records import taken_back, walls
from records.known_moments import Knowledge
from records.models import Attachment, CommunicationRecord

_THEN: Final = "viewer_shut_when_it_came"
_CAME: Final = "viewer_text_came_at"
_WENT: Final = "viewer_text_went_at"


def files_came_later(viewer: Viewer) -> Q:
    """Files that others added to what this guardian has of a record, while it was shut to them, or
    after it was taken back. What was there when a text came to them came with it.
    """
    if not viewer.wards:
        return Q(pk__in=[])
    uploaded = OuterRef("uploaded_at")
    records = CommunicationRecord.objects.annotate(
        **walls.asked(viewer, taken_back.CAME),
        **{
            _THEN: walls.since(viewer, uploaded),
            _CAME: taken_back.latest(viewer, "offered_at"),
            _WENT: taken_back.latest(viewer, "at"),
        },
    )
    out = taken_back.gone_at_home(viewer)
    added = ~out & Q(LessThan(taken_back.CAME, uploaded)) | out & Q(**{f"{_CAME}__lt": uploaded})
    unseen = added & Q(**{f"{_THEN}__lt": uploaded}) | out & Q(**{f"{_WENT}__lt": uploaded})
    found = records.filter(pk=OuterRef("record_id"), student__in=viewer.wards)
    return Q(Exists(found.filter(unseen))) & ~Q(uploaded_by=viewer.person)


def still_there(viewer: Viewer, files: Sequence[Attachment]) -> frozenset[UUID]:
    """Of files that were taken out of records, those of whose end this guardian does not know.

    No query where none was, nor for whoever has nobody's file at home.
    """
    gone = [one for one in files if one.state == Attachment.State.TAKEN_OUT]
    if not gone or not viewer.wards:
        return frozenset()
    rows = viewer.rows(CommunicationRecord).filter(pk__in={one.record_id for one in gone})
    parts = {record.pk: record for record in rows}
    return frozenset(
        one.pk for one in gone if one.record_id in parts and _has(viewer, parts[one.record_id], one)
    )


def refuse_gone(viewer: Viewer, file: Attachment) -> None:
    """Raises WrongState: the file is not there any more, for this reader."""
    if file.state == Attachment.State.STORED or still_there(viewer, [file]):
        return
    how = "取下" if file.state == Attachment.State.TAKEN_OUT else "按规定销毁"
    raise WrongState(f"这个附件已{how}。", state=str(file.state))


def _has(viewer: Viewer, record: CommunicationRecord, file: Attachment) -> bool:
    text = taken_back.of(viewer, record)
    if text is not None:
        record = taken_back.put_back(record, text)[0]
    return Knowledge(viewer, record, NEVER if text is None else text.at).has_still(file)
