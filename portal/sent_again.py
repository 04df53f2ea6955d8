"""A page of a new record that is sent again, after Back and with other words.

Two taps with the same words are one act. Other words are a change of what the first tap stored, as
long as nothing else became of it; else the page is shown again, with all that was typed.
"""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from parties.access import Act, Viewer
from parties.errors import LostRace
from portal import record_drafts
from portal.record_drafts import Page
from records import known_records
from records.models import CommunicationRecord
from records.record_rows import is_as_made, lock

_CHANGED: Final = (
    "那份草稿后来改过。您刚写的还没有存，都在下面；您没有动过的，照那份草稿里的最新内容。"
    "请看过，再点一次保存。"
)
_CLOSED: Final = (
    "不能直接改。您刚写的还没有存，都在下面；"
    "要改那一份，请打开它；再点一次保存，就另写一份新的记录。"
)


class Kept(LostRace):
    """What was typed is not stored: `record` of this page is another one by now.

    `now` is what its form shows, if it may still be changed.
    """

    def __init__(self, message: str, *, record: UUID, now: dict[str, Any] | None) -> None:
        super().__init__(message, record=str(record))
        self.record, self.now = record, now


def change(
    viewer: Viewer, page: Page, *, known: CommunicationRecord, offers: bool
) -> CommunicationRecord | None:
    """Put what the page says into what it stored before; None when there is nothing to do.

    The same words are handed over if that was tapped for the first time (`offers`).

    Raises: Kept; else as record_drafts.store.
    """
    record = _locked(viewer, known.pk)
    seen, alike = page.form.cleaned_data["seen"], record_drafts.says(viewer, record, page)
    open_ = record.state in known_records.UNFINISHED and viewer.may(Act.EDIT, record)
    as_made = record.state == CommunicationRecord.State.DRAFT and is_as_made(record)
    fresh = open_ and (as_made if seen is None else seen == record.edits)
    if alike:
        return record if offers and fresh else None
    if not fresh:
        raise _kept(record, now=record_drafts.kept(record, viewer) if open_ else None)
    into = replace(page, record_id=record.pk)
    return record_drafts.store(viewer, into, seen=record.edits)


def _locked(viewer: Viewer, record_id: UUID) -> CommunicationRecord:
    """So that two taps of the same other words find each other."""
    found = viewer.get(CommunicationRecord, record_id)
    return lock(viewer, record_id, Act.EDIT) if viewer.may(Act.EDIT, found) else found


def _kept(record: CommunicationRecord, *, now: dict[str, Any] | None) -> Kept:
    stored = f"这一页先前已经存为记录 {record.record_no}（{record.get_state_display()}）"
    why = _CLOSED if now is None else _CHANGED
    return Kept(f"{stored}，{why}", record=record.pk, now=now)
