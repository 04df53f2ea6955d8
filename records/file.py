"""Read a student's family-school file (家校档案): what all parties entered, in one order of time.

    who may open it --> entries that exist for them (file_rows) --> lines (file_sources)

A page costs the same number of queries wherever it begins, however long it is, and however much is
hidden. A package says what its kind is by `register`, in its AppConfig.ready().
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from ledger import events
from parties.access import Viewer
from parties.cursors import Cursors, Written
from parties.errors import NotFound
from parties.models import Person, Student
from records import file_rows
from records.file_entries import FAMILY, SCHOOL, STUDENT
from records.file_rows import COMPANY, Part, Sight, standing
from records.file_sources import CASE, SOURCES, Line, Registered, Source
from records.models import FileEntry

__all__ = [
    "CASE", "COMPANY", "Entry", "Filters", "Line", "Page", "Place", "Source",
    "asked", "kinds", "opened", "opens", "page", "read", "register", "standing", "told", "visible",
]  # fmt: skip

#: Who may open the file as such. Anybody else who stands in a role towards the student opens it
#: only as far as single entries are theirs: a counsellor in a crisis, a teacher who took part, an
#: aid officer for the sentence about money. Who has none any more, as an author who left the class,
#: opens single records and no file.
OPENERS: Final = SCHOOL | FAMILY | STUDENT | COMPANY

#: By kind and object: one object may stand in a file twice, as what was given and taken back.
_Lines = Mapping[tuple[str, UUID | None], Line]

_SAID: Final = ("kind", "party", "start", "end", "case_id")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended."""

    at: datetime
    id: UUID

    def written(self) -> Written:
        """Always equally long, so that a sealed one says nothing by its length."""
        return [self.at.isoformat(timespec="microseconds"), str(self.id)]

    @classmethod
    def read(cls, written: Written | None) -> "Place | None":
        if written is None:
            return None
        at, pk = map(str, written)
        return cls(datetime.fromisoformat(at), UUID(pk))


_sources: Final = SOURCES


def register(kind: str, source: Source) -> None:
    """Let entries of `kind` be read; called from AppConfig.ready() alone.

    A kind whose objects live in several models is registered once for each.
    """
    others = [one for one in _sources.get(kind, ()) if one.model != source.model]
    _sources[kind] = (*others, source)


def kinds() -> Mapping[str, str]:
    """Code and Chinese name of every kind that can be read."""
    return {kind: sources[0].label for kind, sources in sorted(_sources.items())}


