"""One-time links: asked for by anybody, looked at by scanners, spent once by a person."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client

from parties import links, tenancy
from parties.models import SignInLink
from tests.api.callers import Caller, code
from tests.api.stories import triaged
from tests.factories import World
from workflow.models import Notification

As = Callable[[str], Caller]
PHONE = "+86 199-1100-0000"


def phone_of(world: World, name: str) -> str:
    with tenancy.scope(world.id):
        return str(world[name].phone)


def issued(world: World, name: str, **options: Any) -> str:
    with tenancy.scope(world.id):
        return links.token_of(links.issue(person=world[name], **options).pk)


def states(world: World) -> list[str]:
    with tenancy.scope(world.id):
        return list(SignInLink.objects.order_by("created_at").values_list("state", flat=True))


def test_a_known_and_an_unknown_contact_are_answered_alike(world: World) -> None:
    known = Caller().post("/links", {"contact": phone_of(world, "mother")})
    unknown = Caller().post("/links", {"contact": "13912345678"})

    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert {**known.headers} == {**unknown.headers}
    with tenancy.scope(world.id):
        message = Notification.objects.get(template="link.sign_in")
        assert (message.recipient, message.channel) == (world["mother"], "sms")


def test_a_known_contact_takes_no_longer_than_an_unknown_one(world: World) -> None:
    def seconds(contact: str) -> float:
        begun = time.monotonic()
        Caller().post("/links", {"contact": contact})
        return time.monotonic() - begun

    known = seconds(phone_of(world, "mother"))
    unknown = seconds("13912345678")

    assert min(known, unknown) >= 0.15


@pytest.mark.parametrize("written", ["{0}", "{1}", "0086{1}", " {1} ", "+86 {1}"])
def test_a_phone_may_be_written_in_any_usual_way(world: World, written: str) -> None:
    phone = phone_of(world, "mother")

    Caller().post("/links", {"contact": written.format(phone, phone.removeprefix("+86"))})

    assert states(world) == ["ISSUED"]


def test_a_link_comes_by_e_mail_to_who_asks_by_e_mail(world: World) -> None:
    with tenancy.scope(world.id):
        address = world["father"].email.upper()

    Caller().post("/links", {"contact": address})

    with tenancy.scope(world.id):
        assert Notification.objects.get().channel == "email"


@pytest.mark.parametrize("contact", ["", "x", "@", "a@b", "12", "00", "+", "1" * 30, "王妈妈"])
def test_what_is_neither_phone_nor_e_mail_is_named(world: World, contact: str) -> None:
    answer = Caller().post("/links", {"contact": contact})

    assert answer.status_code in (400, 422)
    assert answer.json()["errors"][0]["field"] == "contact"


def test_nobody_is_flooded_with_links(world: World) -> None:
    contact = {"contact": phone_of(world, "mother")}
    answers = [Caller().post("/links", contact) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert code(answers[-1]) == "sign_in.too_many"


def test_the_limit_says_nothing_about_who_is_known(world: World) -> None:
    known = [Caller().post("/links", {"contact": phone_of(world, "mother")}) for _ in range(4)][-1]
    unknown = [Caller().post("/links", {"contact": "13912345678"}) for _ in range(4)][-1]

    assert known.content == unknown.content


def test_the_database_holds_no_token(world: World) -> None:
    token = issued(world, "mother")

    with tenancy.scope(world.id):
        row = SignInLink.objects.values().get()
    assert token not in str(row)
    assert bytes(row["token_hash"]) == links.hash_of(token)


def test_a_scanner_that_looks_spends_nothing_and_gets_no_cookie(world: World) -> None:
    token = issued(world, "mother")
    scanner = Client()

    looks = [scanner.head(f"/l/{token}"), *(scanner.get(f"/l/{token}") for _ in range(2))]

    for look in looks:
        assert look.status_code == 200
        assert not look.cookies
        assert look.headers["Referrer-Policy"] == "no-referrer"
        assert look.headers["Cache-Control"] == "no-store"
    assert states(world) == ["ISSUED"]
    assert looks[1].content == Client().get(f"/l/{'x' * 43}").content


@pytest.mark.parametrize(
    ("lifetime", "words"),
    [(links.LIFETIME, "10 分钟内有效"), (timedelta(days=14), "14 天内有效")],
)
def test_a_link_that_is_over_says_how_long_it_was_good_for(
    world: World, lifetime: timedelta, words: str
) -> None:
    with tenancy.scope(world.id):
        made = links.issue(person=world["mother"], lifetime=lifetime)
    address = f"/l/{links.token_of(made.pk)}"
    Client().post(address)

    gone = Client().post(address)

    assert (gone.status_code, words in gone.content.decode()) == (410, True)
    unknown = Client().post(f"/l/{'x' * 43}").content.decode()
    assert "这个链接已经失效" in unknown
    assert "内有效" not in unknown


def test_the_button_signs_in_once(world: World) -> None:
    token = issued(world, "mother")
    phone, other = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)

    first, second = phone.post(f"/l/{token}"), other.post(f"/l/{token}")

    assert (first.status_code, first.headers["Location"]) == (302, "/")
    assert "mother" in phone.get("/").content.decode()
    assert second.status_code == 410
    assert "sessionid" not in second.cookies
    assert states(world) == ["SPENT"]


def test_a_newer_link_ends_the_older(world: World) -> None:
    older, newer = issued(world, "mother"), issued(world, "mother")

    assert Client().post(f"/l/{older}").status_code == 410
    assert Client().post(f"/l/{newer}").status_code == 302


def test_a_link_ends_after_ten_minutes(world: World) -> None:
    token = issued(world, "mother")
    with tenancy.scope(world.id):
        assert SignInLink.objects.get().expires_at - SignInLink.objects.get().created_at == (
            timedelta(minutes=10)
        )
        SignInLink.objects.update(expires_at=F("created_at"))

    assert Client().post(f"/l/{token}").status_code == 410
    assert states(world) == ["ISSUED"]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_cannot_spend_a_link_in_somebody_elses_browser(
    world: World, headers: dict[str, str]
) -> None:
    token = issued(world, "mother")

    assert Client().post(f"/l/{token}", headers=headers).status_code == 403
    assert states(world) == ["ISSUED"]


def test_a_page_without_a_referrer_sends_a_null_origin_and_is_let_in(world: World) -> None:
    token = issued(world, "mother")

    answer = Client().post(
        f"/l/{token}", headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    )

    assert answer.status_code == 302


def test_a_link_for_one_case_opens_that_case_and_nothing_else(world: World) -> None:
    walk = triaged(world)
    token = issued(world, "mother", purpose=SignInLink.Purpose.READ_CASE, case_id=walk.case_id)
    phone = Client()

    landed = phone.post(f"/l/{token}")

    assert landed.headers["Location"] == f"/cases/{walk.case_id}"
    assert phone.get(landed.headers["Location"]).status_code == 200
    assert phone.get("/").status_code == 403
    assert phone.get("/report").status_code == 200
    json = phone.get("/api/v1/cases")
    assert (json.status_code, json.json()["code"]) == (403, "link.bound")


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_spend_a_link_at_once_exactly_one_gets_in(world: World) -> None:
    token = issued(world, "mother")

    def tap(_: int) -> int:
        try:
            return Client().post(f"/l/{token}").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = sorted(pool.map(tap, range(8)))

    assert answers == [302, *[410] * 7]
    assert states(world) == ["SPENT"]
