"""`manage.py demo --scenario mass-notice`: played for real, judged by a record that can break."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from config.demo.cast import Cast
from config.demo.evidence import Evidence
from config.demo.facts import Facts, Happened, Told
from config.demo.mass_notice.promises import PROMISES
from config.demo.mass_notice.review import review
from config.demo.options import Options
from config.demo.postbox import Postbox
from config.demo.promises import Promises
from tests.config import demo_run
from tests.config.demo_run import Played
from tests.factories import CN

pytestmark = pytest.mark.usefixtures("made_tables")


SENT: Final = datetime(2026, 10, 10, 7, 1, tzinfo=CN)
CASE: Final = uuid4()
JUDGED: Final = {"quiet.hours", "silence.resent", "silence.texted", "silence.called"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    json_path = tmp_path_factory.mktemp("notice") / "result.json"
    return demo_run.play(json_path, "--scenario", "mass-notice")


def test_every_promise_is_kept(played: Played) -> None:
    assert played.result["broken"] == [], played.said
    assert (played.status, played.result["ok"]) == (0, True)
    assert "Traceback" not in played.said


def test_the_gate_is_heard_and_every_rung_is_told(played: Played) -> None:
    assert "“张三助学金”" in played.said
    reminded = played.kinds("notice.reminded")
    assert len(reminded) == 2
    assert len(played.kinds("calls.asked")) == 1
    assert {one["channel"] for one in played.result["notifications"]} >= {"in_app", "sms"}


def event(kind: str, hours: float, **payload: Any) -> Happened:
    at = SENT + timedelta(hours=hours)
    return Happened(0, at, kind, None, CASE, (), payload)


def story() -> list[Happened]:
    """Days as they should be."""
    return [
        event("notice.sent", 0, rung=0),
        event("notice.reminded", 24.1, rung=1),
        event("notice.reminded", 48.1, rung=2),
        event("calls.asked", 72.1, rung=3),
    ]


def told(at: datetime = SENT, key: str = "notice:a:sms") -> Told:
    return Told(at, uuid4(), "G", "sms", "notice.link", "SENT", key, "celery")


def broken(events: list[Happened], messages: list[Told]) -> set[str]:
    promises = Promises(PROMISES)
    review(
        Evidence(
            promises=promises,
            options=Options(speed=60),
            cast=Cast(1, uuid4(), {}, {}, frozenset()),
            facts=Facts(events, messages),
            postbox=Postbox(),
            links="",
            unspoken="",
            web_log=Path("none"),
        )
    )
    codes = {line.partition(":")[0] for line in promises.broken()}
    return codes & (JUDGED | {"receipt.per_child"})


def test_days_as_they_should_be_break_nothing() -> None:
    assert broken(story(), [told()]) == set()


@pytest.mark.parametrize(
    ("place", "code"), [(1, "silence.resent"), (2, "silence.texted"), (3, "silence.called")]
)
def test_a_rung_that_never_came_or_came_early_is_broken(place: int, code: str) -> None:
    missing, early = story(), story()
    del missing[place]
    early[place] = replace(early[place], at=SENT + timedelta(hours=1))

    assert broken(missing, [told()]) == {code}
    assert broken(early, [told()]) == {code}


@pytest.mark.parametrize("hour", [21, 23, 3, 6])
def test_a_message_at_night_is_broken(hour: int) -> None:
    assert broken(story(), [told(), told(SENT.replace(hour=hour), "notice:b:sms")]) == {
        "quiet.hours"
    }


def test_one_message_twice_is_broken() -> None:
    assert broken(story(), [told(), told()]) == {"receipt.per_child"}


def test_a_notice_that_never_left_keeps_nothing() -> None:
    assert broken([], []) == JUDGED | {"receipt.per_child"}
