"""Whom to reach next when a family has not chosen a time."""

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records.meetings import answers, outcomes
from records.meetings.outcomes import Try
from records.models import Meeting
from tests.factories import NOW, World
from tests.records.meeting_days import offered
from workflow import meeting_ladder
from workflow.meeting_ladder import Step

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(world: World) -> Meeting:
    return offered(world)[0]


def called(world: World, meeting: Meeting, *who: str) -> Step:
    """What follows once each of these was called in vain, in this order."""
    for name in who:
        step, person = meeting_ladder.next_try(meeting, at=NOW)
        assert (step in (Step.CALL, Step.SECOND), person) == (True, world[name].pk)
        tried = Try(person=person, channel="PHONE", outcome="NO_ANSWER", tried_at=NOW)
        outcomes.attempt(meeting_id=meeting.pk, by=world["teacher"], at=NOW, tried=tried)
    return meeting_ladder.next_try(meeting, at=NOW)[0]


def test_a_family_that_declined_in_writing_is_not_phoned_nor_visited(
    world: World, meeting: Meeting
) -> None:
    with tenancy.scope(world.id):
        for who in ("father", "mother"):
            answers.decline(meeting_id=meeting.pk, by=world[who], words="请不要来家里", at=NOW)

        assert called(world, meeting) == Step.DONE


def test_who_said_nothing_is_phoned_and_visited_and_who_said_no_is_not(
    world: World, meeting: Meeting
) -> None:
    with tenancy.scope(world.id):
        answers.decline(meeting_id=meeting.pk, by=world["father"], words="出差", at=NOW)

        assert called(world, meeting, "mother") == Step.VISIT


def test_a_family_that_said_nothing_is_phoned_one_after_the_other(
    world: World, meeting: Meeting
) -> None:
    with tenancy.scope(world.id):
        assert called(world, meeting, "father", "mother") == Step.VISIT


def test_how_a_try_came_out_is_told_without_judging(world: World, meeting: Meeting) -> None:
    def phoned(note: str) -> None:
        tried = Try(
            person=world["father"].pk, channel="PHONE", outcome="NO_ANSWER", tried_at=NOW, note=note
        )
        outcomes.attempt(meeting_id=meeting.pk, by=world["teacher"], at=NOW, tried=tried)

    with tenancy.scope(world.id):
        with pytest.raises(InvalidInput, check=lambda no: no.field == "note"):
            phoned("问题家庭，无可救药。")
        phoned("父亲说：“别管了，无可救药。”")
