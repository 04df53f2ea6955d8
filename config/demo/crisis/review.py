"""After the night: what database and gateway say, held against the promises of the crisis."""

from collections import Counter
from datetime import timedelta
from typing import Final

from config.demo.evidence import Evidence
from config.demo.facts import Facts, Happened
from config.demo.options import Options
from config.demo.promises import Promises
from workflow import rungs

#: One sweep of a crisis, and what a busy machine adds to it, in machine time.
SWEEP_SECONDS: Final = 1.0
BUSY_SECONDS: Final = 2.0
_VP_RUNG: Final = 3
_TWO: Final = 2
_NEVER: Final = 1 << 62  # after every event
#: Ran out while nobody had answered; and the days of the weekend.
_MISSED: Final = {"crisis.triage", "crisis.oral_report"}
_GIVEN: Final = ["2026-10-10", "2026-10-12"]
_SILENT: Final = ["2026-10-11"]


def review(evidence: Evidence) -> None:
    """Check every promise of the crisis that is judged by what is on record."""
    facts, promises = evidence.facts, evidence.promises
    _ladder(evidence.options, facts, promises)
    promises.check("ladder.nobody_twice", *_nobody_twice(facts))
    promises.check("ladder.stopped", *_stopped(facts))
    promises.check("clocks.missed", *_clocks(facts))
    promises.check("father.hears_nothing", *_father(evidence))
    promises.check("mandatory_report.two_names", *_police(facts))
    promises.check("zero_report.every_day", *_zero_reports(facts))


def _ladder(options: Options, facts: Facts, promises: Promises) -> None:
    raised = facts.of("escalation.raised")
    if not raised:
        return  # not reached: broken
    woken = _woken(facts, raised[0])
    numbers = [int(event.payload["rung"]) for event in woken]
    whole = numbers == list(range(len(numbers))) and len(numbers) > _VP_RUNG
    promises.check("ladder.order", whole, f"rungs {numbers}")
    late = [_lateness(raised[0], event) for event in woken]
    limit = timedelta(seconds=(SWEEP_SECONDS + BUSY_SECONDS) * options.speed)
    on_time = all(timedelta() <= each <= limit for each in late)
    seconds = [round(each.total_seconds()) for each in late]
    promises.check("ladder.on_time", on_time, f"late by {seconds} s")
    drivers = Counter(event.via for event in facts.of("escalation.climbed"))
    promises.check("ladder.driver", set(drivers) == {options.driver}, f"{dict(drivers)}")


def _woken(facts: Facts, raised: Happened) -> list[Happened]:
    """Rungs of the first ladder: those woken before another ladder was raised."""
    others = [event.number for event in facts.of("escalation.raised") if event != raised]
    end = min(others, default=_NEVER)
    return [event for event in facts.of("escalation.woken") if event.number < end]


def _lateness(raised: Happened, woken: Happened) -> timedelta:
    offset = rungs.defaults()["crisis"].rung(int(woken.payload["rung"])).offset
    return woken.at - (raised.at + offset)


def _nobody_twice(facts: Facts) -> tuple[bool, str]:
    """One alert per ladder, rung, person and channel; nobody stands on a rung twice."""
    alerts = Counter(told.key for told in facts.told if told.template == "crisis.alert")
    doubled = [
        event.payload.get("rung")
        for event in facts.of("escalation.woken")
        if len(event.ref("person")) != len(set(event.ref("person")))
    ]
    climbed = Counter(
        (ladder, event.payload.get("rung"))
        for event in facts.of("escalation.climbed")
        for ladder in event.ref("escalation")
    )
    again = [rung for (_, rung), times in climbed.items() if times > 1]
    return not doubled and not again and set(alerts.values()) == {1}, f"rungs {doubled + again}"


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
        if event.number > answered.get(ladder, _NEVER)
    ]
    return bool(answered) and not climbed, f"rungs {climbed}"


def _clocks(facts: Facts) -> tuple[bool, str]:
    missed = {str(event.payload.get("clock")) for event in facts.of("clock.missed")}
    return missed >= _MISSED, ",".join(sorted(missed))


def _father(evidence: Evidence) -> tuple[bool, str]:
    """Nothing to him in the outbox, and outside only the link that he asked for himself."""
    father, postbox = evidence.cast["father"], evidence.postbox
    rows = [
        told
        for told in evidence.facts.told
        if told.to == father.id and told.template != "link.sign_in"
    ]
    arrived = [*postbox.to(father.phone), *postbox.to(father.email)]
    heard = [one for one in arrived if evidence.links not in one.text]
    return not rows and not heard, f"{len(rows)} rows, {len(heard)} messages"


def _police(facts: Facts) -> tuple[bool, str]:
    decided = facts.of("mandatory_report.decided")
    names = decided[0].ref("person") if decided else []
    return len(names) == len(set(names)) == _TWO, f"{len(names)} names"


def _zero_reports(facts: Facts) -> tuple[bool, str]:
    given = [str(event.payload["day"]) for event in facts.of("zero_report.given")]
    missed = [str(event.payload["day"]) for event in facts.of("zero_report.missed")]
    return given == _GIVEN and missed == _SILENT, f"given {given} missed {missed}"
