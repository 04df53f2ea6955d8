"""Words of the timeline that other acts bring about: each is recorded, and the page says it."""

import re

import pytest

from tests.factories import World
from tests.portal.test_notices import sent
from tests.portal.visitors import by_password
from tests.processes.walker import to_follow_up

pytestmark = pytest.mark.django_db


def page(world: World, case_id: object, who: str) -> str:
    phone = by_password(world, who)
    assert phone.open(f"/cases/{case_id}").status_code == 200
    return phone.text


def test_an_event_that_a_process_waited_for(world: World) -> None:
    walk = to_follow_up(world)
    walk.wait(days=7)
    before = walk.kinds().count("event.caught")

    walk.do("follow_up", danger="again")

    assert walk.kinds().count("event.caught") == before + 1
    text = page(world, walk.case_id, "principal")
    assert "等到了答复" in text
    assert "event.caught" not in text


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ("孩子昨晚说不想活了", "danger.hinted", "家长的话里有危险迹象，已提示"),
        ("再这样我就打12345投诉", "complaint.hinted", "家长的话里有投诉或法律类用语，已告知德育处"),
    ],
)
def test_words_of_a_reply(world: World, words: str, kind: str, said: str) -> None:
    walk = sent(world)
    walk.act("reply", "mother", text=words)

    assert walk.kinds().count(kind) == 1
    text = page(world, walk.case_id, "teacher")
    assert said in text
    assert kind not in text


def test_a_notice_from_its_draft_to_its_end_is_told_in_chinese(world: World) -> None:
    walk = sent(world, strength="SIGN", needs_answer=True)
    walk.act("open_", "mother", how="APP")
    for days in (1, 1, 1, 1):
        walk.wait(days=days)
    walk.act("reply", "mother", text="周五能来")
    walk.act("sign", "mother", how="APP")
    walk.wait(days=20)

    kinds = set(walk.kinds())
    assert {
        "notice.submitted", "notice.approved", "notice.sent", "notice.reminded", "calls.asked",
        "receipt.opened", "receipt.replied", "receipt.signed", "notice.closed",
    } <= kinds, kinds  # fmt: skip
    text = page(world, walk.case_id, "teacher")
    assert re.findall(r"[a-z_]+\.[a-z_]+", text) == []
    assert "类型 常规通知" in text
    assert "开始时间" in text
    assert not [word for word in ("接报人", "报告时间", "告知监护人") if word in text]


def test_that_a_silent_family_is_asked_to_a_talk_is_no_offer_of_times(world: World) -> None:
    walk = sent(world, needs_answer=True)
    for _ in range(12):
        walk.wait(days=1)

    assert walk.kinds().count("notice.meeting_begun") >= 1
    text = page(world, walk.case_id, "teacher")
    assert "家里没有答复，已转为会谈" in text
    assert "提供可选时间" not in text
