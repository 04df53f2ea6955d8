"""After the notice: what the record says, held against the promises of the mass notice."""

from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from config.demo.evidence import Evidence
from config.demo.facts import Facts, Happened

CN: Final = ZoneInfo("Asia/Shanghai")
#: Routine sweeps come every few seconds of machine time; a busy machine adds to it.
SWEEP_SECONDS: Final = 15.0
_EVENING: Final = 21
_MORNING: Final = 7
#: Rung of the ladder: hours after the sending, promise.
_RUNGS: Final = {1: (24, "silence.resent"), 2: (48, "silence.texted")}
_CALL_HOURS: Final = 72
_CALL_RUNG: Final = 3


def review(evidence: Evidence) -> None:
    """Check every promise of the mass notice that is judged by what is on record."""
    facts, promises = evidence.facts, evidence.promises
    promises.check("quiet.hours", *_quiet(facts))
    sent = facts.of("notice.sent")
    if not sent:
        return  # not reached: broken
    limit = timedelta(seconds=SWEEP_SECONDS * evidence.options.speed)
    for rung, (hours, code) in _RUNGS.items():
        reminded = [one for one in facts.of("notice.reminded") if one.payload.get("rung") == rung]
        promises.check(code, *_on_time(reminded, sent[-1], hours=hours, limit=limit))
    calls = [one for one in facts.of("calls.asked") if one.payload.get("rung") == _CALL_RUNG]
    promises.check("silence.called", *_on_time(calls, sent[-1], hours=_CALL_HOURS, limit=limit))
    promises.check("receipt.per_child", *_once(facts))


def _quiet(facts: Facts) -> tuple[bool, str]:
    """No message about the notice left for a family between evening and morning."""
    hours = [
        told.at.astimezone(CN).hour
        for told in facts.told
        if told.template in {"notice.new", "notice.link"} and told.state == "SENT"
    ]
    disturbed = [hour for hour in hours if hour >= _EVENING or hour < _MORNING]
    return bool(hours) and not disturbed, f"hours {disturbed}"


def _on_time(
    found: list[Happened], sent: Happened, *, hours: int, limit: timedelta
) -> tuple[bool, str]:
    if not found:
        return False, "never"
    late = found[0].at - (sent.at + timedelta(hours=hours))
    return timedelta() <= late <= limit, f"late by {round(late.total_seconds())} s"


def _once(facts: Facts) -> tuple[bool, str]:
    """No message was promised twice."""
    keys = [told.key for told in facts.told if told.template in {"notice.new", "notice.link"}]
    return bool(keys) and len(keys) == len(set(keys)), f"{len(keys) - len(set(keys))} doubled"
