"""The file as a page: a timeline that a parent can read, filters as plain links, and a pager."""

import re
from html import unescape

import pytest

from parties import tenancy
from parties.roles import Role
from tests.factories import MINUTE, NOW, World
from tests.portal.visitors import Phone, by_password
from tests.records.filed import CRISIS, UNROUTED, case, many, placed, placements_as


def address(world: World) -> str:
    return f"/students/{world.student.pk}/file"


def link(phone: Phone, label: str) -> str:
    """Where the link of that name leads."""
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>{label}</a>', phone.html)
    assert found is not None, label
    return unescape(found[1])


@pytest.mark.parametrize("who", ["mother", "student", "teacher"])
def test_family_student_and_teacher_read_the_timeline(world: World, who: str) -> None:
    with tenancy.scope(world.id):
        made = case(world)
    phone = by_password(world, who)

    phone.open(address(world))

    assert phone.page.status_code == 200
    assert "student的家校档案" in phone.text
    assert "2026年10月9日 22:40" in phone.text
    assert "常规通知 （已开启）" in phone.text
    assert "事项 · 学校录入" in phone.text
    assert f"/cases/{made.pk}" in phone.html


def test_the_family_finds_the_way_from_the_first_page(world: World) -> None:
    phone = by_password(world, "mother")

    phone.open("/")

    assert f'href="{address(world)}"' in phone.html
    assert f'href="{address(world)}"' not in by_password(world, "teacher").html


def test_what_is_hidden_leaves_nothing_on_the_page(world: World) -> None:
    with tenancy.scope(world.id):
        hidden = [case(world, **CRISIS), case(world, **UNROUTED)]
    phone = by_password(world, "mother")

    phone.open(address(world))

    assert "没有可以显示的记录。" in phone.text
    assert not any(str(one.pk) in phone.html for one in hidden)


def test_older_entries_follow_and_lead_back(world: World) -> None:
    with tenancy.scope(world.id):
        many(world, 25)
        many(world, 25, **CRISIS)
    phone = by_password(world, "mother")

    phone.open(address(world))
    assert phone.html.count("<time") == 20
    phone.open(address(world) + link(phone, "更早的记录"))
    assert phone.html.count("<time") == 5
    assert "更早的记录" not in phone.text
    phone.open(address(world) + link(phone, "回到最近"))
    assert phone.html.count("<time") == 20


def test_filters_are_links(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    placements_as(monkeypatch, "evaluation")
    with tenancy.scope(world.id):
        case(world)
        placed(world, kind="evaluation", readers=[Role.G], at=NOW - MINUTE)
    phone = by_password(world, "mother")
    phone.open(address(world))
    assert phone.html.count("<time") == 2

    phone.open(address(world) + link(phone, "企业"))
    assert phone.html.count("<time") == 1
    assert "数控操作" in phone.text
    phone.open(address(world) + link(phone, "事项"))
    assert "没有可以显示的记录。" in phone.text


def test_a_broken_mark_or_filter_leads_to_the_newest_entries(world: World) -> None:
    with tenancy.scope(world.id):
        case(world)
    phone = by_password(world, "mother")

    for query in ("?cursor=x", "?kind=unheard_of", "?party=x&cursor=" + "a" * 2000):
        assert phone.open(address(world) + query).status_code == 200
        assert phone.html.count("<time") == 1, query


@pytest.mark.parametrize("who", ["stranger", "classmate", "counsellor", "auditor"])
def test_strangers_find_nothing(world: World, who: str) -> None:
    with tenancy.scope(world.id):
        case(world)
    phone = by_password(world, who)

    phone.open(address(world))

    assert phone.page.status_code == 404
    assert "student的" not in phone.text
