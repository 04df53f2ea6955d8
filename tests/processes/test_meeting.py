"""A meeting from the decision to the talk, with the real services on the real database."""

from datetime import date

import pytest

from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, WrongState
from records import file_entries
from records.evaluations import Score
from records.meetings import rows
from records.meetings.outcomes import Try
from records.models import FileEntry, MeetingAttempt, MeetingInvitee, MeetingReply
from tests.factories import World, people_of
from tests.processes.meeting_walk import (
    MeetingWalk,
    agreed,
    begin,
    held,
    offered,
)
from tests.records.agreed import agree, draft
from tests.records.meeting_days import local, restrict
from workflow import meetings, plans
from workflow.models import ProcessInstance

pytestmark = pytest.mark.django_db


def test_the_usual_way_from_decision_to_close(world: World) -> None:
    walk = begin(world)
    assert walk.open() == {"meeting_prepare"}
    assert walk.case.state == "IN_PROGRESS"

    walk.do("meeting_prepare")
    walk.go_to(local(12, 9))
    walk.do("meeting_dossier")
    walk.offer()
    assert (walk.open(), walk.case.state) == (set(), "WAITING_PARTY")
    assert walk.told("meeting.choose") == {"father", "mother"}

    walk.choose()
    assert (walk.open(), walk.case.state) == (set(), "IN_PROGRESS")
    assert walk.told("meeting.invitation") == {"father", "mother", "student", "teacher"}
    walk.go_to(local(14, 10, 49))
    assert walk.open() == set()
    walk.go_to(local(14, 10, 50))  # five minutes after the agreed end
    walk.do("meeting_hold")

    record = walk.record()
    walk.do("meeting_minutes")
    assert walk.open() == set()
    walk.sign(record)
    assert walk.open() == {"meeting_plan"}
    assert walk.missed() == []


def test_what_was_agreed_is_followed_up_and_the_effect_closes_the_case(world: World) -> None:
    walk = held(world)
    walk.record("EFFECTIVE")
    walk.do("meeting_minutes")
    with pytest.raises(InvalidInput, check=lambda no: no.field == "outcome"):
        walk.do("meeting_plan", outcome="planned", reason="")
    agree(world, walk.case_id, draft(starts_on=date(2026, 10, 15)), when=walk.at)
    walk.do("meeting_plan", outcome="planned", reason="")
    assert (walk.open(), walk.case.state) == (set(), "FOLLOW_UP")

    for moment in (local(28, 8), local(11, 8, month=11), local(9, 8, month=12)):
        walk.go_to(moment)
        walk.do("hold_contact", reached="phone", changed="按时到课", adjust="no", danger="no")
    walk.do("evaluate_effect", score="1", baseline_now="考核 71 分", worked="周二、周四补练")
    plans.score(
        school_id=world.id, case_id=walk.case_id, by=world["mother"], at=walk.at,
        given=Score(score=2, words="愿意说话了"),
    )  # fmt: skip
    walk.do(
        "close_or_continue", decision="close", reason="达到约定", why_open="其余的全家自己做下去"
    )
    assert walk.case.state == "CLOSED"
    assert walk.instance.status == "COMPLETED"
    assert walk.missed() == []


# --- the family does not answer -------------------------------------------------------------------


def unanswered(world: World) -> MeetingWalk:
    """Two working days went by without a choice."""
    walk = offered(world)
    walk.go_to(local(14, 17, 29))
    assert walk.open() == set()
    walk.go_to(local(14, 17, 30))
    assert walk.open() == {"meeting_call"}
    return walk


def test_no_answer_is_a_call_then_the_other_guardian_then_a_visit_then_not_met(
    world: World,
) -> None:
    walk = unanswered(world)
    about = [walk.task("meeting_call").about]
    walk.call()
    about.append(walk.task("meeting_call_second").about)
    walk.call("meeting_call_second")
    assert walk.task("meeting_visit").about is None
    walk.visit()

    assert about == [world["father"].pk, world["mother"].pk]
    assert walk.open() == {"meeting_next_channel"}
    assert walk.meeting.state == "NOT_MET"
    assert walk.events("meeting.not_met")[0]["attempts"] == 3
    with tenancy.scope(world.id):
        tried = FileEntry.objects.filter(kind="contact_attempt", case_id=walk.case_id)
        assert tried.count() == 3
    walk.do("meeting_next_channel")
    assert walk.case.state == "CLOSED"


def test_a_visit_needs_a_second_colleague(world: World) -> None:
    walk = unanswered(world)
    walk.call()
    walk.call("meeting_call_second")

    with pytest.raises(InvalidInput, check=lambda no: no.field == "companion"):
        walk.visit(companion="teacher")


def test_a_choice_during_the_ladder_counts_and_ends_it(world: World) -> None:
    walk = unanswered(world)
    walk.choose(3, by="father")

    assert walk.open() == set()
    assert walk.told("meeting.invitation") >= {"father", "mother"}


