"""Prints what a migration must say so that the database knows the state machines."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from parties import state_guards


class Command(BaseCommand):
    help = "打印各状态机的 GuardStates 迁移语句（不连接数据库）。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("app_label", nargs="*", help="只看这些应用")

    def handle(self, *, app_label: list[str], **options: Any) -> None:
        for machine in state_guards.machines():
            if not app_label or machine.model._meta.app_label in app_label:
                self.stdout.write(f"# {machine.label}")
                self.stdout.write(state_guards.literal(machine))
