"""下次沟通: a record that took effect plans the talk it names; nobody has to remember it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from records import drafts
from records.draft_input import Header
from records.models import CommunicationRecord
from tests.factories import NOW, World
from tests.records.agreed import meeting
from tests.records.desk import Desk, next_version
from workflow import communication, next_contacts, plans
from workflow.errors import InvalidInput
from workflow.models import Case, HumanTask, Notification, ScheduledContact

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(days=14)


def planned(world: World) -> list[tuple[datetime, str, str]]:
    with tenancy.scope(world.id):
        rows = ScheduledContact.objects.order_by("due_at")
        return [(row.due_at, row.focus, str(row.state)) for row in rows]


def took_effect(world: World, case: UUID | None, moment: datetime | None) -> CommunicationRecord:
    """Written, offered and signed by both sides; the last signature through the front door."""
    desk = Desk(world)
    header = Header(
        trigger="PRAISE", started_at=NOW, place_kind="OFFICE", next_contact_at=moment,
        next_focus="看看作业",
    )  # fmt: skip
    with desk.as_("teacher") as viewer:
        record = drafts.write(viewer, student_id=world.student.pk, header=header, case_id=case)
    desk.meet(record, "mother")
    desk.say(record)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    return communication.sign(
        school_id=world.id, record_id=record.pk, by=world["mother"], at=NOW, method="IN_APP",
        as_read=desk.mark(record, "mother"),
    )  # fmt: skip


def test_the_talk_that_a_record_names_is_planned_when_it_takes_effect(world: World) -> None:
    record = took_effect(world, meeting(world, began=NOW), SOON)

    assert record.state == "EFFECTIVE"
    assert planned(world) == [(SOON, "看看作业", "PLANNED")]


def test_a_record_without_a_case_plans_its_talk_as_well(world: World) -> None:
    record = took_effect(world, None, SOON)

    assert planned(world) == [(SOON, "看看作业", "PLANNED")]
    with tenancy.scope(world.id):
        contact = ScheduledContact.objects.get()
        event = Event.objects.get(kind="contact.scheduled")
    assert (contact.case_id, contact.record_id) == (None, record.pk)
    assert (event.subject_type, event.subject_id) == ("record", record.pk)


@pytest.mark.parametrize("moment", [None, NOW + timedelta(days=401)])
def test_a_record_without_a_day_that_can_come_plans_nothing(
    world: World, moment: datetime | None
) -> None:
    took_effect(world, None, moment)
    took_effect(world, meeting(world, began=NOW), None)

    assert planned(world) == []


def told(world: World, template: str) -> list[tuple[str, str]]:
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(template=template).order_by("pk")
        names = {person.pk: name for name, person in world.people.items()}
        return [(names[row.recipient_id], row.channel) for row in rows]


def day_before(moment: datetime) -> datetime:
    """The morning at half past eight, in Shanghai."""
    return (moment - timedelta(days=1)).replace(hour=0, minute=30)


def test_the_homeroom_teacher_is_reminded_and_silence_reaches_the_grade_leader(
    world: World,
) -> None:
    took_effect(world, None, SOON)
    assert next_contacts.look_due(via="test", at=NOW + timedelta(days=1)) == 0

    assert next_contacts.look_due(via="test", at=day_before(SOON)) == 1
    assert told(world, "plan.contact_soon") == [("teacher", "in_app")]
    assert told(world, "plan.contact_missed") == []

    assert next_contacts.look_due(via="test", at=day_before(SOON) + timedelta(days=6)) == 1
    assert told(world, "plan.contact_missed") == [("grade_leader", "in_app")]
    assert planned(world)[0][2] == "MISSED"
    assert next_contacts.look_due(via="test", at=day_before(SOON) + timedelta(days=9)) == 0


def test_the_next_record_is_the_proof_that_they_talked(world: World) -> None:
    took_effect(world, None, SOON)
    next_contacts.look_due(via="test", at=day_before(SOON))
    Desk(world, at=SOON).drafted()

    next_contacts.look_due(via="test", at=day_before(SOON) + timedelta(days=6))

    assert planned(world)[0][2] == "HELD"
    assert told(world, "plan.contact_missed") == []


def renewed(world: World, first: CommunicationRecord, moment: datetime | None) -> None:
    """The next version of it, which names another day, takes effect."""
    desk = Desk(world)
    newer = desk.now(first)
    newer.pk = next_version(desk, first)
    header = Header(
        trigger="PRAISE", started_at=NOW, place_kind="OFFICE", next_contact_at=moment,
        next_focus="看看考勤",
    )  # fmt: skip
    with desk.as_("teacher") as viewer:
        drafts.change(viewer, record_id=newer.pk, header=header)
    desk.check(newer)
    desk.offer(newer)
    desk.sign(newer, "teacher")
    communication.sign(
        school_id=world.id, record_id=newer.pk, by=world["mother"], at=NOW, method="IN_APP",
        as_read=desk.mark(newer, "mother"),
    )  # fmt: skip


@pytest.mark.parametrize("with_case", [False, True])
def test_a_new_version_plans_anew(world: World, with_case: bool) -> None:
    later = SOON + timedelta(days=7)
    first = took_effect(world, meeting(world, began=NOW) if with_case else None, SOON)

    renewed(world, first, later)

    assert planned(world) == [(SOON, "看看作业", "CANCELLED"), (later, "看看考勤", "PLANNED")]


def test_a_talk_that_no_version_names_any_more_asks_nobody(world: World) -> None:
    first = took_effect(world, meeting(world, began=NOW), SOON)
    next_contacts.look_due(via="test", at=day_before(SOON))

    renewed(world, first, None)

    assert [state for *_, state in planned(world)] == ["CANCELLED"]
    with tenancy.scope(world.id):
        (task,) = HumanTask.objects.filter(name=next_contacts.TASK)
        assert (str(task.state), task.cancel_reason) == ("CANCELLED", "replaced")
    assert next_contacts.look_due(via="test", at=day_before(SOON) + timedelta(days=6)) == 0


def test_the_same_day_in_a_new_version_stays_with_its_new_subject(world: World) -> None:
    first = took_effect(world, meeting(world, began=NOW), SOON)

    renewed(world, first, SOON)

    assert planned(world) == [(SOON, "看看考勤", "PLANNED")]


def test_a_day_that_was_let_go_of_may_be_named_again(world: World) -> None:
    case_id = meeting(world, began=NOW)
    first = took_effect(world, case_id, SOON)
    renewed(world, first, SOON + timedelta(days=7))
    with tenancy.scope(world.id):
        case = Case.objects.select_related("student").get(pk=case_id)
        next_contacts.schedule(case=case, due_at=SOON, focus="看看作业", at=NOW)

    assert sorted(state for due, _, state in planned(world) if due == SOON) == [
        "CANCELLED",
        "PLANNED",
    ]


def test_of_a_talk_without_a_case_only_readers_of_the_record_learn_the_subject(
    world: World,
) -> None:
    took_effect(world, None, SOON)
    seen = {}
    with tenancy.scope(world.id):
        for name in ("teacher", "duty_officer", "grade_leader", "mother", "student", "stranger"):
            viewer = Viewer.load(world[name], at=NOW)
            for contact in viewer.rows(ScheduledContact):
                seen[name] = "focus" in viewer.fields(contact)

    assert seen == {"teacher": True, "duty_officer": True, "grade_leader": False}


@pytest.mark.parametrize("moment", [NOW, NOW - timedelta(days=1), NOW + timedelta(days=401)])
def test_a_talk_lies_ahead_and_not_years_ahead(world: World, moment: datetime) -> None:
    case_id = meeting(world, began=NOW)
    with tenancy.scope(world.id):
        case = Case.objects.select_related("student").get(pk=case_id)
    with tenancy.scope(world.id), pytest.raises(InvalidInput):
        plans.schedule_contact(case=case, due_at=moment, focus="", at=NOW)


def test_nothing_is_asked_at_night(world: World) -> None:
    """22:40: a talk of tomorrow morning is opened at seven, and not now."""
    case_id = meeting(world, began=NOW)
    with tenancy.scope(world.id):
        case = Case.objects.select_related("student").get(pk=case_id)
        plans.schedule_contact(case=case, due_at=NOW + timedelta(hours=12), focus="", at=NOW)

    assert next_contacts.look_due(via="test", at=NOW) == 0
    assert next_contacts.look_due(via="test", at=NOW + timedelta(hours=8, minutes=20)) == 1


def test_family_and_companies_see_no_planned_talk_of_the_office(world: World) -> None:
    took_effect(world, meeting(world, began=NOW), SOON)
    with tenancy.scope(world.id):
        seen = {
            name: Viewer.load(world[name], at=NOW).rows(ScheduledContact).count()
            for name in ("teacher", "duty_officer", "mother", "student", "mentor", "stranger")
        }

    assert {name for name, count in seen.items() if count} == {"teacher", "duty_officer"}
