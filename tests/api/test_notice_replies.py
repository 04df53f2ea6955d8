"""What a family answers to a notice reaches who calls it, and no other family."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from parties.models import GuardianLink, Membership
from tests.api.callers import Caller
from tests.factories import CN, World
from tests.portal.visitors import by_password
from tests.processes.notice_walk import Sent, drafted, second_family
from tests.processes.notice_walk import sent as sent_at
from workflow.models import Case, Notification

pytestmark = pytest.mark.django_db

As = Callable[[str], Caller]
WORDS = "我们周三来不了，可以周五吗？"


def sent(world: World, **given: Any) -> Sent:
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    return sent_at(world, at=yesterday, **given)


def told(walk: Sent) -> list[tuple[Any, str]]:
    with tenancy.scope(walk.world.id):
        found = Notification.objects.filter(template="notice.replied")
        return list(found.values_list("recipient_id", "channel"))


def reads(as_: As, walk: Sent, who: str) -> list[bool]:
    """Whether the words stand in the list of answers and in the file of the child."""
    child = walk.world.student.pk
    pages = (f"/notices/{walk.notice_id}/contacts", f"/students/{child}/file")
    return [WORDS in as_(who).get(page).content.decode() for page in pages]


def test_the_teacher_reads_who_answered_what(world: World, as_: As) -> None:
    walk = sent(world, needs_answer=True)
    walk.act("reply", "mother", text=WORDS)

    (answer,) = as_("teacher").get(f"/notices/{walk.notice_id}/contacts").json()["answers"]

    assert (answer["guardian"]["name"], answer["reply"]) == ("mother", WORDS)
    assert reads(as_, walk, "teacher") == [True, True]
    assert told(walk) == [(world["teacher"].pk, "in_app")]


def test_the_author_hears_that_there_are_answers_and_reads_none_that_others_call_for(
    world: World, as_: As
) -> None:
    second_family(world)
    walk = approved(world, by="counsellor")
    walk.act("reply", "mother", text=WORDS)
    walk.act("reply", "father", text=WORDS)

    assert sorted(told(walk)) == sorted(
        [(world["teacher"].pk, "in_app"), (world["counsellor"].pk, "in_app")]
    )
    assert reads(as_, walk, "counsellor") == [False, False]
    phone = by_password(world, "counsellor")
    phone.open(f"/notices/{walk.notice_id}/contacts")
    assert "还有 2 位家长回复了" in phone.text
    assert WORDS not in phone.html
    assert "还有 2 位" not in page_of(world, walk, "teacher")


def approved(world: World, *, by: str) -> Sent:
    """Written by somebody else, and sent by the homeroom teacher of its class."""
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    walk = drafted(world, by=by, at=yesterday)
    walk.submit(by)
    walk.decide("approve_class", "teacher")
    walk.wait(minutes=1)
    return walk


def page_of(world: World, walk: Sent, who: str) -> str:
    phone = by_password(world, who)
    phone.open(f"/notices/{walk.notice_id}/contacts")
    return phone.text


@pytest.mark.parametrize("left", ["post", "family"])
def test_an_author_without_the_post_or_of_the_family_hears_nothing(world: World, left: str) -> None:
    walk = approved(world, by="counsellor")
    author = world["counsellor"]
    with tenancy.scope(world.id):
        if left == "post":
            Membership.objects.filter(person=author).update(ends_at=walk.at)
        else:
            GuardianLink.objects.create(
                school=world.school, student=world.student, guardian=author, relation="OTHER"
            )
    walk.at += timedelta(minutes=1)
    walk.act("reply", "mother", text=WORDS)

    assert author.pk not in {person for person, _ in told(walk)}


def test_no_other_parent_and_nobody_who_calls_others_reads_it(world: World, as_: As) -> None:
    second_family(world)
    walk = sent(world)
    walk.act("reply", "mother", text=WORDS)

    assert reads(as_, walk, "mother") == [False, True]
    for who in ("father", "other_mother", "student", "stranger", "grade_leader", "mentor"):
        assert reads(as_, walk, who) == [False, False], who
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["teacher"], relation="OTHER"
        )
    assert reads(as_, walk, "teacher") == [False, False]


def test_many_answers_are_one_message_until_it_is_read(world: World) -> None:
    second_family(world)
    walk = sent(world)
    walk.act("reply", "mother", text=WORDS)
    walk.at += timedelta(minutes=1)
    walk.act("reply", "father", text=WORDS)
    assert len(told(walk)) == 1

    with tenancy.scope(world.id):
        Notification.objects.filter(template="notice.replied").update(read_at=walk.at)
    walk.at += timedelta(minutes=1)
    walk.act("reply", "mother", text="周四也可以")

    assert len(told(walk)) == 2


def test_a_teacher_is_told_nothing_of_the_own_family(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["teacher"], relation="OTHER"
        )
    walk = sent(world)
    walk.act("reply", "mother", text=WORDS)

    assert world["teacher"].pk not in {person for person, _ in told(walk)}


@pytest.mark.parametrize(
    ("strength", "settled"), [("READ", True), ("CONFIRM", True), ("SIGN", False)]
)
def test_an_answer_in_words_is_an_answer_and_no_signature(
    world: World, strength: str, settled: bool
) -> None:
    walk = sent(world, strength=strength, needs_answer=True)

    assert (walk.act("reply", "mother", text=WORDS).settled_at is not None) == settled


def test_the_pages_of_the_teacher_show_it(world: World) -> None:
    walk = sent(world)
    walk.act("reply", "mother", text=WORDS)
    phone = by_password(world, "teacher")

    assert "家长对通知的回复" in phone.text
    phone.open(f"/notices/{walk.notice_id}/contacts")
    assert WORDS in phone.text
    phone.open(f"/students/{world.student.pk}/file")
    assert f"家长回复：{WORDS}" in phone.text
    assert "家长对通知的回复" not in by_password(world, "mother").text


def test_words_of_danger_are_a_task_that_leads_to_them(world: World, as_: As) -> None:
    walk = sent(world)
    walk.act("reply", "mother", text="孩子昨晚说不想活了")
    office, receipt = as_("duty_officer"), str(walk.receipt("mother").pk)

    listed = office.get("/tasks?state=OPEN").json()["results"]
    (task,) = [one for one in listed if one["name"] == "upgrade_decide"]
    path = f"/tasks/{task['id']}"
    assert office.get(path).json()["receipt"] == receipt
    assert "不想活了" in office.get(f"/receipts/{receipt}").content.decode()

    done = office.post(
        f"{path}/complete", {"answer": {"outcome": "crisis", "reason": "已与班主任核实"}}
    )
    assert (done.status_code, done.json()["state"]) == (200, "COMPLETED")
    assert office.get(f"/cases/{task['case']}").json()["channel"] == "CRISIS"
    tapped = as_("teacher").post(f"/receipts/{receipt}/danger")
    assert tapped.status_code == 201
    with tenancy.scope(world.id):
        assert Case.objects.filter(channel="CRISIS").count() == 1
    for who in ("mother", "father", "student", "stranger", "mentor"):
        assert as_(who).get(path).status_code == 404
