"""`manage.py chaos`: kill everything under load, and count what was lost, doubled or skipped.

Exit status: 0 the campaign ran, whatever it found; 1 it could not run; 2 wrong usage.
"""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.chaos import front
from config.chaos.options import SEED, Options
from config.management.commands.demo import WRONG_USAGE, writable

MOST_FAULTS = 100_000
LARGEST_SEED = 2**31


class Command(BaseCommand):
    help = "故障演练：真实进程在负载下被杀死、冻结、断库、断消息代理，再由独立程序核对。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--faults", type=_count, required=True, metavar="N", help="故障次数")
        parser.add_argument("--seed", type=_seed, default=SEED, metavar="S", help="随机种子")
        parser.add_argument("--json", default="", metavar="PATH", help="把结果写到这个文件")
        parser.add_argument("--logs", default="", metavar="DIR", help="把日志留在这个新文件夹")

    def handle(self, *args: Any, **given: Any) -> None:
        options = Options(
            faults=given["faults"],
            seed=given["seed"],
            json=writable(given["json"]),
            logs=_fresh(given["logs"]),
        )
        if status := front.perform(options):
            raise SystemExit(status)


def _fresh(path: str) -> str:
    """`path`, made absolute; "" for none. What an earlier campaign left there would count again."""
    folder = Path(path).absolute()
    if path and folder.exists():
        raise CommandError(f"--logs：{folder} 已存在，请另选一个。", returncode=WRONG_USAGE)
    return str(folder) if path else ""


def _count(text: str) -> int:
    return _whole(text, 1, MOST_FAULTS, "故障次数")


def _seed(text: str) -> int:
    return _whole(text, 0, LARGEST_SEED, "种子")


def _whole(text: str, least: int, most: int, what: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else -1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{what}须是 {least} 到 {most} 之间的整数")
    return number
