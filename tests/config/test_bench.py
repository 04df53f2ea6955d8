"""`manage.py bench`: its arithmetic, and the real command on a database of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from config.bench import clients, language, measuring, telling
from config.bench.clients import Order
from config.bench.measuring import Rounds, Slot
from config.folders import BASE_DIR
from records.language import Author, Moment, check

LONGEST_SECONDS = 900


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


def test_an_arm_is_as_fast_as_itself() -> None:
    """The machine is slow in the first half; there and back again evens it out."""
    rates = iter([10, 20, 20, 10])

    assert measuring.same_twice(lambda _: slot("a", next(rates)), seconds=4) == pytest.approx(0.5)
    rates = iter([10, 10, 20, 20])
    assert measuring.same_twice(lambda _: slot("a", next(rates)), seconds=4) == pytest.approx(1.0)


def test_an_arrival_that_had_to_wait_counts_its_waiting() -> None:
    """Open loop: the second arrives 10 ms after the first, which takes 50."""
    order = Order("slow", [1, 2], begin=time.monotonic(), seconds=0.02, gap=0.01)

    def slow(_job: object) -> str:
        time.sleep(0.05)
        return "slow"

    first, second = clients._perform(order, slow).took["slow"]

    assert first >= 0.05
    assert second >= first + 0.03


def test_a_client_that_fails_says_where() -> None:
    def broken(_job: object) -> str:
        raise ZeroDivisionError

    with (
        clients.Clients(lambda: {"broken": broken}, 1) as one,
        pytest.raises(clients.ClientFailed, match="ZeroDivisionError"),
    ):
        one.slot("broken", [1], 0.05)


def test_clients_end_by_themselves_when_nobody_is_left_to_order() -> None:
    """None of them keeps its own pipe or another's open."""
    with clients.Clients(lambda: {"work": lambda _job: "work"}, 3) as three:
        three.slot("work", [1], 0.01)  # all have begun to listen
        processes = [one.process for one in three._clients]

    assert [one.exitcode for one in processes] == [0, 0, 0]


def test_what_nobody_came_to_is_left_over() -> None:
    def work(_job: object) -> str:
        time.sleep(0.01)
        return "work"

    with clients.Clients(lambda: {"work": work}, 2) as two:
        done, left = two.slot("work", list(range(100)), 0.1)

    assert len(done.took["work"]) + len(left) == 100
    assert 2 <= len(done.took["work"]) <= 22


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


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",),
        ("file", "--seconds", "0"),
        (),
        ("step", "--open-cases", "-1"),
        ("step", "--open-cases", "many"),
    ],
)
def test_wrong_usage_ends_with_2(words: tuple[str, ...]) -> None:
    assert bench(*words).returncode == 2


@pytest.mark.usefixtures("made_tables")
def test_every_workload_is_measured_against_its_floor(tmp_path: Path) -> None:
    """All four, as small as they get: one database, one set of workers."""
    words = ("all", "--seconds", "2", "--open-cases", "1000")
    done = bench(*words, "--json", str(tmp_path / "bench.json"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    told = {one["workload"]: one for one in json.loads((tmp_path / "bench.json").read_text())}
    assert set(told) == {"step", "crisis", "sweep", "file"}
    for name, one in told.items():
        assert one["slots"] >= 8, name
        assert one["ci"][0] <= one["ratio_to_floor"] <= one["ci"][1], name
        assert 0 < one["p50_ms"] <= one["p99_ms"] <= one["max_ms"], name
        assert one["met"] in (True, False), name
        assert one["machine"]["postgres"]["fsync"] == "on", name
        assert one["machine"]["fsync_us"] > 0, name
        assert one["machine"]["python_ms"] > 0, name
        assert f"【{name}】" in done.stdout
    assert told["step"]["ratio_to_naive"] > 1
    assert told["step"]["open_cases"] == 1000
    assert told["crisis"]["backlog_least"] >= 10_000
    assert 0 < told["crisis"]["killed_s"] < 30
    assert all(0 < one < 300 for one in told["sweep"]["all_done_s"])
    assert set(told["file"]["pages"]) == {"first", "middle", "page_200"}


def test_the_language_check_is_measured_on_ten_kilobytes() -> None:
    work = language.prepared()

    for kind, text in work.texts.items():
        assert language.BYTES - 4 < len(text.encode()) <= language.BYTES, kind
    verdicts = {
        kind: check(text, moment=Moment.SHARE, author=Author.STAFF, people=work.people)
        for kind, text in work.texts.items()
    }
    assert not verdicts["plain"].findings
    assert len(verdicts["listed"].findings) > len(verdicts["mixed"].findings) > 20

    told = language.run(seconds=0.5, tell=lambda _: None)

    assert set(told["texts"]) == set(work.texts)
    assert told["ci"][0] <= told["ratio_to_floor"] <= told["ci"][1] < 1
    assert told["met"] == all(one["p99_ms"] <= 20 for one in told["texts"].values())
    assert any("language" in line for line in telling.language_lines(told))
