"""`migrate` as the owner: the plain role that the product runs as may not change the schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections
from django.db.models.signals import class_prepared  # noqa: TID251 -- to leave it in peace

from config.databases import OWNER


class Command(migrate.Command):
    help = "建表与升级：以 DATABASE_OWNER_URL 的角色执行全部迁移。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database=OWNER)

    def handle(self, *args: Any, **options: Any) -> None:
        # On another alias the router would let nothing through and still record all as applied.
        if options["database"] != OWNER or OWNER not in connections:
            raise CommandError(
                "迁移只能以属主角色进行：请设置 DATABASE_OWNER_URL（角色 sanfang_owner）。"
            )
        with _without_machines_of_the_past():
            super().handle(*args, **options)


@contextmanager
def _without_machines_of_the_past() -> Iterator[None]:
    """Models of a migration have no methods, so there are no transitions to look for in them.

    django-fsm listens anew for each of thousands of such models and never stops: that took half the
    time of migrating an empty database.
    """
    listen = class_prepared.connect
    class_prepared.connect = lambda *_, **__: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        class_prepared.connect = listen  # type: ignore[method-assign]
