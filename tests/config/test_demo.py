"""`manage.py demo` itself: real processes, a real broker or none, and a result that can be read."""

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from config.demo.crisis.promises import PROMISES
from tests.config import demo_run
from tests.config.demo_run import Played, Stayed
from tests.config.processes import wait_until

pytestmark = pytest.mark.usefixtures("made_tables")


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CODE = re.compile(r"[A-Za-z_.:0-9+-]*")
CLIMBS = 3


@pytest.fixture(scope="module")
def stayed(tmp_path_factory: pytest.TempPathFactory) -> Stayed:
    return demo_run.play_and_visit(tmp_path_factory.mktemp("demo") / "result.json")


@pytest.fixture(scope="module")
def crisis(stayed: Stayed) -> Played:
    """Of the run that stays up; `twin` and the other scenarios end with --exit."""
    return stayed.played


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return demo_run.play(tmp_path_factory.mktemp("twin") / "result.json", "--without-broker")


@pytest.mark.parametrize("which", ["crisis", "twin"])
def test_every_promise_is_kept(which: str, request: pytest.FixtureRequest) -> None:
    played: Played = request.getfixturevalue(which)

    assert played.result["broken"] == [], played.said
    assert (played.status, played.result["ok"]) == (0, True)
    assert "Traceback" not in played.said


def test_celery_drives_every_climb(crisis: Played) -> None:
    climbs = crisis.kinds("escalation.climbed")

    assert len(climbs) >= CLIMBS
    assert {climb["via"] for climb in climbs} == {"celery"}


def test_watch_drives_every_climb_while_the_broker_is_off(twin: Played) -> None:
    climbs = twin.kinds("escalation.climbed")

    assert len(climbs) >= CLIMBS
    assert {climb["via"] for climb in climbs} == {"watch"}


def test_it_tells_each_rung_as_it_is_woken(crisis: Played) -> None:
    told = re.findall(r"【叫醒】第 (\d) 级（报警后 (\d+) 分钟）", crisis.said)

    assert told[:4] == [("0", "0"), ("1", "10"), ("2", "20"), ("3", "30")]
    assert "（由 celery 驱动）" in crisis.said


def test_the_result_holds_roles_ids_and_codes_only(crisis: Played) -> None:
    events, notifications = crisis.result["events"], crisis.result["notifications"]

    assert events
    assert notifications
    assert all(set(event) == {"at", "kind", "actor", "case", "via"} for event in events)
    told = {"at", "to_role", "channel", "template", "state"}
    assert all(set(notification) == told for notification in notifications)
    for row in [*events, *notifications]:
        assert all(CODE.fullmatch(value) or UUID.fullmatch(value) for value in row.values()), row


def test_messages_leave_over_every_channel(crisis: Played) -> None:
    sent = {row["channel"] for row in crisis.result["notifications"] if row["state"] == "SENT"}

    assert sent == {"in_app", "sms", "email"}


def test_the_reporter_is_in_no_event(crisis: Played) -> None:
    assert "STU" not in {event["actor"] for event in crisis.result["events"]}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--scenario", "picnic"], "picnic"),
        (["--speed", "0"], "速度"),
        (["--speed", "fast"], "速度"),
        (["--json", "/nonexistent/result.json"], "/nonexistent/result.json"),
        (["--loud"], "--loud"),
    ],
)
def test_wrong_usage_is_a_sentence_and_status_two(words: list[str], sentence: str) -> None:
    done = subprocess.run(
        demo_run.command(*words), capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_demo_that_is_interrupted_ends_all_and_says_so(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    with demo_run.under_way("--json", str(result)) as (demo, mark):
        assert demo_run.said_until(demo, "正在导入")
        assert demo_run.marked(mark)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 1
        assert wait_until(lambda: not demo_run.marked(mark))
    told = json.loads(result.read_text())
    assert told["ok"] is False
    assert told["broken"] == ["demo.interrupted"]
    assert (told["events"], told["notifications"]) == ([], [])


def test_everything_dies_with_a_demo_that_is_killed() -> None:
    with demo_run.under_way() as (demo, mark):
        assert demo_run.said_until(demo, "正在导入")
        demo.send_signal(signal.SIGKILL)
        demo.wait(10)
        assert wait_until(lambda: not demo_run.marked(mark))


def test_it_stays_up_with_links_that_work_until_it_is_told_to_end(stayed: Stayed) -> None:
    assert stayed.docs == 200
    assert stayed.roles == {"VP"}
    assert stayed.played.status == 0
    assert stayed.all_ended
    assert stayed.data_kept


def test_the_command_lists_its_promises_in_order(crisis: Played) -> None:
    told = [line.strip().lstrip("✓✗ ") for line in crisis.said.splitlines() if "  ✓ " in line]

    assert told == list(PROMISES.values())
