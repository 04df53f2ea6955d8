"""`make demo`: a demo school, real services, and a story that is played before your eyes.

Exit status: 0 done, 1 a promise broke or something could not start, 2 wrong usage.
"""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo import front
from config.demo.options import FASTEST, SCENARIOS, SLOWEST, Options

WRONG_USAGE = 2


class Command(BaseCommand):
    help = "演示学校：启动真实服务，演一个场景，然后留着给您看，直到按 Ctrl-C。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scenario", default="crisis", choices=SCENARIOS)
        parser.add_argument(
            "--speed", type=_speed, default=60.0, metavar="N", help="学校时间快几倍"
        )
        parser.add_argument("--exit", action="store_true", help="演完即结束，用临时数据和端口")
        parser.add_argument("--json", default="", metavar="PATH", help="把结果写到这个文件")
        parser.add_argument("--fresh", action="store_true", help="清空演示数据，从头开始")
        parser.add_argument(
            "--without-broker", action="store_true", help="消息代理全程关闭，看 watch 怎样接管"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        status = front.perform(
            Options(
                scenario=given["scenario"],
                speed=given["speed"],
                leave=given["exit"],
                json=writable(given["json"]),
                fresh=given["fresh"],
                broker=not given["without_broker"],
            )
        )
        if status:
            raise SystemExit(status)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not SLOWEST <= speed <= FASTEST:
        raise argparse.ArgumentTypeError(f"速度须是 {SLOWEST:g} 到 {FASTEST:g} 之间的数")
    return speed


def writable(path: str) -> str:
    """`path`, made absolute and tried out; "" for none."""
    if not path:
        return ""
    file = Path(path).absolute()
    try:
        file.write_text("", encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"--json：不能写入 {file}（{error.strerror}）。", returncode=WRONG_USAGE
        ) from None
    return str(file)
