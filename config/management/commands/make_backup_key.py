"""A new pair of keys for backups. Run it anywhere but on the server.

Exit status: 0 written, 1 refused.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup import keys
from config.backup.refusal import Refused


class Command(BaseCommand):
    help = "生成一对备份密钥：公钥放服务器，私钥离线保管（不要在服务器上生成）。"
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--private", type=Path, required=True, metavar="FILE")
        parser.add_argument("--public", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            recipient = keys.make(private=given["private"], public=given["public"])
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"公钥 {recipient} 已写入 {given['public']}：放到服务器上，用来加密。")
        self.stdout.write(
            f"私钥已写入 {given['private']}：移到离线介质，至少两份，分开保管，不要留在服务器上。\n"
            "没有私钥，任何备份都打不开；根密钥 SANFANG_ROOT_KEY 另行保管，与备份、私钥都不同处。"
        )
