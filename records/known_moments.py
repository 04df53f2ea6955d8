"""Which moments a guardian knows of who is shut out of a record for a time, or was.

Each thing has a moment of its own, and each wall its own beginning and end: what was added between
two of them is as much theirs as what was there before the first.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parties.access import Viewer
from parties.walls import ALWAYS
from records import taken_back, walls
from records.models import Attachment, CommunicationRecord


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Of others, none within a wall of the viewer's, and none after `until`, when the text that
    they have was taken back. `record` is read with walls.asked, and as it was offered.
    """

    viewer: Viewer
    record: CommunicationRecord
    until: datetime

    def of(self, moment: datetime | None) -> bool:
        if moment is None or moment > self.until:
            return False
        return not walls.shut_at(self.viewer, self.record, moment)

    def has(self, moment: datetime, by: UUID | None) -> bool:
        return by == self.viewer.person.pk or self.of(moment)

    def has_file(self, file: Attachment) -> bool:
        """What was there when the text came to them came with it."""
        came_with_it = file.uploaded_at <= self._offered
        return came_with_it or self.has(file.uploaded_at, file.uploaded_by_id)

    def has_still(self, file: Attachment) -> bool:
        """Whether a file is there for them that was taken out."""
        gone = file.taken_out_at
        if gone is None or gone <= self._offered or walls.shut_since(self.record) is None:
            return False
        return self.has_file(file) and not self.of(gone)

    @property
    def _offered(self) -> datetime:
        return taken_back.came_at(self.record) or ALWAYS
