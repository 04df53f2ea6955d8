"""Companies, their people, and which student works there."""

from collections.abc import Iterable

from parties.models import Placement
from parties.roster import words
from parties.roster.combined import contact, span
from parties.roster.rows import CompanyPersonRow, CompanyRow, PlacementRow, Row
from parties.roster.values import RowReader


def company(reader: RowReader) -> Iterable[Row]:
    yield CompanyRow(
        place=reader.place,
        uscc=reader.credit_code("uscc"),
        name=reader.text("name", longest=200, required=True),
        district=reader.text("district", longest=100) or None,
        address=reader.text("address", longest=200) or None,
        contact_name=reader.name("contact_name") or None,
        phone=reader.phone("phone") or None,
        duty_phone=reader.phone("duty_phone") or None,
    )


def company_person(reader: RowReader) -> Iterable[Row]:
    starts_at, ends_at = span(reader, "starts_on", "ends_on")
    yield CompanyPersonRow(
        place=reader.place,
        uscc=reader.credit_code("uscc"),
        name=reader.name("name", required=True),
        role=reader.choice("role", words.COMPANY_ROLES, required=True),
        contact=contact(reader),
        starts_at=starts_at,
        ends_at=ends_at,
    )


def placement(reader: RowReader) -> Iterable[Row]:
    starts_on = reader.day("starts_on", required=True)
    ends_on = reader.day("ends_on", required=True)
    state = reader.choice("state", words.PLACEMENT_STATES) or Placement.State.APPLIED.value
    if starts_on is None or ends_on is None:
        return
    if ends_on < starts_on:
        reader.complain("ends_on", "早于开始日期", "请核对起止日期")
    yield PlacementRow(
        place=reader.place,
        agreement_no=reader.code("agreement_no", required=True),
        student_no=reader.code("student_no", required=True),
        student_name=reader.name("student_name"),
        uscc=reader.credit_code("uscc"),
        post=reader.text("post", longest=100, required=True),
        workplace=reader.text("workplace", longest=200) or None,
        starts_on=starts_on,
        ends_on=ends_on,
        mentor_name=reader.name("mentor_name"),
        mentor_phone=reader.phone("mentor_phone"),
        supervisor_no=reader.code("supervisor_no"),
        state=state,
    )
