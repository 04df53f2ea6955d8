"""`manage.py demo --scenario skills` and `conflict`: the article's two cases, played for real."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest

from config.demo.cast import Cast
from config.demo.conflict.story import Conflict
from config.demo.evidence import Evidence
from config.demo.facts import Facts, Happened
from config.demo.options import Options
from config.demo.postbox import Postbox, Received
from config.demo.promises import Promises
from config.demo.scenario import Scenario
from config.demo.skills.story import SECRETS, Skills
from tests.config import demo_run
from tests.factories import CN

pytestmark = pytest.mark.usefixtures("made_tables")


BEGINS = datetime(2026, 10, 12, 9, tzinfo=CN)


@pytest.mark.parametrize("name", ["skills", "conflict"])
def test_every_promise_is_kept(tmp_path: Path, name: str) -> None:
    played = demo_run.play(tmp_path / "result.json", "--scenario", name)

    assert played.result["broken"] == [], played.said
    assert (played.status, played.result["ok"]) == (0, True)
    assert "Traceback" not in played.said
    assert len(played.kinds("follow_up.held")) == 3
    assert len(played.kinds("case.closed")) == 1


def evidence(
    scenario: type[Scenario],
    *,
    events: Sequence[str] = (),
    texts: Sequence[str] = (),
    logs: Path | None = None,
    outbox: Sequence[str] = (),
) -> Evidence:
    box = Postbox(messages=[Received("sms", str(n), "+86", text) for n, text in enumerate(texts)])
    happened = [
        Happened(n, BEGINS + timedelta(days=n), kind, None, uuid4(), (), {})
        for n, kind in enumerate(events)
    ]
    return Evidence(
        promises=Promises(scenario.promises),
        options=Options(speed=60),
        cast=Cast(1, uuid4(), {}, {}, frozenset()),
        facts=Facts(happened, []),
        postbox=box,
        links="",
        unspoken="",
        web_log=Path("none"),
        logs=logs,
        outbox=outbox,
    )


def breaks(found: Evidence, code: str) -> bool:
    return any(
        line.startswith(f"{code}:") and "not reached" not in line
        for line in found.promises.broken()
    )


@pytest.mark.parametrize("word", SECRETS)
def test_one_word_about_money_in_one_message_breaks_the_promise(word: str) -> None:
    found = evidence(Skills, texts=["请登录查看。", f"关于{word}的事"])
    Skills.review(found)

    assert breaks(found, "money.nowhere_outside")


def test_nothing_sent_at_all_is_no_kept_promise() -> None:
    found = evidence(Skills)
    Skills.review(found)

    assert breaks(found, "money.nowhere_outside")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """What a night without a mishap leaves."""
    folder = tmp_path / "demo-logs"
    folder.mkdir()
    (folder / "web.log").write_text("access 201 POST /api/v1/matters\n", encoding="utf-8")
    (folder / "worker.log").write_text('{"message": "notification.sent"}\n', encoding="utf-8")
    (folder / "watch.log").write_text("", encoding="utf-8")
    (tmp_path / "postgres.log").write_text("ready to accept connections\n", encoding="utf-8")
    return folder


ROW = "sms link.record SENT 请登录查看"


def test_logs_and_messages_without_a_word_about_money_keep_the_promise(logs: Path) -> None:
    found = evidence(Skills, logs=logs, outbox=[ROW])
    Skills.review(found)

    assert not breaks(found, "money.in_no_log")


@pytest.mark.parametrize("word", SECRETS)
@pytest.mark.parametrize("name", ["worker.log", "watch.log", "../postgres.log"])
def test_one_word_about_money_in_one_log_breaks_the_promise(
    logs: Path, word: str, name: str
) -> None:
    with (logs / name).open("a", encoding="utf-8") as log:
        log.write(f"DETAIL: Key (text)=(家里{word})\n")
    found = evidence(Skills, logs=logs, outbox=[ROW])
    Skills.review(found)

    assert breaks(found, "money.in_no_log")


@pytest.mark.parametrize(
    "written",
    [
        json.dumps("交不起房租"),
        quote("交不起房租"),
        repr("交不起房租".encode()),
        quote("房租").lower(),
    ],
)
def test_so_does_one_that_is_written_in_ascii(logs: Path, written: str) -> None:
    (logs / "beat.log").write_text(written, encoding="ascii")
    found = evidence(Skills, logs=logs, outbox=[ROW])
    Skills.review(found)

    assert breaks(found, "money.in_no_log")


def test_so_does_one_in_the_outbox(logs: Path) -> None:
    found = evidence(Skills, logs=logs, outbox=[ROW, f"{ROW} 助学金"])
    Skills.review(found)

    assert breaks(found, "money.in_no_log")


@pytest.mark.parametrize("outbox", [[], [ROW]])
def test_nothing_to_look_at_is_no_kept_promise(tmp_path: Path, outbox: list[str]) -> None:
    found = evidence(Skills, logs=tmp_path / "demo-logs", outbox=outbox)
    Skills.review(found)

    assert breaks(found, "money.in_no_log")


@pytest.mark.parametrize("events", [["case.opened"], ["case.closed", "follow_up.held"], []])
def test_a_case_that_never_ended_breaks_the_promise(events: list[str]) -> None:
    found = evidence(Conflict, events=events)
    Conflict.review(found)

    assert breaks(found, "case.closed")
