"""Keys: made once, rotated without touching a value, destroyed for good."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from parties import keyring, root_keys
from parties.errors import KeyUnavailable
from parties.models import Company, Person, School, SchoolKey
from parties.tenancy import scope
from tests.parties.sealed_rows import (
    HERE,
    PHONE,
    THERE,
    ask,
    company,
    new_root_key,
    person,
    raw,
    read,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_keys(settings: Any) -> None:
    settings.SANFANG_ROOT_KEY = new_root_key()
    settings.SANFANG_INDEX_KEY = new_root_key()
    keyring.forget()
    for school_id in (HERE, THERE):
        with scope(school_id):
            School.objects.create(pk=school_id, code=f"s{school_id}", name="示范职校")


def test_a_destroyed_subject_key_takes_every_value_with_it() -> None:
    someone, other = person(), person()

    with scope(HERE):
        assert keyring.destroy_subject_key(HERE, someone.pk)

    with pytest.raises(KeyUnavailable, match="销毁"):
        read(someone)
    assert read(other) == PHONE


def test_a_key_whose_transaction_was_rolled_back_is_never_used_again() -> None:
    lost = Person(school_id=HERE, name="林同学", phone=PHONE)
    with pytest.raises(ZeroDivisionError):
        save_and_fail(lost)

    with scope(HERE):
        lost.save(force_insert=True)
    keyring.forget()

    assert read(lost) == PHONE


def save_and_fail(row: Person) -> None:
    with scope(HERE):
        row.save(force_insert=True)
        assert Person.objects.get().phone == PHONE
        raise ZeroDivisionError


def test_eight_first_writers_agree_on_one_school_key() -> None:
    def work(number: int) -> Company:
        try:
            return company(phone=str(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        firms = list(pool.map(work, range(8)))
    keyring.forget()

    assert [read(firm) for firm in firms] == [str(n) for n in range(8)]
    with scope(HERE):
        assert SchoolKey.objects.count() == 1


def test_a_root_key_is_rotated_without_touching_a_value(settings: Any) -> None:
    someone, firm = person(), company()
    before = raw(someone), raw(firm)
    old, new = settings.SANFANG_ROOT_KEY, new_root_key()

    settings.SANFANG_ROOT_KEY = f"{new},{old}"
    keyring.forget()
    assert read(someone) == read(firm) == PHONE
    with scope(HERE):
        assert keyring.rewrap(HERE) == 1
        assert keyring.rewrap(HERE) == 0

    settings.SANFANG_ROOT_KEY = new
    keyring.forget()
    assert read(someone) == read(firm) == PHONE
    assert (raw(someone), raw(firm)) == before


def test_one_command_rotates_every_school_and_may_run_again(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    firms = [company(HERE), company(THERE)]
    new = new_root_key()
    settings.SANFANG_ROOT_KEY = f"{new},{settings.SANFANG_ROOT_KEY}"

    call_command("rotate_keys")
    call_command("rotate_keys")
    settings.SANFANG_ROOT_KEY = new
    keyring.forget()

    assert [read(firm) for firm in firms] == [PHONE, PHONE]
    assert "2 把" in capsys.readouterr().out


def test_a_rotation_without_the_old_key_says_so_and_changes_nothing(settings: Any) -> None:
    company()
    wrapped = ask("SELECT wrapped FROM parties_schoolkey WHERE school_id = %s", [HERE])
    settings.SANFANG_ROOT_KEY = new_root_key()

    with pytest.raises(CommandError, match="旧钥匙"):
        call_command("rotate_keys")

    assert ask("SELECT wrapped FROM parties_schoolkey WHERE school_id = %s", [HERE]) == wrapped


def test_with_the_wrong_root_key_nothing_is_read_and_nothing_rewritten(settings: Any) -> None:
    firm = company()
    wrapped = ask("SELECT wrapped FROM parties_schoolkey WHERE school_id = %s", [HERE])
    settings.SANFANG_ROOT_KEY = new_root_key()
    keyring.forget()

    with pytest.raises(KeyUnavailable, match="SANFANG_ROOT_KEY"):
        read(firm)
    with pytest.raises(KeyUnavailable, match="SANFANG_ROOT_KEY"):
        company()

    assert ask("SELECT wrapped FROM parties_schoolkey WHERE school_id = %s", [HERE]) == wrapped


def test_a_school_key_moved_to_another_school_does_not_open() -> None:
    company(HERE)
    company(THERE)
    ask(
        "UPDATE parties_schoolkey SET wrapped = (SELECT wrapped FROM parties_schoolkey"
        " WHERE school_id = %s) WHERE school_id = %s RETURNING 1",
        [HERE, THERE],
    )
    keyring.forget()

    with pytest.raises(KeyUnavailable, match="改动"):
        company(THERE)


@pytest.mark.parametrize("ring", ["", " , ", "short", "not base64!", "AAAA"])
def test_a_missing_or_malformed_root_key_says_how_to_make_one(ring: str, settings: Any) -> None:
    settings.SANFANG_ROOT_KEY = ring

    with pytest.raises(ImproperlyConfigured, match="openssl rand -base64 32"):
        root_keys.check()
