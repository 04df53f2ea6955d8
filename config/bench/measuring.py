"""Fair measuring on a machine that does other things besides.

Arms take turns in short slots, there and back again (A B C C B A), so that a slow minute hurts all
of them. What counts is the median of the rounds' ratios, with a bootstrap interval; the first and
the last slot of A must agree (A/A), else the figures say nothing.
"""

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

LEAST_SLOTS: Final = 8
#: Seconds of one slot, where there is time enough.
SLOT: Final = 0.5
_RESAMPLES: Final = 2_000
_SEED: Final = 20_26

#: One operation; says which kind it was.
Arm = Callable[[], str]


@dataclass
class Slot:
    """What one arm did in one slot: how long each operation took, by its kind."""

    arm: str
    seconds: float = 0.0
    took: dict[str, list[float]] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Operations a second."""
        return sum(map(len, self.took.values())) / self.seconds


@dataclass(frozen=True)
class Rounds:
    """All slots of a run, round by round."""

    rounds: Sequence[Sequence[Slot]]

    def ratios(self, one: str, other: str) -> list[float]:
        """How many times as fast `one` was as `other`, per round."""
        return [_rate(slots, one) / _rate(slots, other) for slots in self.rounds]

    def same(self, arm: str) -> list[float]:
        """The first against the last slot of one arm, per round: A/A."""
        own = [[slot for slot in slots if slot.arm == arm] for slots in self.rounds]
        return [slots[0].rate / slots[-1].rate for slots in own]

    def took(self, arm: str) -> Mapping[str, list[float]]:
        """Every operation of an arm, in seconds, by kind."""
        found: dict[str, list[float]] = {}
        for slots in self.rounds:
            for slot in slots:
                for kind, times in slot.took.items() if slot.arm == arm else ():
                    found.setdefault(kind, []).extend(times)
        return found

    def mean_rate(self, arm: str) -> float:
        """Operations a second over all rounds."""
        return statistics.mean(_rate(slots, arm) for slots in self.rounds)

    @property
    def slots(self) -> int:
        return sum(map(len, self.rounds))


#: Lets one arm work for so many seconds.
SlotRun = Callable[[float], Slot]


def measure(arms: Mapping[str, Arm], *, seconds: float, tell: Callable[[str], None]) -> Rounds:
    """Let the arms take turns in this process for `seconds` in all."""
    return take_turns(
        {name: partial(slot, name, arm) for name, arm in arms.items()}, seconds=seconds, tell=tell
    )


def take_turns(
    arms: Mapping[str, SlotRun], *, seconds: float, tell: Callable[[str], None]
) -> Rounds:
    """The same for arms that run their slots themselves, in other processes say."""
    order = [*arms, *reversed(list(arms))]
    rounds = max(round(seconds / SLOT / len(order)), -(-LEAST_SLOTS // len(order)), 2)
    length = seconds / rounds / len(order)
    done = []
    for number in range(1, rounds + 1):
        slots = [arms[name](length) for name in order]
        done.append(slots)
        rates = "，".join(f"{name} {_rate(slots, name):.0f} 次/秒" for name in arms)
        tell(f"  第 {number}/{rounds} 轮：{rates}")
    return Rounds(done)


def same_twice(run: SlotRun, *, seconds: float) -> float:
    """A/A before anything else: the same arm against itself, there and back again; near 1."""
    slots = [run(seconds / 4) for _ in range(4)]
    return (slots[0].rate + slots[3].rate) / (slots[1].rate + slots[2].rate)


def slot(name: str, arm: Arm, length: float) -> Slot:
    """One arm in this process for `length` seconds, once at least."""
    done, begun = Slot(name), time.perf_counter()
    end = now = begun + length
    while not done.took or now < end:
        before = time.perf_counter()
        kind = arm()
        now = time.perf_counter()
        done.took.setdefault(kind, []).append(now - before)
    done.seconds = now - begun
    return done


def _rate(slots: Sequence[Slot], arm: str) -> float:
    return statistics.mean(slot.rate for slot in slots if slot.arm == arm)


def interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % bootstrap interval of the median; the same values give the same interval."""
    chance = random.Random(_SEED)  # noqa: S311 - resampling, no secret
    medians = sorted(
        statistics.median(chance.choices(values, k=len(values))) for _ in range(_RESAMPLES)
    )
    return medians[int(0.025 * _RESAMPLES)], medians[int(0.975 * _RESAMPLES) - 1]


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def latency(values: Sequence[float]) -> dict[str, float]:
    """Milliseconds: half of all, all but one in a hundred, the worst; and of how many."""
    return {
        "p50_ms": round(1000 * quantile(values, 0.50), 3),
        "p99_ms": round(1000 * quantile(values, 0.99), 3),
        "max_ms": round(1000 * max(values), 3),
        "samples": len(values),
    }