def test_a_time_agreed_on_the_phone_counts_like_one_chosen(world: World) -> None:
    walk = unanswered(world)
    walk.call(outcome="AGREED", slot="3")

    meeting = walk.meeting
    with tenancy.scope(world.id):
        slot = rows.agreed(meeting)
        assert slot is not None
        assert (slot.chosen_by_id, slot.starts_at) == (world["father"].pk, local(16, 18))
    assert walk.told("meeting.invitation") >= {"father", "mother"}


@pytest.mark.parametrize(
    ("outcome", "slot", "field"), [("AGREED", None, "slot"), ("AGREED", "7", "slot")]
)
def test_agreed_on_the_phone_says_which_time(
    world: World, outcome: str, slot: str | None, field: str
) -> None:
    walk = unanswered(world)
    more = {} if slot is None else {"slot": slot}

    with pytest.raises(InvalidInput, check=lambda no: no.field == field):
        walk.call(outcome=outcome, **more)
    assert walk.open() == {"meeting_call"}


def test_another_time_wished_on_the_phone_is_a_change(world: World) -> None:
    walk = unanswered(world)
    walk.call(outcome="OTHER_TIME")

    assert walk.open() == {"meeting_offer_slots"}
    assert walk.meeting.changes == 1


def test_a_family_that_says_no_is_not_visited(world: World) -> None:
    walk = unanswered(world)
    walk.call(outcome="REFUSED")
    walk.call("meeting_call_second", outcome="REFUSED")

    assert walk.open() == {"meeting_next_channel"}


def test_a_talk_at_the_door_is_the_meeting(world: World) -> None:
    walk = unanswered(world)
    walk.call()
    walk.call("meeting_call_second")
    walk.visit(outcome="MET", met="mother")

    assert walk.open() == {"meeting_minutes"}
    assert walk.meeting.state == "HELD"
    assert walk.task("meeting_minutes").due_at == local(14, 21)


def visited(world: World) -> MeetingWalk:
    """Neither guardian answered the phone; the father is asked first, the mother second."""
    walk = unanswered(world)
    walk.call()
    walk.call("meeting_call_second")
    return walk


def test_what_is_answered_at_the_door_is_the_answer_of_whoever_was_met(world: World) -> None:
    walk = visited(world)
    walk.visit(outcome="AGREED", met="mother", slot="3")

    with tenancy.scope(world.id):
        tried = MeetingAttempt.objects.get(channel="HOME_VISIT")
        answered = MeetingInvitee.objects.exclude(answer="")
        reply = MeetingReply.objects.get()
        assert tried.person_id == world["mother"].pk
        assert people_of(world, set(answered.values_list("person_id", flat=True))) == {"mother"}
        assert (reply.by_id, reply.entered_by_id) == (world["mother"].pk, world["teacher"].pk)
    assert walk.meeting.state == "AGREED"


@pytest.mark.parametrize(
    ("outcome", "met"),
    [("REFUSED", ""), ("MET", ""), ("NO_ANSWER", "mother"), ("REFUSED", "student")],
)
def test_a_visit_says_whom_it_met(world: World, outcome: str, met: str) -> None:
    walk = visited(world)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "met" and bool(no.mend)):
        walk.visit(outcome=outcome, met=met)


def test_a_guardian_who_must_not_be_met_gives_no_answer_at_the_door(world: World) -> None:
    walk = visited(world)
    restrict(world, "father", "NO_MEETING")

    with pytest.raises((InvalidInput, NotAllowed)):
        walk.visit(outcome="AGREED", met="father", slot="3")


def test_when_all_decline_nobody_waits_for_the_deadline(world: World) -> None:
    walk = offered(world)
    walk.decline("father")
    assert walk.open() == set()
    walk.decline("mother")

    assert walk.open() == {"meeting_next_channel"}
    assert walk.events("meeting.unanswered") == []


def test_not_met_may_go_on_in_writing(world: World) -> None:
    walk = unanswered(world)
    walk.call(outcome="REFUSED")
    walk.call("meeting_call_second", outcome="REFUSED")
    walk.do("meeting_next_channel", next="notice", reason="改为书面告知")

    assert (walk.case.channel, walk.case.state) == ("NOTICE", "TRIAGED")
    with tenancy.scope(world.id):
        begun = ProcessInstance.objects.filter(case=walk.case_id, process_key="notice")
        assert begun.count() == 1
    assert walk.instance.status == "COMPLETED"


def test_not_met_may_be_tried_again_from_the_beginning(world: World) -> None:
    walk = unanswered(world)
    first = walk.meeting.pk
    walk.call(outcome="REFUSED")
    walk.call("meeting_call_second", outcome="REFUSED")
    walk.do("meeting_next_channel", next="again", reason="家长下月回来")
    walk.do("meeting_prepare")

    assert walk.meeting.pk != first
    assert walk.meeting.state == "PREPARING"


# --- changes and no-shows -------------------------------------------------------------------------


