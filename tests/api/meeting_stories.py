"""Meetings that begin now: requests come at real time, so the story does, too."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from parties import clock, tenancy
from parties.calendar import CalendarView
from tests.factories import MINUTE, World
from tests.processes.meeting_walk import MeetingWalk
from workflow import openings, processes


def begun(world: World, *, ago: timedelta = MINUTE) -> MeetingWalk:
    """Decided a minute ago, or longer; nobody has prepared anything."""
    at = clock.now() - ago
    with tenancy.scope(world.id):
        case = openings.open_(
            school_id=world.id, channel="MEETING", process="meeting", by=world["teacher"], at=at,
            student=world.student, kind="study",
        )  # fmt: skip
        openings.route(case, channel="MEETING", kind="study")
    processes.start_now(world.id, case.pk, at=at)
    return MeetingWalk(world, case.pk, at)


def slots_body() -> dict[str, Any]:
    """Three times on the next working days that are far enough, the last in the evening."""
    return {
        "slots": [
            {"starts_at": moment.isoformat(), "minutes": 45, "place_kind": "OFFICE", "place": "302"}
            for moment in moments()
        ]
    }


def moments(at: datetime | None = None) -> list[datetime]:
    today = timezone.localdate(at or clock.now())
    days = [CalendarView().add_working_days(today, ahead) for ahead in (2, 3, 4)]
    hours = (time(10), time(12, 30), time(18))
    zone = timezone.get_current_timezone()
    return [datetime.combine(day, hour, zone) for day, hour in zip(days, hours, strict=True)]


def on_offer(world: World, *, ago: timedelta = MINUTE, **plan: Any) -> MeetingWalk:
    """Times are out, and both guardians were told."""
    walk = begun(world, ago=ago)
    walk.do("meeting_prepare", **plan)
    walk.do("meeting_dossier")
    lines = {f"slot_{n}_at": moment.isoformat() for n, moment in enumerate(moments(walk.at), 1)}
    walk.do("meeting_offer_slots", **lines, minutes=45, place_kind="OFFICE", place="行政楼 302")
    walk.at += timedelta(seconds=1)
    return walk


def with_guests(world: World, *names: str, ago: timedelta = MINUTE, **plan: Any) -> MeetingWalk:
    """At the company, with these besides the teacher; times are out, nobody has chosen."""
    people = [str(world[name].pk) for name in names]
    return on_offer(world, ago=ago, kind="AT_COMPANY", people=people, **plan)
