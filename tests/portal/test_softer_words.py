"""换个说法: a family is offered other words when it asks, and none of its own are touched."""

import re
from datetime import timedelta
from typing import Final

import pytest

from ledger.models import Event
from parties import clock, tenancy
from parties.access import Viewer
from parties.models import SignInLink
from records import softer_words
from tests.api import plan_stories
from tests.api.meeting_stories import on_offer
from tests.api.papers import FACT, offered
from tests.factories import CN, NOW, World
from tests.portal.visitors import Phone, by_link, by_password
from tests.processes.notice_walk import sent

pytestmark = pytest.mark.django_db

HARD: Final = "老师说他是差生，家里不是这样看的。"
PAGE: Final = "/softer-words"


def events(world: World) -> int:
    with tenancy.scope(world.id):
        return Event.objects.count()


def asks(phone: Phone, **typed: str) -> None:
    phone.send(PAGE, **typed)
    assert phone.page.status_code == 200, phone.text


def test_a_mother_is_offered_other_words_and_nothing_is_kept(world: World) -> None:
    paper = offered(world, FACT)
    phone = by_password(world, "mother")
    phone.open(f"/records/{paper.id}")
    before = events(world)

    asks(phone, look="note", note=HARD)

    assert HARD in phone.text
    assert "差生" in re.findall(r"<strong>(.*?)</strong>", phone.html)
    assert "可以写：" in phone.text
    assert "您的原话会作为引语原样保留" in phone.text
    assert "一字未动" in phone.text
    assert events(world) == before


def test_plain_words_need_no_other(world: World) -> None:
    phone = by_password(world, "mother")

    asks(phone, look="words", words="周三晚上可以来。")

    assert "没有要建议的说法" in phone.text


def test_a_link_for_one_record_opens_the_offer_as_well(world: World) -> None:
    paper = offered(world, FACT)
    purpose = SignInLink.Purpose.RECORD
    phone = by_link(world, "mother", purpose=purpose, target_id=paper.id)

    asks(phone, look="note", note=HARD)

    assert "可以写：" in phone.text


@pytest.mark.parametrize("field", ["password", "nonce", ""])
def test_only_a_text_is_shown_again(world: World, field: str) -> None:
    phone = by_password(world, "mother")
    phone.open("/matters/new")

    asks(phone, **{"look": field, field or "x": "geheim-4711"})

    assert "geheim-4711" not in phone.html
    assert "还没有写内容" in phone.text


def test_an_offer_shows_the_words_as_they_were_written(world: World) -> None:
    """The list has 父母素质低 for it, which nobody wrote."""
    paper = offered(world, FACT)
    phone = by_link(world, "mother", purpose=SignInLink.Purpose.RECORD, target_id=paper.id)

    asks(phone, look="note", note="老师说家长素质很低，我不同意。")

    assert "<strong>家长素质很低</strong>" in phone.html
    assert "父母素质低" not in phone.html


def test_an_offer_tells_no_other_name(world: World) -> None:
    """Of a classmate a mother writes, the school's list of students says nothing to her."""
    with tenancy.scope(world.id):
        other = world["classmate"]
        mother = Viewer.load(world["mother"], at=NOW)
        teacher = Viewer.load(world["teacher"], at=NOW)
        said = f"{other.name}说他是差生"

        assert [one.phrase for one in softer_words.offered(mother, said)] == ["差生"]
        assert other.name in {one.phrase for one in softer_words.offered(teacher, said)}


def test_each_writer_is_spoken_to_as_who_they_are(world: World) -> None:
    with tenancy.scope(world.id):
        notes = {
            who: softer_words.offered(Viewer.load(world[who], at=NOW), HARD)[0].note
            for who in ("mother", "student", "mentor", "teacher")
        }

    assert notes["mother"] == notes["student"]
    assert len(set(notes.values())) == 3
    assert "谢谢您的反馈" in notes["mentor"]


def buttons(phone: Phone) -> list[str]:
    """Fields that a page offers other words for; each stands in the form of its button."""
    found = []
    for form in re.findall(r"<form.*?</form>", phone.html, re.DOTALL):
        for field in re.findall(rf'name="look" value="(\w+)" formaction="{PAGE}"', form):
            assert re.search(rf'<textarea[^>]*name="{field}"', form), (field, form)
            first = re.search(r"<button[^>]*>", form)
            assert first is not None
            assert "formaction" not in first[0], "Enter would ask instead of sending"
            found.append(field)
    return found


def test_wherever_a_family_writes_it_may_ask(world: World) -> None:
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    paper, walk = offered(world, FACT), on_offer(world)
    receipt = sent(world, at=yesterday).receipt("mother")
    plan_stories.running(world)
    pages = {
        f"/records/{paper.id}": ["note", "reason"],
        f"/records/{paper.id}/object": ["words"],
        f"/meetings/{walk.meeting.pk}": ["words", "words"],
        f"/notices/{receipt.pk}": ["text"],
        "/matters/new": ["words"],
    }
    phone = by_password(world, "mother")

    for page, fields in pages.items():
        phone.open(page)
        assert buttons(phone) == fields, page


def test_staff_who_sign_are_not_asked_to_be_kind_to_themselves(world: World) -> None:
    paper = offered(world, FACT)
    phone = by_password(world, "teacher")

    for page in (f"/records/{paper.id}", "/matters/new"):
        phone.open(page)
        assert buttons(phone) == [], page
