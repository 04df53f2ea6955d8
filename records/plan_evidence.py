"""Files by which one can tell that an item was done: its own, and open to whoever names them."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from parties.access import Viewer
from parties.errors import InvalidInput
from records.models import ActionItem, Attachment

_MEND: Final = "请先在这一事项下上传，再填写上传后得到的编号。"


def of_item(viewer: Viewer, item: ActionItem) -> Sequence[Attachment]:
    """Stored files of a visible item that this reader may open, in the order they came; of those
    that were replaced, none.
    """
    rows = viewer.rows(Attachment).filter(
        item_id=item.pk, state=Attachment.State.STORED, superseded_by=None
    )
    return [one for one in rows.order_by("uploaded_at", "pk") if "name" in viewer.fields(one)]


def replaced(viewer: Viewer, item: ActionItem) -> Sequence[Attachment]:
    """Those that were replaced, for their uploader and for whoever verifies."""
    rows = viewer.rows(Attachment).filter(item_id=item.pk, state=Attachment.State.STORED)
    gone = rows.exclude(superseded_by=None).order_by("uploaded_at", "pk")
    return [one for one in gone if "name" in viewer.fields(one)]


def refuse_strange(viewer: Viewer, item: ActionItem, evidence: Collection[UUID]) -> None:
    """A file of another item, of nobody, or one that they may not open: all the same.

    Raises InvalidInput.
    """
    if set(evidence) - {one.pk for one in of_item(viewer, item)}:
        raise InvalidInput("没有这个文件。", field="evidence", mend=_MEND)
