"""The record that a message in one's inbox is about: where it leads, whatever case that belongs to.

A message says neither whom it is about nor what; by its key the reader's own rows are asked.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.db import models

from parties.access import Viewer
from records.models import CommunicationRecord, HoldRequest, Objection
from workflow.models import Notification, ScheduledContact
from workflow.next_contacts import MISSED, SOON

#: By the beginning of the template: what stands second in the key, and its record.
_ABOUT: Final[tuple[tuple[str, type[models.Model], Callable[[Any], UUID | None]], ...]] = (
    ("objection.", Objection, lambda found: found.record_id),
    ("record.hold_", HoldRequest, lambda found: found.record_id),
    ("record.", CommunicationRecord, lambda found: found.pk),
    (SOON, ScheduledContact, lambda found: None if found.case_id else found.record_id),
    (MISSED, ScheduledContact, lambda found: None if found.case_id else found.record_id),
)


def record_of(viewer: Viewer, message: Notification) -> UUID | None:
    """If this reader finds it. A talk that a case plans has a task there. Inside a scope."""
    for template, model, record in _ABOUT:
        if message.template.startswith(template):
            about = _second(message.key)
            found = None if about is None else viewer.find(model, about)
            pk = None if found is None else record(found)
            known = pk is not None and viewer.find(CommunicationRecord, pk) is not None
            return pk if known else None
    return None


def _second(key: str) -> UUID | None:
    """None where another kind of key begins alike."""
    try:
        return UUID(key.split(":")[1])
    except (IndexError, ValueError):
        return None
