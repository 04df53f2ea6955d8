"""Forced past the linter, a hostile file still executes nothing and reaches nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.engine.diagrams import FORM, escape
from tests.hostile.builders import CODE, Text
from tests.hostile.corpus import CORPUS, SINKS, Case

ROOT = Path(__file__).parents[2]
HARMLESS = 'open("/dev/null") and False'
TRACE = Path("/tmp/sanfang_was_here")  # noqa: S108 -- what the code in the corpus would write


def forced(cases: list[Case], folder: Path, *flags: str) -> dict[str, dict[str, Any]]:
    """What each case did, by name."""
    for number, case in enumerate(cases):
        place = folder / f"{number:03}"
        (place / "forms").mkdir(parents=True)
        files = {"forms/choice.json": orjson.dumps(FORM), **case.files}
        for name, data in files.items():
            (place / name).write_bytes(data.encode() if isinstance(data, str) else data)
    command = [sys.executable, "-m", "tests.hostile.forced", str(folder), *flags]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {case.name: row for case, row in zip(cases, rows, strict=True)}


@pytest.mark.parametrize("flags", [(), ("--raw",)], ids=["as loaded", "behind the evaluator alone"])
def test_nothing_of_the_corpus_executes_anything(tmp_path: Path, flags: tuple[str, ...]) -> None:
    TRACE.unlink(missing_ok=True)

    done = forced(CORPUS, tmp_path, *flags)

    assert {name: row["seen"] for name, row in done.items() if row["seen"]} == {}
    assert not TRACE.exists()


def test_no_sink_comes_to_an_end_as_if_nothing_were_wrong(tmp_path: Path) -> None:
    ends = {name: row["end"] for name, row in forced(SINKS, tmp_path).items()}

    assert set(ends.values()) <= {"ProcessInvalid", "ExpressionRefused"}, ends


def test_the_alarm_rings_when_the_stock_evaluator_runs(tmp_path: Path) -> None:
    """Break the wall on purpose: without it the same files do execute."""
    cases = [Case(case.name, case.rule, _harmless(case)) for case in SINKS]

    done = forced(cases, tmp_path, "--raw", "--stock")

    silent = {name for name, row in done.items() if not row["seen"]}
    # Tables and cycles are our own code, which refuses without any evaluator.
    assert silent == {name for name in done if name.startswith(("table ", "timer cycle"))}
    assert not TRACE.exists()


def _harmless(case: Case) -> dict[str, Text]:
    """The same files with code that may really run: the alarm is to ring, nothing else."""
    files: dict[str, Text] = {}
    for name, text in case.files.items():
        assert isinstance(text, str)
        in_attribute, in_text = escape(CODE), escape(CODE).replace("&quot;", '"')
        calm = text.replace(in_attribute, escape(HARMLESS)).replace(in_text, HARMLESS)
        assert TRACE.name not in calm
        files[name] = calm
    return files
