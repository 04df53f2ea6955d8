"""What somebody was told in the app, and that they have read it."""

from datetime import datetime
from uuid import UUID

from parties import tenancy
from parties.access import Viewer
from parties.models import Person
from workflow.models import Notification


def read(*, school_id: int, message_id: UUID, by: Person, at: datetime) -> Notification:
    """Mark one's own message as read; the first moment stays.

    Raises:
        NotFound: not there, or not theirs.
    """
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        message = viewer.get(Notification, message_id)
        if message.read_at is None:
            Notification.objects.filter(pk=message.pk, read_at=None).update(read_at=at)
            message.read_at = at
        return message
