"""Reads bpmn/clocks.yaml, and a school's own values in the same form, into plain objects.

A mistake in the file stops the start-up with a sentence that names the entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings

DAY_END: Final = "school.day_end"
ROUND: Final = "round"
ANCHORS: Final = frozenset(
    {"report", "triage", "danger_over", "deadline", "appointment", ROUND, "task"}
)
_COUNTED: Final = frozenset({"minutes", "hours", "days", "months", "working_days"})
_WITH_TIME: Final = frozenset({"days", "months", "working_days"})
_BASES: Final = frozenset({"local_custom"})
_MOST: Final = 10_000  # of any unit; beyond it is a slip of the pen


class ClocksInvalid(ValueError):
    """clocks.yaml, or a school's value, cannot be read; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Span:
    """How long: `count` of `unit`; or, for unit "daily_at", until the next `at` of a day."""

    unit: str
    count: int = 0
    at: time | None = None

    @property
    def pauses_on_holidays(self) -> bool:
        return self.unit == "working_days"


@dataclass(frozen=True, slots=True)
class Clock:
    name: str
    label: str
    span: Span
    anchor: str
    basis: str


@dataclass(frozen=True, slots=True)
class Rounds:
    """Follow-ups of one colour: so many weekly ones, then so many monthly ones."""

    weekly: int
    monthly: int


@dataclass(frozen=True, slots=True)
class ClockFile:
    clocks: Mapping[str, Clock]
    follow_ups: Mapping[str, Rounds]
    quiet_days: Mapping[str, int]


@lru_cache(maxsize=1)
def defaults() -> ClockFile:
    """bpmn/clocks.yaml. Raises ClocksInvalid."""
    return read(Path(settings.BPMN_DIR) / "clocks.yaml")


def read(path: Path) -> ClockFile:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ClocksInvalid(f"{path.name}: 读不懂（{type(error).__name__}）") from error
    return parse(content)


def parse(content: Any) -> ClockFile:
    """Raises ClocksInvalid, whose text names the entry."""
    top = _mapping(content, where="clocks.yaml", allowed={"clocks", "follow_ups", "quiet_days"})
    clocks = {
        str(name): _clock(str(name), entry)
        for name, entry in _mapping(top.get("clocks"), where="clocks").items()
    }
    if clocks.get(DAY_END) is None or clocks[DAY_END].span.unit != "daily_at":
        raise ClocksInvalid(f"{DAY_END}: 缺少，或不是 daily_at")
    follow_ups = _mapping(top.get("follow_ups"), where="follow_ups")
    quiet = _mapping(top.get("quiet_days"), where="quiet_days")
    if follow_ups.keys() != quiet.keys():
        raise ClocksInvalid("follow_ups 与 quiet_days: 颜色须一致")
    return ClockFile(
        clocks,
        {colour: _rounds(colour, entry) for colour, entry in follow_ups.items()},
        {colour: _number(days, where=f"quiet_days.{colour}") for colour, days in quiet.items()},
    )


def _clock(name: str, entry: Any) -> Clock:
    said = _mapping(entry, where=name, allowed={"label", "value", "from", "basis"})
    label, anchor, basis = said.get("label"), said.get("from"), said.get("basis")
    if not isinstance(label, str) or not label.strip():
        raise ClocksInvalid(f"{name}: 缺少中文名 label")
    if anchor not in ANCHORS:
        raise ClocksInvalid(f"{name}: from 须是 {', '.join(sorted(ANCHORS))} 之一")
    if basis not in _BASES:
        raise ClocksInvalid(f"{name}: basis 须是 {', '.join(sorted(_BASES))} 之一")
    return Clock(name, label, parse_span(said.get("value"), where=name), str(anchor), str(basis))


def parse_span(value: Any, *, where: str) -> Span:
    """A `value:` of clocks.yaml, or a ClockSetting. Raises ClocksInvalid."""
    said = _mapping(value, where=where, allowed=_COUNTED | {"daily_at", "at"})
    units = sorted(said.keys() - {"at"})
    if len(units) != 1:
        raise ClocksInvalid(f"{where}: value 须恰好有一个时间单位")
    unit = units[0]
    if "at" in said and unit not in _WITH_TIME:
        raise ClocksInvalid(f"{where}: {unit} 不能带 at")
    if unit == "daily_at":
        return Span(unit, at=_time(said[unit], where=where))
    at = _time(said["at"], where=where) if "at" in said else None
    return Span(unit, _number(said[unit], where=f"{where}.{unit}"), at)


def _rounds(colour: str, entry: Any) -> Rounds:
    where = f"follow_ups.{colour}"
    said = _mapping(entry, where=where, allowed={"weekly", "monthly"})
    return Rounds(
        _number(said.get("weekly"), where=where), _number(said.get("monthly"), where=where)
    )


def _number(value: Any, *, where: str) -> int:
    if type(value) is not int or not 0 < value <= _MOST:
        raise ClocksInvalid(f"{where}: 须是 1 到 {_MOST} 的整数")
    return value


def _time(value: Any, *, where: str) -> time:
    try:
        return time.fromisoformat(value) if isinstance(value, str) else _refuse_time(where)
    except ValueError:
        raise ClocksInvalid(f'{where}: 时刻须写作 "17:00"（带引号）') from None


def _refuse_time(where: str) -> time:
    raise ClocksInvalid(f'{where}: 时刻须写作 "17:00"（带引号）')


def _mapping(value: Any, *, where: str, allowed: frozenset[str] | set[str] | None = None) -> Any:
    if not isinstance(value, dict) or not value:
        raise ClocksInvalid(f"{where}: 须是“名称: 值”的列表")
    if allowed is not None and (surplus := sorted(str(key) for key in value.keys() - allowed)):
        raise ClocksInvalid(f"{where}: 不认识 {', '.join(surplus)}")
    return value
