"""Who begins a meeting, and how long a family has to choose a time, over a week with 调休."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from parties.roles import Role
from tests.processes.meeting_round import Round, stood_in
from tests.records.meeting_days import local


@pytest.fixture
def case() -> Iterator[Round]:
    with stood_in() as round_:
        yield round_.begin()


def test_the_homeroom_teacher_begins_and_others_stand_in(case: Round) -> None:
    task = case.open["meeting_prepare"]

    assert set(case.open) == {"meeting_prepare"}
    assert (task.role, task.properties["instead"]) == (Role.HT, "GL,ME")
    assert [name for name, _ in case.calls] == ["begin"]


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        (local(9, 9), local(12, 17, 30)),  # Friday: Saturday is worked (调休), then Monday
        (local(10, 9), local(13, 17, 30)),
        (local(16, 9), local(20, 17, 30)),  # a plain weekend is none of the two days
    ],
)
def test_two_working_days_follow_the_school_calendar(
    case: Round, begun: datetime, due: datetime
) -> None:
    case.at = begun
    case.do_all("meeting_prepare", "meeting_dossier", "meeting_offer_slots")

    assert case.next_due_at == due
