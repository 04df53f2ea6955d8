"""A meeting from the minutes to its end: signatures, copies, clocks, and what may come between."""

from datetime import date, timedelta

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from parties.models import Person
from records.models import (
    ActionItem,
    CommunicationRecord,
    Delivery,
    DossierItem,
    Meeting,
)
from tests.factories import MINUTE, World, people_of
from tests.processes.meeting_walk import (
    agreed,
    begin,
    held,
    offered,
    prepared,
)
from tests.records.agreed import agree, draft
from tests.records.meeting_days import local, times
from workflow import meeting_news, meetings, openings
from workflow.models import Case, ProcessInstance

pytestmark = pytest.mark.django_db


# --- the record -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["", "DRAFT"])
def test_minutes_are_done_when_both_sides_have_them_to_sign(world: World, state: str) -> None:
    walk = held(world)
    if state:
        walk.record(state)

    with pytest.raises(InvalidInput, match="还没有提交双方签字"):
        walk.do("meeting_minutes")
    assert walk.open() == {"meeting_minutes"}


def test_a_record_of_an_earlier_meeting_does_not_count(world: World) -> None:
    walk = begin(world)
    walk.record("EFFECTIVE")
    walk.at += 5 * MINUTE
    walk.do("meeting_prepare")
    walk.go_to(local(12, 9))
    walk.do("meeting_dossier")
    walk.offer()
    walk.choose()
    walk.go_to(local(14, 10, 50))
    walk.do("meeting_hold")

    with pytest.raises(InvalidInput):
        walk.do("meeting_minutes")


def test_a_record_signed_at_the_table_needs_no_waiting(world: World) -> None:
    walk = held(world)
    walk.record("EFFECTIVE")
    walk.do("meeting_minutes")

    assert walk.open() == {"meeting_plan"}
    assert walk.told("record.copy") == {"father", "mother"}


@pytest.mark.parametrize("standing", ["SIGNED", "UNSIGNED"])
def test_a_refusal_is_no_dead_end(world: World, standing: str) -> None:
    walk = held(world)
    record = walk.record()
    walk.do("meeting_minutes")
    walk.sign(record, standing)

    assert walk.open() == {"meeting_plan"}
    with tenancy.scope(world.id):
        copies = Delivery.objects.filter(record=record, how="PAGE")
        assert people_of(world, set(copies.values_list("to_id", flat=True))) == {"father", "mother"}


def test_two_working_days_without_a_signature_are_asked_about_again_and_again(
    world: World,
) -> None:
    walk = held(world)
    record = walk.record()
    walk.do("meeting_minutes")
    walk.go_to(local(16, 17, 30))
    assert walk.open() == {"meeting_chase"}
    assert walk.missed() == ["meeting.sign"]
    walk.do("meeting_chase")
    walk.go_to(local(20, 17, 30))
    assert walk.open() == {"meeting_chase"}
    walk.sign(record)

    assert walk.open() == {"meeting_plan"}


def test_a_record_that_took_effect_unheard_is_found_at_the_deadline(world: World) -> None:
    """Whoever should have told the process died right after the signature."""
    walk = held(world)
    record = walk.record()
    walk.do("meeting_minutes")
    with tenancy.scope(world.id):
        row = CommunicationRecord.objects.get(pk=record)
        row.take_effect(standing="SIGNED", at=walk.at)
        row.save()
    walk.go_to(local(16, 17, 30))

    assert walk.open() == {"meeting_plan"}


def test_a_signature_that_nobody_waits_for_is_no_fault(world: World) -> None:
    walk = held(world)
    walk.sign(walk.record())

    assert walk.open() == {"meeting_minutes"}
    walk.do("meeting_minutes")
    assert walk.open() == {"meeting_plan"}


