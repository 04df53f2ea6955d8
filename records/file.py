"""Read a student's family-school file (家校档案): what all parties entered, in one order of time.

    who may open it --> entries they may know of --> objects their policies show --> lines

Entries and policies are one SQL query. An entry whose object a reader may not see does not exist
for them: it fills no place on a page and moves no cursor, and a page costs the same number of
queries however much is hidden. A package says what its kind is by `register`,
in its AppConfig.ready().
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from ledger import events
from parties.access import Viewer
from parties.cursors import Cursors, Written
from parties.errors import NotFound
from parties.models import Person, Student
from parties.roles import Role
from records.file_entries import FAMILY, SCHOOL, STUDENT
from records.models import FileEntry

#: The kind whose objects other entries belong to.
CASE: Final = "case"
COMPANY: Final = frozenset({Role.CM, Role.CA})
#: What a company may find in a file at all; the entry must name its role besides.
COMPANY_KINDS: Final = frozenset({"action_item", "evaluation", "plan_checkin"})
#: Who may open the file as such. Anybody else who stands in a role towards the student opens it
#: only as far as single entries are theirs: a counsellor in a crisis, a teacher who took part.
OPENERS: Final = SCHOOL | FAMILY | STUDENT | COMPANY

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


@dataclass(frozen=True, slots=True)
class Line:
    """One object in the words for one reader; what they may not read is absent.

    `extra` holds codes, ids and moments for a machine. `names_author`: this reader may learn who
    entered it.
    """

    title: str
    summary: str = ""
    state: str = ""
    extra: Mapping[str, str | int | None] = field(default_factory=dict)
    names_author: bool = True


def _as_it_is(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


@dataclass(frozen=True, slots=True)
class Source:
    """Where objects of a kind live, and how they are told; `describe` reads no row by row.

    `select` adds to the query what describing needs (select_related, only, annotations). `rows` are
    the objects that a reader of this student's file is shown; by default those of the model's own
    policy. It is made of policies as well, where the object of an entry is another than its model's
    policy was written for.
    """

    label: str
    model: type[Model]
    describe: Callable[[Viewer, Sequence[Any]], Mapping[UUID, Line]]
    select: Callable[[QuerySet[Any]], QuerySet[Any]] = _as_it_is
    rows: Callable[[Viewer, Student], QuerySet[Any]] | None = None


_sources: dict[str, tuple[Source, ...]] = {}


def register(kind: str, source: Source) -> None:
    """Let entries of `kind` be read; called from AppConfig.ready() alone.

    A kind whose objects live in several models is registered once for each.
    """
    others = [one for one in _sources.get(kind, ()) if one.model != source.model]
    _sources[kind] = (*others, source)


def kinds() -> Mapping[str, str]:
    """Code and Chinese name of every kind that can be read."""
    return {kind: sources[0].label for kind, sources in sorted(_sources.items())}


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
    student = viewer.get(Student, student_id)
    roles = standing(viewer, student)
    if roles & OPENERS or (roles and visible(viewer, student, Filters()).exists()):
        return student
    raise NotFound("没有找到。")


def standing(viewer: Viewer, student: Student) -> frozenset[Role]:
    """Roles that count for this file: whoever is the student's family is nothing else here."""
    if student.pk in viewer.kin:
        return FAMILY if student.pk in viewer.wards else frozenset()
    return viewer.roles_towards(student)


