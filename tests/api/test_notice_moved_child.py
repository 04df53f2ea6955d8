"""A child changes class while a notice to the old class is out: the receipt decides who follows up.

The new homeroom teacher is asked to call and finds the list, with this one child alone.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from parties.models import GuardianLink, Membership, Student
from parties.roles import Role
from tests.api.callers import Caller
from tests.factories import CN, World
from tests.portal.visitors import by_password
from tests.processes.notice_walk import Sent, second_family
from tests.processes.notice_walk import sent as sent_at

pytestmark = pytest.mark.django_db

As = Callable[[str], Caller]


@pytest.fixture
def walk(world: World) -> Sent:
    """Two families of the class are silent; one child has moved; it is the day of the calls."""
    second_family(world)
    at = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=5)
    walk = sent_at(world, needs_answer=True, at=at)
    with tenancy.scope(world.id):
        Student.objects.filter(pk=world.student.pk).update(school_class=world.other_class)
    walk.wait(until=at + timedelta(hours=72))
    return walk


def listed(as_: As, walk: Sent, who: str) -> dict[str, Any]:
    found: dict[str, Any] = as_(who).get(f"/notices/{walk.notice_id}/contacts").json()
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [one["student"]["name"] for one in found["results"]]


def tried(walk: Sent) -> dict[str, str]:
    return {
        "student": str(walk.world.student.pk),
        "guardian": str(walk.world["father"].pk),
        "channel": "PHONE",
        "outcome": "NO_ANSWER",
        "at": (clock.now() - timedelta(minutes=5)).isoformat(),
        "place": "办公室",
    }


def test_both_parents_are_reminded_as_before(walk: Sent) -> None:
    assert walk.messages(to="mother")[2:] == [
        ("email", "notice.link"),
        ("in_app", "notice.new"),
        ("sms", "notice.link"),
    ]


def test_the_new_teacher_finds_the_list_from_the_task(world: World, walk: Sent) -> None:
    task = walk.open_task_of("notice_call", "stranger")
    phone = by_password(world, "stranger")

    phone.open(f"/tasks/{task}")
    assert f"/notices/{walk.notice_id}/contacts" in phone.html
    phone.open(f"/notices/{walk.notice_id}/contacts")

    assert "student" in phone.text
    assert "classmate" not in phone.text
    assert "涉及 1 名学生，仍需联系 1 户" in phone.text
    phone.open(f"/notices/{walk.notice_id}/slips?student={world.student.pk}")
    assert phone.page["Content-Type"] == "application/pdf"


def test_the_new_teacher_calls_this_child_and_no_other(world: World, walk: Sent, as_: As) -> None:
    path = f"/notices/{walk.notice_id}"
    assert as_("stranger").get(path).status_code == 200
    found = listed(as_, walk, "stranger")
    assert (names(found), found["unreached"]) == (["student"], [])
    assert (found["numbers"]["children"], found["numbers"]["receipts"]) == (1, 2)

    made = as_("stranger").post(f"{path}/contacts", tried(walk))

    assert made.status_code == 201, made.content
    with tenancy.scope(world.id):
        other = Student.objects.get(person=world["classmate"])
    stray = {**tried(walk), "student": str(other.pk), "guardian": str(world["other_mother"].pk)}
    assert as_("stranger").post(f"{path}/contacts", stray).status_code == 422
    assert as_("stranger").post(f"{path}/preview").status_code == 404


def test_the_author_keeps_the_notice_and_hears_that_others_call(
    world: World, walk: Sent, as_: As
) -> None:
    found = listed(as_, walk, "teacher")
    assert (names(found), found["numbers"]["owing"]) == (["classmate"], 2)

    refused = as_("teacher").post(f"/notices/{walk.notice_id}/contacts", tried(walk))

    assert refused.status_code == 422
    assert "现在的班主任" in refused.content.decode()
    phone = by_password(world, "teacher")
    phone.open(f"/notices/{walk.notice_id}/contacts")
    assert "还有 1 户由别的老师联系" in phone.text
    assert "student" not in phone.text


def test_the_leader_of_the_new_grade_calls_where_there_is_no_teacher(
    world: World, walk: Sent, as_: As
) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["stranger"]).delete()
        world.staff("next_leader", Role.GL, grade="2025")

    assert names(listed(as_, walk, "next_leader")) == ["student"]


def test_a_notice_without_a_child_of_theirs_stays_hidden(world: World, walk: Sent, as_: As) -> None:
    with tenancy.scope(world.id):
        Student.objects.filter(pk=world.student.pk).update(school_class=world.school_class)
    assert as_("stranger").get(f"/notices/{walk.notice_id}").status_code == 404

    with tenancy.scope(world.id):
        Student.objects.filter(pk=world.student.pk).update(school_class=world.other_class)
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["stranger"], relation="OTHER"
        )

    assert as_("stranger").get(f"/notices/{walk.notice_id}").status_code == 404
