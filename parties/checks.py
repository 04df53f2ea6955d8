"""Start-up refuses what the promises cannot be kept with: an unclassed field, an unwalled table,
a guard that drifted from its state machine, an app role with too much power, a missing key.

Checks that need the database run where somebody asks for them (`check --database default`, and
every server at its start), and only on the app role's connection: a migration that mends a finding
must not be stopped by it.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from ledger.guards import SCHOOL_COLUMN, is_tenant, reference_name, references
from parties import privacy, root_keys, state_guards


@register()
def every_field_has_a_class(
    models: Sequence[type[Model]] | None = None, **_: Any
) -> list[CheckMessage]:
    """E001 no class, E002 a code nobody knows, or a class for a field that is not there."""
    found = apps.get_models() if models is None else models
    return [message for model in privacy.tenant_models(found) for message in _classes(model)]


@register()
def every_model_has_a_school(
    models: Sequence[type[Model]] | None = None, **_: Any
) -> list[CheckMessage]:
    """E003 before the database is asked: no school column, or a reference outside its school."""
    found = apps.get_models(include_auto_created=True) if models is None else models
    return [message for model in privacy.tenant_models(found) for message in _school(model)]


@register(Tags.database)
def every_table_is_walled(
    databases: Sequence[str] | None = None,
    models: Sequence[type[Model]] | None = None,
    **_: Any,
) -> list[CheckMessage]:
    """E004 a table without forced row security, or a reference that may leave its school."""
    connection = _app_connection(databases)
    if connection is None:
        return []
    found = apps.get_models() if models is None else models
    walled, constrained = _walled(connection), _constraints(connection)
    return [
        message
        for model in privacy.tenant_models(found)
        for message in _walls(model, walled=walled, constrained=constrained)
    ]


@register(Tags.database)
def every_state_is_guarded(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """E005 the triggers say something else than the state machines."""
    connection = _app_connection(databases)
    if connection is None:
        return []
    return [
        Error(problem, hint="manage.py state_guards prints the migration.", id="parties.E005")
        for problem in state_guards.drift(connection)
    ]


@register(Tags.database)
def the_app_role_is_plain(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """E006 row-level security binds neither superusers, nor BYPASSRLS, nor a table's owner."""
    connection = _app_connection(databases)
    if connection is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, r.rolsuper OR r.rolbypassrls OR EXISTS (SELECT FROM pg_class c"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND pg_has_role(c.relowner, 'MEMBER')) FROM pg_roles r WHERE r.rolname = current_user"
        )
        role, powerful = cursor.fetchone() or ("?", True)
    if not powerful:
        return []
    return [
        Error(
            f"DATABASE_URL connects as {role!r}, which row-level security does not bind.",
            hint="Use a role that owns no table and has neither SUPERUSER nor BYPASSRLS.",
            id="parties.E006",
        )
    ]


@register(Tags.database)
def no_drill_clock_runs_unseen(
    databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """E007 a clock left over from a drill would move every real deadline."""
    connection = _app_connection(databases)
    if connection is None or settings.DRILL_CLOCK:
        return []
    with connection.cursor() as cursor:
        # The row itself is hidden outside a scope; the clock is not.
        cursor.execute("SELECT abs(extract(epoch FROM school_now() - clock_timestamp())) > 1")
        row = cursor.fetchone()
    if not row or not row[0]:
        return []
    return [
        Error(
            "A drill clock is set, and DRILL_CLOCK is off.",
            hint="As the owner: DELETE FROM parties_schoolclock.",
            id="parties.E007",
        )
    ]


@register(Tags.database)
def root_keys_are_there(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """E008 without a root key the first encrypted value would be the first failure."""
    if _app_connection(databases) is None:
        return []
    try:
        root_keys.check()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="parties.E008")]
    return []


def _classes(model: type[Model]) -> Iterator[CheckMessage]:
    declared = privacy.classes(model)
    concrete = {field.name for field in model._meta.concrete_fields}
    for name in sorted(concrete - declared.keys()):
        yield Error(
            f"{model._meta.label}.{name} has no class.",
            hint="Add it to field_classes: nothing unclassed is readable.",
            obj=model,
            id="parties.E001",
        )
    for name, codes in sorted(declared.items()):
        if name not in concrete:
            yield Error(f"{name!r} in field_classes is no field.", obj=model, id="parties.E002")
            continue
        try:
            privacy.parse(codes)
        except ValueError:
            yield Error(f"{name}: {codes!r} is no class.", obj=model, id="parties.E002")


def _school(model: type[Model]) -> Iterator[CheckMessage]:
    if not is_tenant(model) and model._meta.db_table != privacy.SCHOOL_TABLE:
        yield Error(
            f"{model._meta.label} has no {SCHOOL_COLUMN}.",
            hint="Add a school, or name its table in parties.privacy.EXEMPT_TABLES.",
            obj=model,
            id="parties.E003",
        )
    try:
        list(references(model))
    except ImproperlyConfigured as error:
        yield Error(str(error), obj=model, id="parties.E003")


def _walls(
    model: type[Model], *, walled: Collection[str], constrained: Collection[str]
) -> Iterator[CheckMessage]:
    if model._meta.db_table not in walled:
        yield Error(
            f"{model._meta.db_table} has no forced row-level security.",
            hint=f'Add IsolateBySchool("{model.__name__}") to its migration.',
            obj=model,
            id="parties.E004",
        )
    for field in references(model):
        if reference_name(field) not in constrained:
            yield Error(
                f"{field} can refer to another school's row.",
                hint=f'Add ReferenceWithinSchool("{model.__name__}", "{field.name}").',
                obj=model,
                id="parties.E004",
            )


def _app_connection(databases: Sequence[str] | None) -> BaseDatabaseWrapper | None:
    asked = databases is not None and DEFAULT_DB_ALIAS in databases
    return connections[DEFAULT_DB_ALIAS] if asked else None


def _walled(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relrowsecurity AND c.relforcerowsecurity"
        )
        return {row[0] for row in cursor.fetchall()}


def _constraints(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f'")
        return {row[0] for row in cursor.fetchall()}
