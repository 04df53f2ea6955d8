"""Who is asked to a meeting and who never is, which times are fit to offer, whose choice counts."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from parties.models import GuardianLink, Restriction
from parties.roles import Role
from records.meetings import answers, dossier, invitations
from records.meetings.slots import Offer
from records.models import FileEntry, MeetingInvitee
from tests.factories import LONG_AGO, NOW, World, people_of
from tests.records.meeting_days import (
    PLAN,
    again,
    change,
    choose,
    later,
    local,
    offer,
    offered,
    prepared,
    times,
)

pytestmark = pytest.mark.django_db


def restrict(world: World, name: str, kind: str, *, starts_at: datetime = LONG_AGO) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world[name], kind=kind,
            starts_at=starts_at,
        )  # fmt: skip


def asked(world: World, meeting: Any, part: str = "MUST") -> set[str]:
    with tenancy.scope(world.id):
        found = MeetingInvitee.objects.filter(meeting=meeting, part=part)
        return people_of(world, set(found.values_list("person_id", flat=True)))


# --- F1: who must and must not be there -----------------------------------------------------------


def test_both_guardians_the_student_and_the_teacher_are_asked(world: World) -> None:
    meeting = prepared(world)

    assert asked(world, meeting) == {"father", "mother", "student", "teacher"}
    assert asked(world, meeting, "MUST_NOT") == set()


@pytest.mark.parametrize("kind", ["NO_MEETING", "NO_CONTACT", "DO_NOT_TELL"])
def test_whoever_may_not_be_met_is_on_file_with_the_reason_and_never_asked(
    world: World, kind: str
) -> None:
    restrict(world, "father", kind)

    meeting = prepared(world)

    assert asked(world, meeting) == {"mother", "student", "teacher"}
    assert asked(world, meeting, "MUST_NOT") == {"father"}
    with tenancy.scope(world.id):
        assert MeetingInvitee.objects.get(person=world["father"]).reason == kind


def test_a_restriction_that_has_ended_counts_no_more(world: World) -> None:
    restrict(world, "father", "NO_MEETING")
    with tenancy.scope(world.id):
        Restriction.objects.update(ends_at=NOW)

    assert "father" in asked(world, prepared(world))


def test_a_guardian_without_access_to_the_childs_data_is_not_asked(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.filter(guardian=world["father"]).update(child_data_access=False)

    assert "father" not in asked(world, prepared(world))


def test_whom_the_case_names_is_not_asked(world: World) -> None:
    meeting = prepared(world, named={world["father"].pk})

    assert asked(world, meeting, "MUST_NOT") == {"father"}


def test_without_anybody_of_the_family_there_is_no_meeting(world: World) -> None:
    restrict(world, "father", "NO_MEETING")
    restrict(world, "mother", "NO_CONTACT")

    with pytest.raises(InvalidInput, check=lambda no: no.field == "people"):
        prepared(world)


def test_a_restriction_younger_than_the_list_takes_its_person_off_it(world: World) -> None:
    meeting = prepared(world)
    restrict(world, "father", "NO_MEETING", starts_at=NOW)

    with tenancy.scope(world.id):
        invitations.review(again_inside(meeting), at=later(hours=1))

    assert asked(world, meeting, "MUST_NOT") == {"father"}


def again_inside(meeting: Any) -> Any:
    meeting.refresh_from_db()
    return meeting


@pytest.mark.parametrize("wish", ["", "MAYBE"])
def test_the_student_is_asked_before_anything_else(world: World, wish: str) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == "student_wish"):
        prepared(world, plan=replace(PLAN, student_wish=wish))


def test_a_student_who_would_rather_not_is_not_there(world: World) -> None:
    meeting = prepared(world, plan=replace(PLAN, student_wish="NO"))

    assert "student" not in asked(world, meeting)
    with pytest.raises(InvalidInput, check=lambda no: no.field == "student_present"):
        prepared(world, plan=replace(PLAN, student_wish="NO", student_present=True))


@pytest.mark.parametrize(
    ("born", "there"), [(date(2012, 10, 9), True), (date(2012, 10, 10), False), (None, True)]
)
def test_from_fourteen_on_a_willing_student_is_there_by_default(
    world: World, born: date | None, there: bool
) -> None:
    with tenancy.scope(world.id):
        world.student.birth_date = born
        world.student.save()

    assert ("student" in asked(world, prepared(world))) is there
    younger = prepared(world, plan=replace(PLAN, student_present=True))
    assert "student" in asked(world, younger)


def test_nobody_visits_a_home_alone(world: World) -> None:
    plan = replace(PLAN, kind="HOME_VISIT")
    with pytest.raises(InvalidInput, check=lambda no: no.field == "people"):
        prepared(world, plan=plan)

    meeting = prepared(world, plan=replace(plan, people=[world["counsellor"].pk]))
    assert {"teacher", "counsellor"} <= asked(world, meeting)


@pytest.mark.parametrize("who", ["mother", "classmate", "mentor"])
def test_only_staff_is_named_beside_the_family(world: World, who: str) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == "people"):
        prepared(world, plan=replace(PLAN, people=[world[who].pk]))


def test_a_teacher_of_the_same_family_is_no_staff_here(world: World) -> None:
    with tenancy.scope(world.id):
        world.staff("aunt", Role.ST, school_class=world.other_class)
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["aunt"], relation="OTHER",
            delegate_carer=True,
        )  # fmt: skip

    with pytest.raises(InvalidInput):
        prepared(world, plan=replace(PLAN, people=[world["aunt"].pk]))


def test_the_mentor_comes_to_a_meeting_at_the_company(world: World) -> None:
    plan = replace(PLAN, kind="AT_COMPANY", people=[world["mentor"].pk])

    assert "mentor" in asked(world, prepared(world, plan=plan))


def test_preparing_again_changes_the_one_meeting(world: World) -> None:
    meeting = prepared(world)
    changed = prepared(
        world, case_id=meeting.case_id, plan=replace(PLAN, student_wish="NO", purpose="改了目的")
    )

    assert changed.pk == meeting.pk
    assert "student" not in asked(world, meeting)


def test_it_is_in_the_file_for_the_school_and_for_the_family_once_told(world: World) -> None:
    meeting = prepared(world)
    with tenancy.scope(world.id):
        entry = FileEntry.objects.get(kind="meeting")
        assert (entry.object_id, entry.people) == (meeting.pk, [])
        assert Role.G.value not in entry.readers
        invitations.mark_told(meeting, [world["mother"].pk], at=NOW)
        entry.refresh_from_db()
        assert entry.people == [world["mother"].pk]


# --- F2: papers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("basis", "note", "field"), [("", "", "basis"), ("DUTY", " ", "basis_note"), ("X", "", "basis")]
)
def test_a_psychological_report_needs_consent_or_a_named_duty(
    world: World, basis: str, note: str, field: str
) -> None:
    meeting = prepared(world)

    refusal = pytest.raises(InvalidInput, check=lambda no: no.field == field)
    with tenancy.scope(world.id), refusal:
        dossier.add(
                meeting_id=meeting.pk, kind="PSY_REPORT", note="", by=world["teacher"], at=NOW,
                basis=basis, basis_note=note,
            )  # fmt: skip


def test_a_paper_of_one_kind_is_there_once(world: World) -> None:
    meeting = prepared(world)
    with tenancy.scope(world.id):
        for note in ("9月", "10月"):
            dossier.add(
                meeting_id=meeting.pk, kind="ATTENDANCE", note=note, by=world["teacher"], at=NOW
            )
        assert [item.note for item in meeting.dossier.all()] == ["10月"]


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
