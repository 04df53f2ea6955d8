"""What the tables themselves refuse, by raw SQL too: every constraint, every state machine."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError
from django.db.models import Model
from django_fsm import TransitionNotAllowed

from parties import api_keys, links, schools, state_guards, tenancy
from parties.models import (
    Absence,
    Account,
    ApiKey,
    CalendarDay,
    Company,
    CompanyMember,
    Consent,
    DutyShift,
    GuardianLink,
    Membership,
    Person,
    Placement,
    Restriction,
    SchoolClass,
    SchoolKey,
    SensitiveFact,
    SignInLink,
    Student,
    SubjectKey,
)
from parties.state_guards import Machine
from tests.factories import LONG_AGO, MINUTE, NOW, World
from tests.owner import owner_connection
from tests.parties.rows import change, copy, refused

pytestmark = pytest.mark.django_db

BEFORE = LONG_AGO - MINUTE
INDEX = b"\x07" * 32

#: Tried by the owner, below: the app role may not write the clock at all.
OF_THE_DRILL_CLOCK = {"one_drill_clock", "drill_clock_runs_forward"}


def absence(world: World) -> Model:
    return Absence.objects.create(
        school=world.school, person=world["teacher"], starts_at=NOW, ends_at=NOW + MINUTE
    )


def holiday(world: World) -> Model:
    return CalendarDay.objects.create(school=world.school, date=NOW.date(), is_working=False)


def account(world: World) -> Model:
    return Account.objects.create(school=world.school, person=world["teacher"], login="li.wei")


def restriction(world: World) -> Model:
    return Restriction.objects.create(
        school=world.school,
        student=world.student,
        person=world["father"],
        kind=Restriction.Kind.NO_CONTACT,
        starts_at=NOW,
    )


def fact(world: World) -> Model:
    return SensitiveFact.objects.create(
        school=world.school,
        student=world.student,
        name="民族",
        class_code="SPE",
        purpose="学籍",
        value="汉族",
    )


def consent(world: World) -> Model:
    return Consent.objects.create(
        school=world.school,
        student=world.student,
        consent_no="TY-1",
        purpose=Consent.Purpose.PSY_REPORT,
        giver=world["mother"],
        capacity=Consent.Capacity.GUARDIAN,
        proof=Consent.Proof.IN_APP,
        starts_at=NOW,
        ends_at=NOW + MINUTE,
        recorded_by=world["mother"],
    )


def numbered(world: World) -> Model:
    Person.objects.filter(pk=world["teacher"].pk).update(staff_no="T-1", id_no_index=INDEX)
    return world["teacher"]


def enrolled(world: World) -> Model:
    Student.objects.filter(pk=world.student.pk).update(national_edu_id_index=INDEX)
    return world.student


def of(model: type[Model]) -> Callable[[World], Model]:
    return lambda _: model._default_manager.order_by("pk").first()  # type: ignore[return-value]


def link(world: World) -> Model:
    return links.issue(person=world["mother"])


#: constraint -> a row that is fine, and the columns of a second one that is not.
TWICE: dict[str, tuple[Callable[[World], Model], dict[str, Any]]] = {
    "one_entry_per_day": (holiday, {}),
    "one_school_key_in_use": (of(SchoolKey), {}),
    "one_key_per_subject": (of(SubjectKey), {}),
    "one_membership_per_post": (of(Membership), {}),
    "one_shift_per_start": (of(DutyShift), {}),
    "one_class_per_code": (of(SchoolClass), {"name": "另一个班"}),
    "one_company_per_uscc": (of(Company), {"name": "另一家"}),
    "one_company_role": (of(CompanyMember), {"starts_at": BEFORE}),
    "one_person_per_staff_no": (numbered, {"id_no_index": None}),
    "one_person_per_id_no": (numbered, {"staff_no": ""}),
    "one_account_per_login": (account, {"person_id": "mother", "login": "LI.WEI"}),
    "one_student_per_no": (enrolled, {"person_id": "mother", "national_edu_id_index": None}),
    "one_student_per_edu_id": (enrolled, {"person_id": "mother", "student_no": "S-2"}),
    "one_placement_per_agreement": (of(Placement), {"post": "另一个岗位"}),
    "one_link_per_guardian": (of(GuardianLink), {"relation": "OTHER"}),
    "one_sensitive_fact_per_name": (fact, {"purpose": "资助"}),
    "one_consent_per_no": (consent, {"ends_at": NOW + 2 * MINUTE}),
    "one_restriction_per_kind": (restriction, {"starts_at": BEFORE}),
}

#: constraint -> a row that is fine, and the change that the database refuses.
NEVER: dict[str, tuple[Callable[[World], Model], dict[str, Any]]] = {
    "membership_ends_after_it_starts": (of(Membership), {"ends_at": LONG_AGO}),
    "duty_ends_after_it_starts": (of(DutyShift), {"ends_at": BEFORE}),
    "absence_ends_after_it_starts": (absence, {"ends_at": NOW}),
    "company_role_ends_after_it_starts": (of(CompanyMember), {"ends_at": LONG_AGO}),
    "placement_ends_after_it_starts": (of(Placement), {"ends_on": "2001-01-01"}),
    "sensitive_fact_has_a_purpose": (fact, {"purpose": ""}),
    "consent_has_a_period": (consent, {"ends_at": NOW}),
    "withdrawn_consent_says_by_whom": (consent, {"withdrawn_at": NOW}),
    "yes_says_how_it_is_proven": (consent, {"proof": ""}),
    "only_a_no_is_said_about_a_yes": (consent, {"said_about_id": str(UUID(int=1))}),
    "spent_link_has_a_moment": (link, {"spent_at": NOW}),
}


@pytest.mark.parametrize("constraint", sorted(TWICE))
def test_the_database_refuses_a_second_one(world: World, constraint: str) -> None:
    make, columns = TWICE[constraint]
    with tenancy.scope(world.id):
        row = make(world)
        given = {
            name: str(world[value].pk) if name == "person_id" else value
            for name, value in columns.items()
        }
        with refused(constraint=constraint):
            copy(row, **given)


@pytest.mark.parametrize("constraint", sorted(NEVER))
def test_the_database_refuses_what_cannot_be(world: World, constraint: str) -> None:
    make, columns = NEVER[constraint]
    with tenancy.scope(world.id):
        row = make(world)
        with refused(constraint=constraint):
            change(row, **columns)


def test_no_constraint_of_the_parties_is_untried() -> None:
    declared = {
        constraint.name
        for model in apps.get_app_config("parties").get_models()
        for constraint in model._meta.constraints
    }
    assert declared == set(TWICE) | set(NEVER) | OF_THE_DRILL_CLOCK


def test_a_second_person_without_numbers_is_welcome(world: World) -> None:
    with tenancy.scope(world.id):
        nobody = world["mother"]
        copy(nobody, phone_index=None, email_index=None)
        assert Person.objects.filter(name="mother").count() == 2


def test_a_spent_link_without_a_moment_is_refused(world: World) -> None:
    with tenancy.scope(world.id), refused(constraint="spent_link_has_a_moment"):
        change(link(world), state="SPENT")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rate", [0, -1])
def test_a_drill_clock_that_stands_or_runs_back_is_refused(world: World, rate: int) -> None:
    with pytest.raises(IntegrityError, match="drill_clock_runs_forward"):
        set_clocks({world.id: rate})


@pytest.mark.django_db(transaction=True)
def test_a_second_drill_clock_is_refused_in_the_whole_installation(world: World) -> None:
    other = schools.found(code="other", name="另一所")

    with pytest.raises(IntegrityError, match="one_drill_clock"):
        set_clocks({world.id: 2, other.pk: 2})


def set_clocks(rates: dict[int, int]) -> None:
    """As the owner, who alone may; rolled back."""
    with owner_connection() as owner:
        owner.set_autocommit(False)
        try:
            with owner.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO parties_schoolclock"
                    " (school_id, anchor_machine, anchor_school, rate)"
                    " VALUES (%s, now(), now(), %s)",
                    list(rates.items()),
                )
        finally:
            owner.rollback()


# --- state machines ------------------------------------------------------------------------------


def key(world: World) -> Model:
    api_keys.make(school_id=world.id, uscc=world.company.uscc)
    with tenancy.scope(world.id):
        return ApiKey.objects.get()


ROWS: dict[str, Callable[[World], Model]] = {
    "ApiKey": key,
    "Consent": lambda world: inside(world, consent),
    "SignInLink": lambda world: inside(world, link),
    "Placement": lambda world: world.placement,
    "GuardianLink": lambda world: inside(world, of(GuardianLink)),
}

MACHINES = {
    machine.model.__name__: machine
    for machine in state_guards.machines()
    if machine.model._meta.app_label == "parties"
}


def inside(world: World, make: Callable[[World], Model]) -> Model:
    with tenancy.scope(world.id):
        return make(world)


def states(machine: Machine) -> list[str]:
    field: Any = machine.model._meta.get_field(machine.field)
    return sorted(str(value) for value, _ in field.flatchoices)


def way_to(machine: Machine, state: str) -> list[str]:
    """States from a beginning to `state`, each step legal."""
    ways = [[start] for start in sorted(machine.initial)]
    for way in ways:
        if way[-1] == state:
            return way
        ways += [[*way, to] for at, to in sorted(machine.legal) if at == way[-1] and to not in way]
    raise AssertionError(f"{machine.label}: no way leads to {state}")


def with_moment(machine: Machine, state: str) -> dict[str, Any]:
    """The state, and what a constraint demands beside it."""
    if machine.model is SignInLink:
        return {machine.field: state, "spent_at": NOW if state == "SPENT" else None}
    if machine.model is Consent:
        by = str(Person.objects.get(name="mother").pk) if state != "GIVEN" else None
        moment = {"withdrawn_at": NOW if by else None, "withdrawn_by_id": by}
        return {machine.field: state, **moment, **({"ends_at": NOW} if state == "REFUSED" else {})}
    return {machine.field: state}


def at_state(machine: Machine, row: Model, state: str) -> str:
    """A copy of `row` that came to `state` step by step."""
    first, *rest = way_to(machine, state)
    fresh: dict[str, Any] = {}
    fresh |= {"agreement_no": f"to-{state}"} if isinstance(row, Placement) else {}
    fresh |= {"consent_no": f"to-{state}"} if isinstance(row, Consent) else {}
    fresh |= {"key_hash": INDEX} if isinstance(row, ApiKey) else {}
    fresh |= {"token_hash": INDEX} if isinstance(row, SignInLink) else {}
    if isinstance(row, GuardianLink):
        fresh["guardian_id"] = str(Person.objects.get(name="mentor").pk)
    pk = copy(row, **fresh, **with_moment(machine, first))
    for step in rest:
        change(row, pk, **with_moment(machine, step))
    return pk


def test_every_machine_of_the_parties_is_walked() -> None:
    assert set(MACHINES) == set(ROWS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_raw_sql_moves_a_row_exactly_as_its_machine_does(world: World, name: str) -> None:
    machine, row = MACHINES[name], ROWS[name](world)
    with tenancy.scope(world.id):
        for source in states(machine):
            pk = at_state(machine, row, source)
            for target in sorted(set(states(machine)) - {source}):
                if (source, target) not in machine.legal:
                    with refused(saying="illegal state change"):
                        change(row, pk, **with_moment(machine, target))
            type(row)._default_manager.filter(pk=pk).delete()


@pytest.mark.parametrize("name", sorted(ROWS))
def test_raw_sql_begins_a_row_nowhere_else(world: World, name: str) -> None:
    machine, row = MACHINES[name], ROWS[name](world)
    with tenancy.scope(world.id):
        for state in sorted(set(states(machine)) - machine.initial):
            with refused(saying="may not begin as"):
                fresh = {"consent_no": "TY-2"} if isinstance(row, Consent) else {}
                copy(row, **fresh, **with_moment(machine, state))


def acts(machine: Machine) -> dict[str, set[tuple[str, str]]]:
    """Method name -> its legal moves."""
    field: Any = machine.model._meta.get_field(machine.field)
    found: dict[str, set[tuple[str, str]]] = {}
    for one in field.get_all_transitions(machine.model):
        found.setdefault(one.name, set()).add((str(one.source), str(one.target)))
    return found


@pytest.mark.parametrize("name", sorted(ROWS))
def test_methods_move_a_row_from_their_own_states_alone(name: str) -> None:
    machine = MACHINES[name]
    for (act, moves), state in product(acts(machine).items(), states(machine)):
        row: Any = machine.model(**{machine.field: state})
        given: dict[str, Any] = {"at": NOW} if act in ("spend", "withdraw") else {}
        given |= {"by": Person()} if act == "withdraw" else {}
        targets = {target for source, target in moves if source == state}
        if targets:
            getattr(row, act)(**given)
            assert {getattr(row, machine.field)} == targets, act
        else:
            with pytest.raises(TransitionNotAllowed):
                getattr(row, act)(**given)
            assert getattr(row, machine.field) == state


@pytest.mark.parametrize("name", sorted(ROWS))
def test_nobody_assigns_a_state(name: str) -> None:
    machine = MACHINES[name]
    row = machine.model()

    with pytest.raises(AttributeError):
        setattr(row, machine.field, states(machine)[-1])


def test_spending_writes_the_moment() -> None:
    spent = SignInLink()
    spent.spend(at=NOW + timedelta(seconds=3))

    assert spent.spent_at == NOW + timedelta(seconds=3)
