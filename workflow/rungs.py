"""The rungs of a ladder as data: who is woken, when, over which channels.

bpmn/ladders.yaml holds the defaults; a school may replace a whole ladder (LadderSetting). An
escalation keeps the ladder it began with, so a change never moves a climb that is under way.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings

from parties import round_trips
from parties.roles import Role

logger = logging.getLogger(__name__)

Json = Mapping[str, Any]

FLAGS: Final = frozenset({"", "duty", "head", "deputy"})
CHANNELS: Final = frozenset({"in_app", "sms", "call", "email"})
EXTRAS: Final = frozenset({"banner", "incident", "numbers_to_all"})
_MINUTE: Final = timedelta(minutes=1)
_OWN: Final = "SELECT rungs FROM workflow_laddersetting WHERE school_id = %s AND name = %s"
_LONGEST: Final = 24 * 60  # minutes; a crisis ladder that waits longer is a mistake


class LadderInvalid(ValueError):
    """ladders.yaml, or a school's own ladder, cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Call:
    """One line of a rung: a role, narrowed by a flag of the membership."""

    role: str
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """`offset` counts from the alarm."""

    offset: timedelta
    who: tuple[Call, ...]
    channels: tuple[str, ...]
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs in order; above the top one there is only the top one again, every `repeat`."""

    rungs: tuple[Rung, ...]
    repeat: timedelta

    @property
    def top(self) -> int:
        return len(self.rungs) - 1

    def rung(self, number: int) -> Rung:
        return self.rungs[min(number, self.top)]

    def next_due(self, number: int, *, raised_at: datetime, after: datetime) -> datetime:
        """When the rung above `number` is woken.

        Rungs below the top keep their own moments, even those that are over, so that none is
        skipped; repeats of the top that an outage swallowed are not made up for.
        """
        if number < self.top:
            return raised_at + self.rungs[number + 1].offset
        summit = raised_at + self.rungs[self.top].offset
        return summit + (max(after - summit, timedelta()) // self.repeat + 1) * self.repeat

    def above(self, role: str) -> int:
        """The rung after the last one on which `role` itself stands; for others, the second."""
        standing = [
            number
            for number, rung in enumerate(self.rungs)
            if any(call.role == role and call.flag in {"", "duty"} for call in rung.who)
        ]
        return min(max(standing, default=0) + 1, self.top)

    def as_json(self) -> dict[str, Any]:
        """What an escalation keeps, and what `parse` reads."""
        return {
            "repeat_minutes": self.repeat // _MINUTE,
            "rungs": [
                {
                    "after_minutes": rung.offset // _MINUTE,
                    "who": [{"role": call.role, "flag": call.flag} for call in rung.who],
                    "channels": list(rung.channels),
                    "extras": list(rung.extras),
                }
                for rung in self.rungs
            ],
        }


def load(school_id: int, name: str) -> Ladder:
    """The school's own ladder, else the default. Call inside the school's scope."""
    found = round_trips.execute(_OWN, [school_id, name]).fetchone()
    return chosen(school_id, name, own=found and found[0])


def chosen(school_id: int, name: str, *, own: Any) -> Ladder:
    """The ladder that counts; `own` is what the school has set, None for nothing.

    A school's slip of the pen must not silence a crisis: then the default counts, and the log
    says so.
    """
    if own is None:
        return defaults()[name]
    try:
        return parse(own)
    except LadderInvalid:
        logger.exception("ladder.setting_ignored school=%s name=%s", school_id, name)
        return defaults()[name]


@lru_cache(maxsize=1)
def defaults() -> Mapping[str, Ladder]:
    """bpmn/ladders.yaml. Raises LadderInvalid."""
    return read(Path(settings.BPMN_DIR) / "ladders.yaml")


def read(path: Path) -> Mapping[str, Ladder]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise LadderInvalid(f"{path.name}: 读不懂（{type(error).__name__}）") from error
    ladders = _mapping(content, where=path.name, allowed={"ladders"}).get("ladders")
    named = _mapping(ladders, where="ladders", allowed=None)
    return {str(name): parse(entry, where=str(name)) for name, entry in named.items()}


def checked() -> list[str]:
    """What is wrong with bpmn/ladders.yaml, for the start-up check; empty when it can be used."""
    try:
        found = defaults()
    except LadderInvalid as error:
        return [str(error)]
    return [] if "crisis" in found else ["ladders.yaml: 缺少 crisis"]


# --- reading -------------------------------------------------------------------------------------


def parse(content: Any, *, where: str = "ladder") -> Ladder:
    """Raises LadderInvalid, whose text names the rung."""
    said = _mapping(content, where=where, allowed={"repeat_minutes", "rungs"})
    repeat = _minutes(said.get("repeat_minutes"), where=f"{where}.repeat_minutes")
    if not repeat:
        raise LadderInvalid(f"{where}.repeat_minutes: 不能为 0，最高一级必须重复")
    entries = _list(said.get("rungs"), where=f"{where}.rungs")
    rungs = tuple(_rung(entry, where=f"{where}.{at}") for at, entry in enumerate(entries))
    offsets = [rung.offset for rung in rungs]
    if offsets[0] or offsets != sorted(set(offsets)):
        raise LadderInvalid(f"{where}.rungs: after_minutes 须从 0 开始，逐级变大")
    return Ladder(rungs, repeat)


def _rung(entry: Any, *, where: str) -> Rung:
    said = _mapping(entry, where=where, allowed={"after_minutes", "who", "channels", "extras"})
    who = _list(said.get("who"), where=f"{where}.who")
    return Rung(
        offset=_minutes(said.get("after_minutes"), where=f"{where}.after_minutes"),
        who=tuple(_call(line, where=f"{where}.who") for line in who),
        channels=_words(said.get("channels"), where=f"{where}.channels", allowed=CHANNELS),
        extras=_words(said.get("extras") or ["-"], where=f"{where}.extras", allowed=EXTRAS | {"-"}),
    )


def _call(line: Any, *, where: str) -> Call:
    said = {"role": line} if isinstance(line, str) else line
    said = _mapping(said, where=where, allowed={"role", "flag"})
    role, flag = said.get("role"), said.get("flag", "")
    if role not in Role.values:
        raise LadderInvalid(f"{where}: {role!r} 不是角色代码")
    if flag not in FLAGS:
        raise LadderInvalid(f"{where}: flag {flag!r} 须是 duty、head、deputy 或空")
    return Call(str(role), str(flag))


def _minutes(value: Any, *, where: str) -> timedelta:
    if type(value) is not int or not 0 <= value <= _LONGEST:
        raise LadderInvalid(f"{where}: 须是 0 到 {_LONGEST} 的整数（分钟）")
    return value * _MINUTE


def _words(value: Any, *, where: str, allowed: frozenset[str]) -> tuple[str, ...]:
    words = _list(value, where=where)
    if wrong := [word for word in words if word not in allowed]:
        raise LadderInvalid(f"{where}: 不认识 {wrong}，可用 {'、'.join(sorted(allowed - {'-'}))}")
    return tuple(str(word) for word in words if word != "-")


def _list(value: Any, *, where: str) -> Sequence[Any]:
    if not isinstance(value, list) or not value:
        raise LadderInvalid(f"{where}: 不能为空")
    return value


def _mapping(value: Any, *, where: str, allowed: set[str] | None) -> Json:
    if not isinstance(value, dict) or not value:
        raise LadderInvalid(f"{where}: 须是“名称: 值”的列表")
    if allowed is not None and (surplus := sorted(str(key) for key in value.keys() - allowed)):
        raise LadderInvalid(f"{where}: 不认识 {', '.join(surplus)}")
    return value
