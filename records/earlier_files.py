"""Files of earlier versions, as a later one names them.

A new version repeats the words of the one before it; its files stay where they were signed, and are
neither copied nor moved. Whoever may open a file there finds it from here as well; whoever may not
learns nothing of it. Inside a scope.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet

from parties.access import Viewer
from records import policies, record_parts, shown_files
from records.models import Attachment, CommunicationRecord
from records.stillness import as_it_stood

State = CommunicationRecord.State
_FILE = Attachment.Kind.FILE


@dataclass(frozen=True, slots=True)
class Earlier:
    """One earlier version: its files for this reader, and whether it is sealed. That is told with
    and without files, so that it tells of none.
    """

    record: UUID
    version: int
    sealed: bool
    files: Sequence[Attachment]


def of(viewer: Viewer, records: Sequence[CommunicationRecord]) -> Mapping[UUID, Sequence[Earlier]]:
    """By record, oldest first: as many queries for many as for one, none for first versions."""
    later = [one for one in records if one.version > 1]
    if not later:
        return {}
    rows = list(_signed(viewer, {one.record_no for one in later}))
    policies.learn(viewer, rows)
    parts, found = record_parts.gather(rows), defaultdict[str, list[Earlier]](list)
    for row in rows:
        known, there = as_it_stood(viewer, row, parts[row.pk])
        files = [one for one in shown_files.of(viewer, known, there) if one.kind == _FILE]
        if files or known.state == State.SEALED:
            told = Earlier(row.pk, row.version, known.state == State.SEALED, files)
            found[row.record_no].append(told)
    return {
        record.pk: [one for one in found[record.record_no] if one.version < record.version]
        for record in later
    }


def for_the_family(told: Sequence[Earlier]) -> Sequence[Earlier]:
    """As much as the family may know, in whoever's hands the paper is."""
    cut = [
        replace(one, files=[each for each in one.files if shown_files.is_for_the_family(each)])
        for one in told
    ]
    return [one for one in cut if one.files or one.sealed]


def lists(viewer: Viewer, record_id: UUID, file_id: UUID) -> bool:
    """Whether the file is of this version, or of an earlier one that it names to this reader."""
    file = viewer.find(Attachment, file_id)
    if file is not None and file.record_id == record_id:
        return True
    record = viewer.find(CommunicationRecord, record_id)
    told = [] if record is None else of(viewer, [record]).get(record_id, [])
    return any(file_id == each.pk for one in told for each in one.files)


def _signed(viewer: Viewer, numbers: set[str]) -> QuerySet[CommunicationRecord]:
    """What somebody gave their word to, and so what a next version can follow."""
    rows = viewer.rows(CommunicationRecord).filter(record_no__in=numbers)
    return rows.exclude(signed_at=None).order_by("version")
