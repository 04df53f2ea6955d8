"""One rung: who is told over what, who is asked to phone, and what the top adds once."""

from uuid import UUID

import pytest

from parties import tenancy
from parties.models import DutyShift, Membership
from parties.roles import Role
from tests.factories import LONG_AGO, MINUTE, NOW, World, people_of
from tests.processes.walker import Walk
from tests.workflow.test_escalation import climb, report
from workflow import escalation, reports, rung_people, waking
from workflow.models import Case, Escalation, HumanTask, Incident, Notification
from workflow.rungs import Call, parse

pytestmark = pytest.mark.django_db

ALL = ("in_app", "sms", "email")


def channels(world: World, case: UUID, who: str) -> set[str]:
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(case=case, recipient=world[who], template=waking.ALERT)
        return set(rows.values_list("channel", flat=True))


def calls(world: World, case: UUID, about: str) -> list[HumanTask]:
    with tenancy.scope(world.id):
        rows = HumanTask.objects.filter(case=case, name="wake_call", about=world[about].pk)
        return list(rows.order_by("created_at"))


def on_a_line(world: World, role: str, flag: str) -> set[str]:
    case = report(world)
    with tenancy.scope(world.id):
        call, about = Call(role, flag), Case.objects.get(pk=case)
        now = rung_people.load(
            about, [call], alert=waking.ALERT, call_task=waking.CALL_TASK, at=NOW
        )
    return people_of(world, set(now.on(call)))


@pytest.mark.parametrize(
    ("role", "flag", "names"),
    [
        ("ME", "", {"duty_officer", "head_of_office"}),
        ("ME", "duty", {"duty_officer"}),
        ("ME", "head", {"head_of_office"}),
        ("PR", "deputy", {"deputy"}),
        ("HT", "", {"teacher"}),
        ("GL", "", {"grade_leader"}),
        ("PSY", "duty", {"counsellor"}),  # nobody on the roster means every holder
    ],
)
def test_a_line_of_a_rung_means_exactly_these(
    world: World, role: str, flag: str, names: set[str]
) -> None:
    assert on_a_line(world, role, flag) == names


@pytest.mark.parametrize(
    ("phone", "email", "reached"),
    [
        ("+8619955000001", "a@school.test", {"in_app", "sms", "email"}),
        ("+8619955000001", "", {"in_app", "sms"}),
        ("", "a@school.test", {"in_app", "email"}),
        ("", "", {"in_app"}),
    ],
)
def test_everybody_is_told_over_every_channel_that_reaches_them(
    world: World, phone: str, email: str, reached: set[str]
) -> None:
    with tenancy.scope(world.id):
        world.add("night", phone=phone, email=email)
        Membership.objects.create(
            school=world.school, person=world["night"], role=Role.PSY, starts_at=LONG_AGO
        )

    assert channels(world, report(world), "night") == reached


def test_only_the_channels_of_the_rung_are_used(world: World) -> None:
    assert waking.channels_of(world["teacher"], ("call", "in_app")) == ["in_app"]
    assert waking.channels_of(world["father"], ALL) == list(ALL)


def test_waking_the_same_rung_again_promises_nothing_twice(world: World) -> None:
    case = report(world)
    with tenancy.scope(world.id):
        row = Escalation.objects.select_related("case").get(case=case)
        before = Notification.objects.count()
        rung = parse(row.ladder).rung(0)

        waking.wake(row, rung, 0, at=NOW + MINUTE, via="test")

        assert Notification.objects.count() == before


def test_the_first_rung_phones_each_other(world: World) -> None:
    case = report(world)

    (call,) = calls(world, case, "teacher")

    assert people_of(world, set(call.candidates)) == {"duty_officer", "counsellor", "grade_leader"}
    assert (call.state, call.form, call.due_at) == ("OPEN", "wake_call", None)


def test_nobody_is_asked_to_phone_themselves(world: World) -> None:
    case = report(world)
    climb(30)

    with tenancy.scope(world.id):
        everyone = list(HumanTask.objects.filter(case=case, name="wake_call"))
    assert everyone
    assert all(call.about not in call.candidates for call in everyone)


def test_who_is_alone_is_told_and_not_phoned(world: World) -> None:
    with tenancy.scope(world.id):
        Membership.objects.exclude(role=Role.PR).update(ends_at=NOW)
        DutyShift.objects.update(ends_at=NOW)
    case = report(world)

    assert calls(world, case, "principal") == []
    assert channels(world, case, "principal") == {"in_app", "sms"}


