"""Said and tried when the agreed time is over, or nothing is on offer: kept, and moves nothing."""

from typing import Any

import pytest

from parties import tenancy
from parties.errors import WrongState
from records.meetings import rows
from records.meetings.outcomes import Try
from records.models import Meeting, MeetingAttempt, MeetingReply
from tests.factories import World
from tests.portal.visitors import by_password
from tests.processes.meeting_walk import MeetingWalk, agreed
from tests.records.meeting_days import local
from workflow import meeting_replies, meetings

pytestmark = pytest.mark.django_db(transaction=True)

STUCK = "堵车，改天"


@pytest.fixture
def over(world: World) -> MeetingWalk:
    """Agreed for 14 October from 10:00 to 10:45."""
    walk = agreed(world)
    walk.go_to(local(14, 10, 50))
    assert walk.open() == {"meeting_hold"}
    return walk


def asks(walk: MeetingWalk, who: str = "father") -> Meeting:
    return meeting_replies.ask_change(
        school_id=walk.world.id, meeting_id=walk.meeting.pk, by=walk.world[who], at=walk.at,
        words=STUCK,
    )  # fmt: skip


def tried(walk: MeetingWalk, outcome: str, **more: Any) -> MeetingAttempt:
    given = {"person": walk.world["father"].pk, "channel": "PHONE", "note": "下周再说", **more}
    return meetings.record_attempt(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world["teacher"], at=walk.at,
        tried=Try(outcome=outcome, tried_at=walk.at, **given),
    )  # fmt: skip


def replies(walk: MeetingWalk) -> list[str]:
    with tenancy.scope(walk.world.id):
        found = MeetingReply.objects.filter(kind=MeetingReply.Kind.CHANGE)
        return [one.words for one in found]


@pytest.mark.parametrize(
    ("outcome", "then"),
    [
        ("held", "meeting_minutes"),
        ("no_show", "meeting_offer_slots"),
        ("moved", "meeting_offer_slots"),
    ],
)
def test_a_change_asked_when_the_time_is_over_stands_in_nobodys_way(
    over: MeetingWalk, outcome: str, then: str
) -> None:
    for _ in range(2):
        assert asks(over).state == Meeting.State.AGREED

    assert over.open() == {"meeting_hold"}
    assert replies(over) == [STUCK]
    over.do("meeting_hold", outcome=outcome, **({"words": "改期"} if outcome == "moved" else {}))
    assert then in over.open()
    assert over.meeting.changes == 0


def test_so_does_another_time_wished_on_the_phone(over: MeetingWalk) -> None:
    assert tried(over, "OTHER_TIME").outcome == "OTHER_TIME"

    assert over.meeting.state == Meeting.State.AGREED
    assert replies(over) == ["下周再说"]
    over.do("meeting_hold", outcome="held")
    assert "meeting_minutes" in over.open()


def test_before_the_sweep_has_come_it_moves_nothing_either(world: World) -> None:
    """The time is over, and the process has not been told yet."""
    walk = agreed(world)
    walk.at = local(14, 10, 46)
    asks(walk)

    walk.go_to(local(14, 10, 50))
    assert walk.open() == {"meeting_hold"}


def test_within_the_hour_a_change_is_one(world: World) -> None:
    walk = agreed(world)
    walk.go_to(local(14, 10, 10))

    assert asks(walk).state == Meeting.State.PREPARING
    assert walk.open() == {"meeting_offer_slots"}


def test_the_school_moves_a_date_that_is_over_by_saying_what_came_of_it(over: MeetingWalk) -> None:
    with pytest.raises(WrongState, match="记录会谈情况"):
        meetings.move_date(
            school_id=over.world.id, case_id=over.case_id, by=over.world["teacher"], at=over.at,
            words="停电",
        )  # fmt: skip

    over.do("meeting_hold", outcome="moved", words="停电")
    assert over.open() == {"meeting_offer_slots"}


def test_a_change_of_the_last_moment_is_no_trap(over: MeetingWalk) -> None:
    """It was on its way when the hour ended: the row had moved, the process had gone on."""
    pk = over.meeting.pk
    with tenancy.scope(over.world.id):
        meeting = rows.locked(pk)
        meeting.reconsider(by_family=True)
        meeting.save()

    over.do("meeting_hold", outcome="moved", words="改期")
    assert over.open() == {"meeting_offer_slots"}


def test_after_a_no_show_another_time_on_the_phone_is_on_the_list(over: MeetingWalk) -> None:
    over.do("meeting_hold", outcome="no_show")

    for outcome in ("OTHER_TIME", "REFUSED", "NO_ANSWER"):
        assert tried(over, outcome).outcome == outcome

    assert over.meeting.state == Meeting.State.NO_SHOW
    assert over.open() == {"meeting_offer_slots"}


def test_a_talk_at_home_before_its_date_is_on_the_list_and_the_date_stands(world: World) -> None:
    walk = agreed(world)
    companion = world["counsellor"].pk
    tried(walk, "MET", channel="HOME_VISIT", companion=companion, place="家中")

    assert walk.meeting.state == Meeting.State.AGREED
    walk.go_to(local(14, 10, 50))
    walk.do("meeting_hold", outcome="held")
    assert "meeting_minutes" in walk.open()


def test_the_family_reads_that_its_words_were_kept(over: MeetingWalk) -> None:
    phone = by_password(over.world, "father")
    page = f"/meetings/{over.meeting.pk}"
    phone.open(page)
    assert "届时见" not in phone.text
    asks(over)
    phone.open(page)

    assert STUCK in phone.text
    assert "已经记下" in phone.text