def page(
    viewer: Viewer, student: Student, filters: Filters, *, after: Place | None, limit: int
) -> tuple[Sequence[Entry], Place | None]:
    """At most `limit` entries behind `after`: one query, and as many as the kinds among them have
    sources; no more for a longer page.
    """
    sight = _Sight(viewer, student)
    rows = _visible(sight, filters)
    if after is not None:
        # The plain bound on `at` is what the index can start from.
        behind = Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.id)
        rows = rows.filter(behind, at__lte=after.at)
    wanted = ("at", "kind", "party", "case_id", "object_id", "by__name")
    ordered = rows.select_related("by").only(*wanted).order_by("-at", "-pk")
    found = list(ordered[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return _told(sight, found[:limit]), None if last is None else Place(last.at, last.pk)


def visible(viewer: Viewer, student: Student, filters: Filters) -> QuerySet[FileEntry]:
    """Entries that exist for this reader: named on the entry, and shown by the object's policy."""
    return _visible(_Sight(viewer, student), filters)


@dataclass(frozen=True, slots=True)
class _Sight:
    """One reader of one file, and what is shown to them: a policy is asked once a page, not thrice.

    `_rows` by model: several kinds may share one.
    """

    viewer: Viewer
    student: Student
    _rows: dict[type[Model], QuerySet[Any]] = field(default_factory=dict)

    def rows(self, source: Source) -> QuerySet[Any]:
        if source.rows is not None:
            return source.rows(self.viewer, self.student)
        if source.model not in self._rows:
            self._rows[source.model] = self.viewer.rows(source.model)
        return self._rows[source.model]


def _visible(sight: _Sight, filters: Filters) -> QuerySet[FileEntry]:
    student = sight.student
    entries = FileEntry.objects.filter(school_id=student.school_id, student=student)
    return entries.filter(
        _asked_for(filters),
        _may_know(sight.viewer, standing(sight.viewer, student)),
        _shown(sight, [filters.kind] if filters.kind else list(_sources)),
        *_of_case(sight, filters.case_id),
    )


def _describe(sight: _Sight, objects: Mapping[str, Collection[UUID]]) -> Mapping[UUID, Line]:
    """Lines by object: one query for each source; what the reader may not see is left out."""
    lines: dict[UUID, Line] = {}
    for kind, ids in objects.items():
        for source in _sources[kind]:
            rows = source.select(sight.rows(source).filter(pk__in=ids))
            lines.update(source.describe(sight.viewer, list(rows)))
    return lines


def _told(sight: _Sight, rows: Sequence[FileEntry]) -> Sequence[Entry]:
    """The cases that entries belong to are looked up with those that are entries themselves: the
    number of a case that does not exist for this reader is not shown.
    """
    objects: dict[str, set[UUID]] = {}
    for row in rows:
        objects.setdefault(row.kind, set()).add(row.object_id)
        if row.case_id is not None and CASE in _sources:
            objects.setdefault(CASE, set()).add(row.case_id)
    lines = _describe(sight, objects)
    return [_entry(row, lines) for row in rows if row.object_id in lines]


def _entry(row: FileEntry, lines: Mapping[UUID, Line]) -> Entry:
    line = lines[row.object_id]
    return Entry(
        id=row.pk,
        at=row.at,
        kind=row.kind,
        party=row.party,
        object_id=row.object_id,
        case_id=row.case_id if row.case_id in lines else None,
        by=row.by if line.names_author else None,
        line=line,
    )


def _asked_for(filters: Filters) -> Q:
    wanted = Q()
    if filters.kind:
        wanted &= Q(kind=filters.kind)
    if filters.party:
        wanted &= Q(party=filters.party)
    if filters.start is not None:
        wanted &= Q(at__gte=_midnight(filters.start))
    if filters.end is not None:
        wanted &= Q(at__lt=_midnight(filters.end + timedelta(days=1)))
    return wanted


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _may_know(viewer: Viewer, roles: frozenset[Role]) -> Q:
    """By the role held towards this student, or by name; a company only what is on its list."""
    named, known = Q(people__contains=[viewer.person.pk]), Q(pk__in=[])
    if own := sorted(roles - COMPANY):
        known |= named | Q(readers__overlap=own)
    if company := sorted(roles & COMPANY):
        known |= Q(kind__in=COMPANY_KINDS) & (named | Q(readers__overlap=company))
    return known


def _shown(sight: _Sight, wanted: Sequence[str]) -> Q:
    """The kind is asked before the policy: an OR of these is worked through from the left."""
    seen = Q(pk__in=[])
    for kind in wanted:
        for source in _sources.get(kind, ()):
            seen |= Q(Q(kind=kind), Exists(sight.rows(source).filter(**_IS_THE_OBJECT)))
    return seen


#: Two bounds and no "=": of an equality Postgres makes a hash of everything that the policy shows,
#: which grows with the file; so it looks up each object of the page by its key.
_IS_THE_OBJECT: Final = {"pk__gte": OuterRef("object_id"), "pk__lte": OuterRef("object_id")}


def _of_case(sight: _Sight, case_id: UUID | None) -> Sequence[Any]:
    """Asking for a hidden case finds as much as asking for one that never was."""
    if case_id is None:
        return []
    if CASE not in _sources:
        return [Q(pk__in=[])]
    (cases,) = _sources[CASE]
    return [Q(case_id=case_id), Exists(sight.rows(cases).filter(pk=OuterRef("case_id")))]
