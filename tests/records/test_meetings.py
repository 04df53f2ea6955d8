"""Who is asked to a meeting and who never is, and which papers lie on the table."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from parties.models import GuardianLink, Restriction
from parties.roles import Role
from records.meetings import dossier, invited, outcomes
from records.meetings.outcomes import Try
from records.models import FileEntry, MeetingInvitee
from tests.factories import NOW, World, people_of
from tests.records.meeting_days import (
    PLAN,
    later,
    offered,
    prepared,
    restrict,
)

pytestmark = pytest.mark.django_db


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
        invited.review(again_inside(meeting), at=later(hours=1))

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


@pytest.mark.parametrize("kind", ["NO_MEETING", "NO_CONTACT", "DO_NOT_TELL"])
@pytest.mark.parametrize("who", ["counsellor", "mentor"])
def test_whoever_must_not_meet_the_student_is_no_guest_either(
    world: World, who: str, kind: str
) -> None:
    restrict(world, who, kind)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "people" and bool(no.mend)):
        prepared(world, plan=replace(PLAN, kind="AT_COMPANY", people=[world[who].pk]))


def test_a_guest_who_must_not_come_any_more_is_taken_off_the_list(world: World) -> None:
    people = [world["counsellor"].pk, world["mentor"].pk]
    meeting = prepared(world, plan=replace(PLAN, kind="AT_COMPANY", people=people))
    restrict(world, "mentor", "NO_MEETING", starts_at=NOW)
    named = {world["counsellor"].pk, world["student"].pk}

    with tenancy.scope(world.id):
        invited.review(again_inside(meeting), at=later(hours=1), named=named)
        reasons = dict(
            MeetingInvitee.objects.filter(part="MUST_NOT").values_list("person__name", "reason")
        )
    assert reasons == {"counsellor": "NAMED", "mentor": "NO_MEETING"}
    assert "student" in asked(world, meeting)  # whose matter it is may be there


def test_nobody_under_an_order_comes_along_to_a_home(world: World) -> None:
    meeting, _ = offered(world)
    restrict(world, "counsellor", "NO_CONTACT")
    tried = Try(
        person=None, channel="HOME_VISIT", outcome="NO_ANSWER", tried_at=NOW,
        companion=world["counsellor"].pk,
    )  # fmt: skip

    with tenancy.scope(world.id), pytest.raises(InvalidInput) as refused:
        outcomes.attempt(meeting_id=meeting.pk, tried=tried, by=world["teacher"], at=NOW)

    assert refused.value.field == "companion"


@pytest.mark.parametrize(
    ("channel", "outcome", "field"),
    [("PHONE", "NO_SHOW", "outcome"), ("MEETING", "NO_SHOW", "channel")],
)
def test_a_no_show_is_entered_at_its_agreed_time_alone(
    world: World, channel: str, outcome: str, field: str
) -> None:
    meeting, _ = offered(world)
    tried = Try(person=None, channel=channel, outcome=outcome, tried_at=NOW)

    with tenancy.scope(world.id), pytest.raises(InvalidInput) as refused:
        outcomes.attempt(meeting_id=meeting.pk, tried=tried, by=world["teacher"], at=NOW)

    assert refused.value.field == field


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
        invited.mark_told(meeting, [world["mother"].pk], at=NOW)
        entry.refresh_from_db()
        assert entry.people == [world["mother"].pk]


# --- F2: papers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("basis", "note", "field"),
    [
        ("", "", "basis"),
        ("CONSENT", "同意书 TY-7", "basis"),
        ("DUTY", " ", "basis_note"),
        ("DUTY", "谈话须用到", "duty"),
        ("X", "", "basis"),
    ],
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
