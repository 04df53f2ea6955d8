"""lint_process and check_processes: exit codes and JSON as promised, never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.drawn import drawn
from tests.engine.shapes import SHAPES
from tests.management import manage

ROOT = Path(__file__).parents[2]
#: Nothing that a database or a broker could be reached by.
BARE = {"PATH": os.environ["PATH"], "SANFANG_ENV": "development", "PYTHONIOENCODING": "utf-8"}


def started(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own, where nothing else can be reached."""
    command = [sys.executable, "manage.py", *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, env=BARE, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_the_shipped_processes_are_clean() -> None:
    assert started("lint_process", *sorted((ROOT / "bpmn").glob("*.bpmn"))).returncode == 0
    assert started("check_processes").returncode == 0


def test_findings_are_json_and_exit_one(tmp_path: Path) -> None:
    bad = tmp_path / "p.bpmn"
    bad.write_text(drawn(SHAPES["linear"]).replace("userTask", "scriptTask"))

    done = manage("lint_process", str(bad), "--json")

    rows = json.loads(done.stdout)
    assert done.returncode == 1
    assert {frozenset(row) for row in rows} == {
        frozenset({"file", "element", "rule", "wrong", "mend"})
    }
    assert "script.task" in {row["rule"] for row in rows}


@pytest.mark.parametrize(
    ("content", "rule"),
    [(None, "file.unreadable"), (b"", "xml.empty"), (b"\x00\x01", "xml.encoding"),
     (b"<a", "xml.unreadable"), (b"<a/>", "xml.not_bpmn")],
)  # fmt: skip
def test_what_cannot_be_read_is_a_finding(tmp_path: Path, content: bytes | None, rule: str) -> None:
    path = tmp_path / "p.bpmn"
    if content is not None:
        path.write_bytes(content)

    done = manage("lint_process", str(path), "--json")

    assert done.returncode == 1
    assert rule in {row["rule"] for row in json.loads(done.stdout)}


def test_a_folder_is_unreadable_and_no_file_is_wrong_usage(tmp_path: Path) -> None:
    assert manage("lint_process", str(tmp_path)).returncode == 1
    assert manage("lint_process").returncode == 2
    assert manage("lint_process", "--unknown").returncode == 2


def test_clean_is_zero_and_an_empty_list(tmp_path: Path) -> None:
    form = tmp_path / "choice.json"
    form.write_text(
        '{"type": "object", "properties": {"x": {"type": "boolean"}}, "x-decides": ["x"]}'
    )
    good = tmp_path / "p.bpmn"
    good.write_text(drawn(SHAPES["linear"]))

    done = manage("lint_process", str(good), str(form), "--json")

    assert (done.returncode, json.loads(done.stdout)) == (0, [])
