"""A long campaign goes through several installations, and adds up what was found in each."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.chaos import front, verdict
from config.chaos.options import PART, Options


def found(faults: int, **more: Any) -> dict[str, Any]:
    """The result of one part."""
    return {
        "faults": faults, "lost": 0, "doubled": 0, "skipped": 0, "violations": [], "seed": 1,
        "kinds": {"kill_web": faults}, "checked": {"requests": 10, "zero": 0},
        "first_notice_s": {"p50": 0.1, "p99": 2.0, "max": 3.0}, "late_at_rest_s": {}, **more,
    }  # fmt: skip


LOST = {"invariant": "I5", "harm": "lost", "what": "text", "where": "x"}


def test_each_part_begins_anew_with_a_seed_and_a_folder_of_its_own() -> None:
    parts = list(Options(faults=2 * PART + 7, seed=3, logs="/logs", pause=(0.1, 0.2)).parts())

    assert [one.faults for one in parts] == [PART, PART, 7]
    assert parts[0].seed == 3
    assert len({one.seed for one in parts}) == 3
    assert [one.logs for one in parts] == ["/logs/1", "/logs/2", "/logs/3"]
    assert {one.pause for one in parts} == {(0.1, 0.2)}


def test_a_short_one_is_one_part() -> None:
    (only,) = Options(faults=PART, seed=3).parts()

    assert (only.faults, only.seed, only.logs) == (PART, 3, "")


def test_counts_are_added_up_and_of_seconds_the_worst_is_told() -> None:
    slow = {"first_notice_s": {"p50": 0.4, "p99": 1.0, "max": 9.0}, "late_at_rest_s": {"rung": 6.6}}
    worse = found(7, lost=1, violations=[LOST], kinds={"kill_beat": 7}, **slow)

    result = verdict.together([found(500), worse, found(1, first_notice_s={})], seed=5)

    assert (result["faults"], result["lost"], result["doubled"], result["seed"]) == (508, 1, 0, 5)
    assert result["violations"] == [LOST]
    assert result["kinds"] == {"kill_web": 501, "kill_beat": 7}
    assert result["checked"] == {"requests": 30, "zero": 0}, "what nobody looked at stays visible"
    assert result["first_notice_s"] == {"p50": 0.4, "p99": 2.0, "max": 9.0}
    assert result["late_at_rest_s"] == {"rung": 6.6}
    assert result["parts"] == 3
    assert verdict.lines(result)


@pytest.mark.parametrize(("second", "status"), [(None, 1), (found(100, lost=1), 0)])
def test_what_a_finished_part_found_is_written_whatever_comes_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: dict[str, Any] | None, status: int
) -> None:
    file = tmp_path / "chaos.json"
    results: Iterator[dict[str, Any] | None] = iter([found(500), second])

    def part(_options: Options, _folder: Path) -> dict[str, Any] | None:
        if file.exists():
            assert json.loads(file.read_text())["faults"] == 500
        return next(results)

    monkeypatch.setattr(front, "_part", part)

    assert front.perform(Options(faults=600, json=str(file))) == status
    result = json.loads(file.read_text())
    assert result["faults"] == (500 if second is None else 600)
    assert result.get("not_run") == ("campaign_failed" if second is None else None)
