"""Migration operations for what the database itself must refuse: another school's rows, a reference
into another school, an illegal change of state, a definer function with an open search path.

    migrations.CreateModel("Case", ...),
    IsolateBySchool("Case"),
    GuardStates("Case", "state", initial={"OPENED"}, legal={("OPENED", "CLOSED")}),

`manage.py state_guards` prints the GuardStates literals from the state machines.
"""
# ruff: noqa: ARG002 - Django fixes the signatures of operations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import truncate_name
from django.db.migrations.state import ProjectState

from ledger.guards import AppendOnly, IsolateBySchool, ReferenceWithinSchool
from ledger.operations import DatabaseOperation, TableOperation, require_app_role

__all__ = [
    "AppendOnly",
    "DefinerFunction",
    "GrantTables",
    "GuardStates",
    "IsolateBySchool",
    "ReferenceWithinSchool",
    "guard_body",
    "guard_name",
]

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,50}")
_NAME_LENGTH = 63  # bytes Postgres keeps of an identifier


class GuardStates(TableOperation):
    """A trigger that lets `field` begin and move only as its state machine does.

    It binds raw SQL, bulk updates and the owner. Writing the same state again is always allowed.
    A guard for a machine that changed names the one it `replaces`, so that it can be undone.
    """

    def __init__(
        self,
        model_name: str,
        field: str,
        *,
        initial: Collection[str],
        legal: Collection[tuple[str, str]],
        replaces: "GuardStates | None" = None,
    ) -> None:
        self.model_name = model_name
        self.field = field
        self.initial = frozenset(initial)
        self.legal = frozenset(legal)
        self.replaces = replaces

    def forwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        table = editor.quote_name(model._meta.db_table)
        column = editor.quote_name(_column(model, self.field))
        name = guard_name(model._meta.db_table, self.field)
        body = guard_body(column, initial=self.initial, legal=self.legal)
        yield (
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            f" SET search_path = pg_catalog, pg_temp AS $${body}$$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {name}_insert BEFORE INSERT ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {name}_update BEFORE UPDATE ON {table} FOR EACH ROW"
            f" WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION {name}()"
        )
        for moment in ("insert", "update"):
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}_{moment}"

    def backwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        if self.replaces is not None:
            yield from self.replaces.forwards(model, editor)
            return
        table = editor.quote_name(model._meta.db_table)
        name = guard_name(model._meta.db_table, self.field)
        yield f"DROP TRIGGER {name}_insert ON {table}"
        yield f"DROP TRIGGER {name}_update ON {table}"
        yield f"DROP FUNCTION {name}()"


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise ImproperlyConfigured(f"{model._meta.label}.{name} is no column.")
    return str(field.column)


def guard_name(table: str, field: str) -> str:
    """Name of the guard's function; its triggers add _insert and _update."""
    return truncate_name(f"{table}_{field}_guard", _NAME_LENGTH - len("_insert"), hash_len=6)


def guard_body(column: str, *, initial: Iterable[str], legal: Iterable[tuple[str, str]]) -> str:
    """The trigger's text: sorted, so that equal machines always give the same text."""
    begins = _is_one_of(f"NEW.{column}", [_literal(state) for state in sorted(initial)])
    moves = _is_one_of(
        f"(OLD.{column}, NEW.{column})",
        [f"({_literal(source)}, {_literal(target)})" for source, target in sorted(legal)],
    )
    return f"""
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF {begins} THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'illegal state change: % may not begin as %', TG_TABLE_NAME, NEW.{column}
      USING ERRCODE = 'check_violation';
  END IF;
  IF {moves} THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'illegal state change: % from % to %', TG_TABLE_NAME, OLD.{column}, NEW.{column}
    USING ERRCODE = 'check_violation';
END
"""


def _is_one_of(what: str, literals: list[str]) -> str:
    """NULL is none of them: `IN` alone would answer NULL and let it through an IF NOT."""
    return f"({what} IN ({', '.join(literals)})) IS TRUE" if literals else "false"


def _literal(state: str) -> str:
    if not _CODE.fullmatch(state):
        raise ImproperlyConfigured(f"{state!r} is no state code.")
    return f"'{state!s}'"


class DefinerFunction(DatabaseOperation):
    """A function that runs as its owner, for the few questions asked before a school is known.

    It must answer no more than (school, id, due). The search path is fixed, because a definer
    function that resolves names in the caller's schemas can be made to run the caller's code.
    `replaces` is the body that a later migration puts this one in place of; undoing brings it back.
    """

    def __init__(
        self,
        name: str,
        *,
        args: str,
        returns: str,
        body: str,
        volatility: str = "STABLE",
        replaces: str = "",
    ) -> None:
        self.name = name
        self.args = args
        self.returns = returns
        self.body = body
        self.volatility = volatility
        self.replaces = replaces

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        role = require_app_role(schema_editor)
        for statement in (
            self._definition(self.body),
            f"REVOKE ALL ON FUNCTION {self.signature} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {self.signature} TO {role}",
        ):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        drop = f"DROP FUNCTION {self.signature}"
        before = self._definition(self.replaces) if self.replaces else drop
        schema_editor.execute(before, params=None)

    def _definition(self, body: str) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {self.signature} RETURNS {self.returns} LANGUAGE sql"
            f" {self.volatility} SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
            f" SET jit = off AS $definer${body}$definer$"
        )

    @property
    def signature(self) -> str:
        return f"public.{self.name}({self.args})"

    def describe(self) -> str:
        return f"Definer function {self.name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"function_{self.name}".lower()


class GrantTables(DatabaseOperation):
    """The app role's rights on tables without a school (parties.privacy.EXEMPT_TABLES)."""

    def __init__(self, rights: Mapping[str, str]) -> None:
        self.rights = dict(rights)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        role = require_app_role(schema_editor)
        for table, rights in self.rights.items():
            name = schema_editor.quote_name(table)
            schema_editor.execute(f"REVOKE ALL ON {name} FROM PUBLIC, {role}", params=None)
            schema_editor.execute(f"GRANT {rights} ON {name} TO {role}", params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        role = require_app_role(schema_editor)
        for table in self.rights:
            name = schema_editor.quote_name(table)
            schema_editor.execute(f"REVOKE ALL ON {name} FROM {role}", params=None)

    def describe(self) -> str:
        return f"Rights of the app role on {', '.join(self.rights)}"

    @property
    def migration_name_fragment(self) -> str:
        return "grant_tables"
