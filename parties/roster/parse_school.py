"""What a school says about itself: name, calendar, classes, staff, who is on duty when."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import get_default_timezone

from parties.roles import Role
from parties.roster import words
from parties.roster.combined import contact, span
from parties.roster.rows import CalendarRow, ClassRow, DutyRow, Row, SchoolRow, StaffRow
from parties.roster.values import RowReader

#: A shift that lasts longer than this is a typing mistake (a week of stand-by is the usual most).
_LONGEST_SHIFT: Final = timedelta(days=31)
_ONE_DAY: Final = timedelta(days=1)


def school(reader: RowReader) -> Iterable[Row]:
    yield SchoolRow(
        place=reader.place,
        code=reader.code("code", required=True),
        name=reader.text("name", longest=200, required=True),
    )


def calendar(reader: RowReader) -> Iterable[Row]:
    day = reader.day("date", required=True)
    if not reader.code("is_working"):
        reader.complain("is_working", "不能为空", "请填“是”或“否”")
    is_working = reader.flag("is_working", default=False)
    if day is not None:
        note = reader.text("note", longest=100)
        yield CalendarRow(place=reader.place, date=day, is_working=is_working, note=note)


def class_(reader: RowReader) -> Iterable[Row]:
    yield ClassRow(
        place=reader.place,
        code=reader.code("code", required=True),
        name=reader.text("name", longest=100, required=True),
        grade=reader.code("grade", required=True, longest=20).removesuffix("级"),
        major=reader.text("major", longest=100) or None,
    )


def staff(reader: RowReader) -> Iterable[Row]:
    role, _, head = reader.choice("role", words.STAFF_ROLES, required=True).partition("+")
    school_class = reader.code("school_class", longest=100)
    if role in {Role.HT, Role.ST} and not school_class:
        reader.complain("school_class", "这个角色须写明班级", "请补填班级代码，每个班一行")
    starts_at, ends_at = span(reader, "starts_on", "ends_on")
    yield StaffRow(
        place=reader.place,
        staff_no=reader.code("staff_no", required=True),
        name=reader.name("name", required=True),
        role=role,
        school_class=school_class if role in {Role.HT, Role.ST} else "",
        grade=reader.code("grade", longest=20).removesuffix("级") if role == Role.GL else "",
        head=reader.flag("head", default=False) or bool(head),
        deputy=reader.flag("deputy", default=False),
        substitute_no=reader.code("substitute_no"),
        contact=contact(reader),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def duty(reader: RowReader) -> Iterable[Row]:
    day = reader.day("date", required=True)
    begins, stops = reader.clock("start_time"), reader.clock("end_time")
    last = reader.day("end_date")
    role, _, _ = reader.choice("role", words.STAFF_ROLES, required=True).partition("+")
    staff_no = reader.code("staff_no", required=True)
    if day is None or begins is None or stops is None:
        return
    zone = get_default_timezone()
    starts_at = datetime.combine(day, begins, zone)
    ends_at = datetime.combine(last or day, stops, zone)
    if last is None and ends_at <= starts_at:
        ends_at += _ONE_DAY  # a night
    if not starts_at < ends_at <= starts_at + _LONGEST_SHIFT:
        reader.complain("end_time", "结束不晚于开始，或一班超过 31 天", "请核对日期和时间")
    yield DutyRow(
        place=reader.place,
        role=role,
        staff_no=staff_no,
        name=reader.name("name"),
        substitute_no=reader.code("substitute_no"),
        substitute_name=reader.name("substitute_name"),
        starts_at=starts_at,
        ends_at=ends_at,
    )
