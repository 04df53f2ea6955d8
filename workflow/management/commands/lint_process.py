"""Lint diagrams, tables and forms by hand, in an editor or in CI. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from workflow.engine import lint_files


class Command(BaseCommand):
    help = "Say what is wrong with diagrams (.bpmn), tables (.dmn) and forms (.json), and the mend."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *, files: list[Path], as_json: bool, **options: Any) -> None:
        import_module("workflow.handlers")  # fills the registry that diagrams refer to
        findings = lint_files.check(files)
        if as_json:
            rows = [finding.as_json() for finding in findings]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
        else:
            for finding in findings:
                self.stdout.write(str(finding))
            self.stdout.write("未发现问题。" if not findings else f"共 {len(findings)} 个问题。")
        if findings:
            sys.exit(1)
