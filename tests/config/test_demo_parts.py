"""The small parts of the demo: its clock, its options, its letter box."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from config.demo import options, pace, postbox
from config.demo.options import Options
from config.demo.postbox import Postbox, Received
from config.demo.scenarios import SCENARIOS
from parties import tenancy
from tests.factories import MINUTE, NOW, World
from tests.processes.walker import begin, triaged
from workflow.models import Escalation, HumanTask, ZeroReport

pytestmark = pytest.mark.django_db


def mail(key: str, text: str = "请登录查看") -> Received:
    return Received("email", key, "head@school.test", text)


def text_message(key: str, text: str = "请立即回电") -> Received:
    return Received("sms", key, "+8619900000001", text)


# --- the clock ------------------------------------------------------------------------------------


def test_the_next_rung_is_what_falls_due_first(world: World) -> None:
    walk = begin(world)

    assert pace.due_moments(world.id, [walk.case_id])[0] == NOW + 10 * MINUTE


def test_a_ladder_that_stopped_is_waited_for_no_more(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()

    with tenancy.scope(world.id):
        rungs = set(Escalation.objects.values_list("due_at", flat=True))
    assert not rungs & set(pace.due_moments(world.id, [walk.case_id]))


def test_every_kind_of_deadline_is_on_the_list_in_order(world: World) -> None:
    walk = triaged(world)

    moments = pace.due_moments(world.id, [walk.case_id])

    with tenancy.scope(world.id):
        report = ZeroReport.objects.get(case=walk.case_id).due_at
        tasks = HumanTask.objects.filter(case=walk.case_id, state="OPEN").exclude(due_at=None)
        due = set(tasks.values_list("due_at", flat=True))
    assert moments == sorted(moments)
    assert {report, walk.instance.next_due_at} | due <= set(moments)


def test_a_task_that_was_reminded_of_is_not_waited_for_again(world: World) -> None:
    walk = triaged(world)
    before = pace.due_moments(world.id, [walk.case_id])
    with tenancy.scope(world.id):
        HumanTask.objects.filter(case=walk.case_id).update(reminded_at=NOW)

    assert len(pace.due_moments(world.id, [walk.case_id])) < len(before)


def test_another_case_has_nothing_due_here(world: World) -> None:
    begin(world)

    assert pace.due_moments(world.id, [uuid4()]) == []


# --- the options ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        Options(),
        Options(speed=600.0, leave=True, json="结果.json"),
        Options(fresh=True, broker=False),
    ],
)
def test_options_reach_the_playing_process_unchanged(asked: Options) -> None:
    assert Options.unpacked(asked.packed()) == asked


def test_whatever_may_be_asked_for_can_be_played() -> None:
    assert tuple(SCENARIOS) == options.SCENARIOS


@pytest.mark.parametrize(("broker", "driver"), [(True, "celery"), (False, "watch")])
def test_the_broker_decides_what_must_drive(broker: bool, driver: str) -> None:
    assert Options(broker=broker).driver == driver


def test_a_result_replaces_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("old", encoding="utf-8")

    options.write_json(str(path), {"ok": True, "broken": []})

    assert json.loads(path.read_text(encoding="utf-8")) == {"ok": True, "broken": []}
    assert list(tmp_path.iterdir()) == [path]


def test_a_result_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("old", encoding="utf-8")

    with pytest.raises(TypeError):
        options.write_json(str(path), {"at": timedelta(1)})

    assert path.read_text(encoding="utf-8") == "old"


def test_no_path_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    options.write_json("", {"ok": True})

    assert list(tmp_path.iterdir()) == []


def test_a_demo_that_never_ended_says_so_in_the_same_form() -> None:
    result = options.failed("没有启动")

    assert result == {"ok": False, "broken": ["没有启动"], "events": [], "notifications": []}


# --- the letter box -------------------------------------------------------------------------------


def test_the_first_text_message_finds_the_gateway_busy_once() -> None:
    box = Postbox()

    answers = [box.take(text_message("a")) for _ in range(3)]

    assert answers == [postbox.BUSY, postbox.KEPT, postbox.KEPT]
    assert (len(box.messages), box.doubles, len(box.busy)) == (1, 1, 1)


def test_a_mail_is_never_turned_away_as_busy() -> None:
    assert Postbox().take(mail("a")) == postbox.KEPT


def test_the_same_id_with_another_text_is_refused_and_counted() -> None:
    box = Postbox()
    box.take(mail("a"))

    assert box.take(mail("a", "另一段文字")) == postbox.CHANGED
    assert box.refused == {"changed": 1}
    assert [one.text for one in box.messages] == ["请登录查看"]


def test_what_reached_one_address_is_told_in_order() -> None:
    box = Postbox()
    for key in ("1", "2", "3"):
        box.take(mail(key))
    box.take(Received("email", "4", "other@school.test", "请登录查看"))

    assert [one.key for one in box.to("head@school.test")] == ["1", "2", "3"]


def test_many_at_once_are_kept_once_each() -> None:
    box = Postbox()
    keys = [str(number % 20) for number in range(400)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda key: box.take(mail(key)), keys))

    assert set(answers) == {postbox.KEPT}
    assert sorted(one.key for one in box.messages) == sorted(set(keys))
    assert box.doubles == 380


def test_refusals_are_counted_by_their_reason() -> None:
    box = Postbox()
    for why in ("signature", "signature", "malformed"):
        box.refuse(why)

    assert box.refused == {"signature": 2, "malformed": 1}
