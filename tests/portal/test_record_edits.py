"""A draft that moved while somebody wrote: what was typed stays, and can be saved after all."""

import re
from typing import Any

import pytest

from parties import tenancy
from records.models import Participant, Statement
from tests.api.papers import FACT, Paper, upload, written
from tests.factories import World
from tests.portal.test_records import TYPED
from tests.portal.visitors import Phone, by_password
from tests.records.uploads.files import jpeg

NEW = "他说晚上睡得晚，早上起不来。"


def address(paper: Paper) -> str:
    return f"/records/{paper.id}/edit"


def editing(world: World, paper: Paper) -> Phone:
    phone = by_password(world, "teacher")
    phone.open(address(paper))
    return phone


def save(phone: Phone, paper: Paper, **typed: Any) -> int:
    whole = {"keep": "1", "seen": phone.value("seen"), **TYPED, "s_HOME": NEW, **typed}
    return int(phone.send(address(paper), **whole).status_code)


def statements(world: World) -> dict[str, str]:
    with tenancy.scope(world.id):
        return {one.section: one.text for one in Statement.objects.filter(withdrawn_at=None)}


def test_after_an_upload_a_second_tap_saves(world: World) -> None:
    paper = written(world, started_at="2026-10-09T16:00:30+08:00")
    phone = editing(world, paper)
    assert upload(paper.writer, paper.id, jpeg()).status_code == 201

    assert save(phone, paper) == 409
    assert "刚被修改过" in phone.text
    assert "再点一次保存" in phone.text
    assert "沟通时间，现在是" not in phone.text
    assert "用语没有需要修改的地方" not in phone.text
    assert NEW in phone.html
    assert list(statements(world)) == ["FACT"]
    assert save(phone, paper) == 200

    assert statements(world) == {"FACT": FACT, "HOME": NEW}


def test_what_stands_there_now_is_named_beside_what_was_typed(world: World) -> None:
    lines = f"{FACT}\n共两次。"
    paper = written(world, lines)
    phone, other = editing(world, paper), editing(world, paper)
    father = [str(world["father"].pk)]
    said = {"s_FACT": lines, "s_HOME": "每晚十点\r\n前睡。", "place": "三楼谈话室"}
    assert save(other, paper, people=father, place_kind="PHONE", **said) == 200

    mother = [str(world["mother"].pk)]
    fact = lines.replace("\n", "\r\n")  # as a browser ends a line
    assert save(phone, paper, people=mother, place="三楼谈话室", s_FACT=fact) == 409

    for now in ("现在是： 每晚十点 前睡。", "现在是： father（父亲）", "现在是： 电话"):
        assert now in phone.text
    for same in ("沟通时间", "具体地点（可不填）", "问题描述", "问题描述（可不填）"):
        assert f"{same}，现在是" not in phone.text
    assert NEW in phone.html
    assert save(phone, paper, people=mother) == 200
    assert statements(world)["HOME"] == NEW
    with tenancy.scope(world.id):
        there = Participant.objects.exclude(person=world["teacher"])
        assert [one.person for one in there] == [world["mother"]]


def test_what_the_page_never_asked_for_stays(world: World) -> None:
    """Somebody's other window wrote a third statement of the section."""
    paper = written(world, FACT)
    phone = editing(world, paper)
    for text in ("10月12日迟到一次。", "10月13日迟到一次。"):
        paper.say(text)

    assert save(phone, paper, s_FACT_2="") == 409
    assert re.search(r'name="s_FACT_3"[^>]*>\s*10月13日迟到一次。</textarea>', phone.html)
    kept = {"s_FACT_2": "10月12日迟到一次。", "s_FACT_3": "10月13日迟到一次。"}
    assert save(phone, paper, **kept) == 200

    with tenancy.scope(world.id):
        found = Statement.objects.filter(withdrawn_at=None, section="FACT")
        assert found.count() == 3


def test_words_for_a_draft_handed_over_meanwhile_wait_for_taking_it_back(world: World) -> None:
    paper = written(world)
    phone = editing(world, paper)
    seen = phone.value("seen")
    paper.do("check")
    paper.do("offer")

    for keeps in ("keep", "offer", "attach"):
        assert save(phone, paper, **{keeps: "1", "seen": seen}) == 409, keeps
        assert NEW in phone.html
        assert "收回修改" in phone.text
        assert f'href="/records/{paper.id}"' in phone.html
    assert list(statements(world)) == ["FACT"]
    paper.do("recall")

    assert save(phone, paper, seen=seen) == 409
    assert save(phone, paper) == 200
    assert statements(world)["HOME"] == NEW


@pytest.mark.parametrize(("end", "way"), [("sign", "写新版本"), ("discard", "另写一份")])
def test_words_for_a_draft_that_is_over_say_where_they_may_go(
    world: World, end: str, way: str
) -> None:
    paper = written(world)
    phone = editing(world, paper)
    if end == "sign":
        paper.do("check")
        paper.do("offer")
        assert paper.sign().status_code == 200
    else:
        paper.do("discard", {"reason": "写错了学生"})

    assert save(phone, paper, seen="1") == 409
    assert NEW in phone.html
    assert way in phone.text
    assert list(statements(world)) == ["FACT"]


def test_opening_a_draft_that_was_handed_over_says_so(world: World) -> None:
    paper = written(world)
    paper.do("check")
    paper.do("offer")

    phone = editing(world, paper)

    assert phone.page.status_code == 409
    assert "请先收回" in phone.text


def test_opening_a_draft_that_was_signed_names_the_new_version(world: World) -> None:
    paper = written(world)
    paper.do("check")
    paper.do("offer")
    assert paper.sign().status_code == 200

    phone = editing(world, paper)

    assert phone.page.status_code == 409
    assert "写新版本" in phone.text
    assert "收回" not in phone.text


@pytest.mark.parametrize("who", ["mother", "stranger", "counsellor"])
def test_nobody_else_reads_a_word_by_being_late(world: World, who: str) -> None:
    paper = written(world)
    phone = by_password(world, who)
    phone.open("/")

    assert save(phone, paper, seen="0", s_FACT="别的") in (403, 404)
    assert FACT not in phone.html
