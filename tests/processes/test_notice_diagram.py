"""bpmn/notice.bpmn by itself: every branch and every timer, over a calendar with 调休."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from django.conf import settings

from parties.calendar import CalendarView
from tests.factories import CN
from workflow import clocks
from workflow.engine import bundles, definitions, registry, runtime
from workflow.engine.definitions import Definition
from workflow.engine.errors import NobodyListens
from workflow.engine.outcomes import OpenTask, Outcome
from workflow.engine.registry import StepContext, service_task

#: Friday 10:00; the Saturday after it is worked.
FRIDAY: Final = datetime(2026, 10, 9, 10, 0, tzinfo=CN)
DEADLINE: Final = datetime(2026, 10, 30, 12, 0, tzinfo=CN)
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "find": ("written",),
    "tell_late": (),
    "settle": (),
    "gate": ("clean", "approver"),
    "refuse": (),
    "decide": ("outcome",),
    "give_back": (),
    "drop": (),
    "send": ("more",),
    "remind": ("more",),
    "ask_to_call": (),
    "open_meetings": ("more",),
    "close": (),
}
#: What a text goes through first: it is there, and it is looked through.
LOOKED: Final = ["find", "gate"]
#: How the shortest way goes: an author who may approve, one batch, nobody left out.
USUAL: Final[Mapping[str, str]] = {
    "find.written": "yes",
    "gate.clean": "yes",
    "gate.approver": "self",
    "decide.outcome": "approved",
    "send.more": "no",
    "remind.more": "no",
    "open_meetings.more": "no",
}


@dataclass
class Round:
    """One run of the process; `called` are its service tasks in order, with their numbers."""

    definition: Definition
    at: datetime = FRIDAY
    answers: dict[str, list[str]] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)
    open: dict[str, OpenTask] = field(default_factory=dict)
    state: bytes = b""
    next_due_at: datetime | None = None
    finished: bool = False

    def begin(self, **answers: list[str]) -> "Round":
        """Answers by operator and result, `gate__clean=["no"]`; the last one stays."""
        self.answers = {name.replace("__", "."): list(told) for name, told in answers.items()}
        self._take(runtime.start(self.definition, self._context()))
        return self

    def do(self, task: str, **decisions: object) -> None:
        engine_id = self.open[task].engine_id
        self._step(complete=engine_id, decisions=decisions)

    def until(self, moment: datetime) -> None:
        self.at = moment
        self._step()

    def after(self, **time: float) -> None:
        self.until(self.at + timedelta(**time))

    def hear(self, message: str) -> None:
        self._step(signal=message)

    def answer(self, operator: str, params: Mapping[str, Any]) -> dict[str, str]:
        rung = params.get("rung")
        self.called.append(operator if rung is None else f"{operator} {rung}")
        return {result: self._told(f"{operator}.{result}") for result in OPERATORS[operator]}

    def _told(self, name: str) -> str:
        told = self.answers.get(name, [USUAL[name]])
        return told.pop(0) if len(told) > 1 else told[0]

    def _step(self, **act: Any) -> None:
        self._take(runtime.advance(self.definition, self.state, self._context(), **act))

    def _context(self) -> StepContext:
        book = clocks.book({}, CalendarView({date(2026, 10, 10): True}))
        anchors = {"deadline": DEADLINE}
        return StepContext(
            school_id=1,
            case_id=UUID(int=1),
            instance_id=UUID(int=2),
            at=self.at,
            by=None,
            via="test",
            clocks=lambda name: book.due(name, anchors=anchors, at=self.at),
        )

    def _take(self, outcome: Outcome) -> None:
        assert not outcome.spent
        self.state, self.finished = outcome.state, outcome.finished
        self.next_due_at = outcome.next_due_at
        gone = outcome.closed | {outcome.completed}
        left = {name: task for name, task in self.open.items() if task.engine_id not in gone}
        self.open = left | {task.bpmn_id: task for task in outcome.opened}


@pytest.fixture
def notice() -> Iterator[Round]:
    """Stand-ins in place of the real handlers."""
    kept, rounds = dict(registry._handlers), list[Round]()
    registry._handlers.clear()
    for operator, results in OPERATORS.items():

        def handler(_context: StepContext, *, _name: str = operator, **params: Any) -> Any:
            return rounds[0].answer(_name, params)

        service_task(f"notice.{operator}", decides=results)(handler)
    files = bundles.read_folder(settings.BPMN_DIR)
    rounds.append(Round(definitions.parse(bundles.collect("notice", files))))
    yield rounds[0]
    registry._handlers.clear()
    registry._handlers.update(kept)


# --- gate, approval, withdrawal -------------------------------------------------------------------


def test_what_is_not_clean_goes_back_to_the_author_and_ends(notice: Round) -> None:
    notice.begin(gate__clean=["no"])

    assert (notice.called, notice.finished) == ([*LOOKED, "refuse"], True)


def test_an_author_who_may_approve_sends_at_once(notice: Round) -> None:
    notice.begin()

    assert notice.called == [*LOOKED, "decide", "send"]
    assert not notice.finished


@pytest.mark.parametrize(
    ("approver", "task", "role"),
    [
        ("HT", "approve_class", "HT"),
        ("GL", "approve_grade", "GL"),
        ("ME", "approve_school", "ME"),
        ("nobody knows", "approve_school", "ME"),
    ],
)
def test_each_scope_has_its_approver(notice: Round, approver: str, task: str, role: str) -> None:
    notice.begin(gate__approver=[approver])

    assert set(notice.open) == {task}
    assert notice.open[task].role == role
    assert notice.open[task].due_at == datetime(2026, 10, 10, 17, 30, tzinfo=CN)  # 调休
    notice.do(task, outcome="approved")
    assert notice.called == [*LOOKED, "decide", "send"]


@pytest.mark.parametrize("outcome", ["returned", "anything else"])
def test_without_a_clear_approval_it_is_a_draft_again(notice: Round, outcome: str) -> None:
    notice.begin(gate__approver=["GL"], decide__outcome=[outcome])
    notice.do("approve_grade", outcome="returned")

    assert notice.called == [*LOOKED, "decide", "give_back"]
    assert notice.finished


def test_it_can_be_withdrawn_while_somebody_has_to_approve(notice: Round) -> None:
    notice.begin(gate__approver=["HT"])
    notice.hear("notice_withdrawn")

    assert (notice.called, notice.finished, notice.open) == ([*LOOKED, "drop"], True, {})


def test_it_can_be_withdrawn_while_it_waits_for_the_morning(notice: Round) -> None:
    notice.at = datetime(2026, 10, 9, 22, 0, tzinfo=CN)
    notice.begin(send__more=["morning"])
    notice.hear("notice_withdrawn")

    assert notice.called[-1] == "drop"
    assert notice.finished


def test_nobody_hears_a_withdrawal_after_the_sending(notice: Round) -> None:
    notice.begin()

    with pytest.raises(NobodyListens):
        notice.hear("notice_withdrawn")


# --- sending --------------------------------------------------------------------------------------


def test_batches_follow_each_other_by_a_minute(notice: Round) -> None:
    notice.begin(send__more=["now", "now", "no"])
    assert notice.called.count("send") == 1
    notice.after(minutes=1)
    notice.after(seconds=59)
    assert notice.called.count("send") == 2
    notice.after(seconds=1)

    assert notice.called.count("send") == 3


def test_at_night_it_waits_for_seven(notice: Round) -> None:
    notice.at = datetime(2026, 10, 9, 22, 0, tzinfo=CN)
    notice.begin(send__more=["morning", "no"])
    assert notice.next_due_at == datetime(2026, 10, 10, 7, 0, tzinfo=CN)
    notice.until(datetime(2026, 10, 10, 7, 0, tzinfo=CN))

    assert notice.called.count("send") == 2


# --- the ladder -----------------------------------------------------------------------------------


def test_every_rung_comes_in_its_time(notice: Round) -> None:
    notice.begin()
    seen = []
    for moment in (
        FRIDAY + timedelta(hours=24),
        FRIDAY + timedelta(hours=48),
        FRIDAY + timedelta(hours=72),
        FRIDAY + timedelta(hours=96),
        datetime(2026, 10, 15, 17, 30, tzinfo=CN),  # the fifth working day, Saturday among them
        DEADLINE + timedelta(minutes=1),
    ):
        notice.until(moment - timedelta(seconds=1))
        before = len(notice.called)
        notice.until(moment)
        seen.append(notice.called[before:])

    assert seen == [
        ["remind 1"],
        ["remind 2"],
        ["ask_to_call 3"],
        ["ask_to_call 4"],
        ["open_meetings"],
        ["close"],
    ]
    assert notice.finished


@pytest.mark.parametrize(
    ("hours", "operator", "name"),
    [(24, "remind", "remind 1"), (48, "remind", "remind 2")],
)
def test_reminders_come_in_batches_and_wait_for_the_morning(
    notice: Round, hours: int, operator: str, name: str
) -> None:
    told = ["no"] if hours > 24 else []
    notice.begin(**{f"{operator}__more": [*told, "now", "morning", "no"]})
    for passed in range(24, hours + 1, 24):
        notice.until(FRIDAY + timedelta(hours=passed))
    assert notice.called.count(name) == 1
    notice.after(minutes=1)
    assert notice.called.count(name) == 2
    notice.until(FRIDAY + timedelta(hours=hours + 20))
    assert notice.called.count(name) == 2
    notice.until(FRIDAY + timedelta(hours=hours + 21))

    assert notice.called.count(name) == 3


def test_meetings_are_opened_some_at_a_time(notice: Round) -> None:
    notice.begin(open_meetings__more=["now", "morning", "no"])
    notice.until(datetime(2026, 10, 15, 17, 30, tzinfo=CN))
    assert notice.called.count("open_meetings") == 1
    notice.after(minutes=1)
    assert notice.called.count("open_meetings") == 2
    notice.until(datetime(2026, 10, 16, 7, 0, tzinfo=CN))

    assert notice.called.count("open_meetings") == 3


@pytest.mark.parametrize("hours", [0, 30, 80, 100])
def test_the_last_answer_ends_it_from_everywhere(notice: Round, hours: int) -> None:
    notice.begin()
    notice.after(hours=hours)
    notice.hear("notice_answered")

    assert notice.called[-1] == "close"
    assert notice.finished
    assert notice.next_due_at is None


def test_the_last_answer_ends_a_reminder_under_way(notice: Round) -> None:
    notice.begin(remind__more=["now"])
    notice.after(hours=24)
    notice.hear("notice_answered")

    assert notice.called[-2:] == ["remind 1", "close"]
    assert notice.finished


# --- no text: one family is told by a person ------------------------------------------------------


@pytest.mark.parametrize("written", ["no", "anything else"])
def test_without_a_text_the_homeroom_teacher_tells_the_family(notice: Round, written: str) -> None:
    notice.begin(find__written=[written])

    assert (notice.called, set(notice.open)) == (["find"], {"notice_tell"})
    task = notice.open["notice_tell"]
    assert (task.role, task.form) == ("HT", "notice_tell")
    assert task.due_at == datetime(2026, 10, 12, 17, 30, tzinfo=CN)  # Saturday is worked
    notice.do("notice_tell")
    assert (notice.called, notice.finished) == (["find", "settle"], True)


def test_a_family_that_nobody_told_is_reported_above_again_and_again(notice: Round) -> None:
    notice.begin(find__written=["no"])
    seen = []
    for day in (12, 14, 16):
        notice.until(datetime(2026, 10, day, 17, 29, 59, tzinfo=CN))
        before = notice.called.count("tell_late")
        notice.until(datetime(2026, 10, day, 17, 30, tzinfo=CN))
        seen.append((before, notice.called.count("tell_late")))

    assert seen == [(0, 1), (1, 2), (2, 3)]
    assert set(notice.open) == {"notice_tell"}


def test_telling_late_still_ends_it_and_the_reminders(notice: Round) -> None:
    notice.begin(find__written=["no"])
    notice.after(days=4)
    notice.do("notice_tell")

    assert notice.called == ["find", "tell_late", "settle"]
    assert (notice.finished, notice.next_due_at) == (True, None)
