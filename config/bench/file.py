"""One page of a file with ten thousand entries: the first, the middle, and the two-hundredth.

Three arms answer the same question for the same reader:
- the product: the whole request through Django, in this process, without a socket;
- the floor: bare psycopg, prepared, same role, same policies of the database, the keyset alone;
- the naive way: OFFSET, and each object asked for on its own.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import connection
from django.db.models import Model
from django.test import Client
from psycopg.sql import SQL, Identifier

from config import startup
from config.bench import addresses, filling, measuring, mixture
from config.bench.measuring import Rounds
from parties import clock, tenancy
from parties.access import Viewer
from parties.models import Person, Student
from records import file
from records.file import Filters, Place
from records.models import FileEntry

P99_TARGET_MS: Final = 25.0
_PASSWORD: Final = "bench-only-Kran-2026"  # noqa: S105 - of a throw-away school
_LIMIT: Final = 20
_PROFILED: Final = 60

_FLOOR: Final = """
    SELECT id, at, kind, party, case_id, object_id FROM records_fileentry
    WHERE school_id = %(school)s AND student_id = %(student)s AND readers && '{G}'
    AND (at, id) < (%(at)s, %(id)s) ORDER BY at DESC, id DESC LIMIT 21
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where one page begins: the place before it, and how many entries lie above."""

    name: str
    after: Place
    above: int
    query: str


@dataclass
class Workload:
    """The filled school and the three arms."""

    school_id: int
    student_id: UUID
    client: Client
    spots: Sequence[Spot]
    bare: psycopg.Connection[Any]
    _turns: dict[str, Iterator[Spot]] = field(default_factory=dict)

    def product(self) -> str:
        spot = self._next("product")
        answer = self.client.get(f"/api/v1/students/{self.student_id}/file{spot.query}")
        if answer.status_code != 200 or len(answer.json()["results"]) != _LIMIT:  # noqa: PLR2004
            raise RuntimeError(f"page {spot.name} answered {answer.status_code}")
        return spot.name

    def floor(self) -> str:
        spot = self._next("floor")
        given = {
            "school": self.school_id,
            "student": self.student_id,
            "at": spot.after.at,
            "id": spot.after.id,
        }
        with self.bare.transaction():
            self.bare.execute("SELECT set_config('app.school', %s, true)", [str(self.school_id)])
            self.bare.execute(_FLOOR, given, prepare=True).fetchall()
        return spot.name

    def naive(self) -> str:
        spot = self._next("naive")
        with tenancy.scope(self.school_id) as at:
            viewer = Viewer.load(Person.objects.get(name="测速母亲"), at=at)
            student = viewer.get(Student, self.student_id)
            rows = FileEntry.objects.filter(student=student).order_by("-at", "-pk")
            for entry in rows[spot.above : spot.above + _LIMIT]:
                model, column = mixture.LOOKED_UP[entry.kind]
                viewer.rows(model).filter(**{column: entry.object_id}).first()
        return spot.name

    def _next(self, arm: str) -> Spot:
        return next(self._turns.setdefault(arm, cycle(self.spots)))


def run(
    *,
    seconds: float,
    tell: Callable[[str], None],
    open_cases: int | None = None,  # noqa: ARG001 -- of the workloads of cases
) -> dict[str, Any]:
    """Fill, measure, and say where the time goes."""
    tell(f"正在写入一份 {filling.ENTRIES} 条记录的档案……")
    school, student_id = filling.fill(password=_PASSWORD, at=clock.now())
    _vacuum()
    with psycopg.connect(addresses.app(), autocommit=True) as bare:
        work = Workload(school.pk, student_id, _signed_in(), _spots(school.pk, student_id), bare)
        for arm in (work.product, work.floor, work.naive):
            for _ in range(3 * len(work.spots)):  # everything is loaded and prepared
                arm()
        startup.spare_what_stays()  # as every web process does
        arms = {"product": work.product, "floor": work.floor, "naive": work.naive}
        rounds = measuring.measure(arms, seconds=seconds, tell=tell)
        return {"workload": "file", **_result(rounds), **_profile(work)}


def _result(rounds: Rounds) -> dict[str, Any]:
    took = rounds.took("product")
    floor, naive = rounds.ratios("product", "floor"), rounds.ratios("product", "naive")
    everything = measuring.latency([one for times in took.values() for one in times])
    return {
        "ratio_to_floor": round(measuring.quantile(floor, 0.5), 4),
        "ratio_to_naive": round(measuring.quantile(naive, 0.5), 4),
        "ci": [round(edge, 4) for edge in measuring.interval(floor)],
        "ci_to_naive": [round(edge, 4) for edge in measuring.interval(naive)],
        "a_to_a": round(measuring.quantile(rounds.same("product"), 0.5), 4),
        **everything,
        "pages": {name: measuring.latency(times) for name, times in took.items()},
        "floor_pages": {
            name: measuring.latency(times) for name, times in rounds.took("floor").items()
        },
        "target_p99_ms": P99_TARGET_MS,
        "met": everything["p99_ms"] <= P99_TARGET_MS,
        "rounds": len(rounds.rounds),
        "slots": rounds.slots,
        "entries": filling.ENTRIES,
        "client": "in process",
    }


def _profile(work: Workload) -> dict[str, Any]:
    """How many statements a page takes, and how much of its time they are."""
    counts, statements = [], list[float]()
    begun, busy = time.perf_counter(), time.process_time()
    for _ in range(_PROFILED):
        with _timed(statements) as count:
            work.product()
        counts.append(count())
    whole = (time.perf_counter() - begun) / _PROFILED
    processor = (time.process_time() - busy) / _PROFILED
    database = sum(statements) / _PROFILED
    return {
        "statements": sorted(set(counts)),
        "database_ms": round(1000 * database, 3),
        "python_ms": round(1000 * (whole - database), 3),
        "processor_ms": round(1000 * processor, 3),
    }


@contextmanager
def _timed(statements: list[float]) -> Iterator[Callable[[], int]]:
    before = len(statements)

    def clocked(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            statements.append(time.perf_counter() - begun)

    with connection.execute_wrapper(clocked):
        yield lambda: len(statements) - before


def _spots(school_id: int, student_id: UUID) -> Sequence[Spot]:
    """The first page, the middle one, and the two-hundredth, as the mother counts them."""
    with tenancy.scope(school_id) as at:
        viewer = Viewer.load(Person.objects.get(name="测速母亲"), at=at)
        student = viewer.get(Student, student_id)
        rows = file.visible(viewer, student, Filters()).order_by("-at", "-pk")
        whole = FileEntry.objects.filter(student=student)
        newest = whole.latest("at")
        found = [Spot("first", Place(newest.at, UUID(int=2**128 - 1)), 0, f"?limit={_LIMIT}")]
        for name, number in (("middle", rows.count() // _LIMIT // 2), ("page_200", 200)):
            last = rows[(number - 1) * _LIMIT - 1]
            place = Place(last.at, last.pk)
            cursor = Filters().cursors(viewer, student_id).seal(place.written())
            above = whole.filter(at__gte=last.at).count()
            found.append(Spot(name, place, above, f"?limit={_LIMIT}&cursor={cursor}"))
    return found


def _signed_in() -> Client:
    client = Client()
    given = {"login": filling.LOGIN, "password": _PASSWORD}
    answer = client.post("/api/v1/session", given, content_type="application/json")
    if answer.status_code != 200:  # noqa: PLR2004 - OK
        raise RuntimeError(f"signing in answered {answer.status_code}")
    return client


def _vacuum() -> None:
    """As autovacuum would have by the time a file has grown so long. Only an owner may."""
    looked_up = [model for model, _ in mixture.LOOKED_UP.values()]
    tables: list[type[Model]] = [FileEntry, *looked_up, *mixture.LOOKED_AT]
    with psycopg.connect(addresses.owner(), autocommit=True) as owner:
        for table in sorted({model._meta.db_table for model in tables}):
            owner.execute(SQL("VACUUM (ANALYZE) {}").format(Identifier(table)))
