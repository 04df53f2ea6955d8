"""A meeting under way, in a week with 调休: Friday 9 October 22:40, the Saturday after it works."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from parties import tenancy
from parties.calendar import CalendarView
from parties.models import CalendarDay, Restriction
from records.meetings import answers, invitations, slots
from records.meetings.invitations import Plan
from records.meetings.slots import Offer
from records.models import Meeting, MeetingSlot
from tests.factories import CN, LONG_AGO, NOW, World

#: Saturday 10 October is worked; the 1st to the 7th were holidays.
DAYS: Final = {
    date(2026, 10, 10): True,
    **{date(2026, 10, day): False for day in range(1, 8)},
}
CALENDAR: Final = CalendarView(DAYS)

PLAN: Final = Plan(
    kind="IN_PERSON",
    trigger="STUDY",
    purpose="两次实训考核未达标，商量怎样帮助",
    student_wish="YES",
)


def local(day: int, hour: int, minute: int = 0, *, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CN).astimezone(UTC)


def times(*, first: int = 12, **changed: Any) -> list[Offer]:
    """Monday morning, Tuesday noon, Wednesday evening."""
    given = [
        Offer(local(first, 10), 45, "OFFICE", "行政楼 302"),
        Offer(local(first + 1, 12, 30), 45, "OFFICE", "行政楼 302"),
        Offer(local(first + 2, 18), 45, "OFFICE", "行政楼 302"),
    ]
    return [Offer(**{**_fields(one), **changed}) for one in given] if changed else given


def _fields(one: Offer) -> dict[str, Any]:
    return {
        "starts_at": one.starts_at, "minutes": one.minutes, "place_kind": one.place_kind,
        "place": one.place,
    }  # fmt: skip


def keep_calendar(world: World) -> None:
    """The same week in the school's own calendar."""
    with tenancy.scope(world.id):
        CalendarDay.objects.bulk_create(
            CalendarDay(school=world.school, date=day, is_working=working)
            for day, working in DAYS.items()
        )


def prepared(world: World, *, plan: Plan = PLAN, at: datetime = NOW, **more: Any) -> Meeting:
    with tenancy.scope(world.id):
        return invitations.prepare(
            student=world.student,
            case_id=more.pop("case_id", None) or uuid4(),
            plan=plan,
            by=world["teacher"],
            at=at,
            **more,
        )


def offer(
    world: World, meeting: Meeting, offers: Sequence[Offer] | None = None, at: datetime = NOW
) -> list[MeetingSlot]:
    with tenancy.scope(world.id):
        return slots.offer(
            meeting_id=meeting.pk,
            offers=times() if offers is None else offers,
            by=world["teacher"],
            at=at,
            calendar=CALENDAR,
        )


def offered(world: World, **more: Any) -> tuple[Meeting, list[MeetingSlot]]:
    meeting = prepared(world, **more)
    made = offer(world, meeting)
    return again(world, meeting), made


def choose(
    world: World, meeting: Meeting, slot: UUID, by: str = "mother", at: datetime = NOW
) -> Meeting:
    with tenancy.scope(world.id):
        return answers.choose(meeting_id=meeting.pk, slot_id=slot, by=world[by], at=at)


def change(
    world: World, meeting: Meeting, by: str = "mother", at: datetime = NOW, words: str = "周末可以"
) -> Meeting:
    with tenancy.scope(world.id):
        return answers.ask_change(meeting_id=meeting.pk, by=world[by], words=words, at=at)


def again(world: World, meeting: Meeting) -> Meeting:
    """The row as it is now."""
    with tenancy.scope(world.id):
        return Meeting.objects.select_related("student").get(pk=meeting.pk)


def later(**time: float) -> datetime:
    return NOW + timedelta(**time)


def restrict(world: World, name: str, kind: str, *, starts_at: datetime = LONG_AGO) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world[name], kind=kind,
            starts_at=starts_at,
        )  # fmt: skip
