"""Every model, as the database really holds it: walled, classed, and with no more rights than due.

parties.checks refuses to start on most of this; here the catalogue is read by the owner, so that a
check that went blind is found, too.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model

from parties import privacy, tenancy
from parties.crypto import EncryptedJSONField, EncryptedTextField
from parties.privacy import FieldClass
from tests.factories import World
from tests.owner import owner_connection

pytestmark = pytest.mark.django_db(transaction=True)

MODELS = sorted(apps.get_models(include_auto_created=True), key=lambda model: model._meta.label)
TENANTS = [model for model in MODELS if model._meta.db_table not in privacy.EXEMPT_TABLES]
LEDGER = sorted(model._meta.db_table for model in MODELS if model._meta.app_label == "ledger")
#: Erasure destroys a salt, never an event (contracts.md 7).
ERASABLE = "ledger_eventsalt"

#: What hurts most when it leaks is never stored readable; these are keyed hashes or plain codes.
SEALED = {FieldClass.CRI, FieldClass.GID, FieldClass.HLT, FieldClass.PSY, FieldClass.COM}
_TEXT = {"CharField", "TextField", "JSONField"}

#: Words that our own code or a file of ours writes, a hash, or a heading: no sentence among them.
CODES = {
    "parties.Account.password",
    "parties.Consent.consent_no",
    "parties.SensitiveFact.name",
    "records.ActionItem.item_no",
    "records.ActionItem.recurrence",
    "records.Attachment.media_type",
    "records.Attachment.sensitivity",
    "records.CommunicationRecord.author_role",
    "records.CommunicationRecord.record_no",
    "records.FileEntry.kind",
    "records.Objection.capacity",
    "records.Objection.receipt_no",
    "records.PlanRound.outcome",
    "records.Statement.sensitivity",
    "workflow.Case.kind",
    "workflow.CrisisReport.receipt_no",
    "workflow.Escalation.reason",
    "workflow.HumanTask.cancel_reason",
    "workflow.HumanTask.clock",
    "workflow.HumanTask.form",
    "workflow.HumanTask.four_eyes_of",
    "workflow.HumanTask.name",
    "workflow.HumanTask.title",
    "workflow.Matter.raised_role",
    "workflow.Matter.receipt_no",
    "workflow.Matter.rule",
    "workflow.Matter.rule_label",
    "workflow.Notification.channel",
    "workflow.Notification.template",
    "workflow.Notification.to_role",
    "workflow.ProcessInstance.process_key",
    "workflow.RoutingDecision.answers",
    "workflow.RoutingDecision.rule",
    "workflow.RoutingDecision.rule_label",
}


def label(model: type[Model]) -> str:
    return model._meta.label


@pytest.fixture
def owner() -> Iterator[BaseDatabaseWrapper]:
    with owner_connection() as connected:
        yield connected


def rows(owner: BaseDatabaseWrapper, sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with owner.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def app_role() -> str:
    return str(connection.settings_dict["USER"]) or str(
        connection.get_connection_params().get("user")
    )


@pytest.mark.parametrize("model", TENANTS, ids=label)
def test_every_field_has_a_known_class_and_none_is_left_over(model: type[Model]) -> None:
    declared = privacy.classes(model)

    assert set(declared) == {field.name for field in model._meta.concrete_fields}
    for codes in declared.values():
        assert privacy.parse(codes)


@pytest.mark.parametrize("model", TENANTS, ids=label)
def test_every_row_belongs_to_a_school(model: type[Model]) -> None:
    if model._meta.db_table == privacy.SCHOOL_TABLE:
        assert model._meta.pk is not None
        return
    school = model._meta.get_field("school") if has_field(model, "school") else None
    column = school.column if isinstance(school, Field) else "school_id"

    assert column == "school_id"
    assert not next(
        field for field in model._meta.concrete_fields if field.column == "school_id"
    ).null


def has_field(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def test_what_is_exempt_is_a_table_that_knows_nobody() -> None:
    exempt = {model._meta.db_table for model in MODELS} & privacy.EXEMPT_TABLES

    assert exempt == privacy.EXEMPT_TABLES - {"django_migrations"}
    for model in MODELS:
        if model._meta.db_table in exempt:
            kinds = {field.get_internal_type() for field in model._meta.concrete_fields}
            assert not any(
                field.related_model in TENANTS for field in model._meta.concrete_fields
            ), label(model)
            assert not kinds & {"EncryptedTextField", "EncryptedJSONField"}, label(model)


def test_row_security_is_forced_on_every_table_but_the_pinned(owner: BaseDatabaseWrapper) -> None:
    found = rows(
        owner,
        "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace",
    )
    open_tables = {name for name, enabled, forced in found if not (enabled and forced)}

    assert open_tables <= privacy.EXEMPT_TABLES
    assert {model._meta.db_table for model in TENANTS} <= {name for name, *_ in found}


def test_every_policy_asks_for_the_school_when_reading_and_when_writing(
    owner: BaseDatabaseWrapper,
) -> None:
    policies = rows(
        owner,
        "SELECT tablename, permissive, cmd, qual, with_check FROM pg_policies"
        " WHERE schemaname = 'public'",
    )
    by_table: dict[str, list[tuple[Any, ...]]] = {}
    for table, *rest in policies:
        by_table.setdefault(table, []).append(tuple(rest))

    assert set(by_table) == {model._meta.db_table for model in TENANTS}
    for table, found in by_table.items():
        column = "id" if table == privacy.SCHOOL_TABLE else "school_id"
        for _, _, reading, writing in found:
            for said in filter(None, (reading, writing)):
                assert re.search(rf"\(?{column} = .*current_setting\('app.school'", said), table


@pytest.mark.parametrize("model", TENANTS, ids=label)
def test_outside_a_school_nothing_can_be_read(world: World, model: type[Model]) -> None:
    assert model._base_manager.count() == 0
    with tenancy.scope(world.id + 1_000_000):
        assert model._base_manager.count() == 0


def test_there_was_something_to_hide(world: World) -> None:
    with tenancy.scope(world.id):
        filled = {model._meta.label for model in TENANTS if model._base_manager.exists()}
    assert {"parties.School", "parties.Person", "parties.SubjectKey"} <= filled


@pytest.mark.parametrize("table", LEDGER)
def test_the_app_role_adds_to_the_ledger_and_changes_nothing(
    owner: BaseDatabaseWrapper, table: str
) -> None:
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    ((*held,),) = rows(
        owner,
        "SELECT " + ", ".join(["has_table_privilege(%s, %s, %s)"] * len(rights)),
        *(value for right in rights for value in (app_role(), table, right)),
    )
    columns = rows(
        owner,
        "SELECT column_name FROM information_schema.column_privileges"
        " WHERE grantee = %s AND table_name = %s AND privilege_type = 'UPDATE'",
        app_role(),
        table,
    )

    has = {right for right, one in zip(rights, held, strict=True) if one}
    erasable = {"DELETE"} if table == ERASABLE else set()
    assert has == {"SELECT", "INSERT"} | erasable
    assert columns == []


def test_the_app_role_owns_nothing_and_passes_no_wall(owner: BaseDatabaseWrapper) -> None:
    ((*powers,),) = rows(
        owner,
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
        " FROM pg_roles WHERE rolname = %s",
        app_role(),
    )
    owned = rows(owner, "SELECT relname FROM pg_class WHERE relowner = %s::regrole", app_role())
    member_of = rows(
        owner,
        "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole",
        app_role(),
    )

    assert not any(powers)
    assert owned == member_of == []


def test_no_table_is_open_to_everybody(owner: BaseDatabaseWrapper) -> None:
    granted = rows(
        owner,
        "SELECT table_name FROM information_schema.role_table_grants"
        " WHERE table_schema = 'public' AND grantee = 'PUBLIC'",
    )

    assert granted == []


def test_every_definer_function_has_a_fixed_path_and_is_not_for_everybody(
    owner: BaseDatabaseWrapper,
) -> None:
    functions = rows(
        owner,
        "SELECT proname, proconfig, has_function_privilege('public', oid, 'EXECUTE')"
        " FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace",
    )

    assert len(functions) > 5
    for name, config, everybody in functions:
        path = [one for one in config or [] if one.startswith("search_path=")]
        assert path, name
        assert path[0].endswith("pg_temp"), name
        assert not everybody, name


def test_text_of_the_worst_kinds_is_sealed_or_pinned_as_a_code() -> None:
    """A new column of these kinds is sealed, or somebody writes down here why it need not be."""
    unsealed = {
        f"{model._meta.label}.{field.name}"
        for model in TENANTS
        for field in model._meta.concrete_fields
        if privacy.class_of(model, field.name) & SEALED
        and field.get_internal_type() in _TEXT
        and not field.choices
        and not isinstance(field, EncryptedTextField | EncryptedJSONField)
    }

    assert not unsealed ^ CODES, "\n".join(sorted(unsealed ^ CODES))
