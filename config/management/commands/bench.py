"""`manage.py bench WORKLOAD`: figures with a floor in the same run, on services of its own.

Exit status: 0 measured, although a target may be missed; 1 it could not measure; 2 wrong usage.
"""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.bench import front
from config.bench.options import ALL, LANGUAGE, SECONDS, WORKLOADS, Options
from config.management.commands.demo import writable

SHORTEST, LONGEST = 2.0, 3600.0
MOST_OPEN = 10_000_000


class Command(BaseCommand):
    help = "测速：与同一次运行中的裸 SQL 和朴素做法相比，用一次性的数据库。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workload", choices=[*WORKLOADS, LANGUAGE, ALL])
        parser.add_argument("--seconds", type=_seconds, default=SECONDS, metavar="N")
        parser.add_argument("--json", default="", metavar="PATH", help="把结果写到这个文件")
        parser.add_argument(
            "--open-cases", type=_count, default=None, metavar="N", help="另有多少未结个案或定时"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        wanted = WORKLOADS if given["workload"] == ALL else (given["workload"],)
        options = Options(wanted, given["seconds"], writable(given["json"]), given["open_cases"])
        if status := front.perform(options):
            raise SystemExit(status)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not SHORTEST <= seconds <= LONGEST:
        raise argparse.ArgumentTypeError(f"秒数须是 {SHORTEST:g} 到 {LONGEST:g} 之间的数")
    return seconds


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > MOST_OPEN:
        raise argparse.ArgumentTypeError(f"个数须是 0 到 {MOST_OPEN} 之间的整数")
    return int(text)
