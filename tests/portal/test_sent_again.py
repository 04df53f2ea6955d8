"""Back, other words, the same page once more: two taps are one act, and no words are lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import F

from parties import tenancy
from records.models import ActionItem, CommunicationRecord, Notice
from tests.api import plan_stories
from tests.api.callers import member
from tests.api.papers import FACT
from tests.factories import World
from tests.portal.test_case_plan import typed as an_item
from tests.portal.test_two_taps import a_notice
from tests.portal.visitors import Phone, by_link, by_password
from workflow.models import IdempotencyKey, Matter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]

State = CommunicationRecord.State

DAY = {"started_at": "2026-10-09T16:00", "place_kind": "OFFICE", "presence": "IN_PERSON"}
HOME = "他说晚上睡得晚，早上起不来。"
OTHER = "10月8日实训考核 58 分。"
BLANK = "/notices/new?template=blank"
LATER = "定于周四召开家长会。"


class Page:
    """A page that is sent, and sent again after Back."""

    def __init__(self, phone: Phone, address: str, **filled: Any) -> None:
        self.phone, self.address = phone, address
        phone.open(address)
        self.before, self.filled = phone.page, {**filled, "nonce": phone.value("nonce")}

    def send(self, **typed: Any) -> Any:
        self.phone.page = self.before  # Back
        return self.phone.send(self.address, **{**self.filled, **typed})

    def send_shown(self, **typed: Any) -> Any:
        """What stands on the page now, with what it carries unseen."""
        unseen = {name: self.phone.value(name) for name in ("nonce", "seen", "version")}
        return self.phone.send(self.address, **{**self.filled, **unseen, **typed})


# --- a matter -------------------------------------------------------------------------------------


def told(world: World) -> list[tuple[str, str]]:
    with tenancy.scope(world.id):
        return [(one.words, one.danger) for one in Matter.objects.order_by("raised_at")]


def test_other_words_of_danger_are_a_second_matter(world: World) -> None:
    phone = by_link(world, "mother")
    student = str(world.student.pk)
    page = Page(phone, "/matters/new", student=student, trigger="visit")

    page.send(words="最近成绩下滑，想谈一谈", danger="no")
    first = phone.text
    for _tap in range(2):
        page.send(words="孩子昨晚说不想活了", danger="yes")

    assert told(world) == [("最近成绩下滑，想谈一谈", "no"), ("孩子昨晚说不想活了", "yes")]
    assert "回执编号 SX" in phone.text
    assert phone.text != first
    with tenancy.scope(world.id):
        assert Matter.objects.values("case_id").distinct().count() == 2


def test_long_keys_that_differ_at_their_end_are_two_matters(world: World) -> None:
    body = {"student": str(world.student.pk), "trigger": "visit", "danger": "no"}
    mother = member(world, "mother")
    for end, words in (("a", "想谈一谈"), ("b", "孩子昨晚说不想活了")):
        key = {"Idempotency_Key": "k" * 150 + end}
        assert mother.post("/matters", {**body, "words": words}, **key).status_code == 201

    assert [words for words, _danger in told(world)] == ["想谈一谈", "孩子昨晚说不想活了"]


def test_a_key_that_is_counted_from_one_again_brings_other_words(world: World) -> None:
    body = {"student": str(world.student.pk), "trigger": "visit", "danger": "no"}
    mother, key = member(world, "mother"), {"Idempotency_Key": "1"}
    mother.post("/matters", {**body, "words": "想谈一谈"}, **key)
    with tenancy.scope(world.id):
        IdempotencyKey.objects.update(created_at=F("created_at") - timedelta(hours=25))

    mother.post("/matters", {**body, "words": "孩子昨晚说不想活了"}, **key)

    assert [words for words, _danger in told(world)] == ["想谈一谈", "孩子昨晚说不想活了"]


# --- an item of a plan ----------------------------------------------------------------------------


def test_another_item_from_the_same_page_is_a_second_item(world: World) -> None:
    case = plan_stories.running(world)
    page = Page(by_password(world, "teacher"), f"/cases/{case}/plan")
    for title in ("每晚聊十分钟", "周末一起做饭", "周末一起做饭", "每晚聊十分钟"):
        page.send(**an_item(title=title))

    assert "周末一起做饭" in page.phone.text
    with tenancy.scope(world.id):
        titles = sorted(one.title for one in ActionItem.objects.all())
    assert titles == ["周末一起做饭", "每晚聊十分钟"]
