"""Values that come from two cells: a way to reach somebody, a time from one day to another."""

from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_default_timezone

from parties.roster.rows import Contact
from parties.roster.values import RowReader


def contact(reader: RowReader) -> Contact:
    return Contact(phone=reader.phone("phone") or None, email=reader.email("email") or None)


def span(reader: RowReader, first: str, last: str) -> tuple[datetime | None, datetime | None]:
    starts_at, ends_at = _midnight(reader.day(first)), _end_of(reader.day(last))
    if starts_at and ends_at and ends_at <= starts_at:
        reader.complain(last, "早于开始日期", "请核对起止日期")
    return starts_at, ends_at


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, get_default_timezone())


def _end_of(day: date | None) -> datetime | None:
    """A last day is meant to the end: the exclusive end is the next midnight."""
    return _midnight(None if day is None else day + timedelta(days=1))
