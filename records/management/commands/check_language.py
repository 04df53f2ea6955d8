"""Check words by hand, in an editor or in CI: a line in, a verdict out. Needs no database."""

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from records.language import Author, Field, Moment, check


class Command(BaseCommand):
    help = (
        "Read one text per line (UTF-8, ended by \\n alone) and print one verdict per line as JSON."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--moment", required=True, choices=[each.value for each in Moment])
        parser.add_argument("--author", required=True, choices=[each.value for each in Author])
        parser.add_argument("--quote", action="store_true", help="the texts stand in a quote field")

    def handle(self, *, moment: str, author: str, quote: bool, **options: Any) -> None:
        field = Field.QUOTE if quote else Field.NARRATIVE
        source, target = sys.stdin.buffer, sys.stdout.buffer
        try:
            _answer(source, target, moment=Moment(moment), author=Author(author), field=field)
        except BrokenPipeError:  # whoever reads has seen enough
            _let_go(target)
        except OSError as error:
            _let_go(target)
            raise CommandError(f"Stopped before the end: {error.strerror}.") from None


def _let_go(target: BinaryIO) -> None:
    """Else the interpreter would try to flush once more at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), target.fileno())


def _answer(
    source: BinaryIO, target: BinaryIO, *, moment: Moment, author: Author, field: Field
) -> None:
    # Bytes: a text stream would also end lines at \r, and fail on what is not UTF-8.
    for line in source:
        text = line.removesuffix(b"\n").decode(errors="replace")
        verdict = check(text, moment=moment, author=author, field=field)
        target.write(json.dumps(verdict.as_json(), ensure_ascii=False).encode() + b"\n")
        target.flush()
