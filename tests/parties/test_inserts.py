"""A row that is stored by a kept statement is the row that Django would have stored."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError
from django.db.models import Model

from ledger import together
from parties import inserts, tenancy
from tests.factories import NOW, World
from workflow.models import Case, CaseParty, CrisisReport, Escalation, HumanTask, ProcessInstance

pytestmark = pytest.mark.django_db


def case(world: World) -> Case:
    return Case(
        school_id=world.id, channel="CRISIS", student=world.student, opened_at=NOW, alarm_at=NOW
    )


def kept(world: World) -> Case:
    made = case(world)
    made.save(force_insert=True)
    return made


def report(world: World) -> CrisisReport:
    return CrisisReport(
        school_id=world.id,
        case=kept(world),
        receipt_no=f"WJ20261126-{uuid4().hex[:8]}",
        reporter=world["teacher"],
        reporter_role="HT",
        observed="手臂有新伤",
        safe_now="NO",
        request_key=uuid4().hex,
        reported_at=NOW,
    )


def task(world: World) -> HumanTask:
    return HumanTask(
        school_id=world.id,
        case=kept(world),
        name="wake_call",
        title="请电话通知",
        form="wake_call",
        roles=["ME"],
        candidates=[world["teacher"].pk],
        created_at=NOW,
    )


def alarm(world: World) -> Escalation:
    return Escalation(
        school_id=world.id,
        case=kept(world),
        reason="report",
        ladder={"rungs": [], "repeat_minutes": 5},
        rung=0,
        raised_at=NOW,
        due_at=NOW,
    )


def instance(world: World) -> ProcessInstance:
    return ProcessInstance(
        school_id=world.id, case=kept(world), process_key="crisis", created_at=NOW
    )


def part(world: World) -> CaseParty:
    return CaseParty(
        school_id=world.id, case=kept(world), person=world["teacher"], part="MEMBER", since=NOW
    )


def told(row: Model) -> dict[str, Any]:
    """All columns as the database gives them back, but for what each row has of its own."""
    found = type(row)._default_manager.get(pk=row.pk)
    own = {"id", "case_id", "receipt_no", "request_key"}
    return {
        field.attname: getattr(found, field.attname)
        for field in found._meta.concrete_fields
        if field.attname not in own
    }


@pytest.mark.parametrize("make", [case, report, task, alarm, instance, part])
def test_it_is_the_row_that_saving_makes(world: World, make: Any) -> None:
    with tenancy.scope(world.id):
        saved, stored = make(world), make(world)
        saved.save(force_insert=True)
        inserts.insert([stored])

        assert told(stored) == told(saved)
        assert (stored._state.adding, stored._state.db) == (False, saved._state.db)


@pytest.mark.parametrize("make", [case, report, task, alarm, instance, part])
def test_it_is_that_row_among_others_too(world: World, make: Any) -> None:
    """Rows that leave together with others, and with one of their own kind."""
    with tenancy.scope(world.id):
        saved, one, other, lone = make(world), make(world), make(world), case(world)
        saved.save(force_insert=True)
        with together.in_one_statement():
            inserts.insert([lone])
            inserts.insert([one, other])

        assert told(one) == told(other) == told(saved)
        assert Case.objects.filter(pk=lone.pk).exists()


def test_many_are_stored_in_one_go(world: World) -> None:
    with tenancy.scope(world.id):
        many = [task(world) for _ in range(3)]
        many[1].candidates, many[2].roles = [], []
        inserts.insert(many)

        assert HumanTask.objects.filter(pk__in=[one.pk for one in many]).count() == 3


def test_nothing_is_nothing(world: World) -> None:
    with tenancy.scope(world.id):
        inserts.insert([])


def test_the_same_row_twice_is_refused_or_on_request_passed_over(world: World) -> None:
    with tenancy.scope(world.id):
        one = part(world)
        again = CaseParty(
            school_id=world.id, case=one.case, person=one.person, part=one.part, since=NOW
        )
        inserts.insert([one, again], ignore_conflicts=True)
        assert CaseParty.objects.filter(case=one.case).count() == 1

    with pytest.raises(IntegrityError), tenancy.scope(world.id):
        inserts.insert([again])


def test_a_row_of_another_school_is_refused(world: World) -> None:
    row = case(world)
    row.school_id = world.id + 1
    with pytest.raises(ProgrammingError), tenancy.scope(world.id):
        inserts.insert([row])
