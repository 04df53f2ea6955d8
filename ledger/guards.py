"""Walls that the database holds by itself, as migration operations.

They live in the lowest package because the ledger needs them and knows nobody above it; everyone
else takes them from parties.row_security. Row-level security is the second wall: it catches a
forgotten filter, whatever the code above believes it asked for.
"""

from collections.abc import Iterator, Sequence

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import truncate_name

from ledger.operations import TableOperation, require_app_role

SCHOOL_COLUMN = "school_id"
POLICY = "one_school"
#: The school of the running transaction; no setting, or an empty one, matches no row.
CURRENT_SCHOOL_SQL = "nullif(current_setting('app.school', true), '')::bigint"
ALL_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"
_NAME_LENGTH = 63  # bytes Postgres keeps of an identifier


def is_tenant(model: type[models.Model]) -> bool:
    """Whether each row of `model` belongs to one school."""
    return any(field.column == SCHOOL_COLUMN for field in model._meta.local_concrete_fields)


def key_name(model: type[models.Model]) -> str:
    """The unique constraint on (school_id, primary key) that composite references point at."""
    return truncate_name(f"{model._meta.db_table}_school_key", _NAME_LENGTH, hash_len=6)


def reference_name(field: models.Field) -> str:  # type: ignore[type-arg]
    """The composite foreign key that keeps `field` inside one school."""
    table = field.model._meta.db_table
    return truncate_name(f"{table}_{field.column}_same_school", _NAME_LENGTH, hash_len=6)


def references(model: type[models.Model]) -> Iterator[models.ForeignKey]:  # type: ignore[type-arg]
    """Foreign keys of `model` that this module must put into the database itself.

    Where the target is of a school, the key names it too; a school without a key of its own is held
    by one of those.
    """
    school, held = None, False
    for field in model._meta.local_concrete_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        if field.db_constraint:  # type: ignore[attr-defined]  # missing in the stubs
            _refuse_any_school(field)
        elif field.column == SCHOOL_COLUMN:
            school = field
        else:
            held = held or (not field.null and _has_key(field.related_model))
            yield field
    if school is not None and not held:
        raise ImproperlyConfigured(f"{school} needs a key: no other reference is never empty.")


def _refuse_any_school(field: models.ForeignKey) -> None:  # type: ignore[type-arg]
    if is_tenant(field.related_model):
        raise ImproperlyConfigured(
            f"{field} needs db_constraint=False: a plain foreign key accepts any school's row."
        )


class IsolateBySchool(TableOperation):
    """Forced row-level security, composite references, and the app role's rights on one table.

    `by` is the column that names the school; only the school itself uses another one ("id").
    """

    def __init__(
        self, model_name: str, *, by: str = SCHOOL_COLUMN, rights: str = ALL_RIGHTS
    ) -> None:
        self.model_name = model_name
        self.by = by
        self.rights = rights

    def forwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        table = editor.quote_name(model._meta.db_table)
        mine = f"{editor.quote_name(self.by)} = {CURRENT_SCHOOL_SQL}"
        role = require_app_role(editor)
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY {POLICY} ON {table} USING ({mine}) WITH CHECK ({mine})"
        yield f"REVOKE ALL ON {table} FROM PUBLIC, {role}"
        yield f"GRANT {self.rights} ON {table} TO {role}"
        if _has_key(model):
            yield _add_key(model, editor)
        for field in references(model):
            yield from _add_reference(field, editor)

    def backwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        table = editor.quote_name(model._meta.db_table)
        for field in references(model):
            yield _drop_reference(field, editor)
        # CASCADE: references of tables that were isolated before this one still lean on the key.
        yield f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {key_name(model)} CASCADE"
        yield f"REVOKE ALL ON {table} FROM {require_app_role(editor)}"
        yield f"DROP POLICY {POLICY} ON {table}"
        yield f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"


