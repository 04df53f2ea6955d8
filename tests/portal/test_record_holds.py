"""暂缓 on the page of a record: asked for, decided, in force, released; nothing of it at home."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from parties import tenancy
from tests.api.papers import FACT, Paper, written
from tests.factories import World
from tests.portal.visitors import Phone, by_password

WHY = "学生请求先由心理教师说明"
OFFICE = "先由心理教师与学生谈"
HOME = ("mother", "father", "student")


def until(world: World, days: int) -> str:
    """As the field of a phone sends it."""
    with tenancy.scope(world.id) as now:
        return timezone.localtime(now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def asked(world: World) -> tuple[Paper, Phone]:
    paper, teacher = written(world), by_password(world, "teacher")
    teacher.open(f"/records/{paper.id}")
    teacher.send(f"/records/{paper.id}/hold-requests", reason=WHY, until=until(world, 7))
    assert teacher.page.status_code == 200, teacher.text
    return paper, teacher


def form(phone: Phone, ends: str) -> str:
    """Where the form of the open page leads that ends so."""
    found = re.search(rf'action="([^"]+/{ends})"', phone.html)
    assert found, phone.text
    return found[1]


def page(phone: Phone, path: str) -> tuple[int, str]:
    """What a browser gets, without the token that is another one each time."""
    answer = phone.open(path)
    body = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", answer.content.decode())
    return answer.status_code, body


def at_home(phones: dict[str, Phone], paths: list[str]) -> dict[str, list[tuple[int, str]]]:
    """Every page of the home, byte for byte."""
    return {who: [page(phone, path) for path in paths] for who, phone in phones.items()}


def offer(paper: Paper, teacher: Phone) -> None:
    teacher.open(f"/records/{paper.id}")
    teacher.send(f"/records/{paper.id}/offer", seen=teacher.value("seen"))
    assert "待签字" in teacher.text, teacher.text


def test_a_teacher_asks_and_waits_for_the_office(world: World) -> None:
    paper, teacher = asked(world)

    assert WHY in teacher.text
    assert "没有决定的，不暂缓" in teacher.text
    assert "修改草稿" in teacher.text
    assert f"/records/{paper.id}/offer" not in teacher.html
    assert f'action="/records/{paper.id}/hold-requests"' not in teacher.html
    teacher.send(f"/records/{paper.id}/offer", seen=teacher.value("seen"))
    assert (teacher.page.status_code, "等德育处决定" in teacher.text) == (409, True)


def test_what_is_missing_is_said_beside_the_form_and_kept(world: World) -> None:
    paper, teacher = written(world), by_password(world, "teacher")
    address = f"/records/{paper.id}/hold-requests"
    teacher.open(f"/records/{paper.id}")

    teacher.send(address, reason=WHY, until="明天")
    assert (teacher.page.status_code, "没有写清楚暂缓到什么时候" in teacher.text) == (400, True)
    assert WHY in teacher.text
    teacher.send(address, reason="", until=until(world, 7))
    assert (teacher.page.status_code, "没有写理由" in teacher.text) == (400, True)
    teacher.send(address, reason=WHY, until=until(world, 60))
    assert (teacher.page.status_code, "期限不合适" in teacher.text) == (400, True)


def test_a_teacher_takes_it_back_and_the_draft_may_go(world: World) -> None:
    paper, teacher = asked(world)
    teacher.send(form(teacher, "withdraw"))

    assert "已撤回" in teacher.text
    offer(paper, teacher)
    assert FACT in by_password(world, "mother").open(f"/records/{paper.id}").content.decode()


def test_the_office_finds_the_request_with_its_deadline_and_grants_it(world: World) -> None:
    paper, teacher = asked(world)
    head = by_password(world, "head_of_office")
    head.open("/")
    assert "请决定是否暂缓家长查看" in head.text
    assert "teacher 请求 · 期限" in head.text
    head.open(f"/records/{paper.id}")
    assert FACT in head.text
    assert head.value("until")[:10] == until(world, 7)[:10]
    head.send(f"/records/{paper.id}/hold", reason="", until=until(world, 5))
    assert (head.page.status_code, "没有写理由" in head.text) == (400, True)
    head.send(f"/records/{paper.id}/hold", reason=OFFICE, until=until(world, 5))

    assert "head_of_office（德育处）决定，理由：" + OFFICE in head.text
    assert "请决定是否暂缓家长查看" not in head.open("/").content.decode()
    teacher.open(f"/records/{paper.id}")
    assert "已暂缓" in teacher.text
    assert OFFICE in teacher.text
    assert "家长现在可以查看" not in teacher.text
    offer(paper, teacher)
    for who in HOME:
        assert by_password(world, who).open(f"/records/{paper.id}").status_code == 404, who


def test_a_hold_is_released_where_it_is_shown(world: World) -> None:
    paper, teacher = asked(world)
    head = by_password(world, "head_of_office")
    head.open(f"/records/{paper.id}")
    head.send(f"/records/{paper.id}/hold", reason=OFFICE, until=until(world, 5))
    offer(paper, teacher)
    head.open(f"/records/{paper.id}")
    head.send(form(head, "release"))

    assert "（德育处）决定" not in head.text
    mother = by_password(world, "mother")
    mother.open(f"/records/{paper.id}")
    assert FACT in mother.text
    assert "暂缓" not in mother.text


def test_a_refusal_says_why_and_shuts_the_draft_again(world: World) -> None:
    paper, teacher = asked(world)
    head = by_password(world, "head_of_office")
    head.open(f"/records/{paper.id}")
    refuse = form(head, "refuse")
    head.send(refuse, reason="")
    assert (head.page.status_code, "没有写理由" in head.text) == (400, True)
    head.send(refuse, reason="家长应当知道")

    assert head.page.status_code == 200
    assert "请决定是否暂缓家长查看" not in head.text
    assert head.open(f"/records/{paper.id}").status_code == 404
    teacher.open(f"/records/{paper.id}")
    assert "不暂缓" in teacher.text
    assert "家长应当知道" in teacher.text
    offer(paper, teacher)


def test_the_office_holds_an_offered_record_by_itself(world: World) -> None:
    paper = written(world)
    paper.do("check")
    paper.do("offer")
    officer, leader = by_password(world, "duty_officer"), by_password(world, "grade_leader")
    officer.open(f"/records/{paper.id}")
    officer.send(f"/records/{paper.id}/hold", reason=OFFICE, until=until(world, 5))

    assert OFFICE in officer.text
    leader.open(f"/records/{paper.id}")
    assert leader.page.status_code == 200
    assert "暂缓" not in leader.text
    assert by_password(world, "mother").open(f"/records/{paper.id}").status_code == 404


@pytest.mark.parametrize("who", ["mother", "student", "grade_leader", "auditor", "stranger"])
def test_nobody_else_asks_decides_or_learns_of_it(world: World, who: str) -> None:
    paper, teacher = asked(world)
    withdraw, visitor = form(teacher, "withdraw"), by_password(world, who)
    refuse = withdraw.replace("withdraw", "refuse")
    fields = {"reason": WHY, "until": until(world, 3)}

    assert "暂缓" not in visitor.open("/").content.decode()
    for path in ("hold-requests", "hold", "release"):
        visitor.open("/")
        visitor.send(f"/records/{paper.id}/{path}", **fields)
        assert visitor.page.status_code == 404, path
    for path in (withdraw, refuse):
        visitor.open("/")
        visitor.send(path, **fields)
        assert visitor.page.status_code == 404, path


def test_a_request_answers_at_its_own_record_alone(world: World) -> None:
    _, teacher = asked(world)
    withdraw = form(teacher, "withdraw")
    other = written(world)
    teacher.send(f"/records/{other.id}/" + withdraw.split("/", 3)[3])

    assert teacher.page.status_code == 404


def test_the_home_is_the_same_byte_for_byte(world: World) -> None:
    paper, known = written(world), written(world)
    known.do("check")
    known.do("offer")
    file = f"/students/{world.student.pk}/file"
    paths = ["/", file, f"/records/{paper.id}", f"/records/{known.id}"]
    home = {who: by_password(world, who) for who in HOME}
    at_home(home, paths)  # a first look is on file, and says so from then on
    before = at_home(home, paths)
    teacher, head = by_password(world, "teacher"), by_password(world, "head_of_office")
    teacher.open(f"/records/{paper.id}")
    teacher.send(f"/records/{paper.id}/hold-requests", reason=WHY, until=until(world, 7))
    assert at_home(home, paths) == before
    head.open(f"/records/{paper.id}")
    head.send(f"/records/{paper.id}/hold", reason=OFFICE, until=until(world, 5))
    assert at_home(home, paths) == before
    offer(paper, teacher)

    assert at_home(home, paths) == before


def test_a_record_that_was_not_held_looks_as_if_nobody_had_asked(world: World) -> None:
    plain = written(world)
    plain.do("check")
    plain.do("offer")
    paper, teacher = asked(world)
    head = by_password(world, "head_of_office")
    head.open(f"/records/{paper.id}")
    head.send(form(head, "refuse"), reason="家长应当知道")
    offer(paper, teacher)

    for who in HOME:
        reader = by_password(world, who)
        assert _unnamed(reader, paper) == _unnamed(reader, plain), who


def _unnamed(reader: Phone, paper: Paper) -> tuple[int, str]:
    """The page of a record, without its address, its number and the mark of its words."""
    status, body = page(reader, f"/records/{paper.id}")
    own = rf"{paper.id}|(?<=编号</dt><dd>)[^（]+|{reader.value('as_read') or paper.id}"
    return status, re.sub(own, "", body)


@pytest.mark.parametrize("until_", ["", "2026-13-45T99:99"])
def test_a_request_that_came_late_is_said_with_its_words(world: World, until_: str) -> None:
    """The page was open while somebody offered the record: its form is no longer there."""
    paper, teacher = written(world), by_password(world, "teacher")
    teacher.open(f"/records/{paper.id}")
    paper.do("check")
    paper.do("offer")

    teacher.send(f"/records/{paper.id}/hold-requests", reason=WHY, until=until_)

    assert teacher.page.status_code == 400
    assert "没有写清楚暂缓到什么时候。请选择日期和时间。" in teacher.text
    assert WHY in teacher.html


def test_a_refusal_that_came_too_late_comes_back(world: World) -> None:
    paper, teacher = asked(world)
    office = by_password(world, "head_of_office")
    office.open(f"/records/{paper.id}")
    address = form(office, "refuse")
    teacher.open(f"/records/{paper.id}")
    teacher.send(form(teacher, "withdraw"))

    office.send(address, reason=WHY * 100)

    assert office.page.status_code == 404  # the draft is its author's again
    assert f"为什么不暂缓 {WHY}" in office.text
