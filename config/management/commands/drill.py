"""The backup proven: taken under load, restored beside it, looked into, thrown away.

With DATABASE_URL the running database is backed up as it is and nothing is written to it; the
restored copy is a database of its own beside it, gone at the end. Without one, on a laptop, the
drill brings its own services and its own traffic.

Exit status: 0 every promise held, 1 one broke or the drill could not go on, 2 wrong usage.
"""

import os
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import endings
from config.backup import drill, front
from config.backup.database import Database
from config.backup.drill import Plan, Report
from config.backup.refusal import Refused, told_plainly
from config.databases import DEFAULT
from config.demo.options import write_json
from config.demo.voice import say
from config.management.commands.backup import owner
from config.management.commands.demo import WRONG_USAGE, writable


class Command(BaseCommand):
    help = "备份演练：备份运行中的数据库，恢复到一次性的数据库，逐项核对，确认旧消息不会重发。"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--traffic", action="store_true", help="备份时不断上报危机（会写入数据，生产环境拒绝）"
        )
        parser.add_argument("--json", default="", metavar="PATH", help="把结果写到这个文件")

    def handle(self, *args: Any, **given: Any) -> None:
        told = writable(given["json"])
        if not os.environ.get("DATABASE_URL"):
            if status := front.perform(["--json", told] if told else []):
                raise SystemExit(status)
            return
        if given["traffic"] and settings.PRODUCTION:
            raise CommandError(
                "--traffic 会写入演练数据，不能用在生产环境：去掉它即可演练。",
                returncode=WRONG_USAGE,
            )
        report = Report(say)
        endings.unwind(SystemExit(1), on=(signal.SIGTERM,))  # no copy must stay behind
        try:
            with told_plainly():
                drill.perform(_plan(traffic=given["traffic"]), report)
        except Refused as refused:
            report.broken.append(str(refused))
        write_json(told, report.as_json())
        if report.broken:
            raise CommandError("演练没有通过：\n" + "\n".join(report.broken))
        say(f"演练通过：{report.seconds}")


def _plan(*, traffic: bool) -> Plan:
    return Plan(
        home=owner(),
        app=Database.from_settings(settings.DATABASES[DEFAULT]),
        attachments=Path(settings.ATTACHMENTS_DIR),
        app_role=settings.DATABASE_APP_ROLE,
        traffic=traffic,
    )
