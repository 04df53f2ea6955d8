"""Colleagues and a mentor who were asked to a meeting: they see the date, and nothing but the date.

Until they are told of one, and for everybody who was not asked, there is no meeting.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar

from parties import clock, tenancy
from parties.models import Membership, Placement
from parties.roles import Role
from records.models import MeetingInvitee
from tests.api.callers import Caller, code, member
from tests.api.meeting_stories import moments, with_guests
from tests.factories import LONG_AGO, World
from tests.portal.visitors import by_password
from tests.privacy.observers import Ids, differences
from tests.privacy.test_meetings import real_ids
from tests.privacy.test_two_worlds import deliver, observer, phone
from tests.processes.meeting_walk import MeetingWalk
from workflow.models import CaseParty

pytestmark = pytest.mark.django_db(transaction=True)

#: A colleague without any post towards the student, and the mentor of the internship.
GUESTS = ["deputy", "mentor"]
#: Words of the case, of the family and of the student: none of them is for a guest's eyes.
SECRETS = ["父亲失业", "不想见父亲", "成绩单第三页", "周三晚上要去医院"]
#: A mentor is met at the gate, whichever room it is.
PLACES = {"deputy": "行政楼 302", "mentor": "学校正门接待，由老师带领"}
PURPOSE = "两次实训考核未达标，商量怎样帮助"


def story(world: World, *guests: str) -> MeetingWalk:
    """Times are on offer; much was said already that guests have nothing to do with."""
    walk = with_guests(world, *guests, student_words="不想见父亲")
    teacher = member(world, "teacher")
    address = f"/cases/{walk.case_id}/meeting"
    paper = {"kind": "TRANSCRIPT", "note": "成绩单第三页"}
    assert teacher.post(f"{address}/papers", paper).status_code == 200
    tried = {
        "person": str(world["mother"].pk), "channel": "PHONE", "outcome": "NO_ANSWER",
        "tried_at": clock.now().isoformat(), "note": "邻居说父亲失业",
    }  # fmt: skip
    assert teacher.post(f"{address}/attempts", tried).status_code == 200
    return walk


def agreed(world: World, *guests: str) -> MeetingWalk:
    walk = story(world, *guests)
    walk.choose(1)
    deliver()
    return walk


@pytest.fixture
def date(world: World) -> MeetingWalk:
    return agreed(world, *GUESTS)


def sees(world: World, walk: MeetingWalk, who: str) -> dict[str, Any]:
    answer = member(world, who).get(f"/meetings/{walk.meeting.pk}")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def says(caller: Caller, walk: MeetingWalk, comes: Any) -> Any:
    return caller.post(f"/meetings/{walk.meeting.pk}/attend", {"comes": comes})


# --- what they see --------------------------------------------------------------------------------


def test_a_colleague_reads_the_date_and_what_it_is_for(world: World, date: MeetingWalk) -> None:
    body = sees(world, date, "deputy")

    assert datetime.fromisoformat(body.pop("agreed")["starts_at"]) == moments()[0]
    assert [slot["place"] for slot in body.pop("slots")] == ["行政楼 302"]
    assert body == {
        "id": str(date.meeting.pk),
        "student": {
            "id": str(world.student.pk), "name": "student", "school_class": "数控2401",
        },
        "kind": "AT_COMPANY", "purpose": PURPOSE, "state": "AGREED", "held_at": None,
        "may_choose": False, "may_change": False, "may_decline": False, "own_answer": "",
        "may_attend": True,
    }  # fmt: skip


def test_a_mentor_reads_the_date_and_words_meant_for_a_company(
    world: World, date: MeetingWalk
) -> None:
    body = sees(world, date, "mentor")

    assert body["purpose"] == "商量学生实习期间的安排"
    assert set(body) == {
        "id", "student", "kind", "purpose", "state", "slots", "agreed", "may_choose", "may_change",
        "may_decline", "own_answer", "may_attend",
    }  # fmt: skip


@pytest.mark.parametrize("who", GUESTS)
def test_nothing_else_that_is_known_reaches_a_guest_anywhere(
    world: World, other_school: World, date: MeetingWalk, who: str
) -> None:
    known = replace(Ids.absent(world.student.pk), target=date.meeting.pk)
    text = observer(world, other_school, who).text(known)
    words = [*SECRETS, *([PURPOSE] if who == "mentor" else []), str(date.case_id)]

    assert [secret for secret in words if secret.encode() in text] == []
    assert PLACES[who].encode() in text


@pytest.mark.parametrize("who", GUESTS)
def test_a_guest_finds_the_date_on_the_first_page_and_in_the_calendar(
    world: World, date: MeetingWalk, who: str
) -> None:
    visitor = by_password(world, who)
    visitor.open("/")
    assert f'href="/meetings/{date.meeting.pk}"' in visitor.html

    visitor.open(f"/meetings/{date.meeting.pk}")
    assert PLACES[who] in visitor.text
    entry = visitor.client.get(f"/meetings/{date.meeting.pk}/calendar")
    event: Any = Calendar.from_ical(entry.content).walk("VEVENT")[0]
    assert event["DTSTART"].dt == moments()[0]


# --- what they answer -----------------------------------------------------------------------------


@pytest.mark.parametrize("who", GUESTS)
def test_a_guest_says_whether_they_come_and_the_last_word_counts(
    world: World, date: MeetingWalk, who: str
) -> None:
    visitor = by_password(world, who)
    visitor.open(f"/meetings/{date.meeting.pk}")
    visitor.send(f"/meetings/{date.meeting.pk}/attend", comes="no")
    assert "您的答复：不参加" in visitor.text
    assert date.told("meeting.guest_no") == {"teacher"}

    assert says(member(world, who), date, True).json()["own_answer"] == "YES"
    teacher = sees(world, date, "teacher")
    answers = {one["person"]["name"]: one["answer"] for one in teacher["invitees"]}
    assert answers[who] == "YES"
    assert date.meeting.state == "AGREED"


WHY = "那天要去医院复查"


@pytest.mark.parametrize("who", GUESTS)
def test_why_a_guest_does_not_come_is_for_who_prepared_the_meeting(
    world: World, date: MeetingWalk, who: str
) -> None:
    visitor = by_password(world, who)
    visitor.open(f"/meetings/{date.meeting.pk}")
    for _ in range(2):
        visitor.send(f"/meetings/{date.meeting.pk}/attend", comes="no", words=WHY)

    told = [one for one in sees(world, date, "teacher")["replies"] if one["kind"] == "EXCUSED"]
    assert [(one["words"], one["by"]["name"]) for one in told] == [(WHY, who)]
    convener = by_password(world, "teacher")
    convener.open(f"/meetings/{date.meeting.pk}")
    assert f"{who}不参加：" in convener.text
    assert WHY in convener.text
    for other in ("mother", "father", "grade_leader", "head_of_office", *GUESTS):
        page = member(world, other).get(f"/meetings/{date.meeting.pk}")
        assert WHY not in page.content.decode(), other


def test_whoever_called_the_meeting_reads_why_whatever_it_is_about(
    world: World, date: MeetingWalk
) -> None:
    """The page says that they alone do; it is not about the student."""
    ill = "我刚做完手术，还在住院"
    address = f"/meetings/{date.meeting.pk}/attend"
    answer = member(world, "mentor").post(address, {"comes": False, "words": ill})
    assert answer.status_code == 200, answer.content.decode()

    replies = member(world, "teacher").get(f"/cases/{date.case_id}/meeting").json()["replies"]
    assert ill in [one["words"] for one in replies]
    for other in ("mother", "head_of_office", "deputy"):
        page = member(world, other).get(f"/meetings/{date.meeting.pk}")
        assert ill not in page.content.decode(), other


def test_a_colleague_is_asked_for_neutral_words_and_who_comes_for_none(
    world: World, date: MeetingWalk
) -> None:
    address = f"/meetings/{date.meeting.pk}/attend"
    for comes, words, status in ((False, "问题家庭，无可救药。", 422), (True, WHY, 422)):
        answer = member(world, "deputy").post(address, {"comes": comes, "words": words})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, "words")


def test_a_guest_moves_no_date(world: World, date: MeetingWalk) -> None:
    for who in GUESTS:
        caller = member(world, who)
        for verb, body in (
            ("choose", {"slot": str(date.slots()[1].pk)}), ("change", {"words": "周末"}),
            ("decline", {}),
        ):  # fmt: skip
            answer = caller.post(f"/meetings/{date.meeting.pk}/{verb}", body)
            assert (answer.status_code, code(answer)) == (403, "access.not_allowed"), (who, verb)


def test_a_family_is_no_guest(world: World, date: MeetingWalk) -> None:
    for who in ("mother", "student"):
        assert says(member(world, who), date, True).status_code == 403


def test_while_another_time_is_looked_for_there_is_nothing_to_answer(
    world: World, date: MeetingWalk
) -> None:
    date.change()

    body = sees(world, date, "mentor")
    assert (body["state"], body["agreed"], body["slots"]) == ("PREPARING", None, [])
    assert body["may_attend"] is False
    assert says(member(world, "mentor"), date, True).status_code == 409


# --- who sees nothing -----------------------------------------------------------------------------


def test_before_they_are_told_there_is_no_meeting(world: World, other_school: World) -> None:
    nothing = Ids.absent(world.student.pk)
    seen = {who: observer(world, other_school, who) for who in [*GUESTS, "counsellor"]}
    for one in seen.values():
        one.asks(nothing)  # what asking once changes, it changes here
    before = {who: (one.asks(nothing), phone(world, who)) for who, one in seen.items()}

    walk = story(world, *GUESTS, "counsellor")
    deliver()

    for who, one in seen.items():
        assert differences(before[who][0], one.asks(real_ids(walk))) == [], who
        assert phone(world, who) == before[who][1], who


def test_who_was_not_asked_sees_no_meeting_though_others_were(
    world: World, other_school: World
) -> None:
    outside = ["stranger", "counsellor", "mentor", "company"]
    nothing = Ids.absent(world.student.pk)
    seen = {who: observer(world, other_school, who) for who in outside}
    for one in seen.values():
        one.asks(nothing)  # what asking once changes, it changes here
    before = {who: (one.asks(nothing), phone(world, who)) for who, one in seen.items()}

    walk = agreed(world, "deputy")

    for who, one in seen.items():
        assert differences(before[who][0], one.asks(real_ids(walk))) == [], who
        assert phone(world, who) == before[who][1], who


def named(world: World, walk: MeetingWalk) -> None:
    """The case shuts them out."""
    for who in GUESTS:
        CaseParty.objects.create(
            school=world.school, case_id=walk.case_id, person=world[who], part="EXCLUDED",
            since=clock.now(),
        )  # fmt: skip


def left(world: World, walk: MeetingWalk) -> None:
    """One left the school, the other's internship is over."""
    Membership.objects.filter(person=world["deputy"]).update(ends_at=LONG_AGO + timedelta(days=1))
    Placement.objects.update(ends_on=clock.now().date() - timedelta(days=2))


def taken_off(world: World, walk: MeetingWalk) -> None:
    """They must not come any more."""
    MeetingInvitee.objects.filter(person__in=[world[who] for who in GUESTS]).update(
        part="MUST_NOT", reason="NAMED", told_at=None, answer=""
    )


@pytest.mark.parametrize("happens", [named, left, taken_off])
def test_whoever_must_not_come_any_more_finds_no_meeting(
    world: World, date: MeetingWalk, happens: Any
) -> None:
    with tenancy.scope(world.id):
        happens(world, date)

    for who in GUESTS:
        caller = member(world, who)
        gone, absent = (caller.get(f"/meetings/{pk}") for pk in (date.meeting.pk, uuid4()))
        assert gone.status_code == absent.status_code == 404, who
        assert gone.content == absent.content, who
        assert says(caller, date, True).status_code == 404, who


def test_a_colleague_of_whose_child_it_is_sees_it_as_family_or_not_at_all(
    world: World, date: MeetingWalk
) -> None:
    with tenancy.scope(world.id):
        Membership.objects.create(
            school=world.school, person=world["father"], role=Role.FA, starts_at=LONG_AGO
        )
    assert says(member(world, "father"), date, True).status_code == 403
