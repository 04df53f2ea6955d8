"""Raw SQL meets the state machines too: the database refuses what no transition allows."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from parties import state_guards, tenancy
from parties.state_guards import Machine
from tests.factories import NOW, World
from tests.processes.walker import Walk, begin
from workflow.models import (
    Case,
    DowngradeProposal,
    Escalation,
    HumanTask,
    Incident,
    Notification,
    ProcessInstance,
    ReportWording,
    ScheduledContact,
    ZeroReport,
)

pytestmark = pytest.mark.django_db

MACHINES: Final = [
    machine for machine in state_guards.machines() if machine.model._meta.app_label == "workflow"
]


def states(machine: Machine) -> list[str]:
    field: Any = machine.model._meta.get_field(machine.field)
    return [str(value) for value, _ in field.flatchoices]


#: Every pair that no transition allows, for states that a row can be brought to.
ILLEGAL: Final = [
    pytest.param(machine, source, target, id=f"{machine.label}-{source}-{target}")
    for machine in MACHINES
    for source in sorted(machine.initial)
    for target in states(machine)
    if source != target and (source, target) not in machine.legal
]


def _incident(walk: Walk) -> Model:
    return Incident.objects.create(
        school=walk.world.school, case_id=walk.case_id, code="probe", opened_at=NOW
    )


def _zero_report(walk: Walk) -> Model:
    return ZeroReport.objects.create(
        school=walk.world.school, case_id=walk.case_id, day=date(2030, 1, 1), due_at=NOW
    )


def _instance(walk: Walk) -> Model:
    return ProcessInstance.objects.create(
        school=walk.world.school, case_id=walk.case_id, process_key="crisis", created_at=NOW
    )


def _contact(walk: Walk) -> Model:
    return ScheduledContact.objects.create(
        school=walk.world.school, student=walk.world.student, case_id=walk.case_id, due_at=NOW
    )


def _wording(walk: Walk, state: str = "CLEAN") -> Model:
    """It begins as looked at, or as asked for."""
    case = Case.objects.get(pk=walk.case_id)
    return ReportWording.objects.create(
        school=walk.world.school,
        case=case,
        report=case.reports.get(),
        author=walk.world["teacher"],
        state=state,
        checked_at=NOW,
        due_at=NOW,
    )


#: A real row of each, in its first state.
ROWS: Final[dict[type[Model], Callable[[Walk], Model]]] = {
    Case: lambda walk: Case.objects.get(pk=walk.case_id),
    DowngradeProposal: lambda walk: DowngradeProposal.objects.create(
        school=walk.world.school,
        case_id=walk.case_id,
        channel="MEETING",
        reason="平稳",
        by=walk.world["counsellor"],
        alarm_at=NOW,
        at=NOW,
    ),
    Escalation: lambda walk: Escalation.objects.get(case=walk.case_id),
    HumanTask: lambda walk: HumanTask.objects.get(case=walk.case_id, name="acknowledge"),
    Incident: _incident,
    Notification: lambda walk: Notification.objects.filter(case=walk.case_id)[0],
    ProcessInstance: _instance,
    ReportWording: _wording,
    ScheduledContact: _contact,
    ZeroReport: _zero_report,
}


def table(machine: Machine) -> str:
    return connection.ops.quote_name(machine.model._meta.db_table)


def force(machine: Machine, row: Model, state: str) -> None:
    """What somebody at a database prompt types, as the role that the application has."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table(machine)} SET {machine.field} = %s WHERE id = %s",  # noqa: S608
            [state, row.pk],
        )
        assert cursor.rowcount == 1


def test_every_state_column_of_a_case_is_tried() -> None:
    assert {machine.model for machine in MACHINES} == set(ROWS)


@pytest.mark.parametrize(("machine", "source", "target"), ILLEGAL)
def test_raw_sql_cannot_make_an_illegal_change(
    world: World, machine: Machine, source: str, target: str
) -> None:
    walk = begin(world)
    with tenancy.scope(world.id):
        begun_as = machine.model is ReportWording
        row = _wording(walk, source) if begun_as else ROWS[machine.model](walk)
        assert getattr(row, machine.field) == source

        with pytest.raises(DatabaseError, match="illegal state change"), transaction.atomic():
            force(machine, row, target)

        kept = machine.model._default_manager.filter(pk=row.pk, **{machine.field: source})
        assert kept.exists()


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.label)
def test_a_state_that_is_none_is_refused(world: World, machine: Machine) -> None:
    walk = begin(world)
    with tenancy.scope(world.id):
        row = ROWS[machine.model](walk)

        with pytest.raises(DatabaseError, match="illegal state change"), transaction.atomic():
            force(machine, row, "NONSENSE")


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.label)
def test_writing_the_same_state_again_is_no_change(world: World, machine: Machine) -> None:
    walk = begin(world)
    with tenancy.scope(world.id):
        row = ROWS[machine.model](walk)

        force(machine, row, str(getattr(row, machine.field)))


#: How to end a row for good, and what nobody may make of it afterwards.
ENDS: Final[dict[type[Model], tuple[Callable[[Any, World], None], str]]] = {
    Escalation: (lambda row, world: row.acknowledge(by=world["principal"], at=NOW), "WAITING"),
    HumanTask: (lambda row, world: row.complete(by=world["principal"], at=NOW), "OPEN"),
    Incident: (lambda row, _: row.resolve(at=NOW), "OPEN"),
    Notification: (lambda row, _: row.mark_sent(at=NOW, via="test"), "PENDING"),
    ProcessInstance: (lambda row, _: row.cancel(at=NOW), "PENDING"),
    ZeroReport: (
        lambda row, world: row.give(by=world["principal"], at=NOW, changed=False, note=""),
        "MISSED",
    ),
}


@pytest.mark.parametrize("model", ENDS, ids=lambda model: model.__name__)
def test_what_has_ended_stays_ended(world: World, model: type[Model]) -> None:
    walk = begin(world)
    machine = next(each for each in MACHINES if each.model is model)
    end, before = ENDS[model]
    with tenancy.scope(world.id):
        row = ROWS[model](walk)
        end(row, world)
        row.save()

        with pytest.raises(DatabaseError, match="illegal state change"), transaction.atomic():
            force(machine, row, before)


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (HumanTask, {"state": "COMPLETED"}),
        (HumanTask, {"state": "CLAIMED"}),
        (Escalation, {"state": "ACKNOWLEDGED"}),
        (Notification, {"state": "SENT"}),
        (ZeroReport, {"state": "GIVEN"}),
        (ProcessInstance, {"status": "RUNNING"}),
        (Case, {"closed_at": NOW}),
    ],
)
def test_a_state_without_what_belongs_to_it_is_refused(
    world: World, model: type[Model], columns: dict[str, object]
) -> None:
    walk = begin(world)
    with tenancy.scope(world.id):
        row = ROWS[model](walk)

        with pytest.raises(DatabaseError), transaction.atomic():
            model._default_manager.filter(pk=row.pk).update(**columns)


def test_no_row_begins_in_the_middle(world: World) -> None:
    begin(world)
    with (
        tenancy.scope(world.id),
        pytest.raises(DatabaseError, match="illegal state"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO workflow_case (id, school_id, channel, state, kind, colour, safe_to_tell,"
            " opened_at, alarm_at) VALUES (%s, %s, 'CRISIS', 'CLOSED', '', '', 'YES', %s, %s)",
            [uuid4(), world.id, NOW, NOW],
        )
