"""Each promise of the demo can break: a record in which it did is called broken."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from config.demo import evidence as common
from config.demo.cast import Cast, Member
from config.demo.crisis.promises import PROMISES
from config.demo.crisis.review import review
from config.demo.evidence import Evidence
from config.demo.facts import Facts, Happened, Told
from config.demo.options import Options
from config.demo.postbox import Postbox, Received
from config.demo.promises import Promises
from parties.roles import Role

START: Final = datetime(2026, 10, 9, 14, 40, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)
CASE, LADDER, SECOND = uuid4(), uuid4(), uuid4()
FATHER: Final = Member("father", Role.G, uuid4(), "+8619900000002", "f@family.test")
OFFICER, VICE = uuid4(), uuid4()
LINKS: Final = "http://127.0.0.1:8000/l/"
#: Judged while the story is played, not by the record.
PLAYED: Final = {
    "report.once",
    "ladder.entitled",
    "father.sees_nothing",
    "father.same_404",
    "mother.called",
    "mother.sees_her_part",
}


def event(kind: str, minute: float = 0, *people: UUID, **payload: Any) -> Happened:
    ladder = SECOND if payload.pop("second", False) else LADDER
    refs = [f"escalation:{ladder}", *(f"person:{pk}" for pk in people)]
    at = START + minute * MINUTE
    return Happened(0, at, kind, None, CASE, tuple(refs), payload)


def numbered(*events: Happened) -> list[Happened]:
    return [replace(one, number=place) for place, one in enumerate(events, start=1)]


def climb(rung: int, minute: float, person: UUID, via: str = "celery") -> list[Happened]:
    return [
        event("escalation.woken", minute, person, rung=rung, via=via),
        event("escalation.climbed", minute, rung=rung, via=via),
    ]


def story() -> list[Happened]:
    """A night as it should be."""
    return [
        event("escalation.raised", reason="report", rung=0),
        event("escalation.woken", 0, OFFICER, rung=0, via="web"),
        *climb(1, 10, OFFICER),
        *climb(2, 20, OFFICER),
        *climb(3, 31, VICE),
        event("escalation.acknowledged", 33, rung=3),
        event("clock.missed", 33, clock="crisis.triage"),
        event("clock.missed", 40, clock="crisis.oral_report"),
        event("mandatory_report.decided", 45, OFFICER, VICE, outcome="reported"),
        event("zero_report.given", day="2026-10-10"),
        event("zero_report.missed", day="2026-10-11"),
        event("zero_report.given", day="2026-10-12"),
    ]


def told(key: str = "ladder:1", to: UUID = OFFICER, template: str = "crisis.alert") -> Told:
    return Told(START, to, "ME", "sms", template, "SENT", key, "celery")


def box(*messages: Received) -> Postbox:
    """What arrived; the first was turned away once."""
    arrived = [Received("sms", "a", "+8619900000001", "请立即回电。"), *messages]
    return Postbox(messages=arrived, busy=arrived[:1])


@pytest.fixture
def web_log(tmp_path: Path) -> Path:
    log = tmp_path / "web.log"
    log.write_text("access 201 POST /api/v1/crises\naccess 404 GET /api/v1/cases/x\n")
    return log


def broken(
    web_log: Path,
    *,
    events: list[Happened] | None = None,
    messages: list[Told] | None = None,
    postbox: Postbox | None = None,
    options: Options | None = None,
) -> Mapping[str, str]:
    """Codes of the promises that the record breaks, with what is said about them."""
    members = {"father": FATHER}
    cast = Cast(1, uuid4(), members, {}, frozenset({"姚天佑", "沈怀远"}))
    promises = Promises(PROMISES)
    evidence = Evidence(
        promises=promises,
        options=options or Options(speed=60),
        cast=cast,
        facts=Facts(numbered(*(events or story())), messages or [told()]),
        postbox=postbox or box(),
        links=LINKS,
        unspoken="爸爸喝了酒，用皮带打我。",
        web_log=web_log,
    )
    review(evidence)
    common.review(evidence)
    lines = [line.partition(": ") for line in promises.broken()]
    return {code: detail for code, _, detail in lines if code not in PLAYED}


def without(*kinds: str) -> list[Happened]:
    return [one for one in story() if one.kind not in kinds]


def test_a_night_as_it_should_be_breaks_nothing(web_log: Path) -> None:
    assert broken(web_log) == {}


def test_a_skipped_rung_is_broken(web_log: Path) -> None:
    skipped = [one for one in story() if one.payload.get("rung") != 2]

    assert broken(web_log, events=skipped) == {"ladder.order": "rungs [0, 1, 3]"}


@pytest.mark.parametrize("minute", [9, 14])
def test_a_rung_too_early_or_too_late_is_broken(web_log: Path, minute: int) -> None:
    events = story()
    events[2:4] = climb(1, minute, OFFICER)

    assert set(broken(web_log, events=events)) == {"ladder.on_time"}


def test_the_wrong_driver_is_broken(web_log: Path) -> None:
    assert set(broken(web_log, options=Options(broker=False))) == {"ladder.driver"}


def test_one_alert_twice_is_broken(web_log: Path) -> None:
    assert set(broken(web_log, messages=[told(), told()])) == {"ladder.nobody_twice"}


def test_a_person_twice_on_a_rung_is_broken(web_log: Path) -> None:
    events = story()
    events[1] = event("escalation.woken", 0, OFFICER, OFFICER, rung=0, via="web")

    assert set(broken(web_log, events=events)) == {"ladder.nobody_twice"}


def test_a_climb_after_the_acknowledgement_is_broken(web_log: Path) -> None:
    assert set(
        broken(web_log, events=[*story(), event("escalation.climbed", 45, rung=4, via="celery")])
    ) == {"ladder.stopped"}


def test_a_ladder_that_nobody_stopped_is_broken(web_log: Path) -> None:
    assert set(broken(web_log, events=without("escalation.acknowledged"))) == {"ladder.stopped"}


def test_a_second_ladder_may_climb_until_it_is_answered(web_log: Path) -> None:
    second = [
        event("escalation.raised", 40, reason="crisis.oral_report", rung=4, second=True),
        event("escalation.woken", 40, VICE, rung=4, via="web", second=True),
        event("escalation.climbed", 55, rung=5, via="celery", second=True),
        event("escalation.acknowledged", 56, rung=5, second=True),
    ]

    assert broken(web_log, events=[*story(), *second]) == {}


def test_a_missed_clock_without_an_event_is_broken(web_log: Path) -> None:
    assert set(broken(web_log, events=without("clock.missed"))) == {"clocks.missed"}


def test_one_name_on_the_mandatory_report_is_broken(web_log: Path) -> None:
    alone = event("mandatory_report.decided", 45, OFFICER, OFFICER, outcome="reported")
    events = [*without("mandatory_report.decided"), alone]

    assert set(broken(web_log, events=events)) == {"mandatory_report.two_names"}


def test_a_silent_sunday_without_an_event_is_broken(web_log: Path) -> None:
    assert set(broken(web_log, events=without("zero_report.missed"))) == {"zero_report.every_day"}


def test_a_message_for_the_father_is_broken(web_log: Path) -> None:
    messages = [told(), told(key="news", to=FATHER.id, template="case.news")]

    assert set(broken(web_log, messages=messages)) == {"father.hears_nothing"}


def test_a_text_to_the_father_is_broken_and_his_own_link_is_not(web_log: Path) -> None:
    link = Received("sms", "b", FATHER.phone, f"{LINKS}token")
    alarm = Received("email", "c", FATHER.email, "请立即回电")

    assert broken(web_log, postbox=box(link)) == {}
    assert set(broken(web_log, postbox=box(link, alarm))) == {"father.hears_nothing"}


@pytest.mark.parametrize("words", ["姚天佑的家长请回电", "她说爸爸喝了酒"])
def test_a_name_or_what_happened_in_a_text_is_broken(web_log: Path, words: str) -> None:
    leak = Received("sms", "b", "+8619900000003", words)

    assert set(broken(web_log, postbox=box(leak))) == {"texts.content_free"}


def test_a_repeat_under_another_key_is_broken(web_log: Path) -> None:
    postbox = box()
    postbox.busy[0] = replace(postbox.busy[0], key="another")

    assert set(broken(web_log, postbox=postbox)) == {"texts.same_key"}


def test_a_refusal_by_the_gateway_is_broken(web_log: Path) -> None:
    postbox = box()
    postbox.refuse("signature")

    assert set(broken(web_log, postbox=postbox)) == {"outside.accepted"}


def test_a_fault_of_the_web_is_broken(web_log: Path) -> None:
    with web_log.open("a") as log:
        log.write("access 500 POST /api/v1/crises\n")

    assert set(broken(web_log)) == {"web.no_faults"}


def test_a_web_that_answered_nobody_is_broken(web_log: Path) -> None:
    web_log.unlink()

    assert set(broken(web_log)) == {"web.no_faults"}


def test_a_process_that_stood_still_is_broken(web_log: Path) -> None:
    events = [*story(), event("process.failed", 50, code="process.step_failed")]

    assert set(broken(web_log, events=events)) == {"engine.no_faults"}


def test_what_was_never_reached_is_broken() -> None:
    assert Promises(PROMISES).broken() == [f"{code}: not reached" for code in PROMISES]


def test_a_promise_must_hold_each_time_it_is_checked() -> None:
    promises = Promises(PROMISES)
    promises.check("father.sees_nothing", True)
    promises.check("father.sees_nothing", False, "inbox")
    promises.check("father.sees_nothing", True)

    assert "father.sees_nothing: inbox" in promises.broken()


def test_an_unknown_promise_is_a_mistake_of_the_demo() -> None:
    with pytest.raises(KeyError):
        Promises(PROMISES).check("father.is_nice", True)
