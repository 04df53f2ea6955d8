"""请求面谈 twice about one child: one matter while nobody has decided, and no word is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.models import Event
from parties import tenancy
from tests.api.callers import Caller
from tests.api.test_matters import decided, said
from tests.factories import World
from tests.portal.visitors import by_link, by_password
from workflow.models import Matter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]

As = Callable[[str], Caller]
FIRST = "最近成绩下滑，想谈一谈"
SECOND = "周四下午我有空"


def asks(world: World, caller: Caller, words: str = FIRST, **change: Any) -> str:
    given = {"trigger": "visit", "words": words, "repeated": False, "needs_family": True}
    answer = caller.post("/matters", said(world, **given | change))
    assert answer.status_code == 201, answer.content
    return str(answer.json()["receipt_no"])


def words(world: World) -> list[str]:
    with tenancy.scope(world.id):
        return [one.words for one in Matter.objects.order_by("raised_at")]


def test_a_second_request_adds_to_the_first(world: World, as_: As) -> None:
    first, second = asks(world, as_("mother")), asks(world, as_("mother"), SECOND)

    assert first == second
    assert words(world) == [f"{FIRST}\n{SECOND}"]
    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="matter.added").count() == 1
    assert asks(world, as_("mother"), SECOND) == first  # a third time the same: nothing new
    assert words(world) == [f"{FIRST}\n{SECOND}"]


def test_words_that_stand_within_others_are_words_of_their_own(world: World, as_: As) -> None:
    asks(world, as_("mother"), "他不想去实习")
    asks(world, as_("mother"), "想去实习")

    assert words(world) == ["他不想去实习\n想去实习"]


def test_the_page_says_that_it_was_added(world: World) -> None:
    phone = by_link(world, "mother")
    for text in (FIRST, SECOND):
        phone.open("/matters/new")
        given = {"trigger": "visit", "danger": "no", "nonce": phone.value("nonce")}
        phone.send("/matters/new", student=str(world.student.pk), words=text, **given)
        assert ("已补充进去" in phone.text) == (text == SECOND)

    assert words(world) == [f"{FIRST}\n{SECOND}"]


def test_who_decides_reads_both_and_decides_once(world: World, as_: As) -> None:
    asks(world, as_("mother"))
    asks(world, as_("mother"), SECOND)
    with tenancy.scope(world.id):
        case = Matter.objects.get().case_id

    page = by_password(world, "teacher")
    page.open(f"/cases/{case}")
    assert FIRST in page.text
    assert SECOND in page.text
    decided(world, as_("teacher"), case, "meeting")
    assert asks(world, as_("mother"), "还有一件事") != asks(world, as_("father"))
    assert len(words(world)) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"danger": "unclear"},
        {"danger": "yes"},
        {"repeated": True},
        {"trigger": "health"},
        {"words": "他说不想活了"},
        {"words": "我要投诉到12345"},
    ],
)
def test_what_weighs_more_is_a_matter_of_its_own(
    world: World, as_: As, change: dict[str, Any]
) -> None:
    first = asks(world, as_("mother"))

    assert asks(world, as_("mother"), **{"words": SECOND, **change}) != first
    assert words(world)[0] == FIRST


def test_words_that_are_a_sign_only_together_are_a_matter_of_their_own(
    world: World, as_: As
) -> None:
    asks(world, as_("mother"), "孩子一直说不想")
    asks(world, as_("mother"), "活了")

    assert len(words(world)) == 2


def test_the_other_parent_and_a_teacher_raise_their_own(world: World, as_: As) -> None:
    receipts = {asks(world, as_(who)) for who in ("mother", "father", "teacher", "teacher")}

    assert len(receipts) == 4
