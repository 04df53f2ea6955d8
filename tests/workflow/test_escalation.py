"""The ladder of the design: who is woken when, who never is, and what nothing can silence."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connections

from ledger.models import Event
from parties import tenancy
from parties.models import Absence, Membership, Person
from parties.roles import Role
from tests.factories import MINUTE, NOW, World, people_of
from workflow import cases, escalation
from workflow.errors import NotAllowed, NotFound, WrongState
from workflow.models import CaseParty, Escalation, HumanTask, Incident, Notification
from workflow.reports import ReportInput, Suspect

pytestmark = pytest.mark.django_db


def report(world: World, *, by: str = "mother", suspects: Iterable[Suspect] = ()) -> UUID:
    """A crisis about the student, reported now."""
    receipt = cases.report_crisis(
        school_id=world.id,
        reporter=world[by],
        role=Role.G,
        at=NOW,
        report=ReportInput(
            student_id=world.student.pk,
            who="",
            observed="手臂有新伤，说不敢回家",
            safe_now="NO",
            suspects=tuple(suspects),
        ),
        request_key=f"test:{by}",
    )
    return receipt.case_id


def climb(minutes: int) -> int:
    return escalation.climb_due(via="test", at=NOW + minutes * MINUTE)


def woken(world: World, case: UUID) -> set[str]:
    """Everybody alerted so far, by name."""
    with tenancy.scope(world.id):
        alerts = Notification.objects.filter(case=case, template="crisis.alert")
        return people_of(world, set(alerts.values_list("recipient_id", flat=True)))


def kinds(world: World, case: UUID) -> list[str]:
    with tenancy.scope(world.id):
        found = Event.objects.filter(subject_type="case", subject_id=case)
        return list(found.order_by("pk").values_list("kind", flat=True))


def current(world: World, case: UUID) -> Escalation:
    with tenancy.scope(world.id):
        return Escalation.objects.filter(case=case).latest("raised_at")


def test_the_report_alerts_the_team_at_once(world: World) -> None:
    assert woken(world, report(world)) == {"duty_officer", "counsellor", "grade_leader", "teacher"}


@pytest.mark.parametrize(
    ("minutes", "joined"),
    [
        (20, {"head_of_office"}),
        (30, {"head_of_office", "vice_principal"}),
        (45, {"head_of_office", "vice_principal", "principal"}),
        (60, {"head_of_office", "vice_principal", "principal", "deputy"}),
    ],
)
def test_silence_wakes_the_next_rung(world: World, minutes: int, joined: set[str]) -> None:
    case = report(world)
    team = woken(world, case)

    for minute in range(1, minutes + 1):
        climb(minute)

    assert woken(world, case) == team | joined


def test_nobody_climbs_before_the_moment(world: World) -> None:
    case = report(world)

    assert escalation.climb_due(via="test", at=NOW + 10 * MINUTE - timedelta(seconds=1)) == 0
    assert climb(10) == 1
    assert current(world, case).rung == 1


def test_the_top_repeats_for_ever(world: World) -> None:
    case = report(world)
    for minute in (10, 20, 30, 45, 60):
        climb(minute)

    again = [climb(minute) for minute in (74, 75, 90, 105)]

    assert again == [0, 1, 1, 1]
    assert current(world, case).state == Escalation.State.WAITING
    with tenancy.scope(world.id):
        principal = Notification.objects.filter(recipient=world["principal"], channel="sms")
        alerts = principal.filter(template="crisis.alert")
        assert alerts.count() == 5  # at 45, 60, 75, 90 and 105 minutes


def test_an_outage_skips_no_rung(world: World) -> None:
    case = report(world)

    climb(180)

    rungs = [kind for kind in kinds(world, case) if kind == "escalation.woken"]
    assert len(rungs) == 6
    assert "deputy" in woken(world, case)
    assert current(world, case).due_at == NOW + 195 * MINUTE


def test_the_top_opens_an_incident_and_sends_the_numbers_to_everybody(world: World) -> None:
    case = report(world)

    climb(60)

    with tenancy.scope(world.id):
        assert Incident.objects.filter(case=case, code="escalation.unanswered").count() == 1
        sheet = Notification.objects.filter(case=case, template="crisis.numbers")
        readers = people_of(world, set(sheet.values_list("recipient_id", flat=True)))
    assert {"teacher", "counsellor", "grade_leader", "principal"} <= readers
    assert "father" not in readers


def test_an_empty_rung_is_recorded_and_passed_at_once(world: World) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(role=Role.VP).update(ends_at=NOW - MINUTE)
    case = report(world)

    climb(30)

    assert "escalation.rung_skipped" in kinds(world, case)
    assert "principal" in woken(world, case)


def test_the_absent_are_replaced_by_their_substitute(world: World) -> None:
    with tenancy.scope(world.id):
        post = Membership.objects.get(person=world["vice_principal"])
        post.substitute = world.add("stand_in", phone="+8619933000001")
        post.save()
        Absence.objects.create(
            school=world.school,
            person=world["vice_principal"],
            starts_at=NOW - MINUTE,
            ends_at=NOW + 600 * MINUTE,
        )
    case = report(world)

    climb(30)

    assert "stand_in" in woken(world, case)
    assert "vice_principal" not in woken(world, case)


def test_whom_the_report_names_is_never_on_the_ladder(world: World) -> None:
    named = Suspect(relation="STAFF", person_id=world["counsellor"].pk)
    case = report(world, suspects=[named])

    for minute in (10, 20, 30, 45, 60, 75):
        climb(minute)

    assert "counsellor" not in woken(world, case)


def test_a_report_about_a_guardian_never_reaches_a_guardian(world: World) -> None:
    case = report(world, by="teacher", suspects=[Suspect(relation="FATHER")])

    for minute in (10, 20, 30, 45, 60):
        climb(minute)

    assert not woken(world, case) & {"father", "mother"}


def test_a_teacher_who_is_the_students_parent_is_not_woken(world: World) -> None:
    with tenancy.scope(world.id):
        world.people["teacher"] = world["teacher"]
        link = world.student.guardian_links.get(guardian=world["father"])
        link.guardian = world["vice_principal"]
        link.save()
    case = report(world)

    for minute in (10, 20, 30, 45):
        climb(minute)

    assert "vice_principal" not in woken(world, case)


def test_taking_over_stops_the_ladder(world: World) -> None:
    case = report(world)

    taken = escalation.acknowledge(
        school_id=world.id, case_id=case, by=world["counsellor"], at=NOW + 4 * MINUTE
    )

    assert taken.state == Escalation.State.ACKNOWLEDGED
    assert [climb(minute) for minute in (10, 20, 30, 60)] == [0, 0, 0, 0]


def test_a_phone_that_sends_twice_acknowledges_once(world: World) -> None:
    case = report(world)
    for _ in range(2):
        escalation.acknowledge(
            school_id=world.id, case_id=case, by=world["counsellor"], at=NOW + MINUTE
        )

    assert kinds(world, case).count("escalation.acknowledged") == 1


def test_the_second_person_hears_that_somebody_was_first(world: World) -> None:
    case = report(world)
    escalation.acknowledge(school_id=world.id, case_id=case, by=world["counsellor"], at=NOW)

    with pytest.raises(WrongState):
        escalation.acknowledge(
            school_id=world.id, case_id=case, by=world["vice_principal"], at=NOW + MINUTE
        )


def test_a_homeroom_teacher_is_alerted_but_cannot_stop_the_climb(world: World) -> None:
    case = report(world)

    with pytest.raises(NotAllowed):
        escalation.acknowledge(school_id=world.id, case_id=case, by=world["teacher"], at=NOW)


def test_the_reporter_never_acknowledges_their_own_report(world: World) -> None:
    case = report(world, by="counsellor")

    with pytest.raises(NotAllowed):
        escalation.acknowledge(school_id=world.id, case_id=case, by=world["counsellor"], at=NOW)


@pytest.mark.parametrize("who", ["mother", "father", "mentor", "stranger"])
def test_for_everybody_else_there_is_nothing_to_acknowledge(world: World, who: str) -> None:
    case = report(world, by="duty_officer")

    with pytest.raises(NotFound):
        escalation.acknowledge(school_id=world.id, case_id=case, by=world[who], at=NOW)


def test_raising_again_moves_a_waiting_ladder_up_instead_of_beside(world: World) -> None:
    case = report(world)
    with tenancy.scope(world.id):
        row = Escalation.objects.select_related("case").get(case=case)
        escalation.raise_(case=row.case, reason="crisis.triage", at=NOW + 5 * MINUTE, start=3)

    assert current(world, case).rung == 3
    with tenancy.scope(world.id):
        assert Escalation.objects.filter(case=case).count() == 1
    assert "vice_principal" in woken(world, case)


def test_a_ladder_raised_above_counts_its_offsets_from_there(world: World) -> None:
    case = report(world)
    escalation.acknowledge(school_id=world.id, case_id=case, by=world["duty_officer"], at=NOW)
    late = NOW + 40 * MINUTE
    with tenancy.scope(world.id):
        row = Escalation.objects.select_related("case").get(case=case)
        raised = escalation.raise_(case=row.case, reason="crisis.triage", at=late, start=3)

    assert raised.due_at == late + 15 * MINUTE  # principal stands 15 minutes above


def test_a_call_is_a_task_for_those_who_were_woken(world: World) -> None:
    case = report(world)

    climb(30)

    with tenancy.scope(world.id):
        call = HumanTask.objects.get(case=case, name="wake_call", about=world["vice_principal"].pk)
        callers = people_of(world, set(call.candidates))
    assert callers == {"duty_officer", "counsellor", "grade_leader", "teacher", "head_of_office"}


def test_calls_that_nobody_made_end_when_somebody_takes_over(world: World) -> None:
    case = report(world)
    escalation.acknowledge(school_id=world.id, case_id=case, by=world["counsellor"], at=NOW)

    with tenancy.scope(world.id):
        states = set(
            HumanTask.objects.filter(case=case, name="wake_call").values_list("state", flat=True)
        )
    assert states == {"CANCELLED"}


def test_each_climb_says_by_what_it_was_driven(world: World) -> None:
    case = report(world)
    climb(10)

    with tenancy.scope(world.id):
        event = Event.objects.filter(subject_id=case, kind="escalation.climbed").latest("pk")
    assert b'"via":"test"' in bytes(event.body)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("workers", [2, 4, 8])
def test_racing_workers_wake_a_rung_once(world: World, workers: int) -> None:
    case = report(world)

    def work(_: int) -> int:
        try:
            return climb(10)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        climbed = list(pool.map(work, range(workers)))

    assert sum(climbed) == 1
    assert current(world, case).rung == 1
    with tenancy.scope(world.id):
        alerts = Notification.objects.filter(case=case, recipient=world["duty_officer"])
        assert alerts.filter(template="crisis.alert", channel="sms").count() == 2


def test_a_suspect_is_part_of_the_case_by_id_not_by_name(world: World) -> None:
    with tenancy.scope(world.id):
        twin = Person.objects.create(school=world.school, name="father")
    case = report(world, suspects=[Suspect(relation="FATHER")])

    with tenancy.scope(world.id):
        named = set(
            CaseParty.objects.filter(case=case, part="SUSPECT").values_list("person", flat=True)
        )
    assert named == {world["father"].pk}
    assert twin.pk not in named


def test_moments_are_stored_with_their_zone(world: World) -> None:
    case = report(world)

    assert isinstance(current(world, case).due_at, datetime)
    assert current(world, case).due_at.utcoffset() is not None
