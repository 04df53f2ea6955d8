"""What a paper for somebody else's hands tells beside the words of a record. Inside a scope."""

from dataclasses import replace

from parties.access import Viewer
from records import earlier_files, policies, shown_files
from records.reading import RecordFile


def cut(viewer: Viewer, file: RecordFile) -> RecordFile:
    """Of files as much as the family may know. What lay on the table, and of which case the record
    is, is for the school. A family hands on what is its own.
    """
    if policies.is_at_home(viewer, file.record):
        return file
    known = [one for one in file.attachments if shown_files.is_for_the_family(one)]
    earlier = earlier_files.for_the_family(file.earlier)
    return replace(file, attachments=known, earlier=earlier, prepared=[], case_id=None)
