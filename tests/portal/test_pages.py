"""The pages as different people see them: doors, home, case, acknowledge, trouble."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from parties import clock, tenancy
from parties.access import Viewer
from parties.models import GuardianLink, SignInLink
from portal.urls import urlpatterns
from tests.api.stories import reported, triaged
from tests.factories import World
from tests.portal.visitors import Phone, by_link, by_password
from tests.processes.walker import Walk
from workflow import notifications, task_files
from workflow.models import Escalation, HumanTask, Notification
from workflow.reports import Suspect

_NAMES = (
    *("message", "case", "task", "target", "student", "objection", "file", "notice", "item"),
    *("receipt", "wording", "request"),
)
IDS = {**{f"{name}_id": uuid4() for name in _NAMES}, "token": "x" * 43}
#: An id of nothing; fixed, because workers must collect the same tests.
NOWHERE = "00000000-0000-4000-8000-000000000000"

OPEN_TO_ALL = {"sign-in", "password", "ask-link", "link-asked", "link", "sign-out"}


def address(name: str) -> str:
    pattern = next(str(p.pattern) for p in urlpatterns if p.name == name)
    return reverse(f"portal:{name}", kwargs={k: v for k, v in IDS.items() if f":{k}>" in pattern})


@pytest.mark.parametrize("name", sorted({str(p.name) for p in urlpatterns} - OPEN_TO_ALL))
def test_who_is_not_signed_in_is_led_to_the_door(db: None, name: str) -> None:
    client = Client()
    get, post = client.get(address(name)), client.post(address(name))

    for answer in (get, post):
        assert answer.status_code in (302, 401, 405), name
        assert "application/json" not in answer.headers["Content-Type"]
        if answer.status_code == 302:
            assert answer.headers["Location"] == "/sign-in"


def test_no_page_has_a_script_or_loads_from_elsewhere(world: World) -> None:
    walk = triaged(world)
    phone = by_password(world, "counsellor")

    for path in ("/", "/report", f"/cases/{walk.case_id}", "/sign-in", "/nothing"):
        answer = phone.open(path)
        html = answer.content.decode()
        assert "<script" not in html
        assert " style=" not in html
        assert not re.search(r'(src|href)="(https?:)?//', html)
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["Cache-Control"] == "no-store"


def test_every_question_has_a_label(world: World) -> None:
    phone = by_password(world, "counsellor")

    for path in ("/sign-in", "/report"):
        html = phone.open(path).content.decode()
        fields = re.findall(r"<(?:input|textarea|select)[^>]*>", html)
        for field in fields:
            if 'type="hidden"' in field:
                continue
            found = re.search(r'id="([^"]+)"', field)
            assert found, field
            assert f'for="{found[1]}"' in html, field


def test_a_wrong_password_is_said_kindly(world: World) -> None:
    phone = Phone()
    phone.open("/sign-in")

    answer = phone.send("/sign-in/password", login="nobody", password="wrong")  # noqa: S106

    assert answer.status_code == 400
    assert "账号或密码不正确" in phone.text


@pytest.mark.parametrize("contact", ["13912345678", "nobody@nowhere.test"])
def test_asking_for_a_link_says_the_same_to_everybody(world: World, contact: str) -> None:
    with tenancy.scope(world.id):
        known = world["mother"].phone
    pages = []
    for asked in (known, contact):
        phone = Phone()
        phone.open("/sign-in")
        phone.send("/sign-in/link", contact=asked)
        pages.append(phone.html)

    assert pages[0] == pages[1]
    assert "请查收短信或邮件" in pages[0]


def test_what_is_no_contact_is_said_beside_the_question(world: World) -> None:
    phone = Phone()
    phone.open("/sign-in")

    assert phone.send("/sign-in/link", contact="王妈妈").status_code == 400
    assert "请填写手机号码或邮箱地址" in phone.text


def test_a_link_opens_pages_and_never_json(world: World) -> None:
    phone = by_link(world, "mother")

    assert phone.page.headers["Content-Type"].startswith("text/html")
    assert "mother，您好" in phone.text


def test_signing_out_closes_the_door(world: World) -> None:
    phone = by_password(world, "counsellor")
    phone.open("/")

    phone.send("/sign-out")

    assert "登录" in phone.text
    assert phone.client.get("/").headers["Location"] == "/sign-in"


def test_a_form_from_another_site_is_refused(world: World) -> None:
    phone = by_password(world, "counsellor")

    answer = phone.client.post("/report", {"who": "x", "observed": "y", "safe_now": "NO"})

    assert answer.status_code == 403
    assert "这里您暂时不能操作" in answer.content.decode()


def test_one_button_answers_a_crisis(world: World, crisis: Walk) -> None:
    phone = by_password(world, "duty_officer")
    phone.open(f"/cases/{crisis.case_id}/acknowledge")
    assert phone.html.count("<button") - phone.html.count("plain") == 1

    phone.send(f"/cases/{crisis.case_id}/acknowledge")

    assert "接报人 duty_officer" in phone.text
    with tenancy.scope(world.id):
        assert Escalation.objects.get().acknowledged_by == world["duty_officer"]


def test_who_comes_second_reads_that_it_moved_on(world: World, crisis: Walk) -> None:
    phone = by_password(world, "duty_officer")
    phone.open(f"/cases/{crisis.case_id}/acknowledge")
    crisis.acknowledge(by="counsellor")

    answer = phone.send(f"/cases/{crisis.case_id}/acknowledge")

    assert answer.status_code == 409
    assert "已有人接报" in phone.text


def test_the_teacher_who_reported_finds_no_button(world: World, crisis: Walk) -> None:
    phone = by_password(world, "teacher")

    phone.open(f"/cases/{crisis.case_id}/acknowledge")

    assert "<button" not in phone.html
    assert "须由德育处" in phone.text


def test_the_team_reads_the_words_and_the_story(world: World, crisis: Walk) -> None:
    phone = by_password(world, "counsellor")

    phone.open(f"/cases/{crisis.case_id}")

    assert "手臂有新伤，说不敢回家" in phone.text
    assert "立案" in phone.text
    assert "报告人" not in phone.text


def test_the_story_is_told_in_words_and_not_in_codes(world: World) -> None:
    walk = triaged(world)
    walk.do_all("call_guardian", "report_decide", "report_confirm", "protect")
    walk.wait(hours=30)
    phone = by_password(world, "principal")

    phone.open(f"/cases/{walk.case_id}")

    assert re.findall(r"[a-z_]+\.[a-z_]+", phone.text) == []
    assert "超过时限" in phone.text


def test_a_crisis_that_waits_stands_above_everything_for_who_may_answer(
    world: World, crisis: Walk
) -> None:
    officer, teacher = by_password(world, "duty_officer"), by_password(world, "teacher")

    for phone, shown in ((officer, True), (teacher, False)):
        html = phone.open("/").content.decode()
        assert (f'href="/cases/{crisis.case_id}/acknowledge"' in html) is shown


def test_the_first_page_says_whom_each_thing_is_about(world: World) -> None:
    walk = triaged(world)
    team, auditor = by_password(world, "counsellor"), by_password(world, "auditor")
    for phone in (team, auditor):
        phone.open("/")

    assert "student：危机" in team.text
    assert all(f"student：{title}" in team.text for title in titles_for(world, walk, "counsellor"))
    assert "student" not in auditor.text


def titles_for(world: World, walk: Walk, who: str) -> list[str]:
    """Of what is to be done by this person now; never nothing."""
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=clock.now())
        live = viewer.rows(HumanTask).filter(case=walk.case_id, state__in=task_files.LIVE)
        found = list(live.values_list("title", flat=True))
    assert found
    return found


def test_the_task_of_answering_leads_to_the_one_button(world: World, crisis: Walk) -> None:
    phone = by_password(world, "duty_officer")

    phone.open(f"/tasks/{crisis.task('acknowledge').pk}")

    assert "已接报" in phone.text


def test_the_mother_reads_the_outline_in_chinese(world: World) -> None:
    walk = triaged(world)
    phone = by_link(world, "mother")

    phone.open(f"/cases/{walk.case_id}")

    assert phone.page.status_code == 200
    assert "与您有关的事项" in phone.text
    for hidden in ("手臂有新伤", "等级", "研判", "duty_officer"):
        assert hidden not in phone.text


def test_the_suspect_father_finds_an_empty_house(world: World) -> None:
    walk = reported(world, suspects=(Suspect(relation="FATHER"),))
    walk.acknowledge()
    walk.triage(suspect_kind="guardian", safe_to_tell="yes")
    notifications.deliver_due(lane="crisis", via="test")
    phone = by_link(world, "father")

    assert "没有待办" in phone.text
    assert "没有消息" in phone.text
    assert "进行中的事项" not in phone.text
    assert phone.client.get(f"/cases/{walk.case_id}").status_code == 404
    hidden, absent = (phone.client.get(f"/cases/{pk}").content for pk in (walk.case_id, uuid4()))
    assert hidden == absent


def test_an_ended_relation_shuts_the_page_with_the_next_tap(world: World) -> None:
    walk = triaged(world)
    phone = by_link(world, "mother")
    assert phone.open(f"/cases/{walk.case_id}").status_code == 200
    with tenancy.scope(world.id):
        link = GuardianLink.objects.get(guardian=world["mother"])
        link.end()
        link.save()

    assert phone.open(f"/cases/{walk.case_id}").status_code == 404


def test_a_message_leads_to_its_case_and_is_read_then(world: World, crisis: Walk) -> None:
    with tenancy.scope(world.id):
        message = Notification.objects.filter(
            recipient=world["counsellor"], channel="in_app", template="crisis.alert"
        ).get()
        message.mark_sent(at=crisis.at, via="test")
        message.save()
    phone = by_password(world, "counsellor")
    phone.open("/")
    assert "未读" in phone.text

    phone.send(f"/inbox/{message.pk}")

    assert "危机事项" in phone.text
    phone.open("/")
    assert "请立即回电" in phone.text
    with tenancy.scope(world.id):
        assert Notification.objects.get(pk=message.pk).read_at is not None


def test_danger_again_asks_twice(world: World) -> None:
    walk = triaged(world)
    phone = by_password(world, "counsellor")
    phone.open(f"/cases/{walk.case_id}")

    phone.send(f"/cases/{walk.case_id}/danger-again")
    assert "再次出现危险？" in phone.text
    with tenancy.scope(world.id):
        assert not Escalation.objects.filter(state="WAITING").exists()
    phone.send(f"/cases/{walk.case_id}/danger-again", sure="1")

    assert "还没有人接报" in phone.text


def test_a_link_for_answering_lands_on_the_button(world: World, crisis: Walk) -> None:
    phone = by_link(
        world, "principal", purpose=SignInLink.Purpose.ACKNOWLEDGE, case_id=crisis.case_id
    )

    assert phone.page.request["PATH_INFO"] == f"/cases/{crisis.case_id}/acknowledge"
    phone.send(f"/cases/{crisis.case_id}/acknowledge")
    assert "接报人 principal" in phone.text


@pytest.mark.parametrize("path", ["/nothing", "/cases/x", f"/cases/{NOWHERE}", f"/tasks/{NOWHERE}"])
def test_what_is_not_there_is_said_in_chinese(world: World, path: str) -> None:
    phone = by_password(world, "counsellor")

    answer = phone.open(path)

    assert answer.status_code == 404
    assert "没有找到" in phone.text


def test_a_fault_is_said_kindly_and_shows_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = by_password(world, "counsellor")
    phone.client.raise_request_exception = False

    def broken(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("workflow.alerts.is_raised", broken)
    answer = phone.open("/")

    assert answer.status_code == 500
    assert "我们这边出了问题" in phone.text
    assert "secret" not in phone.html
    assert 'href="tel:110"' in phone.html
