"""`manage.py bench`: its arithmetic, and the real command on a database of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from config.bench import measuring
from config.bench.measuring import Rounds, Slot
from config.folders import BASE_DIR

LONGEST_SECONDS = 240


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BASE_DIR / "manage.py"), "bench", *words],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )


def slot(arm: str, operations: int) -> Slot:
    return Slot(arm, 1.0, {"page": [1 / operations] * operations})


def test_arms_take_turns_there_and_back_again() -> None:
    calls: list[str] = []

    def arm(name: str) -> Callable[[], str]:
        def once() -> str:
            calls.append(name)
            return name

        return once

    rounds = measuring.measure({"a": arm("a"), "b": arm("b")}, seconds=0.02, tell=lambda _: None)

    assert [one.arm for one in rounds.rounds[0]] == ["a", "b", "b", "a"]
    assert rounds.slots >= measuring.LEAST_SLOTS
    assert set(calls) == {"a", "b"}


def test_a_ratio_is_taken_within_its_round() -> None:
    """The second round ran on a machine half as fast; the ratio is the same."""
    rounds = Rounds(
        [
            [slot("a", 40), slot("b", 100), slot("b", 100), slot("a", 40)],
            [slot("a", 20), slot("b", 50), slot("b", 50), slot("a", 20)],
        ]
    )

    assert rounds.ratios("a", "b") == pytest.approx([0.4, 0.4])
    assert rounds.same("a") == pytest.approx([1.0, 1.0])


def test_the_interval_holds_the_median_and_repeats_itself() -> None:
    values = [0.4 + number % 7 / 100 for number in range(20)]

    low, high = measuring.interval(values)

    assert low <= measuring.quantile(values, 0.5) <= high
    assert measuring.interval(values) == (low, high)


def test_latency_is_told_by_its_worst_hundredth() -> None:
    numbers = count(1)
    times = [next(numbers) / 1000 for _ in range(100)]

    told = measuring.latency(times)

    assert told == {"p50_ms": 51.0, "p99_ms": 100.0, "max_ms": 100.0, "samples": 100}


@pytest.mark.parametrize("workload", ["crisis", "sweep"])
def test_what_comes_later_says_so(workload: str) -> None:
    done = bench(workload)

    assert done.returncode == 2
    assert "随后续版本提供" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("nothing",), ("file", "--seconds", "0"), ()])
def test_wrong_usage_ends_with_2(words: tuple[str, ...]) -> None:
    assert bench(*words).returncode == 2


def test_a_page_of_a_long_file_is_measured(tmp_path: Path) -> None:
    done = bench("file", "--seconds", "3", "--json", str(tmp_path / "bench.json"))

    assert done.returncode == 0, done.stdout + done.stderr
    (told,) = json.loads((tmp_path / "bench.json").read_text())
    assert told["workload"] == "file"
    assert told["slots"] >= 8
    assert set(told["pages"]) == {"first", "middle", "page_200"}
    assert told["ci"][0] <= told["ratio_to_floor"] <= told["ci"][1]
    assert 0 < told["p50_ms"] <= told["p99_ms"] <= told["max_ms"]
    assert len(told["statements"]) == 1
    assert told["machine"]["postgres"]["fsync"] == "on"
    assert "【file】" in done.stdout
