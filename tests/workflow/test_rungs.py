"""The ladder as data: contracts.md 3 word by word, a school's own, and mistakes in the file."""

import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from parties.tenancy import scope
from tests.factories import NOW, World
from workflow import rungs
from workflow.models import LadderSetting
from workflow.rungs import Call, LadderInvalid

MINUTE = timedelta(minutes=1)
CRISIS = rungs.defaults()["crisis"]
ALL_CHANNELS = {"in_app", "sms", "call", "email"}


def own(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CRISIS.as_json()), **changes}


def rung(number: int, **changes: Any) -> dict[str, Any]:
    ladder = own()
    ladder["rungs"][number] |= changes
    return ladder


def test_the_crisis_climbs_as_agreed() -> None:
    assert [(step.offset // MINUTE, step.who) for step in CRISIS.rungs] == [
        (0, (Call("ME", "duty"), Call("PSY"), Call("GL"), Call("HT"))),
        (10, (Call("ME", "duty"),)),
        (20, (Call("ME", "head"), Call("GL"))),
        (30, (Call("VP"),)),
        (45, (Call("PR"),)),
        (60, (Call("PR"), Call("PR", "deputy"))),
    ]


def test_every_rung_uses_every_channel() -> None:
    assert {frozenset(step.channels) for step in CRISIS.rungs} == {frozenset(ALL_CHANNELS)}


def test_only_the_top_rung_rings_the_great_bell() -> None:
    assert CRISIS.rungs[-1].extras == ("banner", "incident", "numbers_to_all")
    assert {step.extras for step in CRISIS.rungs[:-1]} == {()}


def test_the_moments_of_a_climb_that_nobody_answers() -> None:
    moments: list[int] = []
    number, at = 0, NOW
    while len(moments) < 8:
        at = CRISIS.next_due(number, raised_at=NOW, after=at)
        moments.append((at - NOW) // MINUTE)
        number += 1

    assert moments == [10, 20, 30, 45, 60, 75, 90, 105]


def test_a_late_sweep_finds_every_rung_it_missed() -> None:
    late = NOW + 50 * MINUTE

    found = [CRISIS.next_due(number, raised_at=NOW, after=late) for number in range(5)]

    assert found == [NOW + minutes * MINUTE for minutes in (10, 20, 30, 45, 60)]


@pytest.mark.parametrize(("late", "upcoming"), [(60, 75), (74, 75), (75, 90), (400, 405)])
def test_repeats_of_the_top_are_never_made_up_for(late: int, upcoming: int) -> None:
    found = CRISIS.next_due(CRISIS.top, raised_at=NOW, after=NOW + late * MINUTE)

    assert found == NOW + upcoming * MINUTE


def test_above_the_top_there_is_the_top_again() -> None:
    assert CRISIS.rung(5) is CRISIS.rung(6) is CRISIS.rung(600) is CRISIS.rungs[-1]
    assert CRISIS.rung(2) is CRISIS.rungs[2]


@pytest.mark.parametrize(
    ("holder", "number"),
    [("HT", 1), ("PSY", 1), ("ME", 2), ("GL", 3), ("VP", 4), ("PR", 5), ("CM", 1), ("DOC", 1)],
)
def test_a_missed_clock_goes_one_rung_above_its_holder(holder: str, number: int) -> None:
    assert CRISIS.above(holder) == number


def test_a_ladder_survives_the_row_that_keeps_it() -> None:
    assert rungs.parse(CRISIS.as_json()) == CRISIS


def test_a_school_replaces_a_whole_ladder(world: World) -> None:
    shorter = {
        "repeat_minutes": 5,
        "rungs": [
            {"after_minutes": 0, "who": ["ME", "PSY"], "channels": ["sms"]},
            {"after_minutes": 3, "who": ["PR"], "channels": ["sms", "call"], "extras": ["banner"]},
        ],
    }
    with scope(world.id):
        LadderSetting.objects.create(school=world.school, name="crisis", rungs=shorter)
        ladder = rungs.load(world.id, "crisis")

    assert [step.who for step in ladder.rungs] == [(Call("ME"), Call("PSY")), (Call("PR"),)]
    assert ladder.next_due(1, raised_at=NOW, after=NOW) == NOW + 8 * MINUTE


def test_a_school_without_a_ladder_of_its_own_gets_the_default(world: World) -> None:
    with scope(world.id):
        assert rungs.load(world.id, "crisis") == CRISIS


def test_a_slip_of_the_pen_never_silences_a_crisis(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with scope(world.id):
        LadderSetting.objects.create(school=world.school, name="crisis", rungs={"rungs": []})

        assert rungs.load(world.id, "crisis") == CRISIS

    assert "ladder.setting_ignored" in caplog.text


@pytest.mark.parametrize(
    ("ladder", "said"),
    [
        (None, "ladder"),
        ([], "ladder"),
        (own(repeat_minutes=0), "repeat_minutes"),
        (own(repeat_minutes=None), "repeat_minutes"),
        (own(rungs=[]), "rungs"),
        (own(rungs="ME"), "rungs"),
        (own(pause="weekend"), "pause"),
        (rung(0, after_minutes=1), "从 0 开始"),
        (rung(2, after_minutes=10), "逐级变大"),
        (rung(1, after_minutes=-1), "after_minutes"),
        (rung(1, after_minutes=2.5), "after_minutes"),
        (rung(1, after_minutes=True), "after_minutes"),
        (rung(1, after_minutes=99_999), "after_minutes"),
        (rung(1, who=[]), "who"),
        (rung(1, who=["BOSS"]), "BOSS"),
        (rung(1, who=[{"role": "ME", "flag": "asleep"}]), "asleep"),
        (rung(1, who=[{"role": "ME", "name": "王"}]), "name"),
        (rung(1, who=[None]), "who"),
        (rung(1, channels=[]), "channels"),
        (rung(1, channels=["pigeon"]), "pigeon"),
        (rung(1, extras=["siren"]), "siren"),
        (rung(1, unless="holiday"), "unless"),
    ],
)
def test_a_mistake_is_named(ladder: Any, said: str) -> None:
    with pytest.raises(LadderInvalid, match=said):
        rungs.parse(ladder)


@pytest.mark.parametrize("text", ["", "ladders: {", "words", "rungs: []"])
def test_a_file_that_holds_no_ladders_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ladders.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(LadderInvalid, match=r"ladders\.yaml"):
        rungs.read(path)


def test_the_start_up_check_is_content_with_the_shipped_file() -> None:
    assert rungs.checked() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "ladders.yaml: 读不懂（FileNotFoundError）"),
        (
            "ladders: {other: {repeat_minutes: 1, rungs: "
            "[{after_minutes: 0, who: [ME], channels: [sms]}]}}",
            "ladders.yaml: 缺少 crisis",
        ),
    ],
)
def test_the_start_up_check_says_what_is_wrong(
    tmp_path: Path, settings: Any, text: str | None, said: str
) -> None:
    if text is not None:
        (tmp_path / "ladders.yaml").write_text(text, encoding="utf-8")
    settings.BPMN_DIR = tmp_path
    rungs.defaults.cache_clear()
    try:
        assert rungs.checked() == [said]
        stopped = [error.msg for error in run_checks() if error.id == "workflow.E002"]
        assert f"bpmn/: {said}" in stopped
    finally:
        rungs.defaults.cache_clear()
