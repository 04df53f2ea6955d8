"""`manage.py bench file`: figures with a floor in the same run, on services of its own.

Exit status: 0 measured, although a target may be missed; 1 it could not measure; 2 wrong usage.
"""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.bench import front
from config.bench.options import ALL, LATER, SECONDS, WORKLOADS, Options
from config.demo.voice import say
from config.management.commands.demo import WRONG_USAGE, writable

SHORTEST, LONGEST = 2.0, 3600.0


class Command(BaseCommand):
    help = "测速：与同一次运行中的裸 SQL 和朴素做法相比，用一次性的数据库。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workload", choices=[*WORKLOADS, *LATER, ALL])
        parser.add_argument("--seconds", type=_seconds, default=SECONDS, metavar="N")
        parser.add_argument("--json", default="", metavar="PATH", help="把结果写到这个文件")

    def handle(self, *args: Any, **given: Any) -> None:
        if given["workload"] in LATER:
            raise CommandError(
                f"{given['workload']} 随后续版本提供，现在可测：{'、'.join(WORKLOADS)}。",
                returncode=WRONG_USAGE,
            )
        if given["workload"] == ALL:
            say(f"{'、'.join(LATER)} 随后续版本提供，本次只测 {'、'.join(WORKLOADS)}。")
        wanted = WORKLOADS if given["workload"] == ALL else (given["workload"],)
        options = Options(wanted, given["seconds"], writable(given["json"]))
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
