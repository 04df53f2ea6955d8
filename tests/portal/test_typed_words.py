"""What somebody typed comes back when a page could not take it: signed out, refused, too late."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.api.papers import FACT, effective, written
from tests.factories import World
from tests.portal.test_plan_desk import at_desk, school_item
from tests.portal.test_records import TYPED, by_record_link, writing
from tests.portal.visitors import Phone, by_password

WORDS = "那天他准时到了，<b>老师</b>可以问门卫。"
SHOWN = "那天他准时到了，&lt;b&gt;老师&lt;/b&gt;可以问门卫。"
#: None of these is anybody's words, or they are nobody's to see.
SECRET = {
    "password": "我的密码 7f",
    "nonce": "4f2d6a3e-55aa-4b7e-9d4a-0a4f5b1c2d3e",
    "token": "一个 token",
    "as_read": "a mark 9f",
    "seen": "98765",
    "about": "7d0a54a4-2b29-4e6b-8a39-6a3c3b6c9e11",
    "ground": "WRONG",
    "recurrence": "FREQ=DAILY;BYDAY=MO,TU",
    "started_at": "2026-10-09T16:00",
}


def signed_out(phone: Phone) -> Phone:
    phone.client.session.flush()
    return phone


def test_a_sign_in_that_ended_while_writing_gives_a_record_back(world: World) -> None:
    phone, address = writing(world)

    answer = signed_out(phone).send(address, keep="1", s_HOME="第二段\x00话", **TYPED)

    assert answer.status_code == 401
    assert FACT in phone.html
    assert "第二段话" in phone.html
    assert "登录已过期" in phone.text
    assert 'href="/sign-in"' in phone.html
    assert 'href="tel:110"' in phone.html
    assert answer.headers["Cache-Control"] == "no-store"
    assert "OFFICE" not in phone.html


def test_an_objection_of_a_mother_is_given_back_and_nothing_else(world: World) -> None:
    paper = effective(world)
    phone = by_record_link(world, "mother", paper.id)
    phone.open(f"/records/{paper.id}/object")

    answer = signed_out(phone).send(f"/records/{paper.id}/object", words=WORDS, **SECRET)

    assert answer.status_code == 401
    assert SHOWN in phone.html
    for secret in (*SECRET.values(), "mother", FACT, str(paper.id)):
        assert secret not in phone.html, secret


@pytest.mark.parametrize("typed", [{}, {"answer": "no", "days": "30"}])
def test_a_tap_without_words_leads_to_the_door_as_before(db: None, typed: dict[str, str]) -> None:
    answer = Client().post(f"/students/{uuid4()}/consents", typed)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in")


def test_words_beside_a_file_come_back_without_the_file(world: World) -> None:
    paper = written(world)
    phone = by_password(world, "teacher")
    phone.open(f"/records/{paper.id}/witness")
    if phone.page.status_code != 200:
        phone.open("/")
    file = SimpleUploadedFile("签字页.txt", b"scanned page", content_type="text/plain")

    answer = signed_out(phone).send(f"/records/{paper.id}/witness", note=WORDS, scan=file)

    assert answer.status_code == 401
    assert SHOWN in phone.html
    assert "签字页" not in phone.html
    assert "scanned" not in phone.html


def test_a_form_that_was_too_large_is_not_read_for_its_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = written(world)

    def read(*_args: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("django.http.multipartparser.MultiPartParser.parse", read)
    answer = Client().post(
        f"/records/{paper.id}/files",
        {"words": WORDS, "file": SimpleUploadedFile("x.jpg", b"x")},
        CONTENT_LENGTH=str(10**9),
    )

    assert answer.status_code == 302


def test_a_page_from_before_signing_in_again_gives_the_words_back(world: World) -> None:
    phone, address = writing(world)
    old = {"csrfmiddlewaretoken": phone.value("csrfmiddlewaretoken"), **TYPED}
    again = by_password(world, "teacher")

    answer = again.client.post(address, {**old, **SECRET, "s_HOME": WORDS})

    html = answer.content.decode()
    assert answer.status_code == 403
    assert FACT in html
    assert SHOWN in html
    assert answer.headers["Cache-Control"] == "no-store"
    for secret in (*SECRET.values(), old["csrfmiddlewaretoken"]):
        assert secret not in html, secret


def test_another_site_puts_no_words_on_our_page(world: World) -> None:
    phone = by_password(world, "teacher")
    for origin in ({"origin": "https://evil.test"}, {"sec-fetch-site": "cross-site"}):
        answer = phone.client.post("/report", {"observed": WORDS}, headers=origin)

        assert answer.status_code == 403
        assert "准时到了" not in answer.content.decode()


def test_a_login_that_was_refused_repeats_no_account(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    typed = {"login": "teacher zhang", "password": "secret word", "contact": "+86 139 0000 0000"}
    for path in ("/sign-in/password", "/sign-in/link"):
        html = client.post(path, typed).content.decode()
        assert [one for one in typed.values() if one in html] == [], path


def test_a_page_of_trouble_names_the_mend_and_keeps_the_words(world: World) -> None:
    item = school_item(world)
    phone = at_desk(world, "teacher")

    answer = phone.send(f"/plan/{item.pk}/check-in", excuse=WORDS, day="2020")

    assert answer.status_code == 422
    assert "这一项不用每天签到。完成后请点“全部完成了”。" in phone.text
    assert SHOWN in phone.html


def test_a_link_for_another_errand_keeps_the_words(world: World) -> None:
    paper, other = effective(world), effective(world)
    phone = by_record_link(world, "mother", paper.id)
    phone.open(f"/records/{paper.id}/object")

    answer = phone.send(f"/records/{other.id}/object", words=WORDS)

    assert answer.status_code == 403
    assert "只能用于指定的一件事" in phone.text
    assert SHOWN in phone.html


@pytest.mark.parametrize("short", ["ok", "1234", "好"])
def test_short_words_come_back_beside_the_name_of_their_field(world: World, short: str) -> None:
    phone, address = writing(world)
    whole = {**TYPED, "s_FACT": FACT, "next_focus": short, "s_HOME_2": short}

    answer = signed_out(phone).send(address, keep="1", **whole)

    assert answer.status_code == 401
    given = re.findall(r'<label for="typed-\d+">([^<]+)</label><textarea[^>]*>\n(.*?)</textarea>',
                       phone.html)  # fmt: skip
    assert ("下次沟通重点（可不填）", short) in given
    assert [label for label, text in given if text == short][1].endswith("（第2条）")
    assert "OFFICE" not in phone.html
    assert "第 1 处" not in phone.html
