"""Lets messages leave again after a restore: shows what waits, then releases one lane.

Exit status: 0 done or nothing held, 1 refused, 2 wrong usage.
"""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from parties import years
from parties.errors import WrongState
from workflow import dispatch

OWNER = "owner"
WRONG_USAGE = 2


class Command(BaseCommand):
    help = "恢复备份后派发是暂停的：不带参数先看有什么待发，再逐个通道恢复，危机在先。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--lane", choices=dispatch.LANES, help="恢复哪个通道")
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--before",
            metavar="MOMENT",
            help="原系统停止的时刻：此前到期的消息可能已经发出，不再发送（2026-11-26T03:00+08:00）",
        )
        which.add_argument("--send-all", action="store_true", help="全部发送，旧消息也发")

    def handle(self, *args: Any, **given: Any) -> None:
        if given["lane"] is None:
            self._show()
            return
        if not given["before"] and not given["send_all"]:
            raise CommandError(
                "请用 --before 写明原系统停止的时刻，或用 --send-all 全部发送。",
                returncode=WRONG_USAGE,
            )
        if OWNER not in connections:
            raise CommandError("恢复派发须以属主角色进行：请设置 DATABASE_OWNER_URL。")
        before = _moment(given["before"]) if given["before"] else None
        try:
            withheld = dispatch.release(connections[OWNER], lane=given["lane"], before=before)
        except WrongState as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{given['lane']} 通道已恢复派发，{withheld} 条旧消息不再发送。")

    def _show(self) -> None:
        holds = dispatch.held()
        if not holds:
            self.stdout.write("派发正常，没有暂停。")
            return
        for lane, backup_at in holds.items():
            local = timezone.localtime(backup_at)
            self.stdout.write(f"{lane} 通道暂停派发：数据来自 {local:%Y-%m-%d %H:%M:%S %z} 的备份")
        for kind in dispatch.waiting():
            self.stdout.write(
                f"  {kind.lane} {kind.channel} {kind.template}：待发 {kind.count} 条，"
                f"其中 {kind.old} 条在备份之前已到期"
            )
        self.stdout.write("恢复：release_dispatch --lane crisis --before 原系统停止的时刻")


def _moment(text: str) -> datetime:
    """Without an offset it is the school's own time. Raises CommandError."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or not years.is_believable(moment):
        raise CommandError(
            f"--before：{text} 不是时刻，请写成 2026-11-26T03:00+08:00。", returncode=WRONG_USAGE
        )
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if moment > dispatch.now():
        raise CommandError("--before：这个时刻还没有到。", returncode=WRONG_USAGE)
    return moment
