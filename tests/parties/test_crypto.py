"""Encrypted values: what the database holds, what opens them, and what meddling does."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import FieldError
from django.db.migrations import CreateModel

from parties import crypto, keyring
from parties.crypto import EncryptedJSONField, blind_index
from parties.errors import KeyUnavailable, TamperedValue
from parties.models import Company, Person, School, SchoolKey, SubjectKey
from parties.row_security import IsolateBySchool
from parties.tenancy import scope
from tests.parties.sealed_rows import (
    HERE,
    PHONE,
    THERE,
    company,
    new_root_key,
    person,
    raw,
    read,
    write,
)
from tests.tables import columns, throw_away_tables

#: version, key id, nonce, tag
OVERHEAD = 1 + 16 + 12 + 16

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_keys(settings: Any) -> None:
    settings.SANFANG_ROOT_KEY = new_root_key()
    settings.SANFANG_INDEX_KEY = new_root_key()
    keyring.forget()
    for school_id in (HERE, THERE):
        with scope(school_id):
            School.objects.create(pk=school_id, code=f"s{school_id}", name="示范职校")


@pytest.mark.parametrize("text", [PHONE, "他说不想活了 🌧", "x" * 100_000, " "])
def test_a_value_comes_back_as_it_went_in(text: str) -> None:
    assert read(person(phone=text)) == text


def test_the_table_holds_no_plain_text() -> None:
    stored = raw(person())

    assert len(stored) == OVERHEAD + len(PHONE)
    assert PHONE.encode() not in stored


def test_equal_values_do_not_look_equal() -> None:
    assert raw(person()) != raw(person())


def test_the_instance_that_was_saved_still_reads_plain() -> None:
    assert person().phone == PHONE


def test_nothing_is_stored_for_an_empty_text_and_no_key_is_made() -> None:
    empty = person(phone="")

    assert raw(empty) == b""
    assert read(empty) == ""
    with scope(HERE):
        assert not SubjectKey.objects.exists()


def test_a_person_has_a_key_of_their_own_and_a_company_the_schools() -> None:
    someone, firm = person(), company()

    with scope(HERE):
        own, schools = SubjectKey.objects.get(), SchoolKey.objects.get()
    assert own.subject == someone.pk
    assert raw(someone)[1:17] == own.pk.bytes
    assert raw(firm)[1:17] == schools.pk.bytes


def test_all_values_of_one_person_share_their_key() -> None:
    person(email="a@b.cn", id_no="11010519491231002X")

    with scope(HERE):
        assert SubjectKey.objects.count() == SchoolKey.objects.count() == 1


def test_a_value_nobody_looks_at_is_not_opened(django_assert_num_queries: Any) -> None:
    person()
    keyring.forget()

    with scope(HERE), django_assert_num_queries(1):
        (found,) = Person.objects.all()
    assert repr(found.__dict__["phone"]) == "<sealed>"


def test_a_deferred_value_loads_when_asked() -> None:
    person()

    with scope(HERE):
        found = Person.objects.defer("phone").get()
        assert found.phone == PHONE
        only = Person.objects.only("id").get()
        assert only.phone == PHONE


def test_saving_an_untouched_row_keeps_the_very_bytes() -> None:
    someone = person()
    before = raw(someone)

    with scope(HERE):
        found = Person.objects.get()
        found.name = "改名"
        found.save()

    assert raw(someone) == before
    assert read(someone) == PHONE


def test_a_changed_value_is_saved() -> None:
    someone = person()

    with scope(HERE):
        found = Person.objects.get()
        found.phone = "+8613900139000"
        found.save(update_fields=["phone"])

    assert read(someone) == "+8613900139000"


def test_refresh_from_db_brings_the_stored_value_back() -> None:
    someone = person()
    someone.phone = "changed"

    with scope(HERE):
        someone.refresh_from_db()
        assert someone.phone == PHONE


def test_bulk_create_encrypts() -> None:
    with scope(HERE):
        Person.objects.bulk_create(
            Person(school_id=HERE, name=str(n), phone=f"{PHONE}{n}") for n in range(5)
        )

    with scope(HERE):
        found = {row.name: row.phone for row in Person.objects.all()}
    assert found == {str(n): f"{PHONE}{n}" for n in range(5)}


@pytest.mark.parametrize(
    "act",
    [
        lambda: Person.objects.update(phone=PHONE),
        lambda: Person.objects.bulk_update(Person.objects.all(), ["phone"]),
    ],
)
def test_a_plain_value_cannot_slip_past_the_encryption(act: Any) -> None:
    someone = person()
    before = raw(someone)

    with pytest.raises(TypeError, match="save\\(\\) and bulk_create\\(\\)"), scope(HERE):
        act()

    assert raw(someone) == before


@pytest.mark.parametrize(
    "lookup", [{"phone": PHONE}, {"phone__in": [PHONE]}, {"phone__startswith": "+86"}]
)
def test_a_search_on_the_ciphertext_is_refused(lookup: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match="blind index"):
        Person.objects.filter(**lookup)


def test_whether_there_is_a_value_may_be_asked() -> None:
    person()

    with scope(HERE):
        assert Person.objects.filter(phone__isnull=False).count() == 1


def test_values_hand_out_nothing_readable() -> None:
    person()

    with scope(HERE):
        assert repr(list(Person.objects.values("phone"))) == "[{'phone': <sealed>}]"


def test_only_text_goes_into_a_text_field() -> None:
    with pytest.raises(TypeError, match="holds text"):
        person(phone=b"bytes")  # type: ignore[arg-type]


@pytest.mark.parametrize("position", [0, 5, 20, 40, -1])
def test_a_changed_byte_is_noticed(position: int) -> None:
    someone = person()
    data = bytearray(raw(someone))
    data[position] ^= 1
    write(someone, bytes(data))

    with pytest.raises((TamperedValue, KeyUnavailable)):
        read(someone)


@pytest.mark.parametrize("data", [b"\x01", b"\x01short", b"plain text that was never sealed"])
def test_bytes_that_were_never_sealed_are_refused(data: bytes) -> None:
    someone = person()
    write(someone, data)

    with pytest.raises(TamperedValue):
        read(someone)


def test_a_ciphertext_moved_to_another_row_does_not_open() -> None:
    one, other = company(phone="1"), company(phone="2")
    write(other, raw(one))

    with pytest.raises(TamperedValue):
        read(other)


def test_a_ciphertext_moved_to_another_column_does_not_open() -> None:
    firm = company()
    write(firm, raw(firm), column="duty_phone")

    with pytest.raises(TamperedValue):
        read(firm, "duty_phone")


def test_a_ciphertext_moved_to_another_table_does_not_open() -> None:
    firm = company()
    with scope(HERE):
        twin = Person.objects.create(pk=firm.pk, school_id=HERE, name="同号", phone="1")
    write(twin, raw(firm))

    with pytest.raises(TamperedValue):
        read(twin)


def test_a_ciphertext_moved_to_another_school_does_not_open() -> None:
    firm, stranger = company(HERE), company(THERE)
    read(firm)  # this process now holds the key of HERE
    write(stranger, raw(firm))

    with pytest.raises(KeyUnavailable):
        read(stranger)


def test_not_even_with_its_key_does_a_value_open_in_another_school(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    firm = company(HERE)
    with scope(HERE):
        key = keyring.school_key(HERE)
        found = Company.objects.get(pk=firm.pk)
    monkeypatch.setattr(keyring, "opened", lambda *_: {key.id: key})
    found.school_id = THERE

    with pytest.raises(TamperedValue):
        _ = found.phone


def test_a_copied_row_does_not_open_its_model_row() -> None:
    someone = person()
    with scope(HERE):
        found = Person.objects.get(pk=someone.pk)
    found.pk = uuid4()

    with pytest.raises(TamperedValue), scope(HERE):
        found.save(force_insert=True)


@pytest.fixture
def answers() -> Iterator[Any]:
    """A model with a JSON value, on a throw-away table."""
    with throw_away_tables() as tables:
        tables.apply(
            CreateModel("Answer", columns(("answer", EncryptedJSONField(null=True)))),
            IsolateBySchool("Answer"),
        )
        yield tables.model("Answer")


@pytest.mark.parametrize("value", [{"颜色": "红", "n": [1, None]}, {}, [], "", 0, False, None])
def test_json_comes_back_as_it_went_in(answers: Any, value: object) -> None:
    with scope(HERE):
        answers.objects.create(school_id=HERE, answer=value)

    with scope(HERE):
        assert answers.objects.get().answer == value
        assert answers.objects.filter(answer__isnull=True).exists() is (value is None)


def test_a_change_inside_a_json_value_is_saved(answers: Any) -> None:
    with scope(HERE):
        answers.objects.create(school_id=HERE, answer={"steps": [1]})

    with scope(HERE):
        found = answers.objects.get()
        found.answer["steps"].append(2)
        found.save()

    with scope(HERE):
        assert answers.objects.get().answer == {"steps": [1, 2]}


def test_a_list_opens_its_keys_in_one_query(django_assert_num_queries: Any) -> None:
    for _ in range(10):
        person()
    keyring.forget()

    with scope(HERE):
        people = list(Person.objects.all())
        with django_assert_num_queries(1):
            crypto.warm(people)
        with django_assert_num_queries(0):
            assert {row.phone for row in people} == {PHONE}


def test_equal_values_meet_in_a_blind_index_and_nothing_is_readable() -> None:
    index = blind_index(HERE, "phone", PHONE)

    assert index == blind_index(HERE, "phone", PHONE)
    assert index == blind_index(HERE, "phone", "＋８６１３８００１３８０００ ")
    assert len(index) == 32
    assert PHONE.encode() not in index


def test_a_blind_index_differs_by_school_kind_value_and_key(settings: Any) -> None:
    found = {
        blind_index(HERE, "phone", PHONE),
        blind_index(THERE, "phone", PHONE),
        blind_index(None, "phone", PHONE),
        blind_index(HERE, "email", PHONE),
        blind_index(HERE, "phone", "+8613900139000"),
    }
    settings.SANFANG_INDEX_KEY = new_root_key()
    found.add(blind_index(HERE, "phone", PHONE))

    assert len(found) == 6


def test_without_its_own_key_the_index_hangs_on_the_oldest_root_key(settings: Any) -> None:
    settings.SANFANG_INDEX_KEY = ""
    index = blind_index(HERE, "phone", PHONE)

    settings.SANFANG_ROOT_KEY = f"{new_root_key()},{settings.SANFANG_ROOT_KEY}"

    assert blind_index(HERE, "phone", PHONE) == index
