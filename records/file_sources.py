"""Where the things that stand in a file live, and how each is told in a line."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db.models import Model, QuerySet

from parties.access import Viewer
from parties.likeness import Ids, Whole
from parties.models import Student


@dataclass(frozen=True, slots=True)
class Line:
    """One object in the words for one reader; what they may not read is absent.

    `words` are a family's own, as it wrote them: they stand in the file and on a copy that stays in
    the house (records/exports.py). `extra` holds codes, ids and moments for a machine.
    `names_author`: this reader may learn who entered it; `names_case`: and to which case it
    belongs. `within`: kind and id of what this reader opens to read it, where that is another than
    itself; only what they may open is named.
    """

    title: str
    summary: str = ""
    words: str = ""
    state: str = ""
    extra: Mapping[str, str | int | None] = field(default_factory=dict)
    names_author: bool = True
    names_case: bool = True
    within: tuple[str, UUID] | None = None

    @property
    def whole(self) -> str:
        """What there is to read beside its title."""
        return "\n".join(filter(None, (self.summary, self.words)))


def _as_it_is(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class Source(Whole):
    """Where objects of a kind live, and how they are told; `describe` reads no row by row.

    `select` adds to the query what describing needs (select_related, only, annotations). `rows` are
    the objects that a reader of this student's file is shown; by default those of the model's own
    policy. It is made of policies as well, where the object of an entry is another than its model's
    policy was written for. `beside` are rows of another model that describing needs, by the ids of
    its objects; they come with the same trip, and `describe` takes them as well. All of these are
    functions of a module: what they build is kept for everybody who is alike
    (parties/statements.py), so they ask nothing of the database.
    `opens_by_policy`: to staff it does not matter whom the entry names. What opens a record is what
    was said in it and whose task that is by now, and an entry was written before either.
    """

    label: str
    model: type[Model]
    describe: Callable[..., Mapping[UUID, Line]]
    select: Callable[[QuerySet[Any]], QuerySet[Any]] = _as_it_is
    rows: Callable[[Viewer, Student], QuerySet[Any]] | None = None
    opens_by_policy: bool = False
    beside: Callable[[Viewer, Ids], QuerySet[Any]] | None = None

    def shown(self, viewer: Viewer, student: Student) -> QuerySet[Any]:
        """The objects that exist for this reader of this student's file."""
        if self.rows is not None:
            return self.rows(viewer, student)
        return viewer.rows(self.model)

    def told(self, viewer: Viewer, rows: Sequence[Any], more: Sequence[Any]) -> Mapping[UUID, Line]:
        """Lines of these objects; `more` came from `beside`."""
        return self.describe(viewer, rows, *(() if self.beside is None else (more,)))


#: Kinds, each with one of its sources.
Registered = tuple[tuple[str, Source], ...]

#: The kind whose objects other entries belong to.
CASE: Final = "case"
#: By kind; records/file.py takes them in.
SOURCES: Final[dict[str, tuple[Source, ...]]] = {}


def cases_of(viewer: Viewer, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these cases that exist for this reader. Inside a scope; no query for none."""
    if not ids:
        return frozenset()
    known = (viewer.rows(source.model).filter(pk__in=ids) for source in SOURCES.get(CASE, ()))
    return frozenset(pk for rows in known for pk in rows.values_list("pk", flat=True))
