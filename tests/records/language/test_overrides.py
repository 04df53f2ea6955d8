"""Sharing in spite of a block (rule 10), and what is kept of it (rule 12)."""

import pytest

from parties.errors import InvalidInput
from records.language import Effect, Level, Moment, Tally, override
from tests.records.language.reading import effects, sign

TEXT = "他是差生，上课走神，不是混子。"


def test_a_reason_turns_blocks_into_confirmed_hints() -> None:
    verdict = sign(TEXT, moment=Moment.SHARE)
    assert effects(verdict) == [Effect.BLOCK, Effect.BLOCK, Effect.HINT]

    decided = override(verdict, reason=" 法院调取，须提供原文 ")

    assert effects(decided.verdict) == [Effect.CONFIRM, Effect.CONFIRM, Effect.HINT]
    assert decided.verdict.level == Level.HINT
    assert decided.reason == "法院调取，须提供原文"


def test_what_is_kept_counts_categories_and_nothing_else() -> None:
    decided = override(sign(TEXT, moment=Moment.SHARE), reason="法院调取原文")

    assert decided.tally.as_json() == {"behaviour_vague": 1, "student_label": 1}
    assert decided.tally.total == 2


def test_tallies_add_up_and_have_no_order() -> None:
    one, two = Tally((("ability", 1),)), Tally((("ability", 2), ("absolute", 1)))

    assert (one + two).as_json() == {"ability": 3, "absolute": 1}
    assert one + two == two + one
    with pytest.raises(TypeError):
        sorted([two, one])  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("text", "moment", "reason", "field"),
    [
        ("差生", Moment.SIGN, "家长要求这样写", "moment"),
        ("按时到岗", Moment.SHARE, "没有什么问题", "text"),
        ("不是差生", Moment.SHARE, "只是提到而已", "text"),
        ("差生", Moment.SHARE, "  急  ", "reason"),
    ],
)
def test_an_override_that_makes_no_sense_names_its_field(
    text: str, moment: Moment, reason: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        override(sign(text, moment=moment), reason=reason)

    assert refused.value.field == field
    assert refused.value.mend
