"""Files by which one can tell that an item was done: its own, and open to whoever names them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from parties import statements
from parties.access import Viewer
from parties.errors import InvalidInput
from parties.likeness import Ids
from records import file_names, item_stillness
from records.models import ActionItem, Attachment

_MEND: Final = "请先在这一事项下上传，再填写上传后得到的编号。"


def of_item(viewer: Viewer, item: ActionItem) -> Sequence[Attachment]:
    """Stored files of a visible item that this reader may open, in the order they came; of those
    that were replaced as far as they know, none. Each is called as they may read it.
    """
    return [one for one in _readable(viewer, item) if not _is_replaced(viewer, item, one)]


def counts(viewer: Viewer, items: Collection[ActionItem]) -> Mapping[UUID, int]:
    """How many files of_item() finds for each. Two queries however many they are."""
    by_pk = {item.pk: item for item in items}
    found = dict.fromkeys(by_pk, 0)
    for one in _open(viewer, by_pk):
        if one.item_id is not None and not _is_replaced(viewer, by_pk[one.item_id], one):
            found[one.item_id] += 1
    return found


def replaced(viewer: Viewer, item: ActionItem) -> Sequence[Attachment]:
    """Those that were replaced, for their uploader and for whoever verifies, as of_item()."""
    return [one for one in _readable(viewer, item) if _is_replaced(viewer, item, one)]


def settle(viewer: Viewer, item_id: UUID, evidence: Collection[UUID]) -> Sequence[UUID]:
    """What somebody names as evidence; for a file of which they do not know that it was replaced,
    the one in its place. A file of another item, of nobody, or one that they may not open: all the
    same.

    Raises InvalidInput.
    """
    if not evidence:
        return []
    item = viewer.get(ActionItem, item_id)
    if set(evidence) - {one.pk for one in of_item(viewer, item)}:
        raise InvalidInput("没有这个文件。", field="evidence", mend=_MEND)
    files = Attachment.objects.filter(item_id=item_id).exclude(superseded_by=None)
    places = dict(files.values_list("pk", "superseded_by"))
    return [_last(places, one) for one in evidence]


def _readable(viewer: Viewer, item: ActionItem) -> Sequence[Attachment]:
    return [file_names.named(viewer, one) for one in _open(viewer, [item.pk])]


def _open(viewer: Viewer, items: Collection[UUID]) -> Sequence[Attachment]:
    found = statements.rows(_stored, viewer, Ids(items))
    return [one for one in found if "name" in viewer.fields(one)]


def _stored(viewer: Viewer, items: Ids) -> QuerySet[Attachment]:
    of_those = viewer.rows(Attachment).filter(statements.among("item_id", items))
    return of_those.filter(state=Attachment.State.STORED).order_by("uploaded_at", "pk")


def _is_replaced(viewer: Viewer, item: ActionItem, file: Attachment) -> bool:
    if file.superseded_by is None:
        return False
    mine = file.uploaded_by_id == viewer.person.pk
    return mine or not item_stillness.beyond(viewer, item, file.superseded_at)


def _last(places: Mapping[UUID, UUID | None], file: UUID) -> UUID:
    found = places.get(file)
    return file if found is None else _last(places, found)
