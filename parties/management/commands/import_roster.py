"""The clerk's door: one file in, a plain answer out, never a traceback."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from parties.roster import NoSchool, Outcome, headers, import_file
from parties.roster.headers import Purpose

_FINDINGS: Final = 1
_USAGE: Final = 2
#: More than a clerk can read at once; the rest appears after these are mended.
_SHOWN: Final = 200


class Command(BaseCommand):
    help = (
        "导入名册（.xlsx 或 .csv）：学校、校历、班级、教职工、值班表、学生、监护人、企业、"
        "企业人员、岗位实习。有一处错误就全部不导入；重复导入只更新、不重复。"
        "Import a school's roster: all or nothing; a repeat updates and never duplicates."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help=".xlsx 或 .csv 文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查并说明会改什么，不写入")
        parser.add_argument("--school", default="", metavar="CODE", help="学校代码")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            dest="mappings",
            metavar="列=类别:用途",
            help="指明敏感列的类别和用途，例如 民族=SPE:学籍上报；值加密保存，并记下用途",
        )

    def handle(
        self, *, file: Path, dry_run: bool, school: str, mappings: list[str], **options: Any
    ) -> None:
        mapped = dict(_mapped_header(mapping) for mapping in mappings)
        try:
            outcome = import_file(path=file, school_code=school, dry_run=dry_run, mapped=mapped)
        except NoSchool as error:
            raise CommandError(str(error), returncode=_USAGE) from error
        except OperationalError as error:
            raise CommandError(
                "连不上数据库，未导入任何数据。请检查 DATABASE_URL，或先启动服务。",
                returncode=_USAGE,
            ) from error
        for note in outcome.notes:
            self.stdout.write(f"提示：{note}")
        if outcome.findings:
            self._say_findings(outcome)
            sys.exit(_FINDINGS)
        self._say_tallies(outcome, dry_run=dry_run)

    def _say_findings(self, outcome: Outcome) -> None:
        for finding in outcome.findings[:_SHOWN]:
            self.stderr.write(str(finding))
        more = len(outcome.findings) - _SHOWN
        if more > 0:
            self.stderr.write(f"另有 {more} 处，改正以上内容后会继续列出。")
        self.stderr.write(f"共 {len(outcome.findings)} 处需要改正，未导入任何数据。")

    def _say_tallies(self, outcome: Outcome, *, dry_run: bool) -> None:
        self.stdout.write("试运行，未写入任何数据；导入后将是：" if dry_run else "导入完成：")
        for sort, tally in outcome.tallies.items():
            self.stdout.write(
                f"  {sort}：新增 {tally.new}，变更 {tally.changed}，不变 {tally.unchanged}"
            )


def _mapped_header(mapping: str) -> tuple[str, Purpose]:
    """Header and purpose of “民族=SPE:学籍上报”; the class must be the right one."""
    header, _, said = mapping.partition("=")
    code, _, purpose = said.replace("：", ":").partition(":")
    name = headers.normal(header)
    expected = headers.sensitive_class(name)
    if expected is None:
        raise CommandError(f"--map：“{header}”不是需要指定用途的敏感列。", returncode=_USAGE)
    if code.strip().upper() != expected or not purpose.strip():
        raise CommandError(
            f"--map：请写成 {name}={expected}:用途，例如 {name}={expected}:学籍上报。",
            returncode=_USAGE,
        )
    return name, Purpose(expected, purpose.strip()[:100])