def test_a_call_that_still_waits_is_not_asked_for_again_all_night(world: World) -> None:
    case = report(world)

    for minute in (10, 20, 30, 45, 60, 75, 90, 105):
        climb(minute)

    assert len(calls(world, case, "principal")) == 1
    with tenancy.scope(world.id):
        alerts = Notification.objects.filter(recipient=world["principal"], channel="sms")
        assert alerts.filter(template=waking.ALERT).count() == 5


def test_a_call_that_was_made_is_asked_for_again(world: World) -> None:
    case = report(world)
    for minute in (10, 20, 30, 45):
        climb(minute)
    (call,) = calls(world, case, "principal")
    with tenancy.scope(world.id):
        call.complete(by=world["vice_principal"], at=NOW)
        call.save()

    climb(60)

    assert [row.state for row in calls(world, case, "principal")] == ["COMPLETED", "OPEN"]


def test_who_was_woken_and_is_named_since_phones_nobody(world: World) -> None:
    case = report(world)
    with tenancy.scope(world.id):
        row = Case.objects.get(pk=case)
        reports.name(row, {(world["counsellor"].pk, "SUSPECT"): None}, at=NOW)

    for minute in (10, 20, 30):
        climb(minute)

    (call,) = calls(world, case, "vice_principal")
    assert world["counsellor"].pk not in call.candidates
    assert "teacher" in people_of(world, set(call.candidates))


def test_the_top_adds_its_extras_once(world: World) -> None:
    case = report(world)

    for minute in (10, 20, 30, 45, 60, 75, 90):
        climb(minute)

    with tenancy.scope(world.id):
        sheets = Notification.objects.filter(case=case, template=waking.NUMBERS)
        per_person = sheets.values_list("recipient", "channel")
        assert len(per_person) == len(set(per_person)) > 0
        assert Incident.objects.filter(case=case, code=waking.UNANSWERED).count() == 1


def test_the_sheet_of_numbers_is_for_the_team_without_whom_it_names(world: World) -> None:
    case = report(world)
    with tenancy.scope(world.id):
        row = Case.objects.get(pk=case)
        reports.name(row, {(world["teacher"].pk, "EXCLUDED"): None}, at=NOW)
    climb(60)

    with tenancy.scope(world.id):
        sheets = Notification.objects.filter(case=case, template=waking.NUMBERS)
        readers = people_of(world, set(sheets.values_list("recipient_id", flat=True)))
    assert readers == {
        "counsellor", "grade_leader", "duty_officer", "head_of_office", "vice_principal",
        "principal",
    }  # fmt: skip


def test_lower_rungs_add_nothing(world: World) -> None:
    case = report(world)
    climb(59)

    with tenancy.scope(world.id):
        assert not Notification.objects.filter(case=case, template=waking.NUMBERS).exists()
        assert not Incident.objects.filter(case=case).exists()


def test_taking_over_ends_the_calls_and_the_alarm_at_the_top(world: World) -> None:
    case = report(world)
    climb(60)
    escalation.acknowledge(
        school_id=world.id, case_id=case, by=world["principal"], at=NOW + 61 * MINUTE
    )

    with tenancy.scope(world.id):
        states = HumanTask.objects.filter(case=case, name="wake_call")
        assert set(states.values_list("state", "cancel_reason")) == {("CANCELLED", "acknowledged")}
        incident = Incident.objects.get(case=case, code=waking.UNANSWERED)
        assert (incident.state, incident.resolved_at) == ("RESOLVED", NOW + 61 * MINUTE)


def test_the_next_ladder_that_nobody_answers_is_an_incident_of_its_own(world: World) -> None:
    walk = Walk(world, report(world))
    climb(60)
    walk.at = NOW + 61 * MINUTE
    walk.acknowledge()
    walk.again()

    climb(61 + 60)

    with tenancy.scope(world.id):
        found = Incident.objects.filter(case=walk.case_id, code=waking.UNANSWERED)
        assert sorted(found.values_list("state", flat=True)) == ["OPEN", "RESOLVED"]


def test_a_rung_with_nobody_says_so_and_its_extras_happen_all_the_same(world: World) -> None:
    case = report(world)
    with tenancy.scope(world.id):
        Membership.objects.filter(role__in=[Role.PR, Role.FA]).update(ends_at=NOW)
        row = Escalation.objects.select_related("case__student__school_class").get(case=case)
        ladder = parse(row.ladder)

        woken = waking.wake(row, ladder.rung(ladder.top), ladder.top, at=NOW, via="test")

        assert woken is False
        assert Incident.objects.filter(case=case, code=waking.UNANSWERED).exists()
        assert Notification.objects.filter(case=case, template=waking.NUMBERS).exists()
