"""Which entries of a file exist for a reader, and their objects: each as one query.

    entries they may know of --> objects that their policies show --> the part that was asked for

An entry whose object a reader may not see does not exist for them: it fills no place on a page and
moves no cursor, and a page costs the same number of queries however much is hidden.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from parties import statements
from parties.access import Viewer
from parties.likeness import Ids, Known
from parties.models import Student
from parties.roles import STAFF, Role
from records.file_entries import FAMILY, SCHOOL
from records.file_sources import Registered, Source
from records.models import FileEntry

COMPANY: Final = frozenset({Role.CM, Role.CA})
#: What a company may find in a file at all; the entry must name its role besides.
COMPANY_KINDS: Final = frozenset({"action_item", "evaluation", "plan_checkin"})


#: Before the first entry: so the first page is the statement of every other, and built with it.
NEWEST: Final = datetime.max.replace(tzinfo=UTC)
LAST_ID: Final = UUID(int=2**128 - 1)
#: Asked for are not the objects of a source, but what describing them needs.
_BESIDE: Final = "beside"


@dataclass(frozen=True, slots=True)
class Part:
    """What of a file is asked for; [since, until), and only what is older than (at, id)."""

    kind: str = ""
    party: str = ""
    since: datetime | None = None
    until: datetime | None = None
    case_id: UUID | None = None
    after_at: datetime = NEWEST
    after_id: UUID = LAST_ID


def standing(viewer: Viewer, student: Student) -> frozenset[Role]:
    """Roles that count for this file: whoever is the student's family is nothing else here."""
    if student.pk in viewer.kin:
        return FAMILY if student.pk in viewer.wards else frozenset()
    return viewer.roles_towards(student)


@dataclass(frozen=True, slots=True)
class Sight:
    """One reader of one student's file, and the roles that count there."""

    viewer: Viewer
    student: Student
    roles: frozenset[Role]

    @classmethod
    def of(cls, viewer: Viewer, student: Student) -> Self:
        return cls(viewer, student, standing(viewer, student))


def student(viewer: Viewer, student_id: UUID) -> Student | None:
    """The student, if this reader finds them in the directory."""
    return next(iter(statements.rows(_students, viewer, student_id)), None)


def page(
    sight: Sight, part: Part, sources: Registered, cases: tuple[Source, ...] = (), *, limit: int
) -> Sequence[FileEntry]:
    """The newest entries of these kinds, at most `limit`; in one query.

    `cases`: where a case lives that the part may be narrowed to.
    """
    return statements.rows(_newest_first, sight, part, sources, cases, limit=limit)


def objects(
    sight: Sight, wanted: Sequence[tuple[Source, Collection[UUID]]]
) -> Sequence[tuple[Sequence[Any], Sequence[Any]]]:
    """Of each source those of the ids that the reader may see, and what describing them needs
    beside; a query for each, in one round trip. Their student is the one whose file it is.
    """
    reader = Known(sight.viewer, sight.student)
    asked = [(reader, one, Ids(ids), "") for one, ids in wanted]
    more = [(reader, one, Ids(ids), _BESIDE) for one, ids in wanted if one.beside is not None]
    answers = iter(statements.rows_of_each(_objects, [*asked, *more]))
    found = [next(answers) for _ in asked]
    for row in chain(*found):
        if row.__dict__.get("student_id") == sight.student.pk:
            row._meta.get_field("student").set_cached_value(row, sight.student)
    beside = [() if one.beside is None else next(answers) for one, _ in wanted]
    return list(zip(found, beside, strict=True))


def entries(
    sight: Sight, part: Part, sources: Registered, cases: tuple[Source, ...]
) -> QuerySet[FileEntry]:
    """Entries that exist for this reader: theirs to know of, and shown by the object's policy."""
    student = sight.student
    found = FileEntry.objects.filter(school_id=student.school_id, student=student)
    return found.filter(
        _asked_for(part),
        _may_know(sight) | _open_to_staff(sight, part, sources),
        _shown(sight, sources),
        *_of_case(sight, part.case_id, cases),
    )


def _students(viewer: Viewer, student_id: UUID) -> QuerySet[Student]:
    return viewer.rows(Student).filter(pk=student_id)


def _newest_first(
    sight: Sight, part: Part, sources: Registered, cases: tuple[Source, ...]
) -> QuerySet[FileEntry]:
    wanted = ("at", "kind", "party", "case_id", "object_id", "by__name")
    found = entries(sight, part, sources, cases).select_related("by").only(*wanted)
    return found.order_by("-at", "-pk")


def _objects(
    viewer: Viewer, student: Student, source: Source, ids: Ids, what: str
) -> QuerySet[Any]:
    """Of one source what stands in the file, or what it needs beside that."""
    if what == _BESIDE and source.beside is not None:
        return source.beside(viewer, ids)
    shown = source.shown(viewer, student)
    return source.select(shown.filter(statements.among("pk", ids)))


def _asked_for(part: Part) -> Q:
    wanted = Q()
    if part.kind:
        wanted &= Q(kind=part.kind)
    if part.party:
        wanted &= Q(party=part.party)
    if part.since is not None:
        wanted &= Q(at__gte=part.since)
    if part.until is not None:
        wanted &= Q(at__lt=part.until)
    # The plain bound on `at` is what the index can start from.
    older = Q(at__lt=part.after_at) | Q(at=part.after_at, pk__lt=part.after_id)
    return wanted & older & Q(at__lte=part.after_at)


def _may_know(sight: Sight) -> Q:
    """By the role held towards this student, or by name; a company only what is on its list."""
    named, known = Q(people__contains=[sight.viewer.person.pk]), Q(pk__in=[])
    if own := sorted(sight.roles - COMPANY):
        known |= named | Q(readers__overlap=own)
    if company := sorted(sight.roles & COMPANY):
        known |= Q(kind__in=COMPANY_KINDS) & (named | Q(readers__overlap=company))
    return known


def _open_to_staff(sight: Sight, part: Part, sources: Registered) -> Q:
    """Kinds of which the policy alone decides, whomever the entry names.

    Asked for by its case, an entry is found by those whom it names and who work with the whole
    file: that it belongs to one is more than its outline says.
    """
    kinds = sorted({kind for kind, source in sources if source.opens_by_policy})
    reads_cases = part.case_id is None or sight.roles & SCHOOL
    return Q(kind__in=kinds) if sight.roles & STAFF and reads_cases else Q(pk__in=[])


#: Two bounds and no "=": of an equality Postgres makes a hash of everything that the policy shows,
#: which grows with the file; so it looks up each object of the page by its key.
_IS_THE_OBJECT: Final = {"pk__gte": OuterRef("object_id"), "pk__lte": OuterRef("object_id")}


def _shown(sight: Sight, sources: Registered) -> Q:
    """The kind is asked before the policy: an OR of these is worked through from the left."""
    seen = Q(pk__in=[])
    for kind, source in sources:
        rows = source.shown(sight.viewer, sight.student)
        seen |= Q(Q(kind=kind), Exists(rows.filter(**_IS_THE_OBJECT)))
    return seen


def _of_case(sight: Sight, case_id: UUID | None, cases: Sequence[Source]) -> Sequence[Any]:
    """Asking for a hidden case finds as much as asking for one that never was."""
    if case_id is None:
        return []
    seen = Q(pk__in=[])
    for source in cases:
        shown = source.shown(sight.viewer, sight.student)
        seen |= Q(Exists(shown.filter(pk=OuterRef("case_id"))))
    return [Q(case_id=case_id), seen]
