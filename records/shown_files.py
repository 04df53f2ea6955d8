"""Which files of a record a reader has, under the names that they may read. Inside a scope."""

from typing import Final

from parties import privacy
from parties.access import Viewer
from parties.privacy import Level
from parties.roles import Role
from records import cuts, file_names, paper_originals, policies
from records.models import Attachment, CommunicationRecord
from records.record_parts import Parts

#: Who reads a paper that is handed over, and as what.
_AT_HOME: Final = (Role.G,)
_PARTY: Final = (Level.PARTY,)


def of(viewer: Viewer, record: CommunicationRecord, parts: Parts) -> list[Attachment]:
    """Files that this reader may open, and of the signed pages those that carry a word."""
    scans = {one.scan_id for one in parts.signatures}
    return [
        file_names.named(viewer, one)
        for one in parts.attachments
        if may_open(viewer, record, one) and paper_originals.is_shown(viewer, record, one, scans)
    ]


def may_open(viewer: Viewer, record: CommunicationRecord, attachment: Attachment) -> bool:
    """Whether this reader may have the file; who uploaded it may until the record is done."""
    if policies.is_closed(viewer, record):
        return False
    if attachment.uploaded_by_id == viewer.person.pk and record.state in cuts.OPEN_TO_WRITER:
        return True
    return policies.reads_file(viewer, record, attachment.sensitivity)


def is_for_the_family(attachment: Attachment) -> bool:
    """Whether the family may know of it, in whoever's hands the paper is that names it."""
    return privacy.readable(attachment.sensitivity, _AT_HOME, given=_PARTY)
