"""Invitations to a meeting as a calendar reads them, over a real mail server."""

import email
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest
from icalendar import Calendar
from pytest_django import Settings

from parties import tenancy
from parties.models import Person, Restriction
from records.models import MeetingSlot
from tests.factories import LONG_AGO, World
from tests.processes.meeting_walk import MeetingWalk, agreed, begin, offered
from tests.receivers import MailServer, mail_server
from tests.records.meeting_days import local, restrict
from workflow import calendar_entries
from workflow.models import CaseParty, Incident, Notification

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as here:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", here.port
        settings.DEFAULT_FROM_EMAIL = "某校 <meetings@school.test>"
        settings.PUBLIC_URL = "https://sanfang.school.test"
        yield here


def calendar_part(source: bytes) -> Message | None:
    parts = [
        part
        for part in email.message_from_bytes(source).walk()
        if part.get_content_type() == "text/calendar"
    ]
    return parts[0] if parts else None


def raw(source: bytes) -> bytes:
    part = calendar_part(source)
    assert part is not None
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def entries(mailbox: MailServer, to: str) -> list[tuple[str, Any]]:
    """Method and event of every calendar part that this mailbox got, in order of arrival."""
    found = []
    for source in mailbox.mails:
        if email.message_from_bytes(source)["to"] == to and calendar_part(source) is not None:
            calendar = Calendar.from_ical(raw(source))
            (event,) = calendar.walk("VEVENT")
            found.append((str(calendar["METHOD"]), event))
    return found


def address(world: World, name: str) -> str:
    with tenancy.scope(world.id):
        return str(Person.objects.get(pk=world[name].pk).email)


def test_an_agreed_time_is_a_request_that_a_calendar_understands(
    world: World, mailbox: MailServer
) -> None:
    walk = agreed(world)
    walk.deliver()
    mine = address(world, "mother")

    ((method, event),) = entries(mailbox, mine)
    assert method == "REQUEST"
    assert event["UID"] == f"{walk.meeting.pk}@school.test"
    assert event["SEQUENCE"] == 1
    assert event["DTSTART"].dt == local(14, 10)
    assert event["DTEND"].dt == local(14, 10, 45)
    assert event["STATUS"] == "CONFIRMED"
    assert str(event["ORGANIZER"]) == "mailto:meetings@school.test"
    assert str(event["ATTENDEE"]) == f"mailto:{mine}"
    assert str(event["LOCATION"]) == "学校办公室 行政楼 302"
    assert "DTSTAMP" in event


def test_the_part_says_its_method_and_keeps_the_form_of_rfc_5545(
    world: World, mailbox: MailServer
) -> None:
    walk = agreed(world)
    walk.deliver()

    sources = [source for source in mailbox.mails if calendar_part(source) is not None]
    assert len(sources) == 2  # both guardians have a mailbox
    for source in sources:
        part = calendar_part(source)
        assert part is not None
        assert part.get_param("method") == "REQUEST"
        assert part.get_content_charset() == "utf-8"
        lines = raw(source).replace(b"\r\n", b"\n").split(b"\n")
        assert max(len(line) for line in lines) <= 75
        assert lines[0] == b"BEGIN:VCALENDAR"
        assert b"VERSION:2.0" in lines
        assert [line for line in lines if line.startswith(b"PRODID:")]
        # Moments in UTC need no description of a time zone (RFC 5545, 3.3.5).
        moments = [line for line in lines if line.startswith((b"DTSTART", b"DTEND", b"DTSTAMP"))]
        assert [
            line for line in moments if re.fullmatch(rb"DT[A-Z]+:\d{8}T\d{6}Z", line)
        ] == moments
        assert len(moments) == 3


def test_it_says_neither_who_nor_what_about(world: World, mailbox: MailServer) -> None:
    with tenancy.scope(world.id):
        child = Person.objects.get(pk=world["student"].pk)
        child.name = "李晓明"
        child.save()
    walk = agreed(world)
    walk.deliver()

    everything = b"".join(
        payload
        for source in mailbox.mails
        for part in email.message_from_bytes(source).walk()
        if isinstance(payload := part.get_payload(decode=True), bytes)
    ).decode()
    for word in ("李晓明", "实训", "学业", "STUDY", "数控", "father", "mother"):
        assert word not in everything, word
    assert calendar_entries.SUMMARY in everything


def test_a_change_cancels_the_entry_and_the_next_one_replaces_it(
    world: World, mailbox: MailServer
) -> None:
    walk = agreed(world)
    walk.deliver()
    walk.change()
    walk.deliver()
    walk.offer(first=19)
    walk.choose(3)
    walk.deliver()

    found = entries(mailbox, address(world, "father"))
    assert [method for method, _ in found] == ["REQUEST", "CANCEL", "REQUEST"]
    assert [event["SEQUENCE"] for _, event in found] == [1, 2, 3]
    assert len({str(event["UID"]) for _, event in found}) == 1
    assert found[1][1]["STATUS"] == "CANCELLED"
    assert found[1][1]["DTSTART"].dt == local(14, 10)
    assert found[2][1]["DTSTART"].dt == local(21, 18)


def test_an_outdated_invitation_never_leaves_and_is_no_fault(
    world: World, mailbox: MailServer
) -> None:
    walk = agreed(world)
    walk.change()
    walk.deliver()

    found = entries(mailbox, address(world, "mother"))
    assert [method for method, _ in found] == ["CANCEL"]
    assert {payload["code"] for payload in walk.events("notification.withheld")} == {
        "message.outdated"
    }
    with tenancy.scope(world.id):
        assert not Incident.objects.filter(element__startswith="email").exists()


