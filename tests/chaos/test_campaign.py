"""`manage.py chaos`: wrong usage, a tiny campaign on real processes, and an end that leaves nobody.

The long campaigns are `make test-deep` and `make test-chaos-mutants`.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from config.chaos.diary import Diary, read
from config.chaos.faults import KINDS
from config.chaos.options import Options
from config.folders import BASE_DIR
from tests.chaos.__main__ import MUTANTS
from tests.config.demo_run import MARK, marked, said_until
from tests.config.processes import wait_until

LONGEST_SECONDS = 240
_RUN = """
import sys
from config.chaos import front
from config.chaos.options import Options
sys.exit(front.perform(Options.unpacked(sys.argv[1])))
"""


@pytest.fixture
def folder(dump: bytes) -> Iterator[Path]:
    """Where nobody, the user of embedded servers under root, can read the tables."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        made = Path(name)
        made.chmod(0o755)
        (made / "tables.sql").write_bytes(dump)
        yield made


def campaign(folder: Path, mark: str = "", **narrowed: Any) -> subprocess.Popen[str]:
    """A campaign on restored tables: the migrations have their own tests."""
    options = Options(json=str(folder / "result.json"), dump=str(folder / "tables.sql"), **narrowed)
    return subprocess.Popen(
        [sys.executable, "-c", _RUN, options.packed()],
        cwd=BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, MARK: mark},
    )


def test_a_tiny_campaign_loses_doubles_and_skips_nothing(folder: Path) -> None:
    kinds = ("kill_web", "kill_crisis_worker", "kill_watch", "flush_broker")
    running = campaign(folder, faults=3, seed=3, kinds=kinds, calm=1.0, pause=(0.3, 0.8))
    said, _ = running.communicate(timeout=LONGEST_SECONDS)

    assert running.returncode == 0, said
    result = json.loads((folder / "result.json").read_text())
    assert (result["violations"], result["faults"]) == ([], 3), said
    assert [result[harm] for harm in ("lost", "doubled", "skipped")] == [0, 0, 0]
    assert "核对至此：故障 3 次，丢失 0，重复 0，跳级 0" in said
    assert set(result["kinds"]) <= set(kinds)
    assert min(result["checked"].values()) > 0


def test_a_campaign_that_is_interrupted_ends_all_and_says_so(folder: Path) -> None:
    mark = uuid4().hex
    running = campaign(folder, mark, faults=1000)
    try:
        assert said_until(running, "正在建立")
        assert marked(mark)
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read() if running.stdout else ""
        assert running.wait(60) == 1
    finally:
        running.kill()
        running.wait()

    assert "Traceback" not in rest
    assert wait_until(lambda: not marked(mark))
    result = json.loads((folder / "result.json").read_text())
    assert (result["faults"], result["not_run"]) == (0, "interrupted")


@pytest.mark.parametrize(
    "words",
    [
        ("--faults", "many"),
        ("--faults", "3", "--logs", str(BASE_DIR)),
    ],
)
def test_wrong_usage_is_told_apart(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "chaos", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_SECONDS,
    )

    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_a_diary_forgets_the_line_that_its_writer_did_not_finish(tmp_path: Path) -> None:
    diary = Diary(tmp_path / "d.jsonl")
    diary.note(asked="a")
    diary.note(asked="b")
    diary.close()
    with (tmp_path / "d.jsonl").open("a") as half:
        half.write('{"asked": "c"')

    assert [line["asked"] for line in read(tmp_path / "d.jsonl")] == ["a", "b"]
    assert read(tmp_path / "none.jsonl") == []


def test_options_travel_whole() -> None:
    options = Options(faults=3, seed=9, kinds=("kill_web",), pause=(0.1, 0.2), dump="x")

    assert Options.unpacked(options.packed()) == options


def test_every_mistake_is_met_by_faults_that_exist() -> None:
    mistakes = {mutant.mistake for mutant in MUTANTS}

    assert len(mistakes) == len(MUTANTS) == 12
    assert {kind for mutant in MUTANTS for kind in mutant.kinds} <= set(KINDS)
