"""A number that cannot ring is refused while somebody can still correct it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parties import contacts
from parties.phones import InvalidPhone, to_e164

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    ("typed", "dialled"),
    [
        ("19900001234", "+8619900001234"),
        ("199 0000 1234", "+8619900001234"),
        ("199-0000-1234", "+8619900001234"),
        ("１９９００００１２３４", "+8619900001234"),
        ("+86 19900001234", "+8619900001234"),
        ("86-19900001234", "+8619900001234"),
        ("008619900001234", "+8619900001234"),
        ("010-88880000", "+861088880000"),
        ("（0571）88880000", "+8657188880000"),
        ("0711-3380000", "+867113380000"),
        ("+86 571 88880000", "+8657188880000"),
        ("400-800-1234", "+864008001234"),
        ("+852 2123 4567", "+85221234567"),
        ("0085221234567", "+85221234567"),
    ],
)
def test_every_usual_way_of_writing_is_understood(typed: str, dialled: str) -> None:
    assert to_e164(typed) == dialled


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1990000123", "手机号应为 11 位，现为 10 位"),
        ("199000012345", "现为 12 位"),
        ("12345678901", "号段不存在"),
        ("88880000", "缺少区号"),
        ("0571-88880000转801", "分机"),
        ("19900001234/19900005678", "多个号码"),
        ("19900001234、19900005678", "多个号码"),
        ("无", "不是数字"),
        ("+1", "国际号码"),
        ("0571-123", "带区号的固定电话"),
        ("١٩٩٠٠٠٠١٢٣٤", "不是数字"),
    ],
)
def test_what_cannot_be_dialled_is_refused_with_the_reason(typed: str, says: str) -> None:
    with pytest.raises(InvalidPhone, match=says) as refused:
        to_e164(typed)
    assert refused.value.mend
    assert typed not in str(refused.value)


@given(mobiles)
def test_the_result_is_a_fixed_point(mobile: str) -> None:
    assert to_e164(to_e164(mobile)) == to_e164(mobile)


@given(mobiles)
def test_a_stored_number_is_found_by_what_a_parent_types_at_the_door(mobile: str) -> None:
    assert contacts.phone(mobile) == to_e164(mobile)


@pytest.mark.parametrize(
    "typed",
    ["8619900001234", "86-19900001234", "+86 0571 88880000", "199\u20110000\u20101234",
     "199\u22120000\u22121234", "0086 199 0000 1234", "010-88880000", "400-800-1234"],
)  # fmt: skip
def test_the_door_dials_what_the_roster_dials(typed: str) -> None:
    assert contacts.phone(typed) == to_e164(typed)


@given(st.text(max_size=30))
def test_no_text_brings_anything_but_a_number_or_a_refusal(text: str) -> None:
    try:
        dialled = to_e164(text)
    except InvalidPhone as refused:
        dialled = refused.mend
    assert dialled
