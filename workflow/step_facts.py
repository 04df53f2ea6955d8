"""What one step must know of its case: deadlines, and who counts. Read once, when first asked for.

A handler of this very step may change any of it, so everything is forgotten around one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from parties import calendar
from parties.calendar import CalendarView
from records import evaluations
from records.models import Notice
from workflow import assignment, circles, clocks
from workflow.assignment import Wanted
from workflow.circles import Circle
from workflow.clock_file import ROUND
from workflow.clocks import Anchors, ClockBook
from workflow.engine.definitions import LISTS, Definition
from workflow.engine.registry import StepContext
from workflow.models import Case


class StepFacts:
    """Of one case at `at`, in one scope that holds its instance."""

    def __init__(self, *, school_id: int, case_id: UUID, at: datetime) -> None:
        self._school_id = school_id
        self._case_id = case_id
        self._at = at
        self._roles: frozenset[str] = frozenset()
        self._tasks: frozenset[str] = frozenset()
        self._circle: Circle | None = None
        self._clocks: tuple[ClockBook, Anchors] | None = None

    def expect(self, definition: Definition) -> None:
        """What this diagram may ask for, so that one question is enough."""
        listed = {name: definition.listed.get(name, frozenset()) for name in LISTS}
        self._roles = listed["roles"] | listed["instead"] | assignment.LAST
        self._tasks = listed["four_eyes"]

    def circle(self, wanted: Sequence[Wanted]) -> Circle:
        """Who counts for these tasks."""
        roles, tasks = assignment.asked(wanted)
        if not (roles <= self._roles and tasks <= self._tasks):
            self._roles, self._tasks = self._roles | roles, self._tasks | tasks
            self.forget()
        return self._known()

    def due(self, clock: str) -> datetime:
        """When the deadline of this name runs out."""
        if self._clocks is None:
            circle = self._known()
            days = circle.days or CalendarView(_Days(self._school_id))
            self._clocks = clocks.book(circle.clocks, days), self._anchors(circle)
        book, anchors = self._clocks
        if book.anchor(clock) == ROUND:  # few steps ask, so the others do not pay for it
            running = evaluations.running_round(self._case_id)
            anchors = anchors if running is None else {**anchors, ROUND: running.begun_at}
        return book.due(clock, anchors=anchors, at=self._at)

    def forget(self) -> None:
        self._circle = self._clocks = None

    def _known(self) -> Circle:
        if self._circle is None:
            self._circle = circles.load(
                self._case_id, roles=self._roles, tasks=self._tasks, at=self._at
            )
        return self._circle

    def _anchors(self, circle: Circle) -> Anchors:
        found = dict(circle.moments)
        if circle.channel == Case.Channel.NOTICE:
            closes = Notice.objects.filter(case_id=self._case_id)
            found["deadline"] = closes.values_list("closes_at", flat=True).first()
        return {name: moment for name, moment in found.items() if moment is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseContext(StepContext):
    """A step of a case: what the engine is told, and what else its rows need."""

    facts: StepFacts


class _Days(Mapping[date, bool]):
    """The school's calendar, read when a deadline counts working days."""

    def __init__(self, school_id: int) -> None:
        self._school_id = school_id
        self._days: Mapping[date, bool] | None = None

    def _read(self) -> Mapping[date, bool]:
        if self._days is None:
            self._days = calendar.load(self._school_id).days
        return self._days

    def __getitem__(self, day: date) -> bool:
        return self._read()[day]

    def __iter__(self) -> Iterator[date]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())
