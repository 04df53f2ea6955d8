"""When a crisis may be closed: every condition with its code, every boundary to the second."""

from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from tests.factories import NOW, World
from tests.processes.walker import ANSWERS
from tests.workflow.test_escalation import report
from workflow import closing
from workflow.models import Case, HumanTask, ZeroReport

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
OVER = NOW + timedelta(days=2)
LATE = OVER + timedelta(days=60)
DONE = ("oral_report", "first_report", "written_report", "final_report", "close_propose")


class File:
    """A case that may be closed, until the test takes one thing away."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.case_id = report(world)
        with tenancy.scope(world.id):
            Case.objects.filter(pk=self.case_id).update(
                colour="RED", safe_to_tell="YES", danger_over_at=OVER
            )
            for task in HumanTask.objects.filter(case=self.case_id):
                task.cancel(at=NOW, reason="test")
                task.save()
        for name in DONE:
            self.did(name)

    def did(self, name: str, *, minutes: int = 0, **change: Any) -> None:
        """Completed; a later one counts in place of the earlier."""
        moment = NOW + timedelta(minutes=minutes)
        with tenancy.scope(self.world.id):
            task = self._task(name)
            task.created_at = moment
            task.complete(by=self.world["vice_principal"], at=moment)
            task.answer = {**ANSWERS[name], **change}
            task.save()

    def leave_open(self, name: str) -> HumanTask:
        with tenancy.scope(self.world.id):
            return self._task(name)

    def _task(self, name: str) -> HumanTask:
        return HumanTask.objects.create(
            school=self.world.school, case_id=self.case_id, name=name, title=name, roles=["VP"],
            candidates=[self.world["vice_principal"].pk], created_at=NOW,
        )  # fmt: skip

    def forget(self, name: str) -> None:
        """As if it had been done before the last alarm."""
        with tenancy.scope(self.world.id):
            HumanTask.objects.filter(case=self.case_id, name=name).update(created_at=NOW - SECOND)

    def change(self, **columns: object) -> None:
        with tenancy.scope(self.world.id):
            Case.objects.filter(pk=self.case_id).update(**columns)

    def unmet(self, *, outcome: str = "closed", at: Any = LATE) -> set[str]:
        with tenancy.scope(self.world.id):
            case = Case.objects.get(pk=self.case_id)
            return set(closing.unmet(case, outcome=outcome, at=at))


@pytest.fixture
def file(world: World) -> File:
    return File(world)


def test_with_everything_done_nothing_is_unmet(file: File) -> None:
    assert file.unmet() == set()


@pytest.mark.parametrize(
    ("colour", "days"), [("RED", 30), ("ORANGE", 30), ("YELLOW", 14), ("BLUE", 14)]
)
def test_the_quiet_time_ends_to_the_second(file: File, colour: str, days: int) -> None:
    file.change(colour=colour)
    end = OVER + timedelta(days=days)

    assert file.unmet(at=end - SECOND) == {"quiet_time_short"}
    assert file.unmet(at=end) == set()


def test_danger_that_is_not_over_has_no_quiet_time_either(file: File) -> None:
    file.change(danger_over_at=None)

    assert file.unmet() == {"danger_not_over", "quiet_time_short"}


@pytest.mark.parametrize("name", ["oral_report", "first_report", "written_report"])
@pytest.mark.parametrize("receipt", ["", "  "])
def test_a_report_upward_needs_its_receipt(file: File, name: str, receipt: str) -> None:
    file.did(name, minutes=1, receipt_no=receipt)

    assert file.unmet() == {"reports_unacknowledged"}


@pytest.mark.parametrize("name", ["oral_report", "first_report", "written_report"])
def test_a_report_of_an_earlier_round_does_not_count(file: File, name: str) -> None:
    file.forget(name)

    assert file.unmet() == {"reports_unacknowledged"}


def test_the_final_report_belongs_to_this_round(file: File) -> None:
    file.forget("final_report")

    assert file.unmet() == {"final_report_missing"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("student_view", "", "student_view_missing"),
        ("student_view", " \n", "student_view_missing"),
        ("guardian_view", "", "guardian_view_missing"),
        ("effect_school", None, "effect_unscored"),
        ("lesson", " ", "lesson_missing"),
    ],
)
def test_the_proposal_must_say_everything(file: File, field: str, value: Any, code: str) -> None:
    file.did("close_propose", minutes=1, **{field: value})

    assert file.unmet() == {code}


def test_a_family_that_may_not_be_told_is_not_asked(file: File) -> None:
    file.did("close_propose", minutes=1, guardian_view="")
    file.change(safe_to_tell="NO")

    assert file.unmet() == set()


@pytest.mark.parametrize("name", ["protect", "zero_report", "wake_call", "follow_up"])
def test_every_other_task_must_be_over(file: File, name: str) -> None:
    file.leave_open(name)

    assert file.unmet() == {"tasks_open"}


def test_a_claimed_task_is_not_over_either(file: File) -> None:
    task = file.leave_open("protect")
    with tenancy.scope(file.world.id):
        task.claim(by=file.world["vice_principal"])
        task.save()

    assert file.unmet() == {"tasks_open"}


@pytest.mark.parametrize("name", ["close_propose", "close_confirm"])
def test_closing_does_not_wait_for_itself(file: File, name: str) -> None:
    file.leave_open(name)

    assert file.unmet() == set()


def test_a_daily_report_that_is_due_keeps_the_case_open(file: File) -> None:
    with tenancy.scope(file.world.id):
        ZeroReport.objects.create(
            school=file.world.school, case_id=file.case_id, day=OVER.date(), due_at=OVER
        )

    assert file.unmet() == {"zero_reports_due"}


def test_without_a_proposal_of_this_round_nothing_that_it_says_is_met(file: File) -> None:
    file.forget("close_propose")

    assert file.unmet() == {
        "two_names_needed", "lesson_missing", "student_view_missing", "guardian_view_missing",
        "effect_unscored",
    }  # fmt: skip


@pytest.mark.parametrize("outcome", ["transferred", "merged"])
def test_who_hands_on_owes_no_quiet_time_but_leaves_nothing_open(file: File, outcome: str) -> None:
    file.change(danger_over_at=None)
    file.forget("final_report")
    assert file.unmet(outcome=outcome, at=NOW) == set()

    file.leave_open("protect")

    assert file.unmet(outcome=outcome, at=NOW) == {"tasks_open"}