def test_whom_no_message_reaches_gets_the_copy_on_paper(world: World) -> None:
    with tenancy.scope(world.id):
        father = Person.objects.get(pk=world["father"].pk)
        father.phone = father.email = ""
        father.save()
    walk = held(world)
    record = walk.record("EFFECTIVE")
    walk.do("meeting_minutes")
    assert walk.open() == {"meeting_copy"}
    with pytest.raises(InvalidInput, check=lambda no: no.field == "handed_on"):
        walk.do("meeting_copy", handed_on="2026-10-15")
    walk.do("meeting_copy", handed_on="2026-10-14")

    with tenancy.scope(world.id):
        paper = Delivery.objects.get(record=record, how="PAPER")
        assert paper.to_id == world["father"].pk
    assert walk.open() == {"meeting_plan"}


# --- the end --------------------------------------------------------------------------------------


def test_no_plan_needs_a_reason(world: World) -> None:
    walk = held(world)
    walk.record("EFFECTIVE")
    walk.do("meeting_minutes")
    with pytest.raises(InvalidInput, check=lambda no: no.field == "reason"):
        walk.do("meeting_plan", reason=" ")
    walk.do("meeting_plan")
    walk.do("meeting_close")

    assert (walk.case.state, walk.open()) == ("CLOSED", set())


@pytest.mark.parametrize(
    ("state", "earlier", "counts"),
    [
        ("DONE", True, False), ("DROPPED", False, False),
        ("DOING", True, True), ("DONE", False, True),
    ],
)  # fmt: skip
def test_what_an_earlier_talk_agreed_on_and_is_done_is_no_plan(
    world: World, state: str, *, earlier: bool, counts: bool
) -> None:
    walk = held(world)
    walk.record("EFFECTIVE")
    walk.do("meeting_minutes")
    item = agree(world, walk.case_id, draft(starts_on=date(2026, 10, 15)), when=walk.at)[0]
    before = walk.meeting.prepared_at - timedelta(days=30)
    with tenancy.scope(world.id):
        made = before if earlier else walk.at
        ActionItem.objects.filter(pk=item.pk).update(state=state, created_at=made)

    if not counts:
        with pytest.raises(InvalidInput, check=lambda no: no.field == "outcome"):
            walk.do("meeting_plan", outcome="planned")
        return
    walk.do("meeting_plan", outcome="planned")
    assert walk.open() == set()


def test_another_round_is_another_meeting_of_the_same_case(world: World) -> None:
    walk = held(world)
    first = walk.meeting.pk
    walk.record("EFFECTIVE")
    walk.do("meeting_minutes")
    walk.do("meeting_plan")
    walk.do("meeting_close", outcome="again")
    walk.do("meeting_prepare")

    assert walk.meeting.pk != first
    with tenancy.scope(world.id):
        assert Meeting.objects.filter(case_id=walk.case_id).count() == 2


# --- clocks ---------------------------------------------------------------------------------------


def test_a_missed_clock_is_an_event_and_the_grade_leader_hears_of_it(world: World) -> None:
    walk = begin(world)
    walk.go_to(local(10, 0))

    assert walk.missed() == ["meeting.decide"]
    assert walk.told("meeting.late") == {"grade_leader"}
    assert walk.open() == {"meeting_prepare"}


def test_each_deadline_is_where_the_school_expects_it(world: World) -> None:
    walk = begin(world)
    assert walk.task("meeting_prepare").due_at == local(10, 0)
    walk.do("meeting_prepare")  # Friday night; Saturday is worked (调休)
    assert walk.task("meeting_dossier").due_at == local(12, 17, 30)
    walk.go_to(local(12, 9))
    walk.do("meeting_dossier")
    assert walk.task("meeting_offer_slots").due_at == local(13, 17, 30)
    walk.offer()
    walk.choose()
    walk.go_to(local(14, 10, 50))
    assert walk.task("meeting_hold").due_at == local(15, 0)
    walk.do("meeting_hold")
    assert walk.task("meeting_minutes").due_at == local(14, 21)
    walk.go_to(local(14, 21))
    assert walk.missed() == ["meeting.minutes"]


# --- when something else happens ------------------------------------------------------------------


