"""Contacts, limits, foreign sites and company keys: what the doors are made of."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from ledger.models import Event
from parties import api_keys, contacts, tenancy, throttle
from parties.browsers import sent_from_elsewhere
from parties.errors import InvalidInput, TooMany
from parties.models import ApiKey, CompanyMember, Throttle
from parties.roles import Role
from parties.throttle import Limit
from tests.factories import LONG_AGO, World

FEW = Limit("few", 3, timedelta(minutes=10))


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("13912345678", "+8613912345678"),
        ("139 1234 5678", "+8613912345678"),
        ("+86 139-1234-5678", "+8613912345678"),
        ("0086（139）12345678", "+8613912345678"),
        ("１３９１２３４５６７８", "+8613912345678"),
        ("010-12345678", "+861012345678"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_phone_has_one_form_however_it_is_written(written: str, dialled: str) -> None:
    assert contacts.phone(written) == dialled


@pytest.mark.parametrize("written", ["", "110", "abc", "1" * 20, "+0 123456789", "12345678901x"])
def test_what_cannot_be_dialled_has_none(written: str) -> None:
    assert contacts.phone(written) == ""
    assert contacts.index_of(written) is None


def test_an_e_mail_address_has_one_form() -> None:
    assert contacts.index_of(" Mama.Wang@QQ.com ") == contacts.index_of("mama.wang@qq.com")
    for wrong in ("@", "a@b", "a b@c.de", "a@" + "x" * 300 + ".de", "a@b@c.de"):
        assert contacts.index_of(wrong) is None


@pytest.mark.django_db
def test_a_limit_lets_a_few_tries_through_and_says_how_long_to_wait() -> None:
    for _ in range(3):
        throttle.hit(FEW, "somebody")

    with pytest.raises(TooMany) as refused:
        throttle.hit(FEW, "somebody")

    assert 0 < int(refused.value.context["retry_after"]) <= 601
    throttle.hit(FEW, "somebody else")


@pytest.mark.django_db
def test_a_limit_ends_with_its_window_and_with_success() -> None:
    for _ in range(3):
        throttle.hit(FEW, "a")
        throttle.hit(FEW, "b")
    Throttle.objects.update(since=F("since") - timedelta(minutes=11))
    throttle.hit(FEW, "a")
    throttle.forget(FEW, "b")

    throttle.hit(FEW, "b")

    assert Throttle.objects.count() == 2


@pytest.mark.django_db
def test_tries_of_another_day_are_swept_away_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    throttle.hit(FEW, "long ago")
    Throttle.objects.update(since=F("since") - timedelta(days=2))
    monkeypatch.setattr("parties.throttle._SWEEP_ONE_IN", 2**62)
    throttle.hit(FEW, "today")
    assert Throttle.objects.count() == 2

    monkeypatch.setattr("parties.throttle._SWEEP_ONE_IN", 1)
    throttle.hit(FEW, "later")

    assert Throttle.objects.count() == 2


@pytest.mark.django_db
def test_the_table_of_limits_names_nobody() -> None:
    throttle.hit(FEW, "+8613912345678", "10.0.0.0/24")

    [row] = Throttle.objects.values()
    assert len(bytes(row["key"])) == 32
    assert "139" not in str(row)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("", "unknown"),
        ("/run/gunicorn.sock", "unknown"),
    ],
)
def test_a_guesser_moves_within_one_network(address: str, network: str) -> None:
    assert throttle.network(address) == network


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"Origin": "https://school.test"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, False),
        ({"Origin": "https://school.test.evil.test"}, True),
        ({"Origin": "https://evil.test"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://school.test"}, True),
    ],
)
def test_browsers_say_when_another_site_sent_them(headers: dict[str, str], foreign: bool) -> None:
    assert sent_from_elsewhere(headers, host="school.test") is foreign


def test_a_key_is_shown_once_and_only_its_hash_is_kept(world: World) -> None:
    out = StringIO()
    call_command("make_api_key", school=world.school.code, uscc=world.company.uscc, stdout=out)
    plain = out.getvalue().strip()

    with tenancy.scope(world.id):
        key = ApiKey.objects.get()
        assert bytes(key.key_hash) == api_keys.hash_of(plain)
        assert plain not in str(ApiKey.objects.values().get())
        assert Event.objects.filter(kind="api_key.made").count() == 1
    assert api_keys.owner(plain) == world["mentor"]


def test_a_revoked_or_expired_key_opens_nothing(world: World) -> None:
    revoked, expired = (
        api_keys.make(school_id=world.id, uscc=world.company.uscc) for _ in range(2)
    )
    with tenancy.scope(world.id):
        key = ApiKey.objects.get(key_hash=api_keys.hash_of(revoked))
        key.revoke()
        key.save()
        ApiKey.objects.filter(key_hash=api_keys.hash_of(expired)).update(expires_at=F("created_at"))

    assert api_keys.owner(revoked) is None
    assert api_keys.owner(expired) is None


def test_a_key_acts_as_one_person_who_must_be_named_where_there_are_two(world: World) -> None:
    with tenancy.scope(world.id):
        CompanyMember.objects.create(
            school=world.school,
            company=world.company,
            person=world.add("second"),
            role=Role.CA,
            starts_at=LONG_AGO,
        )

    with pytest.raises(InvalidInput):
        api_keys.make(school_id=world.id, uscc=world.company.uscc)
    plain = api_keys.make(school_id=world.id, uscc=world.company.uscc, person_id=world["second"].pk)
    assert api_keys.owner(plain) == world["second"]


@pytest.mark.parametrize(("school", "uscc"), [("nowhere", "x"), (None, "91000000000000000X")])
def test_the_command_says_what_is_unknown(world: World, school: str | None, uscc: str) -> None:
    with pytest.raises(CommandError, match="没有"):
        call_command("make_api_key", school=school or world.school.code, uscc=uscc)