def _registered(kind: str) -> Registered:
    """Each kind with each of its sources, or those of `kind` alone."""
    wanted = [kind] if kind else _sources
    return tuple((one, source) for one in wanted for source in _sources.get(one, ()))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which part of the file; `start` and `end` are school days, both included."""

    kind: str = ""
    party: str = ""
    start: date | None = None
    end: date | None = None
    case_id: UUID | None = None

    def cursors(self, viewer: Viewer, student_id: UUID) -> Cursors:
        """Good for this reader, this file and this part of it alone."""
        said = [str(getattr(self, name) or "") for name in _SAID]
        return Cursors.of(viewer, "file", [str(student_id), *said])


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the file as this reader may see it. `by` and `case_id` are absent as None."""

    id: UUID
    at: datetime
    kind: str
    party: str
    object_id: UUID
    case_id: UUID | None
    by: Person | None
    line: Line


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first, and where the next page begins: behind `following`."""

    student: Student
    entries: Sequence[Entry]
    following: Place | None


def read(
    *,
    viewer: Viewer,
    student_id: UUID,
    filters: Filters,
    after: Place | None = None,
    limit: int,
) -> Page:
    """Open the file and record it. Inside a scope.

    Raises:
        NotFound: no such student, or not for this reader.
    """
    student = opened(viewer, student_id)
    entries, following = page(viewer, student, filters, after=after, limit=limit)
    events.append(
        school_id=student.school_id,
        kind="file.read",
        actor=viewer.person.pk,
        subject=("access", student.pk),
        at=viewer.at,
        payload={"rows": len(entries), **asked(filters)},
    )
    return Page(student, entries, following)


def asked(filters: Filters) -> Mapping[str, Any]:
    """The filters that are set, as the payload of an event."""
    return {name: value for name in _SAID if (value := getattr(filters, name))}


def opened(viewer: Viewer, student_id: UUID) -> Student:
    """The student, if this reader may open the file: the directory is wider. Raises NotFound."""
    student = file_rows.student(viewer, student_id)
    if student is None or not opens(viewer, student):
        raise NotFound("没有找到。")
    return student


def opens(viewer: Viewer, student: Student) -> bool:
    """Whether this reader may open the file of a student whom they find in the directory."""
    roles = standing(viewer, student)
    return bool(roles & OPENERS or (roles and _rows(Sight.of(viewer, student), Part(), limit=1)))


def page(
    viewer: Viewer, student: Student, filters: Filters, *, after: Place | None, limit: int
) -> tuple[Sequence[Entry], Place | None]:
    """At most `limit` entries behind `after`: one query, and as many as the kinds among them have
    sources; no more for a longer page.
    """
    sight = Sight.of(viewer, student)
    found = _rows(sight, _part(filters, after), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return _told(sight, found[:limit]), None if last is None else Place(last.at, last.pk)


def visible(viewer: Viewer, student: Student, filters: Filters) -> QuerySet[FileEntry]:
    """Entries that exist for this reader, as rows to go on asking about."""
    part, cases = _part(filters, None), _sources.get(CASE, ())
    return file_rows.entries(Sight.of(viewer, student), part, _registered(part.kind), cases)


def told(viewer: Viewer, student: Student, rows: Sequence[FileEntry]) -> Sequence[Entry]:
    """These of visible(), as entries: as many queries as the kinds among them have sources."""
    return _told(Sight.of(viewer, student), rows)


def _rows(sight: Sight, part: Part, *, limit: int) -> Sequence[FileEntry]:
    return file_rows.page(sight, part, _registered(part.kind), _sources.get(CASE, ()), limit=limit)


def _part(filters: Filters, after: Place | None) -> Part:
    return Part(
        kind=filters.kind,
        party=filters.party,
        since=None if filters.start is None else _midnight(filters.start),
        until=None if filters.end is None else _midnight(filters.end + timedelta(days=1)),
        case_id=filters.case_id,
        after_at=file_rows.NEWEST if after is None else after.at,
        after_id=file_rows.LAST_ID if after is None else after.id,
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _told(sight: Sight, rows: Sequence[FileEntry]) -> Sequence[Entry]:
    """The cases that entries belong to are looked up with those that are entries themselves: the
    number of a case that does not exist for this reader is not shown.
    """
    objects: dict[str, set[UUID]] = {}
    for row in rows:
        objects.setdefault(row.kind, set()).add(row.object_id)
        if row.case_id is not None:
            objects.setdefault(CASE, set()).add(row.case_id)
    lines = _describe(sight, objects)
    return [_entry(row, lines) for row in rows if (row.kind, row.object_id) in lines]


def _describe(sight: Sight, objects: Mapping[str, Collection[UUID]]) -> _Lines:
    """One query for each source; what the reader may not see is left out."""
    asked = [(kind, one) for kind in objects for one in _sources.get(kind, ())]
    found = file_rows.objects(sight, [(one, objects[kind]) for kind, one in asked])
    lines: dict[tuple[str, UUID | None], Line] = {}
    for (kind, source), (rows, more) in zip(asked, found, strict=True):
        lines |= {(kind, pk): one for pk, one in source.told(sight.viewer, rows, more).items()}
    return lines


def _entry(row: FileEntry, lines: _Lines) -> Entry:
    line = lines[row.kind, row.object_id]
    of_case = line.names_case and (CASE, row.case_id) in lines
    return Entry(
        id=row.pk,
        at=row.at,
        kind=row.kind,
        party=row.party,
        object_id=row.object_id,
        case_id=row.case_id if of_case else None,
        by=row.by if line.names_author else None,
        line=line,
    )