class ReferenceWithinSchool(TableOperation):
    """The composite foreign key of one field that a later migration added."""

    def __init__(self, model_name: str, field_name: str) -> None:
        self.model_name = model_name
        self.field_name = field_name

    def forwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        yield from _add_reference(self._field(model), editor)

    def backwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        yield _drop_reference(self._field(model), editor)

    def _field(self, model: type[models.Model]) -> models.ForeignKey:  # type: ignore[type-arg]
        for field in references(model):
            if field.name == self.field_name:
                return field
        raise ImproperlyConfigured(
            f"{model._meta.label}.{self.field_name} is no foreign key with db_constraint=False."
        )


class AppendOnly(TableOperation):
    """Nothing in this table is ever changed or removed, by nobody: not by the owner either.

    `but` lists the commands that stay possible, e.g. ("DELETE",) for salts that erasure destroys.
    """

    _COMMANDS = ("UPDATE", "DELETE", "TRUNCATE")

    def __init__(self, model_name: str, *, but: Sequence[str] = ()) -> None:
        self.model_name = model_name
        self.but = tuple(but)

    def forwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        table, function = self._names(model, editor)
        refused = [command for command in self._COMMANDS if command not in self.but]
        yield (
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql"
            " SET search_path = pg_catalog, pg_temp AS $$ BEGIN"
            " RAISE EXCEPTION 'append-only: % refused on %', TG_OP, TG_TABLE_NAME"
            " USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        yield (
            f"CREATE TRIGGER append_only BEFORE {' OR '.join(refused)} ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
        # ALWAYS: a session that poses as a replica does not slip past.
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only"
        yield f"REVOKE {', '.join(refused)} ON {table} FROM PUBLIC, {require_app_role(editor)}"

    def backwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        table, function = self._names(model, editor)
        yield f"DROP TRIGGER append_only ON {table}"
        yield f"DROP FUNCTION {function}()"

    def _names(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> tuple[str, str]:
        table = model._meta.db_table
        function = truncate_name(f"{table}_append_only", _NAME_LENGTH, hash_len=6)
        return editor.quote_name(table), editor.quote_name(function)


def _has_key(model: type[models.Model]) -> bool:
    """A table whose primary key is the school itself needs no second one."""
    return is_tenant(model) and _pk_column(model) != SCHOOL_COLUMN


def _add_key(model: type[models.Model], editor: BaseDatabaseSchemaEditor) -> str:
    """Idempotent: whichever table is isolated first, its references may need the other's key."""
    table = model._meta.db_table
    columns = f"{SCHOOL_COLUMN}, {editor.quote_name(_pk_column(model))}"
    return (
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint"
        f" WHERE conname = '{key_name(model)}' AND conrelid = '{table}'::regclass) THEN"
        f" ALTER TABLE {editor.quote_name(table)}"
        f" ADD CONSTRAINT {key_name(model)} UNIQUE ({columns}); END IF; END $$"
    )


def _add_reference(
    field: models.ForeignKey,  # type: ignore[type-arg]
    editor: BaseDatabaseSchemaEditor,
) -> Iterator[str]:
    """Checked at once, not at commit: the statement that is wrong is the one that fails."""
    target = field.related_model
    here, there = editor.quote_name(field.column), editor.quote_name(_pk_column(target))
    if _has_key(target):
        yield _add_key(target, editor)
        here, there = f"{SCHOOL_COLUMN}, {here}", f"{SCHOOL_COLUMN}, {there}"
    yield (
        f"ALTER TABLE {editor.quote_name(field.model._meta.db_table)}"
        f" ADD CONSTRAINT {reference_name(field)} FOREIGN KEY ({here})"
        f" REFERENCES {editor.quote_name(target._meta.db_table)} ({there})"
    )


def _drop_reference(
    field: models.ForeignKey,  # type: ignore[type-arg]
    editor: BaseDatabaseSchemaEditor,
) -> str:
    table = editor.quote_name(field.model._meta.db_table)
    return f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {reference_name(field)}"


def _pk_column(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)
