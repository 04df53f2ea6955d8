"""After the story: what database, gateway and web log say, held against the promises."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Final

from config.demo.crisis import OBSERVED
from config.demo.facts import Facts, Happened
from config.demo.stage import Stage
from workflow import rungs

#: One sweep of a crisis, and what a busy machine adds to it, in machine time.
SWEEP_SECONDS: Final = 1.0
BUSY_SECONDS: Final = 2.0
_VP_RUNG: Final = 3
_STATUS: Final = re.compile(r"^access (\d{3}) (\S+)", re.MULTILINE)
_FAULTS: Final = ("process.failed", "notification.undeliverable", "notification.delayed")
_LEAST_WORD: Final = 4


def review(stage: Stage, facts: Facts) -> None:
    """Check every promise that is judged by what is on record."""
    _ladder(stage, facts)
    _clocks(stage, facts)
    _father(stage, facts)
    _police(stage, facts)
    _zero_reports(stage, facts)
    _outside(stage)
    _web(stage)
    faults = [event.kind for event in facts.of(*_FAULTS)]
    stage.promises.check("engine.no_faults", not faults, ",".join(faults))


def _ladder(stage: Stage, facts: Facts) -> None:
    check = stage.promises.check
    raised = facts.of("escalation.raised")
    if not raised:
        return
    first = raised[0]
    woken = _woken(facts, first)
    numbers = [int(event.payload["rung"]) for event in woken]
    whole = numbers == list(range(len(numbers))) and len(numbers) > _VP_RUNG
    check("ladder.order", whole, f"rungs {numbers}")
    late = [_lateness(first, event) for event in woken]
    limit = timedelta(seconds=(SWEEP_SECONDS + BUSY_SECONDS) * stage.options.speed)
    on_time = all(timedelta() <= each <= limit for each in late)
    check("ladder.on_time", on_time, f"late by {[round(each.total_seconds()) for each in late]} s")
    check("ladder.nobody_twice", *_nobody_twice(facts))
    check("ladder.stopped", *_stopped(facts))
    drivers = Counter(event.via for event in facts.of("escalation.climbed"))
    check("ladder.driver", set(drivers) == {stage.options.driver}, f"{dict(drivers)}")


def _woken(facts: Facts, raised: Happened) -> list[Happened]:
    """Rungs of the first ladder: those woken before another ladder was raised."""
    others = [event.number for event in facts.of("escalation.raised") if event != raised]
    end = min(others, default=1 << 62)
    return [event for event in facts.of("escalation.woken") if event.number < end]


def _lateness(raised: Happened, woken: Happened) -> timedelta:
    offset = rungs.defaults()["crisis"].rung(int(woken.payload["rung"])).offset
    return woken.at - (raised.at + offset)


def _nobody_twice(facts: Facts) -> tuple[bool, str]:
    """One alert per ladder, rung, person and channel; and each rung is woken once."""
    alerts = Counter(told.key for told in facts.told if told.template == "crisis.alert")
    doubled = [event for event in facts.of("escalation.woken") if _repeats(event)]
    return not doubled and set(alerts.values()) <= {1}, f"{len(doubled)} rungs"


def _repeats(event: Happened) -> bool:
    people = event.ref("person")
    return len(people) != len(set(people))


def _stopped(facts: Facts) -> tuple[bool, str]:
    """No ladder climbs after it was acknowledged; a later one is raised by its own clock."""
    answered = {
        ladder: event.number
        for event in facts.of("escalation.acknowledged")
        for ladder in event.ref("escalation")
    }
    climbed = [
        event.payload.get("rung")
        for event in facts.of("escalation.climbed")
        for ladder in event.ref("escalation")
        if event.number > answered.get(ladder, 1 << 62)
    ]
    return bool(answered) and not climbed, f"rungs {climbed}"


def _clocks(stage: Stage, facts: Facts) -> None:
    missed = {str(event.payload.get("clock")) for event in facts.of("clock.missed")}
    wanted = {"crisis.triage", "crisis.oral_report"}
    stage.promises.check("clocks.missed", wanted <= missed, ",".join(sorted(missed)))


def _father(stage: Stage, facts: Facts) -> None:
    """Nothing to him in the outbox, and outside only the link that he asked for himself."""
    father = stage.cast["father"]
    rows = [told for told in facts.told if told.to == father.id and told.template != "link.sign_in"]
    arrived = [*stage.outside.postbox.to(father.phone), *stage.outside.postbox.to(father.email)]
    heard = [one for one in arrived if f"{stage.base}/l/" not in one.text]
    stage.promises.check("father.hears_nothing", not rows and not heard, f"{len(rows)} messages")


def _police(stage: Stage, facts: Facts) -> None:
    decided = facts.of("mandatory_report.decided")
    names = decided[0].ref("person") if decided else []
    two = len(names) == len(set(names)) == 2  # noqa: PLR2004
    stage.promises.check("mandatory_report.two_names", two, f"{len(names)} names")


def _zero_reports(stage: Stage, facts: Facts) -> None:
    given = [str(event.payload["day"]) for event in facts.of("zero_report.given")]
    missed = [str(event.payload["day"]) for event in facts.of("zero_report.missed")]
    kept = given == ["2026-10-10", "2026-10-12"] and missed == ["2026-10-11"]
    stage.promises.check("zero_report.every_day", kept, f"given {given} missed {missed}")


def _outside(stage: Stage) -> None:
    """What a stranger who reads every phone and mailbox would learn."""
    postbox, check = stage.outside.postbox, stage.promises.check
    words = [*stage.cast.names, *_phrases(OBSERVED)]
    leaked = [one.channel for one in postbox.messages if any(word in one.text for word in words)]
    check("texts.content_free", bool(postbox.messages) and not leaked, f"{len(leaked)} messages")
    again = [one for one in postbox.busy if one in postbox.messages]
    check("texts.same_key", bool(again) and len(again) == len(postbox.busy), "not repeated alike")
    check("outside.accepted", not postbox.refused, f"{dict(postbox.refused)}")


def _phrases(text: str) -> list[str]:
    return [part for part in re.split(r"[，。、；]", text) if len(part) >= _LEAST_WORD]


def _web(stage: Stage) -> None:
    log: Path = stage.processes.log("web")
    answers = [int(status) for status, _ in _STATUS.findall(log.read_text(errors="replace"))]
    faults = [status for status in answers if status >= 500]  # noqa: PLR2004
    stage.promises.check("web.no_faults", bool(answers) and not faults, f"{faults}")
