"""Words that come with an act on a communication record, heard for danger."""

from dataclasses import dataclass

from parties.access import Viewer
from records.models import CommunicationRecord
from workflow import family_words


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words with an act; `source` is the code of where."""

    words: str
    source: str

    def listen(self, record: CommunicationRecord, viewer: Viewer) -> None:
        """Last of all: who asks about danger waits for others who ask, and for nothing after."""
        family_words.listen(
            self.words, case_id=record.case_id, at=viewer.at, source=self.source, about=record,
            by=viewer.person,
        )  # fmt: skip
