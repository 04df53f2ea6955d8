"""`bench step`: four clients move cases on, each step in a transaction of its own.

Three arms take turns on copies of the same cases, and every copy is stepped once:
- the product: workflow.steps.take in a scope, as a web request calls it;
- the floor: bare psycopg, prepared, one statement that writes exactly the same rows;
- the naive way: the whole instance as JSON, and the ORM.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import psycopg

from config.bench import addresses, cast, copies, measuring
from config.bench.clients import Clients
from config.bench.measuring import Rounds, Slot, SlotRun
from config.bench.step import moments, rows
from config.bench.step.rows import Rows
from config.bench.step.stage import Job, Stage, naive_way
from parties import clock

CLIENTS: Final = 4
TARGET: Final = 0.40
TARGET_TO_NAIVE: Final = 4.0
#: Of all measuring: A/A first, the rounds, and an open loop at this share of the product's rate.
_CHECK, _ROUNDS, _OPEN_LOOP = 0.1, 0.65, 0.25
_PACE: Final = 0.5
#: Copies beyond what the first look says will be needed.
_SPARE: Final = 2.5
_FIRST_LOOK: Final[Mapping[str, int]] = {"product": 1200, "floor": 2400, "naive": 200}
_LOOK_SECONDS: Final = 0.3
#: A million open cases may cost a step so much of its speed.
MANY_TARGET: Final = 0.9
#: More empty transactions a second than any machine does.
_MOST_EMPTY: Final = 50_000
#: The part of the measuring that each arm gets.
_SHARES: Final = {
    "product": _CHECK + _ROUNDS / 3 + _OPEN_LOOP * _PACE,
    "floor": _ROUNDS / 3,
    "naive": _ROUNDS / 3,
}


def run(
    *, seconds: float, tell: Callable[[str], None], open_cases: int | None = None
) -> dict[str, Any]:
    """Walk a crisis, copy its moments, let the arms take turns, and say where the time goes."""
    with psycopg.connect(addresses.owner(), autocommit=True) as owner:
        stage = prepared(owner, tell=tell)
        with Clients(stage.arms, CLIENTS) as clients:
            supply = Supply(stage, clients)
            supply.fill(seconds, tell=tell)
            result = {"workload": "step", **_measured(supply, seconds, tell=tell)}
            if open_cases:
                result |= _among_many(supply, seconds, open_cases, tell=tell)
            return result


def prepared(owner: psycopg.Connection[Any], *, tell: Callable[[str], None]) -> Stage:
    """A crisis at each of its moments, with the proof that the arms write the same rows."""
    tell("正在准备：一件危机个案，逐步走到安全计划……")
    at = clock.now()
    people = cast.found("BENCHSTEP", at=at)
    with copies.unguarded(owner):
        found = moments.walk(people, owner, at=at)
        writes = [Rows.of(rows.written(people, moment, owner)) for moment in found]
        stage = Stage(people, owner, found, writes)
        naive = naive_way(people)
        stage.kept = [naive.kept(moment) for moment in found]
        _prove(stage)
    return stage


def _prove(stage: Stage) -> None:
    """Each arm once from each moment; raises NotTheSame."""
    arms = stage.arms()
    for product, floor in zip(
        stage.jobs(len(stage.moments)), stage.jobs(len(stage.moments)), strict=True
    ):
        arms["product"](product)
        arms["floor"](floor)
        rows.compare(stage.owner, product[1], floor[1])
    for job in stage.jobs(len(stage.moments), naive=True):
        arms["naive"](job)


@dataclass
class Supply:
    """Cases to step for each arm, none of them twice."""

    stage: Stage
    clients: Clients
    rates: dict[str, float] = field(default_factory=dict)
    _jobs: dict[str, list[Job]] = field(default_factory=dict)

    def fill(
        self,
        seconds: float,
        *,
        arms: Iterable[str] = tuple(_SHARES),
        tell: Callable[[str], None],
    ) -> None:
        """Enough copies for each of `arms`, by a first look at how fast it is."""
        with copies.unguarded(self.stage.owner):
            for arm in arms:
                naive, look = arm == "naive", _FIRST_LOOK[arm]
                self._jobs[arm] = list(self.stage.jobs(2 * look, naive=naive))
                self.turn(arm, _LOOK_SECONDS)  # everything is loaded and prepared
                self.rates[arm] = self.turn(arm, _LOOK_SECONDS).rate
                needed = int(_SPARE * self.rates[arm] * seconds * _SHARES[arm]) + look
                self._jobs[arm] = list(self.stage.jobs(needed, naive=naive))
                tell(f"  {arm}：约 {self.rates[arm]:.0f} 步/秒，已备 {needed} 件个案")
        self.stage.owner.execute("VACUUM ANALYZE workflow_processinstance, workflow_humantask")

    def empty(self, seconds: float) -> Slot:
        """Transactions that touch no table."""
        return self.clients.slot("empty", range(int(_MOST_EMPTY * seconds)), seconds)[0]

    def turn(self, arm: str, seconds: float, *, rate: float = 0.0) -> Slot:
        slot, left = self.clients.slot(arm, self._jobs[arm], seconds, rate=rate)
        self._jobs[arm] = left
        if not left:
            raise RuntimeError(f"{arm} was faster than there were cases")
        return slot


def _measured(supply: Supply, seconds: float, *, tell: Callable[[str], None]) -> dict[str, Any]:
    runs = {arm: partial(supply.turn, arm) for arm in _SHARES}
    same = measuring.same_twice(runs["product"], seconds=seconds * _CHECK)
    tell(f"  A/A：{same:.3f}")
    rounds = measuring.take_turns(runs, seconds=seconds * _ROUNDS, tell=tell)
    rate = _PACE * rounds.mean_rate("product")
    paced = supply.turn("product", seconds * _OPEN_LOOP, rate=rate)
    return {
        **_ratios(rounds),
        "a_to_a": round(same, 4),
        **measuring.latency([one for times in paced.took.values() for one in times]),
        "arrivals_per_s": round(rate, 1),
        "per_s": {arm: round(rounds.mean_rate(arm), 1) for arm in runs},
        "closed_loop": {arm: _everything(rounds, arm) for arm in runs},
        "kinds": {name: measuring.latency(times) for name, times in rounds.took("product").items()},
        "clients": CLIENTS,
        "rounds": len(rounds.rounds),
        "slots": rounds.slots,
        "target_ratio_to_floor": TARGET,
        "target_ratio_to_naive": TARGET_TO_NAIVE,
    }


def _ratios(rounds: Rounds) -> dict[str, Any]:
    """How fast the product is, by each of the other arms, and whether that is fast enough."""
    floor, naive = rounds.ratios("product", "floor"), rounds.ratios("product", "naive")
    ratio = measuring.quantile(floor, 0.5)
    to_naive = measuring.quantile(naive, 0.5)
    return {
        "ratio_to_floor": round(ratio, 4),
        "ratio_to_naive": round(to_naive, 4),
        "ci": [round(edge, 4) for edge in measuring.interval(floor)],
        "ci_to_naive": [round(edge, 4) for edge in measuring.interval(naive)],
        "met": ratio >= TARGET and to_naive >= TARGET_TO_NAIVE,
    }


def _among_many(
    supply: Supply, seconds: float, count: int, *, tell: Callable[[str], None]
) -> dict[str, Any]:
    """The same steps before and after `count` more cases are open, by the speed of the machine."""
    supply.fill(seconds / 2, arms=["product"], tell=tell)
    before = _by_yardstick(supply, seconds / 2, tell=tell)
    tell(f"正在写入 {count} 件未结个案……")
    with copies.unguarded(supply.stage.owner):
        copies.fill(supply.stage.owner, supply.stage.moments[0].case_id, count)
    supply.fill(seconds / 2, arms=["product"], tell=tell)
    after = _by_yardstick(supply, seconds / 2, tell=tell)
    ratio = measuring.quantile(after, 0.5) / measuring.quantile(before, 0.5)
    return {
        "open_cases": count,
        "speed_among_many": round(ratio, 4),
        "target_speed_among_many": MANY_TARGET,
        "met_among_many": ratio >= MANY_TARGET,
    }


def _by_yardstick(
    supply: Supply, seconds: float, *, tell: Callable[[str], None]
) -> Sequence[float]:
    """Steps for each empty transaction that the same clients manage."""
    runs: dict[str, SlotRun] = {
        "product": partial(supply.turn, "product"),
        "empty": supply.empty,
    }
    return measuring.take_turns(runs, seconds=seconds, tell=tell).ratios("product", "empty")


def _everything(rounds: Rounds, arm: str) -> dict[str, float]:
    return measuring.latency([one for times in rounds.took(arm).values() for one in times])
