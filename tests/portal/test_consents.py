"""同意与撤回 on a phone: said plainly, given with one tap, taken back with one tap."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties import clock, tenancy
from parties.models import Consent, GuardianLink, Student
from tests.api.meeting_stories import begun
from tests.factories import World
from tests.portal.visitors import Phone, by_password
from tests.records.consented import give, withdraw
from tests.records.desk import Desk
from tests.records.meeting_days import restrict

pytestmark = pytest.mark.django_db

PAPER = {"proof": "PAPER", "proof_note": "3号柜／2026-2册", "giver": "mother"}
OTHERS = (
    "stranger", "teacher", "counsellor", "duty_officer", "grade_leader", "auditor", "classmate",
    "mentor", "neighbour",
)  # fmt: skip
UNKIND = ("必须", "否则", "后果", "不配合", "义务")


@pytest.fixture
def desk(world: World) -> Desk:
    """Today; and with the guardian of another student in the same class."""
    with tenancy.scope(world.id):
        other = world.add("neighbour", phone="+8619955000001")
        classmate = Student.objects.get(person=world["classmate"])
        GuardianLink.objects.create(
            school=world.school, student=classmate, guardian=other, relation="MOTHER",
            contact_priority=1,
        )  # fmt: skip
    return Desk(world, at=clock.now() - timedelta(minutes=1))


def address(world: World) -> str:
    return f"/students/{world.student.pk}/consents"


def at_page(world: World, who: str) -> Phone:
    phone = by_password(world, who)
    phone.open(address(world))
    return phone


def stored(world: World) -> list[tuple[str, str]]:
    with tenancy.scope(world.id):
        found = Consent.objects.select_related("giver")
        return sorted((one.giver.name, str(one.state)) for one in found)


@pytest.mark.parametrize("who", ["mother", "student"])
def test_the_way_leads_from_the_first_page_and_from_the_file(
    world: World, desk: Desk, who: str
) -> None:
    phone = by_password(world, who)
    for start in ("/", f"/students/{world.student.pk}/file"):
        phone.open(start)
        assert phone.html.count(f'href="{address(world)}"') == 1, start

    assert phone.open(address(world)).status_code == 200


@pytest.mark.parametrize("who", ["mother", "student"])
def test_a_yes_and_its_taking_back_are_one_tap_each(world: World, desk: Desk, who: str) -> None:
    phone = at_page(world, who)
    assert "还没有人表示过同意" in phone.text
    assert "撤回同意" not in phone.text
    days = re.search(r'name="days" value="(\d+)" checked', phone.html)
    assert days is not None
    assert days[1] == "30"

    phone.send(address(world), days=days[1])
    assert phone.page.status_code == 200
    assert "已同意 ：您" in phone.text
    assert "我同意</button>" not in phone.html
    phone.send(f"{address(world)}/withdraw")

    assert "已撤回 ：您" in phone.text
    assert "由您撤回" in phone.text
    assert "我同意</button>" in phone.html
    assert stored(world) == [(who, "WITHDRAWN")]


def test_the_page_says_what_it_means_in_kind_words(world: World, desk: Desk) -> None:
    give(desk, "teacher", **PAPER)
    phone = at_page(world, "father")

    for said in (
        "不同意或撤回，都不影响学习、评价、资助和待遇",
        "报告的内容只由心理教师查看",
        "实习企业看不到",
        "已经签字的记录",
        "mother（监护人），纸质同意书，由teacher登记",
    ):
        assert said in phone.text, said
    assert not [word for word in UNKIND if word in phone.text]
    assert "<script" not in phone.html
    ids = set(re.findall(r'id="([^"]+)"', phone.html))
    assert set(re.findall(r'(?:label [^>]*for|labelledby)="([^"]+)"', phone.html)) <= ids


def test_a_second_tap_gives_nothing_more(world: World, desk: Desk) -> None:
    phone = at_page(world, "mother")
    phone.send(address(world), days="30")
    phone.send(address(world), days="365")

    assert stored(world) == [("mother", "GIVEN")]


@pytest.mark.parametrize("days", ["", "3650", "x"])
def test_a_period_that_is_not_offered_is_asked_again(world: World, desk: Desk, days: str) -> None:
    phone = at_page(world, "mother")
    phone.send(address(world), days=days)

    assert phone.page.status_code == 400
    assert "请选择同意到什么时候为止" in phone.text
    assert stored(world) == []


def test_taking_back_ends_every_yes_of_the_family(world: World, desk: Desk) -> None:
    give(desk, "mother")
    give(desk, "father")
    restrict(world, "father", "NO_CONTACT")  # his yes does not count, and must not come back
    phone = at_page(world, "student")
    phone.send(f"{address(world)}/withdraw")

    assert stored(world) == [("father", "WITHDRAWN"), ("mother", "WITHDRAWN")]
    assert phone.send(f"{address(world)}/withdraw").status_code == 200  # a second tap
    mother = at_page(world, "mother")
    assert mother.text.count("已撤回") == 2
    assert "由您撤回" not in mother.text


def test_below_fourteen_one_takes_back_but_does_not_give(world: World, desk: Desk) -> None:
    give(desk)
    with tenancy.scope(world.id):
        Student.objects.filter(pk=world.student.pk).update(birth_date="2014-05-14")
    phone = at_page(world, "student")

    assert "我同意</button>" not in phone.html
    assert "年满十四周岁的学生本人表示同意" in phone.text
    phone.send(address(world), days="30")
    assert phone.page.status_code == 422
    at_page(world, "student").send(f"{address(world)}/withdraw")
    assert stored(world) == [("mother", "WITHDRAWN")]


def test_what_ran_out_is_shown_as_over(world: World, desk: Desk) -> None:
    desk.later(days=-60)
    give(desk)
    phone = at_page(world, "mother")

    assert "已到期" in phone.text
    assert "撤回同意</button>" not in phone.html
    assert "我同意</button>" in phone.html


def test_a_long_list_costs_as_many_queries_as_a_short_one(world: World, desk: Desk) -> None:
    phone, costs = by_password(world, "father"), set()
    give(desk)
    phone.open(address(world))
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            phone.open(address(world))
        costs.add(len(queries))
        give(desk, "student")
        give(desk, "teacher", **PAPER)

    assert len(costs) == 1


@pytest.mark.parametrize("who", OTHERS)
def test_for_everybody_else_there_is_no_such_page(world: World, desk: Desk, who: str) -> None:
    give(desk)
    phone = by_password(world, who)
    for start in ("/", f"/students/{world.student.pk}/file"):
        phone.open(start)
        assert address(world) not in phone.html, start

    for act in (
        lambda: phone.open(address(world)),
        lambda: phone.send(address(world), days="30"),
        lambda: phone.send(f"{address(world)}/withdraw"),
    ):
        phone.open("/")
        assert act().status_code == 404
        assert "student：" not in phone.text
    assert stored(world) == [("mother", "GIVEN")]


@pytest.mark.parametrize("kind", ["NO_CONTACT", "DO_NOT_TELL"])
def test_for_a_restricted_guardian_there_is_none_either(
    world: World, desk: Desk, kind: str
) -> None:
    give(desk)
    restrict(world, "father", kind)
    phone = by_password(world, "father")
    assert "同意与撤回" not in phone.text

    assert phone.open(address(world)).status_code == 404
    phone.open("/")
    assert phone.send(f"{address(world)}/withdraw").status_code == 404
    assert stored(world) == [("mother", "GIVEN")]


def test_an_order_against_one_guardian_shows_on_no_page_of_another(
    world: World, desk: Desk
) -> None:
    give(desk, "father")
    before = at_page(world, "mother").text
    restrict(world, "father", "DO_NOT_TELL")

    assert at_page(world, "mother").text == before


def test_nobody_without_a_session_sees_it(world: World, desk: Desk) -> None:
    phone = Phone()
    phone.open(address(world))

    assert "登录" in phone.text
    assert "student：" not in phone.text


@pytest.mark.parametrize("who", OTHERS)
def test_a_yes_changes_no_byte_for_anybody_else(world: World, desk: Desk, who: str) -> None:
    """But in the file, for those whose work asks for it."""
    phone = by_password(world, who)
    pages = ["/", f"/students/{world.student.pk}/file", address(world)]
    if who in ("teacher", "counsellor", "duty_officer"):
        del pages[1]
    before = [_bytes(phone, page) for page in pages]
    give(desk)

    assert [_bytes(phone, page) for page in pages] == before


@pytest.mark.parametrize(
    ("who", "page"), [("mother", "consents"), ("student", "consents"), ("teacher", "consent-desk")]
)
def test_the_file_says_it_plainly_and_leads_to_the_page(
    world: World, desk: Desk, who: str, page: str
) -> None:
    withdraw(desk, give(desk), "student")
    phone = by_password(world, who)

    phone.open(f"/students/{world.student.pk}/file?kind=consent")
    assert "同意：沟通准备中使用心理评估报告" in phone.text
    assert "家庭录入 · mother" in phone.text
    phone.open(f"/students/{world.student.pk}/file?kind=consent_withdrawn")
    assert "撤回同意：沟通准备中使用心理评估报告" in phone.text
    assert ("家庭录入 · student" in phone.text) == (who == "student")

    assert f'<a href="/students/{world.student.pk}/{page}"><strong>' in phone.html
    assert phone.open(f"/students/{world.student.pk}/{page}").status_code == 200


def _bytes(phone: Phone, page: str) -> tuple[int, str]:
    answer = phone.open(page)
    mark = r'(name="csrfmiddlewaretoken" value=")[^"]+'
    return answer.status_code, re.sub(mark, r"\1", answer.content.decode())


def test_who_prepares_a_talk_reads_whether_a_consent_holds_and_how_to_ask(
    world: World, desk: Desk
) -> None:
    walk = begun(world)
    walk.do("meeting_prepare")
    phone = by_password(world, "teacher")
    page = f"/tasks/{walk.task('meeting_dossier').pk}"

    phone.open(page)
    assert "现在没有有效的同意" in phone.text
    assert "在首页打开“同意与撤回”" in phone.text
    made = give(desk)
    phone.open(page)
    assert "现在有有效的同意" in phone.text
    assert "现在没有有效的同意" not in phone.text
    withdraw(desk, made)
    phone.open(page)
    assert "现在没有有效的同意" in phone.text
    give(desk, "mother")
    assert "mother" not in _section(phone, page)  # that there is one, and nothing else


def test_a_task_that_asks_for_no_basis_says_nothing_of_consents(world: World, desk: Desk) -> None:
    walk = begun(world)
    phone = by_password(world, "teacher")
    page = f"/tasks/{walk.task('meeting_prepare').pk}"
    before = _bytes(phone, page)
    give(desk)

    assert _bytes(phone, page) == before
    assert "同意" not in phone.text


def _section(phone: Phone, page: str) -> str:
    phone.open(page)
    found = re.search(r'<section aria-labelledby="consent-title">.*?</section>', phone.html, re.S)
    assert found is not None
    return found[0]


def test_after_anothers_no_a_yes_is_kept_and_the_page_does_not_say_whose_it_was(
    world: World, desk: Desk
) -> None:
    withdraw(desk, give(desk), "father")
    phone = at_page(world, "mother")
    assert "家里有人撤回过" in phone.text

    phone.send(address(world), days="30")
    said = phone.text
    restrict(world, "father", "NO_CONTACT")  # his no ends, and nobody at home learns of it
    phone.open(address(world))

    assert "已同意 ：您" in phone.text
    assert phone.text == said
    assert "father" not in said


def test_ones_own_no_is_not_said_to_be_somebodys(world: World, desk: Desk) -> None:
    withdraw(desk, give(desk), "mother")

    assert "家里有人撤回过" not in at_page(world, "mother").text
