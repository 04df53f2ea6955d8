"""The school moves its own date as often as it must; the two changes are the family's (F3)."""

import pytest

from parties.errors import InvalidInput, WrongState
from tests.factories import World
from tests.processes.meeting_walk import MeetingWalk, agreed
from tests.processes.test_meeting import changed_twice
from tests.records.meeting_days import local
from workflow import meetings

pytestmark = pytest.mark.django_db


def move(walk: MeetingWalk) -> None:
    meetings.move_date(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world["teacher"], at=walk.at,
        words="参加抽考",
    )  # fmt: skip


def test_the_school_moves_its_date_after_the_familys_two_changes(world: World) -> None:
    walk = changed_twice(world)
    for first in (21, 26):
        if first != 21:
            walk.offer(first=first)
        walk.choose()
        walk.go_to(local(first, 10, 50))
        walk.do("meeting_hold", outcome="moved", words="停电，改到下周")
        assert walk.open() == {"meeting_offer_slots"}

    assert (walk.meeting.changes, walk.meeting.no_shows) == (2, 0)
    told = [one["told"] for one in walk.events("meeting.called_off")]
    assert len(told) == len([0, 0, 1, 1])
    assert all(told[-2:])
    assert [one["side"] for one in walk.events("meeting.change_asked")] == [
        "family", "family", "school", "school",
    ]  # fmt: skip


def test_dates_that_the_school_moved_leave_the_family_its_two_changes(world: World) -> None:
    walk = agreed(world)
    for first in (19, 21):
        move(walk)
        walk.offer(first=first)
    for first in (26, 28):
        walk.change()
        walk.offer(first=first)

    with pytest.raises(WrongState, match="请打电话给安排会谈的老师"):
        walk.change()


def test_the_school_says_why_it_moves_a_date(world: World) -> None:
    walk = agreed(world)
    walk.go_to(local(14, 10, 50))

    with pytest.raises(InvalidInput, check=lambda no: no.field == "words") as refused:
        walk.do("meeting_hold", outcome="moved")
    assert "您" not in f"{refused.value}{refused.value.mend}"
    assert walk.open() == {"meeting_hold"}
