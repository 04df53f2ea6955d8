"""Signing in and out with a password."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from config import settings as global_settings
from parties import tenancy
from parties.models import Account, Membership
from tests.api.callers import PASSWORD, Caller, account, code, member
from tests.factories import NOW, World


def test_a_member_of_staff_signs_in_and_sees_who_they_are(world: World) -> None:
    caller = member(world, "counsellor")

    me = caller.get("/session").json()

    assert me["name"] == "counsellor"
    assert me["school"] == world.school.name
    assert me["roles"] == [{"code": "PSY", "label": "心理教师"}]
    assert me["means"] == "password"


def test_a_wrong_password_and_an_unknown_login_are_answered_alike(world: World) -> None:
    login = account(world, "teacher")

    wrong = Caller().sign_in(login, "not the password")
    unknown = Caller().sign_in("nobody-here", "not the password")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert "sessionid" not in wrong.cookies


def test_passwords_are_kept_as_argon2(world: World, settings: Any) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    login = account(world, "teacher")

    with tenancy.scope(world.id):
        assert Account.objects.get().password.startswith("argon2$argon2id$")
    assert Caller().sign_in(login).status_code == 200


def test_an_unknown_login_costs_the_same_queries(
    world: World, django_assert_num_queries: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for the sweep of old tries, which falls on either by chance."""
    monkeypatch.setattr("parties.throttle._SWEEP_ONE_IN", 2**62)
    login = account(world, "teacher")
    Caller().sign_in("warm", "the decoy")

    with django_assert_num_queries(6) as known:
        Caller().sign_in(login, "wrong")
    with django_assert_num_queries(6) as unknown:
        Caller().sign_in("nobody-here", "wrong")

    assert len(known) == len(unknown)


def test_signing_in_gives_the_session_a_new_id(world: World) -> None:
    login = account(world, "teacher")
    caller = Caller()
    caller.sign_in(login)
    first = caller.client.cookies["sessionid"].value

    caller.sign_in(login)

    assert caller.client.cookies["sessionid"].value != first
    assert not Session.objects.filter(session_key=first).exists()


def test_signing_out_ends_the_session(world: World) -> None:
    caller = member(world, "teacher")

    assert caller.delete("/session").status_code == 204
    assert caller.get("/session").status_code == 401


def test_a_closed_account_is_out_at_once(world: World) -> None:
    caller = member(world, "teacher")
    with tenancy.scope(world.id):
        Account.objects.filter(person=world["teacher"]).update(is_active=False)

    assert caller.get("/session").status_code == 401


def test_a_changed_password_ends_older_sessions(world: World) -> None:
    caller = member(world, "teacher")
    with tenancy.scope(world.id):
        changed = Account.objects.get(person=world["teacher"])
        changed.set_password("Another-One-2026")
        changed.save()

    assert caller.get("/session").status_code == 401


def test_a_role_that_ends_is_gone_with_the_next_request(world: World) -> None:
    caller = member(world, "counsellor")
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["counsellor"]).update(ends_at=NOW)

    assert caller.get("/session").json()["roles"] == []


def test_guessing_stops_after_ten_tries(world: World) -> None:
    login = account(world, "teacher")
    for _ in range(10):
        assert Caller().sign_in(login, "guess").status_code == 401

    answer = Caller().sign_in(login, PASSWORD)

    assert (answer.status_code, code(answer)) == (429, "sign_in.too_many")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_forged_forwarding_header_does_not_reset_the_guesses(world: World) -> None:
    login = account(world, "teacher")
    for number in range(10):
        Caller().post(
            "/session",
            {"login": login, "password": "guess"},
            X_Forwarded_For=f"10.0.{number}.1",
        )

    assert Caller().sign_in(login, PASSWORD).status_code == 429


def test_a_change_without_the_csrf_token_is_refused(world: World) -> None:
    caller = member(world, "teacher")
    caller.csrf = ""

    answer = caller.post("/crises", {"who": "x", "observed": "y", "safe_now": "NO"})

    assert (answer.status_code, code(answer)) == (403, "request.csrf")


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Sec_Fetch_Site": "cross-site"}]
)
def test_another_site_cannot_sign_anybody_in(world: World, headers: dict[str, str]) -> None:
    answer = Caller().post(
        "/session", {"login": account(world, "teacher"), "password": PASSWORD}, **headers
    )

    assert (answer.status_code, code(answer)) == (403, "request.csrf")
    assert "sessionid" not in answer.cookies


def test_the_session_cookie_is_kept_from_scripts(world: World) -> None:
    answer = Caller().sign_in(account(world, "teacher"))

    assert answer.cookies["sessionid"]["httponly"]
    assert answer.cookies["sessionid"]["samesite"] == "Lax"
