"""One sealed file with the database and the attachments, taken while everything goes on.

Exit status: 0 written, 1 refused, or written with findings about the data, 2 wrong usage.
"""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backup import keys
from config.backup.database import Database
from config.backup.refusal import Refused, told_plainly
from config.backup.taking import Taken, take
from config.databases import OWNER
from config.demo.options import write_json
from config.management.commands.demo import writable


class Command(BaseCommand):
    help = "备份：数据库与附件的同一时刻，加密给离线保管的私钥；不含根密钥。"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="写到哪个新文件")
        parser.add_argument(
            "--recipient", type=Path, required=True, metavar="PUBLICKEYFILE", help="备份公钥"
        )
        parser.add_argument("--json", default="", metavar="PATH", help="把结果写到这个文件")

    def handle(self, *args: Any, **given: Any) -> None:
        told = writable(given["json"])
        began = time.monotonic()
        try:
            with told_plainly():
                taken = take(
                    owner(),
                    to=given["to"].absolute(),
                    recipient=keys.recipient(given["recipient"]),
                    folder=Path(settings.ATTACHMENTS_DIR),
                    app_role=settings.DATABASE_APP_ROLE,
                )
        except Refused as refused:
            write_json(told, {"ok": False, "findings": [str(refused)]})
            raise CommandError(str(refused)) from None
        self._tell(given["to"], taken)
        result = {"ok": not taken.findings, "file": str(given["to"]), **taken.as_json()}
        write_json(told, {**result, "seconds": round(time.monotonic() - began, 3)})
        if taken.findings:
            raise CommandError("备份已完整写好，但数据本身有以上问题，请先查明。")

    def _tell(self, file: Path, taken: Taken) -> None:
        rows, leaves = sum(taken.facts.rows.values()), taken.facts.leaves
        roots = "、".join(taken.facts.root_keys) or "无"
        self.stdout.write(
            f"已写好 {file}：{rows} 行，账本 {leaves.count} 片叶（末叶 {leaves.last[:16]}…），"
            f"附件 {taken.files} 个，{taken.size} 字节。"
        )
        self.stdout.write(f"SHA-256 {taken.sha256}（请另处记下，恢复时用 --sha256 核对来源）")
        self.stdout.write(
            f"根密钥不在其中：请把 SANFANG_ROOT_KEY（编号 {roots}）"
            "与 SANFANG_INDEX_KEY 另行保管，与备份、备份私钥都不同处；缺了它，加密的内容无法再读。"
        )
        for sentence in taken.findings:
            self.stderr.write(sentence)


def owner() -> Database:
    """The database that DATABASE_OWNER_URL names. Raises Refused."""
    found = settings.DATABASES.get(OWNER)
    if found is None:
        raise Refused("须以属主角色进行：请设置 DATABASE_OWNER_URL（角色 sanfang_owner）。")
    return Database.from_settings(found)
