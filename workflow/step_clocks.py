"""What `clock("name")` means in one step: read when first asked for, and anew after a handler."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final
from uuid import UUID

from parties import calendar, prepared
from parties.calendar import CalendarView
from records.meetings import rows as meetings
from records.models import Notice
from workflow import clocks
from workflow.clocks import Anchors, ClockBook
from workflow.models import Case

_KNOWN: Final = """
SELECT c.channel, c.alarm_at, c.triaged_at, c.danger_over_at,
    (SELECT jsonb_object_agg(name, value) FROM workflow_clocksetting WHERE school_id = c.school_id)
FROM workflow_case c WHERE c.id = %s
"""


class StepClocks:
    """Turns the name of a deadline into a moment, for one case at `at`."""

    def __init__(self, *, school_id: int, case_id: UUID, at: datetime) -> None:
        self._school_id = school_id
        self._case_id = case_id
        self._at = at
        self._known: tuple[ClockBook, Anchors] | None = None

    def __call__(self, name: str) -> datetime:
        if self._known is None:
            self._known = self._read()
        book, anchors = self._known
        return book.due(name, anchors=anchors, at=self._at)

    def forget(self) -> None:
        """A handler of this very step may have moved what deadlines count from."""
        self._known = None

    def _read(self) -> tuple[ClockBook, Anchors]:
        row = prepared.execute(_KNOWN, [self._case_id]).fetchone()
        if row is None:
            raise Case.DoesNotExist(f"no case {self._case_id}")
        channel, report, triage, danger_over, own = row
        found = {"report": report, "triage": triage, "danger_over": danger_over}
        if channel == Case.Channel.MEETING:
            found["appointment"] = meetings.appointment(self._case_id)
        if channel == Case.Channel.NOTICE:
            closes = Notice.objects.filter(case_id=self._case_id)
            found["deadline"] = closes.values_list("closes_at", flat=True).first()
        anchors = {name: moment for name, moment in found.items() if moment is not None}
        return clocks.book(own or {}, CalendarView(_Days(self._school_id))), anchors


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