def test_nothing_goes_to_a_guardian_whom_a_restriction_reached_after_the_message_was_promised(
    world: World, mailbox: MailServer
) -> None:
    walk = agreed(world)
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"],
            kind="NO_MEETING", starts_at=LONG_AGO,
        )  # fmt: skip
    walk.deliver()

    theirs = address(world, "father")
    assert not [m for m in mailbox.mails if email.message_from_bytes(m)["to"] == theirs]
    assert entries(mailbox, address(world, "mother"))


def test_a_home_is_no_place_for_a_calendar(world: World, mailbox: MailServer) -> None:
    walk = offered(world)
    with tenancy.scope(world.id):
        slot = MeetingSlot.objects.order_by("starts_at")[0]
        slot.place_kind, slot.place = "HOME", "幸福路 8 号"
        slot.save()
    walk.choose(1)
    walk.deliver()

    ((_, event),) = entries(mailbox, address(world, "mother"))
    assert "LOCATION" not in event


def test_the_inbox_and_the_text_message_carry_no_entry(
    world: World, mailbox: MailServer, walk_in: MeetingWalk
) -> None:
    with tenancy.scope(world.id):
        sent = Notification.objects.filter(template="meeting.invitation", channel="in_app")
        assert sent.count() == 4
        assert not sent.exclude(state="SENT").exists()


@pytest.fixture
def walk_in(world: World, mailbox: MailServer) -> MeetingWalk:
    walk = agreed(world)
    walk.deliver()
    return walk


def test_a_worker_that_sends_twice_sends_the_same_mail(
    world: World, mailbox: MailServer, walk_in: MeetingWalk
) -> None:
    """The lease ran out between sending and marking: the calendar sees the same version again."""
    with tenancy.scope(world.id):
        row = Notification.objects.get(
            template="meeting.invitation", channel="email", recipient=world["mother"]
        )
        again = calendar_entries.of(
            row.key, row.template, address=address_inside(row), to_role=row.to_role, at=walk_in.at
        )
    assert again is not None
    event: Any = Calendar.from_ical(again.content).walk("VEVENT")[0]
    ((_, first),) = entries(mailbox, address(world, "mother"))
    assert (event["UID"], event["SEQUENCE"]) == (first["UID"], first["SEQUENCE"])


def address_inside(row: Notification) -> str:
    return str(row.recipient.email)


def with_guests(world: World) -> MeetingWalk:
    """A date agreed at the company, which its mentor and a colleague have in their calendars."""
    with tenancy.scope(world.id):
        for who in ("mentor", "counsellor"):
            person = Person.objects.get(pk=world[who].pk)
            person.email = f"{who}@guests.test"
            person.save()
    walk = begin(world)
    guests = [str(world[who].pk) for who in ("mentor", "counsellor")]
    walk.do("meeting_prepare", kind="AT_COMPANY", people=guests)
    walk.go_to(local(12, 9))
    walk.do("meeting_dossier")
    walk.offer()
    walk.choose()
    walk.deliver()
    return walk


def to_another_date(walk: MeetingWalk) -> None:
    walk.wait(hours=1)
    walk.change()
    walk.deliver()
    walk.offer(first=19)
    walk.choose(3)
    walk.deliver()


@pytest.mark.parametrize("who", ["mentor", "counsellor"])
def test_a_guest_who_comes_off_the_list_is_told_that_the_date_is_off_and_no_more(
    world: World, mailbox: MailServer, who: str
) -> None:
    walk = with_guests(world)
    restrict(world, who, "NO_MEETING", starts_at=walk.at)
    to_another_date(walk)

    (asked, first), (taken_off, last) = entries(mailbox, f"{who}@guests.test")
    assert (asked, taken_off) == ("REQUEST", "CANCEL")
    assert last["UID"] == first["UID"]
    assert (first["SEQUENCE"], last["SEQUENCE"]) == (1, 2)
    assert last["STATUS"] == "CANCELLED"
    for known in ("DTSTART", "DTEND", "SUMMARY", "LOCATION", "ATTENDEE", "URL"):
        assert last[known] == first[known]
    mine = [email.message_from_bytes(one) for one in mailbox.mails]
    letter = [str(one) for one in mine if one["to"] == f"{who}@guests.test"]
    assert len(letter) == 2
    meeting = walk.meeting
    with tenancy.scope(world.id):
        invitee = meeting.invitees.get(person=world[who])
        assert (invitee.part, invitee.told_at) == ("MUST_NOT", None)


@pytest.mark.parametrize("kind", ["NO_CONTACT", "DO_NOT_TELL"])
def test_who_is_not_to_be_written_to_hears_of_nothing(
    world: World, mailbox: MailServer, kind: str
) -> None:
    walk = with_guests(world)
    restrict(world, "mentor", kind, starts_at=walk.at)
    to_another_date(walk)

    assert [method for method, _ in entries(mailbox, "mentor@guests.test")] == ["REQUEST"]
    found = entries(mailbox, "counsellor@guests.test")
    assert [method for method, _ in found] == ["REQUEST", "CANCEL", "REQUEST"]


def test_a_guest_whom_the_case_names_hears_of_nothing(world: World, mailbox: MailServer) -> None:
    walk = with_guests(world)
    with tenancy.scope(world.id):
        CaseParty.objects.create(
            school=world.school, case_id=walk.case_id, person=world["mentor"], since=walk.at,
            part=CaseParty.Part.SUSPECT,
        )  # fmt: skip
    to_another_date(walk)

    assert [method for method, _ in entries(mailbox, "mentor@guests.test")] == ["REQUEST"]
