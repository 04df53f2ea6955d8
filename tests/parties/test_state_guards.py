"""State machines in the models and their copies in the database."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import isolate_apps
from django_fsm import GET_STATE, RETURN_VALUE, FSMField, transition

from parties import state_guards
from parties.state_guards import Machine, drift, initial_states, machines, transitions
from tests.owner import owner_connection

pytestmark = pytest.mark.django_db(transaction=True)

CHOICES = [(state, state) for state in ("A", "B", "C", "D")]


@isolate_apps("parties")
def model_with(*methods: Any, **attributes: Any) -> type[models.Model]:
    """A model whose state machine is `methods`: the options of one decorator, or of several."""
    state = FSMField(choices=CHOICES, default="A", protected=True)
    body: dict[str, Any] = {"state": state, "__module__": __name__, **attributes}
    body["Meta"] = type("Meta", (), {"app_label": "parties"})
    for number, options in enumerate(methods):

        def move(self: models.Model) -> str:
            return "B"

        move.__name__ = f"move_{number}"
        body[move.__name__] = move
        for stacked in options if isinstance(options, list) else [options]:
            body[move.__name__] = transition(field=state, **stacked)(body[move.__name__])
    return type("Sample", (models.Model,), body)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"source": "A", "target": "B"}, {("A", "B")}),
        ({"source": ["A", "B"], "target": "C"}, {("A", "C"), ("B", "C")}),
        ({"source": "*", "target": "D"}, {("A", "D"), ("B", "D"), ("C", "D")}),
        ({"source": "+", "target": "D"}, {("A", "D"), ("B", "D"), ("C", "D")}),
        ({"source": "A", "target": "A"}, set()),
        ({"source": "A", "target": None}, set()),
        ({"source": "A", "target": RETURN_VALUE("B", "C")}, {("A", "B"), ("A", "C")}),
        (
            {"source": "B", "target": GET_STATE(lambda *_: "C", states=["C", "B"])},
            {("B", "C")},
        ),
        ({"source": "A", "target": "B", "on_error": "D"}, {("A", "B"), ("A", "D")}),
    ],
)
def test_every_kind_of_transition_is_known(
    options: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    assert transitions(model_with(options), "state") == expected


def test_several_transitions_add_up() -> None:
    model = model_with({"source": "A", "target": "B"}, {"source": "B", "target": "A"})

    assert transitions(model, "state") == {("A", "B"), ("B", "A")}


@pytest.mark.parametrize("rest", ["*", "+"])
def test_a_states_own_decorator_hides_the_one_for_the_rest(rest: str) -> None:
    model = model_with([{"source": "A", "target": "B"}, {"source": rest, "target": "D"}])

    assert transitions(model, "state") == {("A", "B"), ("B", "D"), ("C", "D")}


def test_a_return_value_without_states_is_refused() -> None:
    model = model_with({"source": "A", "target": RETURN_VALUE()})

    with pytest.raises(ImproperlyConfigured, match="name the states"):
        transitions(model, "state")


def test_rows_begin_at_the_default() -> None:
    assert initial_states(model_with(), "state") == {"A"}


def test_a_model_may_name_several_beginnings() -> None:
    model = model_with(initial_states={"state": {"A", "B"}})

    assert initial_states(model, "state") == {"A", "B"}


def test_an_ordinary_column_is_no_state_machine() -> None:
    with pytest.raises(ImproperlyConfigured, match="no state column"):
        transitions(model_with(), "id")


def test_every_state_column_is_protected_and_lists_its_states() -> None:
    found = list(machines())

    assert found
    for machine in found:
        field: Any = machine.model._meta.get_field(machine.field)
        states = {value for value, _ in field.flatchoices}
        assert field.protected, machine.label
        assert states >= machine.initial, machine.label
        assert states >= {state for move in machine.legal for state in move}, machine.label


def test_the_database_knows_every_machine() -> None:
    assert drift(connection) == []


@pytest.fixture
def owner() -> Iterator[BaseDatabaseWrapper]:
    """Changes the owner makes here are rolled back."""
    with owner_connection() as connected:
        connected.set_autocommit(False)
        yield connected
        connected.rollback()


@pytest.fixture
def placement() -> Machine:
    return next(machine for machine in machines() if machine.label == "parties.Placement.state")


def run(owner: BaseDatabaseWrapper, sql: str) -> None:
    with owner.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("moment", ["insert", "update"])
def test_a_trigger_that_is_switched_off_is_found(
    owner: BaseDatabaseWrapper, placement: Machine, moment: str
) -> None:
    run(owner, f"ALTER TABLE parties_placement DISABLE TRIGGER {placement.guard}_{moment}")

    assert drift(owner, [placement]) == [
        "parties.Placement.state: a trigger of its guard is missing or switched off."
    ]


def test_a_guard_that_is_gone_is_found(owner: BaseDatabaseWrapper, placement: Machine) -> None:
    run(owner, f"DROP FUNCTION {placement.guard} CASCADE")

    assert drift(owner, [placement]) == ["parties.Placement.state has no guard in the database."]


def test_a_machine_that_changed_is_named_with_its_difference(placement: Machine) -> None:
    newer = Machine(
        placement.model,
        "state",
        placement.initial,
        placement.legal - {("APPLIED", "MATCHED")} | {("ENDED", "APPLIED")},
    )

    (problem,) = drift(connection, [newer])

    assert "missing [('ENDED', 'APPLIED')]" in problem
    assert "not in the machine [('APPLIED', 'MATCHED')]" in problem


def test_a_machine_that_begins_elsewhere_is_named(placement: Machine) -> None:
    newer = Machine(placement.model, "state", frozenset({"ACTIVE"}), placement.legal)

    assert drift(connection, [newer]) == [
        "parties.Placement.state: the guard differs in its initial states."
    ]


def test_the_command_prints_what_a_migration_must_say(
    capsys: pytest.CaptureFixture[str], placement: Machine
) -> None:
    call_command("state_guards", "parties")

    printed = capsys.readouterr().out
    assert state_guards.literal(placement) in printed
    assert '("ACTIVE", "SUSPENDED"),' in printed
