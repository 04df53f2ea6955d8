"""On which days something is due: a small, closed part of RFC 5545 recurrence rules.

    FREQ=DAILY;仅上学日            every school day, 调休 included
    FREQ=WEEKLY;BYDAY=TU,TH        Tuesdays and Thursdays
    FREQ=DAILY;COUNT=20;仅上学日   the first twenty school days
    FREQ=MONTHLY                   the day of the month on which it begins

A rule comes from a person's form or a company's system, so whatever could run for long is refused
before anything is computed: no hours, no ordinals, no sets, and never more than MAX_DAYS days.
COUNT counts days that are due; days on which the school is closed are no part of it.

In one thing a family's month is not the RFC's: what begins on the 29th, 30th or 31st is due on the
last day of a shorter month, where the RFC leaves that month out without a word.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Final, Literal

from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule, weekday

from parties.calendar import CalendarView
from parties.errors import InvalidInput

#: Due days of one item, and so rows of its check-ins.
MAX_DAYS: Final = 400
#: A plan longer than this is a slip of the pen.
LONGEST_PLAN: Final = 731  # days
SCHOOL_DAYS: Final = "仅上学日"

_LONGEST_RULE: Final = 120
_SHORTEST_MONTH: Final = 28  # days
_LARGEST_INTERVAL: Final = 31
_FREQUENCIES: Final[Mapping[str, Literal[1, 2, 3]]] = {
    "DAILY": DAILY,
    "WEEKLY": WEEKLY,
    "MONTHLY": MONTHLY,
}
_WEEKDAYS: Final[Mapping[str, weekday]] = {
    "MO": MO, "TU": TU, "WE": WE, "TH": TH, "FR": FR, "SA": SA, "SU": SU,
}  # fmt: skip
_DAY: Final = re.compile(r"[0-9]{8}")
_KNOWN: Final = frozenset({"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL"})
_PART: Final = re.compile(r"([A-Z]{1,10})=([A-Z0-9,]{1,40})")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that was looked at; `weekdays` are codes (MO), `until` is the last day allowed."""

    freq: str
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    count: int | None = None
    until: date | None = None
    school_days: bool = False

    def days(self, *, first: date, last: date, calendar: CalendarView) -> Sequence[date]:
        """Due days from `first` to `last`, both included, in order; never more than MAX_DAYS."""
        return list(islice(self._due(first, last, calendar), self.count or MAX_DAYS))

    def check(self, *, first: date, last: date, calendar: CalendarView) -> None:
        """Refuse a rule that brings no day, or too many, by the school's calendar as it is now.

        Raises:
            InvalidInput: says which, and the mend.
        """
        found = list(islice(self._due(first, last, calendar), self.count or MAX_DAYS + 1))
        if not found and any(self._due(first, last, CalendarView())):
            mend = f"请改到开学以后，或去掉“{SCHOOL_DAYS}”"
            raise _refused("这段时间学校都放假，没有一天需要签到", mend)
        if not found:
            raise _refused("这段时间里没有一天需要签到", "请检查开始日期、期限和星期")
        if len(found) > MAX_DAYS:
            raise _refused(f"签到日超过 {MAX_DAYS} 天", "请缩短期限或减少次数")

    def _due(self, first: date, last: date, calendar: CalendarView) -> Iterator[date]:
        end = last if self.until is None else min(last, self.until)
        if end < first:
            return
        made = rrule(
            _FREQUENCIES[self.freq],
            dtstart=datetime.combine(first, time()),
            interval=self.interval,
            byweekday=[_WEEKDAYS[code] for code in self.weekdays] or None,
            until=datetime.combine(end, time()),
            **self._end_of_month(first),
        )
        for moment in made:
            day = moment.date()
            if not self.school_days or calendar.is_working(day):
                yield day

    def _end_of_month(self, first: date) -> dict[str, Any]:
        """Of the days from the 28th to that of `first`, the last one that a month has."""
        if self.freq != "MONTHLY" or self.weekdays or first.day <= _SHORTEST_MONTH:
            return {}
        return {"bymonthday": range(_SHORTEST_MONTH, first.day + 1), "bysetpos": -1}


def parse(text: str) -> Recurrence:
    """Read a rule as people and systems write it.

    Raises:
        InvalidInput: it is no rule, or asks for more than a plan needs; says what to write instead.
    """
    if len(text) > _LONGEST_RULE:
        raise _refused("重复规则太长", "请只写频率、间隔、星期和次数")
    words = [word.strip() for word in text.strip().removeprefix("RRULE:").split(";")]
    parts = _parts([word for word in words if word != SCHOOL_DAYS])
    rule = Recurrence(
        freq=_frequency(parts.get("FREQ", "")),
        interval=_number(parts.get("INTERVAL", "1"), most=_LARGEST_INTERVAL, name="INTERVAL"),
        weekdays=_weekdays(parts["BYDAY"]) if "BYDAY" in parts else (),
        count=_number(parts["COUNT"], most=MAX_DAYS, name="COUNT") if "COUNT" in parts else None,
        until=_day(parts["UNTIL"]) if "UNTIL" in parts else None,
        school_days=SCHOOL_DAYS in words,
    )
    if rule.count is not None and rule.until is not None:
        raise _refused("COUNT 与 UNTIL 只能写一个", "请删去其中一个")
    if rule.freq == "DAILY" and rule.weekdays and rule.interval > 1:
        # Every second day that is a Tuesday may never come: a search without an end.
        raise _refused("按日间隔时不能再限定星期", "请改用 FREQ=WEEKLY")
    return rule


def _parts(words: Sequence[str]) -> dict[str, str]:
    parts: dict[str, str] = {}
    for word in words:
        found = _PART.fullmatch(word)
        if found is None or found[1] not in _KNOWN:
            raise _refused("重复规则里有不认识的部分", "可以写 FREQ、INTERVAL、BYDAY、COUNT、UNTIL")
        if found[1] in parts:
            raise _refused(f"{found[1]} 写了两次", "请只保留一个")
        parts[found[1]] = found[2]
    return parts


def _frequency(word: str) -> str:
    if word not in _FREQUENCIES:
        raise _refused("重复频率只能按日、按周或按月", "请写 FREQ=DAILY、WEEKLY 或 MONTHLY")
    return word


def _number(word: str, *, most: int, name: str) -> int:
    if not _NUMBER.fullmatch(word) or int(word) > most:
        raise _refused(f"{name} 应在 1 到 {most} 之间", "请改为合理的数字")
    return int(word)


def _weekdays(word: str) -> tuple[str, ...]:
    codes = word.split(",")
    if len(set(codes)) != len(codes) or not set(codes) <= set(_WEEKDAYS):
        raise _refused("星期写法不对", "请写 MO、TU、WE、TH、FR、SA、SU，用逗号隔开")
    return tuple(codes)


def _day(word: str) -> date:
    """Eight digits: strptime alone would read 202611 as the first of January."""
    try:
        if _DAY.fullmatch(word):
            return datetime.strptime(word, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        pass  # no such day: refused as any other word
    raise _refused("UNTIL 不是日期", "请写成 UNTIL=20261231")


def _refused(wrong: str, mend: str) -> InvalidInput:
    return InvalidInput(f"{wrong}。", field="recurrence", mend=f"{mend}。")
