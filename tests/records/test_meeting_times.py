"""Which times are fit to offer, and whose choice counts."""

from dataclasses import replace
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from records.meetings import answers
from records.meetings.slots import Offer
from tests.factories import NOW, World
from tests.records.meeting_days import (
    again,
    change,
    choose,
    local,
    offer,
    offered,
    prepared,
    restrict,
    times,
)

pytestmark = pytest.mark.django_db


# --- F3: times on offer ---------------------------------------------------------------------------


def test_the_first_time_may_be_on_the_second_working_day_a_worked_saturday_counts(
    world: World,
) -> None:
    """Friday the 9th: Saturday the 10th is worked (调休), so Monday the 12th is the second."""
    _, made = offered(world)

    assert [slot.starts_at for slot in made] == [local(12, 10), local(13, 12, 30), local(14, 18)]
    assert [slot.is_evening for slot in made] == [False, False, True]


def refused(world: World, offers: list[Offer]) -> str:
    with pytest.raises(InvalidInput) as no:
        offer(world, prepared(world), offers)
    assert no.value.mend
    return no.value.field


def other(number: int, **changed: Any) -> list[Offer]:
    """The usual times, one of them changed."""
    given = times()
    given[number] = replace(given[number], **changed)
    return given


@pytest.mark.parametrize(
    ("offers", "field"),
    [
        ([], "slots"),
        (times()[:2], "slots"),
        ([*times(), *times(first=15), *times(first=20)], "slots"),
        (other(0, starts_at=local(10, 10)), "slots.0.starts_at"),
        (other(1, starts_at=local(9, 10)), "slots.1.starts_at"),
        (other(2, starts_at=local(20, 18, month=12)), "slots.2.starts_at"),
        (other(2, starts_at=local(14, 20, 30)), "slots.2.starts_at"),
        (other(2, starts_at=local(14, 6, 59)), "slots.2.starts_at"),
        (other(2, starts_at=local(14, 23, 50)), "slots.2.starts_at"),
        (other(1, minutes=10), "slots.1.minutes"),
        (other(1, minutes=181), "slots.1.minutes"),
        (other(1, place_kind="PUB"), "slots.1.place_kind"),
        (other(2, starts_at=local(14, 17, 29)), "slots"),
        (other(1, starts_at=local(12, 14)), "slots"),
        (other(2, starts_at=local(17, 18)), "slots"),
        ([*times(), Offer(local(12, 10, 30), 45, "OFFICE")], "slots"),
    ],
    ids=[
        "none", "two", "nine", "tomorrow", "past", "too far", "into the night", "too early",
        "over midnight", "too short", "too long", "no such place", "nothing in the evening",
        "two working days", "a plain saturday is no working day", "overlapping",
    ],
)  # fmt: skip
def test_unfit_times_are_refused_by_name(world: World, offers: list[Offer], field: str) -> None:
    assert refused(world, offers) == field


def test_a_remote_time_serves_those_who_work_in_the_evening(world: World) -> None:
    _, made = offered_with(world, other(2, starts_at=local(14, 12), place_kind="ONLINE"))

    assert [slot.is_remote for slot in made] == [False, False, True]


def test_a_saturday_may_be_offered_beside_three_working_days(world: World) -> None:
    _, made = offered_with(world, [*times(), Offer(local(17, 10), 45, "OFFICE")])

    assert len(made) == 4


def offered_with(world: World, offers: list[Offer]) -> Any:
    meeting = prepared(world)
    return meeting, offer(world, meeting, offers)


def test_offering_the_same_again_changes_nothing(world: World) -> None:
    meeting, made = offered(world)

    assert offer(world, meeting) == made
    assert again(world, meeting).round == 1
    with pytest.raises(WrongState):
        offer(world, meeting, times(first=19))


# --- choosing -------------------------------------------------------------------------------------


def test_the_first_choice_counts_and_the_second_is_told_kindly(world: World) -> None:
    meeting, made = offered(world)
    choose(world, meeting, made[2].pk)

    with pytest.raises(WrongState, match=r"约在 10月14日 18:00.*申请改期"):
        choose(world, meeting, made[0].pk, by="father")
    assert again(world, meeting).state == "AGREED"
    assert again(world, meeting).sequence == 1


def test_choosing_the_agreed_time_again_succeeds_for_both(world: World) -> None:
    meeting, made = offered(world)
    for who in ("mother", "mother", "father"):
        choose(world, meeting, made[1].pk, by=who)

    assert again(world, meeting).sequence == 1


@pytest.mark.parametrize("who", ["student", "teacher", "classmate", "mentor"])
def test_only_an_invited_guardian_chooses(world: World, who: str) -> None:
    meeting, made = offered(world)

    with pytest.raises(NotAllowed):
        choose(world, meeting, made[0].pk, by=who)


def test_a_guardian_restricted_since_the_offer_chooses_nothing(world: World) -> None:
    meeting, made = offered(world)
    restrict(world, "father", "NO_MEETING", starts_at=NOW)

    with pytest.raises(NotAllowed):
        choose(world, meeting, made[0].pk, by="father")


def test_a_slot_of_another_meeting_does_not_exist(world: World) -> None:
    meeting, _ = offered(world)
    _, others = offered(world)

    with pytest.raises(NotFound):
        choose(world, meeting, others[0].pk)


def test_a_time_that_has_begun_cannot_be_chosen(world: World) -> None:
    meeting, made = offered(world)

    with pytest.raises(WrongState, match="已经过去"):
        choose(world, meeting, made[0].pk, at=local(12, 10))


# --- changing -------------------------------------------------------------------------------------


def test_two_changes_in_all_and_the_third_is_for_the_telephone(world: World) -> None:
    meeting, made = offered(world)
    choose(world, meeting, made[0].pk)
    change(world, meeting, by="mother")
    offer(world, meeting, times(first=19))
    change(world, meeting, by="father")
    slots = offer(world, meeting, times(first=26))

    with pytest.raises(WrongState, match="已经改过两次"):
        change(world, meeting, by="mother")
    choose(world, meeting, slots[0].pk)
    assert again(world, meeting).changes == 2


def test_a_change_of_an_agreed_time_calls_it_off(world: World) -> None:
    meeting, made = offered(world)
    choose(world, meeting, made[0].pk)
    change(world, meeting)

    with tenancy.scope(world.id):
        slot = meeting.slots.get(chosen_at__isnull=False)
        assert slot.called_off_at == NOW
    assert again(world, meeting).sequence == 2
    offer(world, meeting, times(first=19))
    with pytest.raises(NotFound):
        choose(world, meeting, made[0].pk)


def test_asking_twice_counts_once(world: World) -> None:
    meeting, _ = offered(world)
    change(world, meeting)
    change(world, meeting)

    assert again(world, meeting).changes == 1


def test_a_change_says_what_would_suit(world: World) -> None:
    meeting, _ = offered(world)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "words"):
        change(world, meeting, words="  ")


def test_the_family_is_waited_for_until_all_have_declined(world: World) -> None:
    meeting, made = offered(world)

    def decline(who: str) -> bool:
        with tenancy.scope(world.id):
            return answers.decline(meeting_id=meeting.pk, by=world[who], words="出差", at=NOW)

    assert decline("father") is False
    assert decline("father") is False
    assert decline("mother") is True
    with tenancy.scope(world.id):
        assert meeting.replies.count() == 2
    choose(world, meeting, made[0].pk)  # and may still think better of it
    assert again(world, meeting).state == "AGREED"
