"""下次沟通: a record that took effect plans the talk it names; nobody has to remember it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from parties import tenancy
from parties.access import Viewer
from records import drafts
from records.draft_input import Header
from records.models import CommunicationRecord
from tests.factories import NOW, World
from tests.records.agreed import meeting
from tests.records.desk import Desk
from workflow import communication, next_contacts, plans
from workflow.errors import InvalidInput
from workflow.models import Case, ScheduledContact

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
    desk.say(record)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    return communication.sign(
        school_id=world.id, record_id=record.pk, by=world["mother"], at=NOW, method="IN_APP"
    )


def test_the_talk_that_a_record_names_is_planned_when_it_takes_effect(world: World) -> None:
    record = took_effect(world, meeting(world, began=NOW), SOON)

    assert record.state == "EFFECTIVE"
    assert planned(world) == [(SOON, "看看作业", "PLANNED")]


def test_a_record_without_a_case_or_a_day_plans_nothing(world: World) -> None:
    took_effect(world, None, SOON)
    took_effect(world, meeting(world, began=NOW), None)

    assert planned(world) == []


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
