"""Bring in a school's own words: all of them or none, each mistake with its row and its mend."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from parties import schools, tenancy
from records import lexicons
from records.language import LexiconInvalid, parse

_FINDINGS: Final = 1
_USAGE: Final = 2


class Command(BaseCommand):
    help = (
        "导入本校自己的词表（CSV，列同 records/language/lexicon.csv；severity 可为 allowed）。"
        "整表替换本校原有的词；有一处错误就全部不导入。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help=".csv 文件（UTF-8）")
        parser.add_argument("--school", required=True, metavar="CODE", help="学校代码")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")

    def handle(self, *, file: Path, school: str, dry_run: bool, **options: Any) -> None:
        school_id = schools.find(school)
        if school_id is None:
            raise CommandError(f"没有代码为 {school} 的学校。", returncode=_USAGE)
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise CommandError(
                f"读不了 {file.name}（{type(error).__name__}）：须是 UTF-8 的 CSV 文件。",
                returncode=_FINDINGS,
            ) from error
        try:
            rows = parse(text)
            with tenancy.scope(school_id):
                count = len(rows) if dry_run else lexicons.replace(school_id=school_id, rows=rows)
        except LexiconInvalid as error:
            for fault in error.faults:
                self.stderr.write(f"第 {fault.row} 行 {fault.field}：{fault.wrong}{fault.mend}")
            raise CommandError(
                f"共 {len(error.faults)} 处需要改正，未导入。", returncode=_FINDINGS
            ) from error
        self.stdout.write(f"{'可以导入' if dry_run else '已导入'} {count} 个词。")
