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
        if sys.stdin is None:
            raise CommandError("Give the texts on stdin, one a line.")
        source, target = sys.stdin.buffer, sys.stdout.buffer
        try:
            broken = _answer(
                source, target, moment=Moment(moment), author=Author(author), field=field
            )
        except BrokenPipeError:  # whoever reads has seen enough
            _let_go(target)
        except OSError as error:
            _let_go(target)
            raise CommandError(f"Stopped before the end: {error.strerror}.") from None
        else:
            self._warn(broken)

    def _warn(self, broken: int) -> None:
        """What was not read is not found to be in order; the verdicts alone do not say so."""
        if broken:
            self.stderr.write(
                f"{broken} line(s) were not UTF-8 and were read in part only: save them as UTF-8."
            )


def _let_go(target: BinaryIO) -> None:
    """Else the interpreter would try to flush once more at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), target.fileno())


def _answer(
    source: BinaryIO, target: BinaryIO, *, moment: Moment, author: Author, field: Field
) -> int:
    """How many lines could be read in part only."""
    broken = 0
    # Bytes: a text stream would also end lines at \r, and fail on what is not UTF-8.
    for line in source:
        raw = line.removesuffix(b"\n")
        text = raw.decode(errors="replace")
        broken += text.encode() != raw
        verdict = check(text, moment=moment, author=author, field=field)
        target.write(json.dumps(verdict.as_json(), ensure_ascii=False).encode() + b"\n")
        target.flush()
    return broken
