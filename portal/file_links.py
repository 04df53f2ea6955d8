"""Where an entry of the file leads: to its own page, or to the page of what it is part of.

An address is made of what the line says to this reader already, so it tells them no more than the
entry does, and looks nothing up.
"""

from collections.abc import Mapping
from typing import Final

from django.urls import reverse

from records import consent_entries, file, file_kinds, notice_entries
from records.file import Entry
from workflow import meeting_entries

#: By what is opened. A notice that no family of the reader's got is followed, not answered.
_PAGE_OF: Final[Mapping[str, str]] = {
    file.CASE: "portal:case",
    file_kinds.RECORD: "portal:record",
    file_kinds.EVIDENCE: "portal:plan-evidence",
    notice_entries.NOTICE: "portal:notice-contacts",
    notice_entries.REPLY: "portal:notice",
    meeting_entries.MEETING: "portal:meeting",
}
#: A family decides on its own page; whose work asks it has another.
_CONSENTS: Final = {True: "portal:consents", False: "portal:consent-desk"}
_ITEM: Final = "action_item"
#: What a family finds on its page of the plan; the school finds it with the case.
_PLANNED: Final = frozenset({_ITEM, "plan_checkin", "evaluation"})


def page_of(entry: Entry, *, at_home: bool) -> str:
    """Nothing where this reader has no page for it."""
    kind, key = entry.line.within or (entry.kind, entry.object_id)
    if kind in _PAGE_OF:
        return reverse(_PAGE_OF[kind], args=[key])
    if kind == consent_entries.PAGE:
        return reverse(_CONSENTS[at_home], args=[key])
    if at_home and kind in _PLANNED:
        return reverse("portal:plan")
    if entry.case_id is not None:
        return reverse(_PAGE_OF[file.CASE], args=[entry.case_id])
    item = _item_of(entry)
    return "" if item is None else reverse(_PAGE_OF[file_kinds.EVIDENCE], args=[item])


def _item_of(entry: Entry) -> object:
    """Whoever has no case, as a company, still opens the item that the line is about."""
    return entry.object_id if entry.kind == _ITEM else entry.line.extra.get("item")
