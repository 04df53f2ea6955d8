"""Whatever is tried, an event takes ids and codes; and its bytes and leaf give away any change."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.events import canonical, leaf_of, prepare
from ledger.payloads import EventRefused

AT = datetime(2026, 9, 1, 14, 40, tzinfo=UTC)
CASE = UUID(int=7)

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
codes = st.from_regex(r"[a-z][a-z_]{0,20}(\.[a-z_]{1,20})?", fullmatch=True)
atoms = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9) + 1, 10**9 - 1)
    | codes
    | st.uuids()
    | st.dates()
    | st.datetimes(timezones=st.timezones())
)
payloads = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True),
    atoms | st.lists(atoms, max_size=4),
    max_size=5,
)


def body(payload: Mapping[str, Any]) -> bytes:
    return prepare(
        school_id=1, kind="case.opened", actor=None, subject=("case", CASE), at=AT, payload=payload
    ).body


def refused(value: object) -> str:
    with pytest.raises(EventRefused) as caught:
        body({"value": value})
    return str(caught.value)


@given(payloads)
def test_ids_codes_moments_and_counts_are_always_taken(payload: dict[str, Any]) -> None:
    assert set(json.loads(body(payload))["payload"]) == set(payload)


# Long enough that no value is by chance a piece of the error's own sentence.
@given(st.text(min_size=8, max_size=30), st.sampled_from([" ", "\n", "\t", "，", "\u3000", "\0"]))
def test_no_text_with_a_gap_is_a_code(text: str, gap: str) -> None:
    for value in (text + gap, gap + text, text + gap + text):
        assert value not in refused(value).replace("payload 'value'", "")


@given(st.characters(min_codepoint=0x80), st.text("abc.-:_", max_size=20))
def test_one_letter_that_is_not_ascii_spoils_a_code(letter: str, around: str) -> None:
    refused(f"{around}{letter}")
    refused(f"{letter}{around}")


@given(mobiles, st.sampled_from("-.:_+"), st.sampled_from(["", "+86", "86", "+86-", "0086"]))
def test_no_mobile_number_is_a_code_however_it_is_cut(mobile: str, gap: str, country: str) -> None:
    for value in (
        country + mobile,
        country + gap.join((mobile[:3], mobile[3:7], mobile[7:])),
        country + gap.join(mobile),
        gap + mobile,
        mobile + gap,
    ):
        assert mobile not in refused(value)


@given(mobiles, st.sampled_from(["tel:", "sms.", "to_", "phone-", "a:b:"]))
def test_no_mobile_number_hides_behind_a_word(mobile: str, word: str) -> None:
    refused(word + mobile)
    refused(f"{word}{mobile}.ok")
    refused([word + mobile])
    refused(f"{word}+86{mobile}")


@given(st.from_regex(r"[1-9][0-9]{16}[0-9Xx]", fullmatch=True))
def test_no_identity_number_is_a_code(number: str) -> None:
    refused(number)
    refused(f"{number[:6]}.{number[6:14]}.{number[14:]}")


@given(st.from_regex(r"0[1-9][0-9]{1,2}[-.:]?[2-9][0-9]{6,7}", fullmatch=True))
def test_no_landline_is_a_code(number: str) -> None:
    refused(number)


@given(st.integers(10**9) | st.integers(max_value=-(10**9)))
def test_no_number_as_long_as_a_telephones_is_a_count(number: int) -> None:
    refused(number)
    refused([1, number])


@pytest.mark.parametrize("value", [10**9 - 1, -(10**9) + 1, "1" * 6, "x" * 64, "08:00", "3.12.10"])
def test_what_lies_just_inside_is_taken(value: object) -> None:
    assert json.loads(body({"value": value}))["payload"] == {"value": value}


@pytest.mark.parametrize("key", ["", "a" * 33, "1a", "a-b", "a.b", "a b", "_a", "a\n"])
def test_a_key_is_one_small_word(key: str) -> None:
    with pytest.raises(EventRefused):
        body({key: 1})
    assert body({"a" * 32: 1})


@given(st.uuids())
def test_every_id_is_taken_as_text_too(id_: UUID) -> None:
    assert json.loads(body({"value": str(id_)})) == json.loads(body({"value": id_}))


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_has_one_spelling_whatever_its_zone(at: datetime) -> None:
    assume(1 < at.year < 9999)  # the ends cannot be turned to UTC

    assert body({"value": at}) == body({"value": at.astimezone(UTC)})


@given(payloads)
def test_the_bytes_do_not_depend_on_the_order_of_the_keys(payload: dict[str, Any]) -> None:
    assert body(payload) == body(dict(reversed(payload.items())))


@given(payloads)
def test_the_bytes_are_read_and_written_back_as_they_were(payload: dict[str, Any]) -> None:
    written = body(payload)

    assert canonical(json.loads(written)) == written
    assert b" " not in written
    assert written.isascii()


@given(payloads, payloads)
def test_other_facts_are_other_bytes(one: dict[str, Any], two: dict[str, Any]) -> None:
    said = [json.loads(body(payload))["payload"] for payload in (one, two)]

    # As JSON text: True and 1 are equal in Python but not the same fact.
    assert (json.dumps(said[0], sort_keys=True) == json.dumps(said[1], sort_keys=True)) is (
        body(one) == body(two)
    )


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=1, max_size=80), st.data())
def test_one_changed_bit_anywhere_is_another_leaf(
    salt: bytes, content: bytes, data: st.DataObject
) -> None:
    whole = bytearray(salt + content)
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))

    assert leaf_of(bytes(whole[:32]), bytes(whole[32:])) != leaf_of(salt, content)
