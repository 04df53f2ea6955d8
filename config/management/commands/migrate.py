"""`migrate` as the owner: the plain role that the product runs as may not change the schema."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections

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
        super().handle(*args, **options)
