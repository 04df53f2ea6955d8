"""Migration operations that write SQL about a table, and the role that the SQL is for."""
# ruff: noqa: ARG002 - Django fixes the signatures of operations

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


def app_role() -> str:
    """The plain role that web, workers and tests connect as."""
    return str(getattr(settings, "DATABASE_APP_ROLE", "") or "sanfang_app")


def require_app_role(editor: BaseDatabaseSchemaEditor) -> str:
    """The role's quoted name; a database without it is refused before anything is granted."""
    role = app_role()
    if not editor.collect_sql:
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                raise ImproperlyConfigured(
                    f"数据库角色 {role!r} 不存在：请先由管理员执行"
                    f' CREATE ROLE "{role}" LOGIN NOSUPERUSER NOBYPASSRLS，'
                    "或把 DATABASE_APP_ROLE 设为应用实际使用的角色。"
                )
    return editor.quote_name(role)


class DatabaseOperation(Operation):
    """Changes the database and not Django's picture of the models."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing to tell."""


class TableOperation(DatabaseOperation):
    """SQL about one model's table, written from the model as it is at that point of the history."""

    model_name: str

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in self.forwards(model, schema_editor):
                schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in self.backwards(model, schema_editor):
                schema_editor.execute(statement, params=None)

    def forwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        raise NotImplementedError

    def backwards(
        self, model: type[models.Model], editor: BaseDatabaseSchemaEditor
    ) -> Iterator[str]:
        raise NotImplementedError

    def describe(self) -> str:
        return f"{type(self).__name__} on {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{type(self).__name__}_{self.model_name}".lower()
