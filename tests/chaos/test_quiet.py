"""When a campaign goes on to its checks: nothing is left, or it gets no less."""

from collections.abc import Iterator

import pytest

from config.chaos import quiet


class Clock:
    """Ten seconds go by each time that somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wait(self) -> None:
        self.now += 10


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(quiet, "time", clock)
    return clock


def counts(*told: int | None) -> Iterator[int | None]:
    yield from told
    while True:
        yield told[-1]


@pytest.mark.parametrize(
    ("told", "left", "seconds"),
    [
        ([0], 0, 0),
        ([3, 2, 1, 0], 0, 30),
        ([*range(2688, 0, -100), 0], 0, 270),  # far longer than its patience
        ([5, 5], 5, 100),
        ([5, 9, 7, 5], 5, 100),  # less than a moment ago is not less
        ([None, 4, None, 0], 0, 30),
        ([None], None, 100),
    ],
)
def test_it_waits_as_long_as_less_is_left(
    clock: Clock, told: list[int | None], left: int | None, seconds: float
) -> None:
    asked = counts(*told)

    assert quiet.settled(lambda: next(asked), clock.wait, patience=100) == left
    assert clock.now == seconds


def test_what_is_unknown_is_said_as_well() -> None:
    assert quiet.told(None, patience=100) == "数据库没有回答"
    assert quiet.told(7, patience=100) == "还有 7 件，100 秒内没有减少"