def test_a_choice_counts_while_the_process_stands_still(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = offered(world)
    with monkeypatch.context() as broken:
        broken.setattr(meeting_news, "invite", _fail)
        walk.choose()
    assert walk.instance.status == "FROZEN"
    assert walk.meeting.state == "AGREED"

    walk.go_to(local(14, 17, 30))
    assert walk.instance.status == "RUNNING"
    assert walk.told("meeting.invitation") >= {"father", "mother"}


def _fail(*_args: object, **_more: object) -> int:
    raise RuntimeError


def test_a_family_may_answer_after_the_process_was_taken_away(world: World) -> None:
    """A crisis took the case over; the family goes on seeing what it saw."""
    walk = offered(world)
    with tenancy.scope(world.id):
        instance = ProcessInstance.objects.get(case=walk.case_id)
        instance.cancel(at=walk.at)
        instance.save()
        case = Case.objects.get(pk=walk.case_id)
        case.alarm(at=walk.at)
        case.save()
    walk.choose(2)

    assert walk.meeting.state == "AGREED"
    assert walk.open() == set()


def test_a_meeting_begun_again_calls_off_the_date_of_the_first(world: World) -> None:
    walk = agreed(world)
    with tenancy.scope(world.id):
        instance = ProcessInstance.objects.get(case=walk.case_id)
        instance.cancel(at=walk.at)
        instance.save()
        openings.begin(Case.objects.get(pk=walk.case_id), "meeting", at=walk.at)
    walk.wait(minutes=1)

    assert walk.meeting.state == "CANCELLED"
    assert walk.told("meeting.called_off") == {"father", "mother", "student", "teacher"}
    walk.do("meeting_prepare")
    assert walk.meeting.state == "PREPARING"


def test_a_case_that_nobody_routed_is_shown_when_the_meeting_was_decided(world: World) -> None:
    walk = begin(world, routed=False)
    assert walk.case.shown_channel == ""
    walk.do("meeting_prepare")

    assert (walk.case.shown_channel, walk.case.state) == ("MEETING", "IN_PROGRESS")


def test_times_must_be_there_before_the_step_is_done(world: World) -> None:
    walk = prepared(world)
    with pytest.raises(InvalidInput, check=lambda no: no.field == "slot_1_at"):
        walk.do("meeting_offer_slots")
    with pytest.raises(InvalidInput, check=lambda no: no.field == "slot_2_at"):
        walk.do(
            "meeting_offer_slots",
            slot_1_at=local(14, 10).isoformat(),
            slot_2_at=local(13, 10).isoformat(),
            slot_3_at=local(15, 18).isoformat(),
        )

    assert walk.open() == {"meeting_offer_slots"}


def test_times_offered_before_are_enough(world: World) -> None:
    walk = prepared(world)
    meetings.offer(
        school_id=world.id, case_id=walk.case_id, by=world["teacher"], at=walk.at,
        offers=times(first=14),
    )  # fmt: skip
    walk.do("meeting_offer_slots")

    assert walk.told("meeting.choose") == {"father", "mother"}


def test_a_psychological_report_without_its_basis_stays_off_the_table(world: World) -> None:
    walk = begin(world)
    walk.do("meeting_prepare")

    with pytest.raises(InvalidInput, check=lambda no: no.field == "psy_basis_note"):
        walk.do("meeting_dossier", psy_basis="DUTY")
    with pytest.raises(InvalidInput, check=lambda no: no.field == "psy_duty"):
        walk.do("meeting_dossier", psy_basis="DUTY", psy_basis_note="谈话须用到")
    with pytest.raises(InvalidInput, check=lambda no: no.field == "psy_basis"):
        walk.do("meeting_dossier", psy_basis="CONSENT", psy_basis_note="TY-2026-17")
    walk.do("meeting_dossier", psy_basis="DUTY", psy_duty="TALK", psy_basis_note="谈话须用到")
    with tenancy.scope(world.id):
        assert DossierItem.objects.filter(kind="PSY_REPORT").count() == 1
