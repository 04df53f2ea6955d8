"""Faults: what may happen to an installation, drawn from a seed, and mended a little later.

The seed decides which faults come and how long they last; what they meet is up to the machine.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from config.chaos import crew
from config.chaos.diary import Diary
from config.chaos.ground import Ground

#: Seconds for which something stays away or frozen. Some outlast the lease of a crisis message.
_SHORT: Final = (0.0, 1.5)
_LONG: Final = (0.5, 7.0)
#: Seconds of work before somebody who came back is hit again: the idle lose nothing.
_AT_WORK: Final = (0.3, 4.0)
#: Seconds for which a fault is waited for whose victim is not there yet.
_WORTH_WAITING: Final = 10.0
#: School time. Forwards more often than backwards, or no deadline would ever come.
_JUMPS: Final = (
    (30, timedelta(minutes=12)),
    (20, timedelta(minutes=35)),
    (10, timedelta(hours=1)),
    (15, timedelta(minutes=-20)),
    (5, timedelta(hours=-1)),
    (6, timedelta(days=1)),
    (2, timedelta(days=30)),
    (2, timedelta(days=-1)),
)


@dataclass(frozen=True, slots=True)
class Begun:
    """A fault that has happened: who was hit, and what mends it after `lasts` seconds.

    It is over when it is mended and `whole` holds.
    """

    victim: str
    lasts: float = 0.0
    mend: Callable[[], None] | None = None
    whole: Callable[[], bool] | None = None


@dataclass
class _Open:
    number: int
    due: float
    begun: Begun
    mended: bool = False


Fault = Callable[["Faults"], Begun | None]


class Faults:
    """Does to `ground` what the dice say, and keeps the diary of it."""

    def __init__(self, ground: Ground, diary: Diary, *, seed: int, kinds: Sequence[str]) -> None:
        self.ground, self._diary = ground, diary
        self.dice = random.Random(seed)  # noqa: S311 -- repeatable on purpose
        chosen = kinds or tuple(KINDS)
        self._kinds = {name: KINDS[name] for name in chosen}
        self._open: list[_Open] = []
        self._drawn = ("", 0.0)
        self._rested: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    @property
    def done(self) -> int:
        return sum(self.counts.values())

    def happen(self) -> bool:
        """One fault, if whoever the dice name is there to be hit; else ask again in a moment.

        The same fault is waited for, for a while: where processes start slowly the mixture would
        otherwise become one of those faults alone that need nobody to be there.
        """
        name, drawn = self._drawn
        if not name or time.monotonic() - drawn > _WORTH_WAITING:
            weights = [weight for weight, _ in self._kinds.values()]
            (name,) = self.dice.choices(list(self._kinds), weights)
            self._drawn = (name, time.monotonic())
        began = time.time()
        begun = self._kinds[name][1](self)
        if begun is None:
            return False
        self._drawn = ("", 0.0)
        self.counts[name] = self.counts.get(name, 0) + 1
        number = self.done
        self._diary.note(fault=number, kind=name, victim=begun.victim, began=began)
        self._open.append(_Open(number, time.monotonic() + begun.lasts, begun))
        return True

    def tick(self) -> None:
        """Mend what has lasted long enough, and note what is over."""
        for one in list(self._open):
            if not one.mended and time.monotonic() >= one.due:
                one.mended = True
                if one.begun.mend is not None:
                    one.begun.mend()
            if one.mended and (one.begun.whole is None or one.begun.whole()):
                self._open.remove(one)
                self._rested[one.begun.victim] = time.monotonic() + self.between(_AT_WORK)
                self._diary.note(over=one.number)

    def at_work(self, name: str) -> bool:
        """Whether the process `name` is there to be hit, and has been for a moment."""
        return self.ground.crew.fit(name) and time.monotonic() >= self._rested.get(name, 0.0)

    def mend_all(self) -> None:
        """Everything is put right now; `over` is still noted when it is whole again."""
        for one in self._open:
            one.due = 0.0
        self.tick()

    @property
    def whole(self) -> bool:
        return not self._open

    def between(self, seconds: tuple[float, float]) -> float:
        return self.dice.uniform(*seconds)


def _kill(*names: str) -> Fault:
    def happen(faults: Faults) -> Begun | None:
        staff = faults.ground.crew
        name = faults.dice.choice(names)
        if not faults.at_work(name):
            return None
        staff.kill(name)
        return Begun(
            name,
            faults.between(_SHORT),
            mend=lambda: staff.start(name),
            whole=lambda: staff.fit(name),
        )

    return happen


def _freeze(*names: str) -> Fault:
    def happen(faults: Faults) -> Begun | None:
        staff = faults.ground.crew
        name = faults.dice.choice(names)
        if not faults.at_work(name):
            return None
        staff.freeze(name)
        return Begun(name, faults.between(_LONG), mend=lambda: staff.thaw(name))

    return happen


def _flush(faults: Faults) -> Begun | None:
    """Every message that waits in the broker is gone."""
    return Begun("broker") if faults.ground.flush_broker() else None


def _broker_off(faults: Faults) -> Begun | None:
    ground = faults.ground
    if not ground.broker_up:
        return None
    ground.kill_broker()
    return Begun("broker", faults.between(_LONG), mend=ground.start_broker)


def _broker_mute(faults: Faults) -> Begun | None:
    ground = faults.ground
    if not ground.broker_up:
        return None
    ground.freeze_broker()
    return Begun("broker", faults.between(_LONG), mend=ground.thaw_broker)


def _database_off(faults: Faults) -> Begun | None:
    """Only once the web server is back from the last outage: the people must get on between two."""
    ground = faults.ground
    if not (ground.database_up and faults.at_work(crew.WEB)):
        return None
    ground.kill_database()
    return Begun("database", faults.between(_SHORT), mend=ground.start_database)


def _second_beat(faults: Faults) -> Begun | None:
    staff = faults.ground.crew
    if staff.runs(crew.SECOND_BEAT):
        return None
    staff.start(crew.SECOND_BEAT)
    return Begun(crew.BEAT, 5.0 + faults.between(_LONG), mend=lambda: staff.kill(crew.SECOND_BEAT))


def _jump(faults: Faults) -> Begun | None:
    weights = [weight for weight, _ in _JUMPS]
    ((_, by),) = faults.dice.choices(_JUMPS, weights)
    return Begun("clock") if faults.ground.jump(by) else None


#: How often each comes, and what it does.
KINDS: Final[Mapping[str, tuple[int, Fault]]] = {
    "kill_web": (14, _kill(crew.WEB)),
    "kill_crisis_worker": (16, _kill(crew.CRISIS)),
    "kill_worker": (10, _kill(*crew.ROUTINE)),
    "kill_watch": (8, _kill(crew.WATCH)),
    "kill_beat": (7, _kill(crew.BEAT)),
    "kill_provider": (3, _kill(crew.PROVIDER)),
    "freeze_worker": (9, _freeze(crew.CRISIS, *crew.ROUTINE, crew.WATCH)),
    "freeze_web": (3, _freeze(crew.WEB)),
    "freeze_provider": (2, _freeze(crew.PROVIDER)),
    "flush_broker": (8, _flush),
    "broker_off": (5, _broker_off),
    "broker_mute": (3, _broker_mute),
    "database_off": (5, _database_off),
    "second_beat": (3, _second_beat),
    "clock_jump": (7, _jump),
}
