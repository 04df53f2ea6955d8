"""Bring a backup back into an empty database, prove it, and leave the dispatcher held.

Exit status: 0 restored and proven, 1 refused or not as it was, 2 wrong usage.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backup import keys, proving, restoring
from config.backup.refusal import Refused, told_plainly
from config.backup.restoring import Backup
from config.demo.options import write_json
from config.management.commands.backup import owner
from config.management.commands.demo import WRONG_USAGE, writable


class Command(BaseCommand):
    help = "恢复：把备份装进空数据库，逐项核对；之后派发暂停，由人恢复（release_dispatch）。"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--key", type=Path, required=True, metavar="PRIVATEKEYFILE")
        parser.add_argument(
            "--into",
            default="",
            metavar="DATABASE",
            help="空数据库：名字（与 DATABASE_OWNER_URL 同一服务器，没有则新建）或属主角色的地址",
        )
        parser.add_argument("--sha256", default="", help="备份时打印的 SHA-256，用来核对来源")
        parser.add_argument(
            "--attachments", type=Path, metavar="DIR", help="附件放哪里，默认 ATTACHMENTS_DIR"
        )
        parser.add_argument("--check", action="store_true", help="只核对文件与目标，什么都不写")
        parser.add_argument("--json", default="", metavar="PATH", help="把结果写到这个文件")

    def handle(self, *args: Any, **given: Any) -> None:
        if not given["into"] and not given["check"]:
            raise CommandError("请用 --into 指明空数据库。", returncode=WRONG_USAGE)
        told = writable(given["json"])
        try:
            with told_plainly():
                broken = self._restore(given)
        except Refused as refused:
            write_json(told, {"ok": False, "broken": [str(refused)]})
            raise CommandError(str(refused)) from None
        write_json(told, {"ok": not broken, "broken": broken})
        for sentence in broken:
            self.stderr.write(sentence)
        if broken:
            raise CommandError("恢复的内容与备份不符：请勿启用这个数据库。")

    def _restore(self, given: dict[str, Any]) -> list[str]:
        backup = restoring.inspect(
            given["file"], keys.identity(given["key"]), sha256=given["sha256"]
        )
        self._describe(backup)
        if not given["into"]:
            return []
        home = owner()
        into = home.named(given["into"])
        if "://" not in given["into"] and not given["check"]:
            restoring.create_missing(into, home)
        restoring.refuse_unfit(backup, into)
        if given["check"]:
            self.stdout.write(f"数据库 {into.name} 可以接收这份备份；什么都没有写。")
            return []
        folder = (given["attachments"] or Path(settings.ATTACHMENTS_DIR)).absolute()
        restoring.load(backup, into, folder=folder)
        with into.connect() as connection:
            broken = proving.broken_promises(backup, connection, folder=folder)
        if not broken:
            self._tell(backup, into.name)
        return broken

    def _describe(self, backup: restoring.Backup) -> None:
        self.stdout.write(
            f"文件完好：{backup.taken_at:%Y-%m-%d %H:%M:%S %Z} 的备份，"
            f"{sum(backup.facts.rows.values())} 行，账本 {backup.facts.leaves.count} 片叶，"
            f"附件 {backup.files} 个。"
        )

    def _tell(self, backup: Backup, name: str) -> None:
        self.stdout.write(f"已恢复到 {name}：行数、账本每一片叶、权限与防护都与备份一致。")
        if restoring.behind(backup):
            self.stdout.write("备份的结构较旧：启动前请运行 manage.py migrate。")
        self.stdout.write(
            "派发已暂停：不会有任何消息发出。启动服务后先看待发内容，再恢复派发：\n"
            "  manage.py release_dispatch\n"
            "  manage.py release_dispatch --lane crisis --before 原系统停止的时刻"
        )
