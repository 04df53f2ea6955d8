"""Files with something in them: cases as every channel and audience has them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from parties import tenancy
from parties.access import Viewer
from parties.models import Placement
from records import file, file_entries
from records.file import Entry, Filters, Line, Place, Source
from records.models import FileEntry
from tests.factories import NOW, World
from workflow import case_entries
from workflow.models import Case

SHOWN: dict[str, Any] = {"channel": "NOTICE", "shown_channel": "NOTICE"}
UNROUTED: dict[str, Any] = {"channel": "MEETING", "shown_channel": ""}
CRISIS: dict[str, Any] = {"channel": "CRISIS", "shown_channel": ""}


def case(world: World, *, at: datetime = NOW, **values: Any) -> Case:
    """A case that is in the file, as the services enter it. Inside a scope."""
    made = Case.objects.create(
        school=world.school,
        student=world.student,
        opened_at=at,
        alarm_at=at,
        **{**SHOWN, **values},
    )
    case_entries.keep(made)
    return made


def many(world: World, count: int, *, since: datetime = NOW, **values: Any) -> list[Case]:
    """`count` cases a minute apart, each older than the one before. Inside a scope."""
    moments = [since - timedelta(minutes=number) for number in range(count)]
    cases = Case.objects.bulk_create(
        Case(
            school=world.school,
            student=world.student,
            opened_at=at,
            alarm_at=at,
            **{**SHOWN, **values},
        )
        for at in moments
    )
    FileEntry.objects.bulk_create(
        FileEntry(school=world.school, **case_entries.columns(made)) for made in cases
    )
    return cases


def placed(world: World, *, kind: str, at: datetime = NOW, **entry: Any) -> FileEntry:
    """The student's placement as an entry of `kind`: see `placements_as`. Inside a scope."""
    file_entries.enter(
        student=world.student,
        kind=kind,
        object_id=world.placement.pk,
        party="COMPANY",
        at=at,
        **entry,
    )
    return FileEntry.objects.get(kind=kind, object_id=world.placement.pk, student=world.student)


def placements_as(monkeypatch: Any, *kinds: str) -> None:
    """Let placements stand for objects of `kinds`: the family and the mentor may see them."""
    source = Source("实习", Placement, lambda _, rows: {row.pk: Line(row.post) for row in rows})
    for kind in kinds:
        monkeypatch.setitem(file._sources, kind, (source,))


def read(
    world: World, name: str, *, after: Place | None = None, limit: int = 20, **filters: Any
) -> tuple[Sequence[Entry], Place | None]:
    """One page as `name` sees it. Opens its own scope."""
    with tenancy.scope(world.id):
        page = file.read(
            viewer=Viewer.load(world[name], at=NOW),
            student_id=world.student.pk,
            filters=Filters(**filters),
            after=after,
            limit=limit,
        )
    return page.entries, page.following


def objects(world: World, name: str, **given: Any) -> set[Any]:
    return {entry.object_id for entry in read(world, name, **given)[0]}
