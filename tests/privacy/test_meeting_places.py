"""Where a meeting is: whoever is of the school or the family reads it, a company what is its own.

A place may say why: 心理辅导中心, a ward, a home. A calendar is shared and read aloud.
"""

import email
from typing import Any

import pytest
from icalendar import Calendar
from pytest_django import Settings

from parties import tenancy
from parties.errors import InvalidInput
from parties.models import Person
from records.meetings import slots
from records.meetings.invitations import Plan
from records.models import MeetingSlot
from tests.api.callers import member
from tests.api.meeting_stories import with_guests
from tests.factories import NOW, World
from tests.portal.visitors import by_password
from tests.privacy.test_two_worlds import deliver
from tests.processes.meeting_walk import MeetingWalk
from tests.receivers import mail_server
from tests.records import meeting_days

pytestmark = pytest.mark.django_db(transaction=True)

NEUTRAL = "学校正门接待，由老师带领"
TELLING = [
    ("OFFICE", "心理辅导中心二楼"),
    ("COUNSELLING", "行政楼 302"),
    ("HOME", "幸福路 8 号"),
]


def placed(world: World, kind: str, place: str) -> MeetingWalk:
    """A colleague and the mentor are asked to come, and one time is agreed at this place."""
    walk = with_guests(world, "deputy", "mentor")
    with tenancy.scope(world.id):
        for slot in MeetingSlot.objects.all():
            slot.place_kind, slot.place = kind, place
            slot.save()
        for who in ("mentor", "deputy"):
            person = Person.objects.get(pk=world[who].pk)
            person.email = f"{who}@mail.test"
            person.save(update_fields=["email"])
    walk.choose(1)
    return walk


def body(world: World, walk: MeetingWalk, who: str) -> Any:
    return member(world, who).get(f"/meetings/{walk.meeting.pk}")


def event(source: bytes) -> Any:
    return Calendar.from_ical(source).walk("VEVENT")[0]


def mails(world: World, settings: Settings) -> dict[str, bytes]:
    """What each mailbox gets: every readable part of its mails as one."""
    with mail_server() as here:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", here.port
        deliver()
        got: dict[str, bytes] = {}
        for source in here.mails:
            mail = email.message_from_bytes(source)
            parts = [part.get_payload(decode=True) for part in mail.walk()]
            read = b"".join(part for part in parts if isinstance(part, bytes))
            got[mail["to"]] = got.get(mail["to"], b"") + read.replace(b"\r\n ", b"")
    return got


@pytest.mark.parametrize(("kind", "place"), TELLING)
def test_a_company_reads_one_place_for_all_rooms_of_the_school(
    world: World, kind: str, place: str
) -> None:
    walk = placed(world, kind, place)
    deliver()

    answer = body(world, walk, "mentor")
    given = answer.json()
    assert {(one["place_kind"], one["place"]) for one in given["slots"]} == {("OFFICE", NEUTRAL)}
    assert (given["agreed"]["place_kind"], given["agreed"]["place"]) == ("OFFICE", NEUTRAL)

    visitor = by_password(world, "mentor")
    visitor.open(f"/meetings/{walk.meeting.pk}")
    assert NEUTRAL in visitor.text
    entry = visitor.client.get(f"/meetings/{walk.meeting.pk}/calendar").content
    assert str(event(entry)["LOCATION"]) == NEUTRAL
    for read in (answer.content, visitor.html.encode(), entry):
        assert place.encode() not in read
        assert b"COUNSELLING" not in read


def test_two_rooms_of_the_school_look_alike_to_a_company(world: World) -> None:
    walk = placed(world, "OFFICE", "心理辅导中心二楼")
    deliver()
    hidden = body(world, walk, "mentor").content
    with tenancy.scope(world.id):
        for slot in MeetingSlot.objects.all():
            slot.place = "行政楼 302"
            slot.save()

    assert body(world, walk, "mentor").content == hidden


@pytest.mark.parametrize("who", ["deputy", "mother", "teacher"])
def test_who_is_of_the_school_or_the_family_finds_the_way(world: World, who: str) -> None:
    walk = placed(world, "OFFICE", "心理辅导中心二楼")
    deliver()

    assert body(world, walk, who).json()["agreed"]["place"] == "心理辅导中心二楼"
    if who != "mother":  # no password, and their page is the same template
        visitor = by_password(world, who)
        visitor.open(f"/meetings/{walk.meeting.pk}")
        assert "学校办公室 心理辅导中心二楼" in visitor.text
        entry = visitor.client.get(f"/meetings/{walk.meeting.pk}/calendar").content
        assert "LOCATION" not in event(entry)


def test_no_mail_carries_what_a_place_tells(world: World, settings: Settings) -> None:
    placed(world, "OFFICE", "心理辅导中心二楼")

    got = mails(world, settings)

    assert "mentor@mail.test" in got
    assert len(got) >= 3
    for to, read in got.items():
        assert "心理".encode() not in read, to
    assert f"LOCATION:{NEUTRAL}".encode() in got["mentor@mail.test"].replace(b"\\,", b",")
    assert b"LOCATION" not in got["deputy@mail.test"]


def test_a_plain_place_goes_into_the_calendar_of_school_and_family(
    world: World, settings: Settings
) -> None:
    placed(world, "OFFICE", "行政楼 302")

    got = mails(world, settings)

    assert "LOCATION:学校办公室 行政楼 302".encode() in got["deputy@mail.test"]
    assert "行政楼".encode() not in got["mentor@mail.test"]


@pytest.mark.parametrize(
    ("kind", "place", "shown"),
    [
        ("COMPANY", "三号楼会议室", "三号楼会议室"),
        ("COMPANY", "厂医务室，她怀孕了走不远", ""),
        ("ONLINE", "会议号 556 677 889", "会议号 556 677 889"),
        ("ONLINE", "打妈妈手机13812345678", ""),
    ],
)
def test_of_its_own_house_and_of_a_screen_a_company_reads_what_tells_nothing(
    world: World, kind: str, place: str, shown: str
) -> None:
    walk = with_guests(world, "mentor")
    with tenancy.scope(world.id):
        for slot in MeetingSlot.objects.all():
            slot.place_kind, slot.place, slot.is_remote = kind, place, kind == "ONLINE"
            slot.save()
    walk.choose(1)
    deliver()

    agreed = body(world, walk, "mentor").json()["agreed"]
    assert (agreed["place_kind"], agreed["place"]) == (kind, shown)


@pytest.mark.parametrize(
    ("kind", "refused"), [("COMPANY", True), ("ONLINE", True), ("OFFICE", False)]
)
def test_a_place_that_a_company_reads_is_refused_with_its_field(
    world: World, kind: str, refused: bool
) -> None:
    plan = Plan(kind="AT_COMPANY", trigger="STUDY", purpose="商量实习安排", student_wish="YES")
    meeting = meeting_days.prepared(world, plan=plan)
    offers = meeting_days.times(place_kind=kind, place="心理辅导中心二楼")

    if not refused:
        assert len(meeting_days.offer(world, meeting, offers)) == 3
        return
    with (
        tenancy.scope(world.id),
        pytest.raises(InvalidInput, check=lambda no: no.field == "slots.0.place") as told,
    ):
        slots.offer(
            meeting_id=meeting.pk, offers=offers, by=world["teacher"], at=NOW,
            calendar=meeting_days.CALENDAR,
        )  # fmt: skip
    assert "企业" in str(told.value)
    assert told.value.mend
