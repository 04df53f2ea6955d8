"""A meeting, answered twice: the same words are one answer, other words are kept or given back."""

import pytest

from parties import tenancy
from records.models import MeetingReply
from tests.api.meeting_stories import on_offer, with_guests
from tests.factories import World
from tests.portal.browsers import sends
from tests.portal.test_meetings import address
from tests.portal.visitors import by_link, by_password

pytestmark = pytest.mark.django_db

FIRST, OTHER = "周三晚上可以", "周四下午也可以"


def replies(world: World) -> list[tuple[str, str]]:
    with tenancy.scope(world.id):
        return [(one.kind, one.words) for one in MeetingReply.objects.order_by("at", "pk")]


@pytest.mark.parametrize(("act", "kind"), [("change", "CHANGE"), ("decline", "DECLINED")])
def test_what_a_family_adds_to_its_answer_is_kept_beside_it(
    world: World, act: str, kind: str
) -> None:
    walk = on_offer(world)
    phone = by_link(world, "mother", purpose="MEETING", target_id=walk.meeting.pk)
    each = [{"words": words} for words in (FIRST, FIRST, OTHER, OTHER, FIRST)]

    got = sends(phone, address(walk), f"{address(walk)}/{act}", *each)

    assert got == [200] * 5
    assert replies(world) == [(kind, FIRST), (kind, OTHER)]
    assert walk.meeting.changes == (1 if act == "change" else 0)
    if act == "change":
        teacher = by_password(world, "teacher")
        teacher.open(address(walk))
        assert (FIRST in teacher.text, OTHER in teacher.text) == (True, True)


def test_a_no_that_ended_the_waiting_is_one_and_other_words_come_back(world: World) -> None:
    walk = on_offer(world)
    father = by_link(world, "father", purpose="MEETING", target_id=walk.meeting.pk)
    father.send(f"{address(walk)}/decline", words="出差")
    phone = by_link(world, "mother", purpose="MEETING", target_id=walk.meeting.pk)
    each = [{"words": words} for words in (FIRST, FIRST, OTHER)]

    got = sends(phone, address(walk), f"{address(walk)}/decline", *each)

    assert got == [200, 200, 409]
    assert OTHER in phone.html
    assert replies(world) == [("DECLINED", "出差"), ("DECLINED", FIRST)]


def test_a_school_that_gives_another_reason_has_both(world: World) -> None:
    walk = on_offer(world)
    walk.choose(1)
    phone, page = by_password(world, "teacher"), f"{address(walk)}/move"
    phone.open(page)
    seen = phone.value("seen")
    each = [{"words": words, "seen": seen} for words in (FIRST, FIRST, OTHER, "差生太多")]

    got = sends(phone, page, page, *each)

    assert got == [200, 200, 200, 400]
    assert [words for kind, words in replies(world) if kind == "CHANGE"] == [FIRST, OTHER]
    assert walk.meeting.changes == 0
    assert "差生太多" in phone.html


def test_a_guest_says_why_not_as_often_as_it_changes(world: World) -> None:
    walk = with_guests(world, "counsellor")
    walk.choose(1)
    phone = by_password(world, "counsellor")
    each = [{"comes": "no", "words": words} for words in (FIRST, FIRST, OTHER)]

    got = sends(phone, address(walk), f"{address(walk)}/attend", *each)

    assert got == [200] * 3
    assert [one for one in replies(world) if one[0] == "EXCUSED"] == [
        ("EXCUSED", FIRST),
        ("EXCUSED", OTHER),
    ]
