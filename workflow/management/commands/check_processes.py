"""Every diagram that ships in bpmn/ lints clean, parses, and calls handlers that exist."""

import sys
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

from workflow.engine import bundles, definitions, lint_files
from workflow.engine.errors import ProcessInvalid


class Command(BaseCommand):
    help = "Lint and parse every process in bpmn/. Needs no database."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        import_module("workflow.handlers")
        problems = [str(finding) for finding in lint_files.check_all()]
        files = lint_files.files()
        keys = [] if problems else bundles.process_keys(files)
        for key in keys:
            try:
                definitions.parse(bundles.collect(key, files))
            except ProcessInvalid as error:
                problems.append(f"{key}: {error}")
            else:
                self.stdout.write(f"{key}: 可以发布。")
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            sys.exit(1)
