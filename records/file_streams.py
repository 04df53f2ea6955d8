"""A whole file for a machine, in one piece however long it is: JSON, page by page.

    begin() inside a scope: refusals, event, deliveries --> leave it --> pieces(): a scope a page

Nothing is sent before everything was looked through. While it is being sent no transaction is open,
so a slow reader holds nothing up, and each page is read with what the reader may see by then: what
was shut meanwhile does not go out, and what may no longer leave the school breaks the copy off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from parties import tenancy
from parties.access import Viewer
from parties.errors import SanfangError
from parties.models import Person, Student
from records import exports, file, file_records, sheets, volumes
from records.drafts import KIND
from records.exports import Form, Purpose, Taken
from records.file import Filters, Place
from records.models import FileEntry
from records.printing import as_json
from records.printing.documents import Entry, FileSheet, RecordSheet, Watermark
from records.printing.errors import PrintingFailed

#: Entries that are in memory at once.
PAGE: Final = 1_000
#: Records that are, with their texts.
RECORDS: Final = 50


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was granted and written down, to be read once."""

    sheet: FileSheet
    mark: Watermark
    by: Person
    student: Student
    taken: Taken

    @property
    def is_short(self) -> bool:
        """Whether it may as well be answered in one."""
        return self.taken.rows <= PAGE and len(self.taken.records) <= RECORDS

    def pieces(self) -> Iterator[bytes]:
        """Not for use inside a scope.

        Raises:
            PrintingFailed: what was granted may no longer be given. The copy is cut off, and no
                program takes it for a whole one. Why stays unsaid, for a server logs what it says.
        """
        try:
            yield from as_json.pieces(
                self.sheet, watermark=self.mark, entries=self._entries(), records=self._records()
            )
        except SanfangError as refused:
            raise PrintingFailed("副本没有写完。", reason=refused.code) from None

    def _entries(self) -> Iterator[Sequence[Entry]]:
        after: Place | None = None
        while True:
            with tenancy.scope(self.student.school_id):
                viewer, student = self._opened()
                rows = _page(file.visible(viewer, student, self.taken.filters), after)
                told = file.told(viewer, student, rows)
                words = exports.tells_words(viewer, student, self.taken.purpose)
            yield exports.lines_of(told, words=words)
            if len(rows) < PAGE:
                return
            after = Place(rows[-1].at, rows[-1].pk)

    def _records(self) -> Iterator[Sequence[RecordSheet]]:
        """Those that were written down as taken, and no other."""
        ids, school = self.taken.records, self.sheet.school
        for start in range(0, len(ids), RECORDS):
            with tenancy.scope(self.student.school_id):
                viewer, student = self._opened()
                leaving = exports.leaves(viewer, student, self.taken.purpose)
                part = ids[start : start + RECORDS]
                found = file_records.whole(viewer, part, leaving=leaving)
                told = [sheets.sheet_of(one, school=school) for one in found]
            yield told

    def _opened(self) -> tuple[Viewer, Student]:
        """The reader as they stand now."""
        viewer = Viewer.load(self.by, at=self.mark.at)
        return viewer, exports.taken_by(viewer, self.student.pk)


def begin(*, viewer: Viewer, student_id: UUID, filters: Filters, purpose: Purpose) -> Copy:
    """Look the whole file through, and write down that it was taken. Inside a scope.

    Raises as exports.collect().
    """
    student = exports.taken_by(viewer, student_id)
    whole = not purpose.counts_only
    there = volumes.extent(viewer, student, filters, whole_records=whole)
    records = _delivered(viewer, student, filters, purpose) if whole else []
    taken = Taken(filters, purpose, Form.JSON, rows=there.total, records=records)
    exports.note(viewer, student, taken)
    return Copy(
        sheet=exports.cover(viewer, student, filters, begins=there.begins),
        mark=exports.mark(viewer, purpose),
        by=viewer.person,
        student=student,
        taken=taken,
    )


def _delivered(
    viewer: Viewer, student: Student, filters: Filters, purpose: Purpose
) -> Sequence[UUID]:
    """The records that go along; one page of their texts is in memory at once."""
    leaving = exports.leaves(viewer, student, purpose)
    rows = file.visible(viewer, student, filters).filter(kind=KIND).order_by("at", "pk")
    ids, taken = list(rows.values_list("object_id", flat=True)), list[UUID]()
    for start in range(0, len(ids), RECORDS):
        found = file_records.whole(viewer, ids[start : start + RECORDS], leaving=leaving)
        file_records.deliver(viewer, found, purpose=purpose.value)
        taken += [one.record.pk for one in found]
    return taken


def _page(rows: QuerySet[FileEntry], after: Place | None) -> Sequence[FileEntry]:
    """Oldest first, behind `after`."""
    if after is not None:
        later = Q(at__gt=after.at) | Q(at=after.at, pk__gt=after.id)
        rows = rows.filter(later, at__gte=after.at)  # the plain bound is where the index starts
    return list(rows.select_related("by").order_by("at", "pk")[:PAGE])