def test_a_change_calls_the_date_off_and_new_times_are_offered(world: World) -> None:
    walk = agreed(world)
    walk.change(by="father")

    assert walk.open() == {"meeting_offer_slots"}
    assert walk.told("meeting.called_off") == {"father", "mother", "student", "teacher"}
    walk.offer(first=19)
    walk.choose(2)
    walk.go_to(local(14, 12))
    assert walk.open() == set()  # the first date is no date any more
    walk.go_to(local(20, 13, 20))
    assert walk.open() == {"meeting_hold"}


def test_a_change_before_anything_was_agreed_calls_nothing_off(world: World) -> None:
    walk = offered(world)
    walk.change()

    assert walk.open() == {"meeting_offer_slots"}
    assert walk.told("meeting.called_off") == set()


def test_the_third_change_is_refused_and_the_date_stands(world: World) -> None:
    walk = agreed(world)
    walk.change()
    walk.offer(first=19)
    walk.change(by="father")
    walk.offer(first=21)
    walk.choose(1)

    with pytest.raises(WrongState, match="已经改过两次"):
        walk.change()
    walk.go_to(local(21, 10, 50))
    assert walk.open() == {"meeting_hold"}


def changed_twice(world: World) -> MeetingWalk:
    """The times of 21 to 23 October are on offer, and cannot be changed any more."""
    walk = offered(world)
    for first in (19, 21):
        walk.change()
        walk.offer(first=first)
    return walk


def test_another_time_after_the_last_change_is_on_file_as_it_was_said(world: World) -> None:
    walk = changed_twice(world)
    walk.go_to(local(14, 17, 30))
    walk.call(outcome="OTHER_TIME")
    walk.call("meeting_call_second", outcome="OTHER_TIME")
    walk.visit(outcome="OTHER_TIME", met="mother")

    assert walk.open() == {"meeting_next_channel"}
    assert (walk.meeting.state, walk.meeting.changes) == ("NOT_MET", 2)
    with tenancy.scope(world.id):
        tried = walk.meeting_inside().attempts.order_by("recorded_at", "pk")
        assert {one.outcome for one in tried} == {"OTHER_TIME"}
        assert {one.person_id for one in tried} == {world["father"].pk, world["mother"].pk}
        assert FileEntry.objects.filter(kind="contact_attempt").count() == tried.count() == 3


@pytest.mark.parametrize("state", ["OFFERED", "AGREED"])
def test_a_call_between_that_asks_for_a_third_change_moves_nothing(
    world: World, state: str
) -> None:
    walk = changed_twice(world)
    if state == "AGREED":
        walk.choose()
    meetings.record_attempt(
        school_id=world.id, case_id=walk.case_id, by=world["teacher"], at=walk.at,
        tried=Try(person=world["father"].pk, channel="PHONE", outcome="OTHER_TIME",
                  tried_at=walk.at, note="下周再说"),
    )  # fmt: skip

    assert (walk.open(), walk.meeting.state, walk.meeting.changes) == (set(), state, 2)
    assert len(walk.events("meeting.called_off")) == 2


def test_the_school_may_have_to_move_it_too(world: World) -> None:
    walk = agreed(world)
    meetings.move_date(
        school_id=world.id, case_id=walk.case_id, by=world["teacher"], at=walk.at, words="参加抽考"
    )

    assert walk.open() == {"meeting_offer_slots"}
    assert walk.meeting.changes == 0  # the two changes are the family's
    assert walk.events("meeting.called_off")[-1]["told"] > 0


def test_moved_when_the_time_had_come_is_a_change(world: World) -> None:
    walk = agreed(world)
    walk.go_to(local(14, 10, 50))
    walk.do("meeting_hold", outcome="moved", words="停电，改到下周")

    assert walk.open() == {"meeting_offer_slots"}


def test_a_no_show_is_offered_new_times_twice_and_then_not_met(world: World) -> None:
    walk = agreed(world)
    for first in (14, 19, 26):
        if first != 14:
            walk.offer(first=first)
            walk.choose(1)
        walk.go_to(local(first, 10, 50))
        walk.do("meeting_hold", outcome="no_show")

    assert walk.open() == {"meeting_next_channel"}
    assert (walk.meeting.state, walk.meeting.no_shows) == ("NOT_MET", 3)
    with tenancy.scope(world.id):
        tried = list(walk.meeting_inside().attempts.order_by("tried_at"))
        entered = FileEntry.objects.filter(kind="contact_attempt", case_id=walk.case_id)
        assert list(entered.order_by("at").values_list("object_id", "at")) == [
            (one.pk, one.tried_at) for one in tried
        ]
        assert {frozenset(entry.readers) for entry in entered} == {file_entries.SCHOOL}
        assert [one.tried_at for one in tried] == [local(day, 10) for day in (14, 19, 26)]
        assert {(one.channel, one.outcome, one.person_id, one.place) for one in tried} == {
            ("MEETING", "NO_SHOW", None, "行政楼 302")
        }
    assert [event["attempts"] for event in walk.events("meeting.gave_up")] == [3]
    assert [event["attempts"] for event in walk.events("meeting.not_met")] == [3]
