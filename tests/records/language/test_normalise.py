"""Many spellings become one, and the way back to the original holds for every character."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.language import default
from records.language.normalise import BREAKS, normalise
from tests.records.language.reading import level, only, sign

PHRASES = [row.phrase for row in default().rows if row.suggestion]
NOISE = st.text(st.sampled_from(" ·-*_./~|\u200b\u200d\ufeff\u3000\t“”\u0301\u2060😀"), max_size=3)
ANYTHING = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "差生问题家庭不是抑郁症他总是 ·-，。、；\n\r\u2028“”「」㎏①ﬁaeiou\u0301王伟"
        ),
    ),
    max_size=80,
)


@st.composite
def hidden(draw: st.DrawFn) -> tuple[str, str]:
    """A text, and the listed phrase that hides in it."""
    phrase = draw(st.sampled_from(PHRASES))
    inside = "".join(char + draw(NOISE) for char in phrase[:-1]) + phrase[-1]
    return draw(st.sampled_from(["", "😀", "他：", "ＡＢ。他"])) + inside, phrase


@pytest.mark.parametrize(
    "written",
    ["问题家庭", "問題家庭", "问 题 家 庭", "问·题-家*庭", "问_题.家/庭",
     "问\u200b题\ufeff家\u00ad庭",
     "问\t题\u3000家\u00a0庭", "「问题」家庭", "“问题”家庭", "问̲题̲家̲庭", "问ㅤ题ﾠ家庭", "问|题~家^庭"],
)  # fmt: skip
def test_one_phrase_has_many_spellings(written: str) -> None:
    assert normalise(written).text == "问题家庭"


@pytest.mark.parametrize(
    "written", ["wenti", "ＷｅｎＴｉ", "wèntí", "we\u0300nti\u0301", "w e-n.t_i", "ⓦⓔⓝⓣⓘ"]
)
def test_latin_letters_lose_tones_width_and_case(written: str) -> None:
    assert normalise(written).text == "wenti"


@pytest.mark.parametrize(
    "mark", list("。！？；，、：,;:!?…—（）()[]【】《》\n\r\x85\u2028\u2029\x0b")
)
def test_nothing_is_put_together_across_punctuation_brackets_or_lines(mark: str) -> None:
    text = f"说明了问题{mark}家庭住址不变{mark}"

    assert set(normalise(text).text) & BREAKS
    assert sign(text).findings == ()


@pytest.mark.parametrize(
    "mark", list(" \t·•-‐*_./\\|~+=^#'\"“”‘’「」\u200b\u200c\u2060\ufeff\u3000")
)
def test_what_separates_letters_does_not_hide_a_phrase(mark: str) -> None:
    text = f"问{mark}题{mark}家{mark}庭"

    found = only(sign(text))
    assert (found.start, found.end) == (0, 7)


@pytest.mark.parametrize(
    "text",
    [
        "他是差，生。",
        "就是废、物",
        "差：生",
        "白。痴",
        "弱（智）",
        "他是白。痴，不学。",
        "这个差\n生",
        "这个差\r\n生",
        "他是差……生。",
        "他是差——生。",
        "【差】【生】",
        "无……可……救……药",
        "他是差，生不争气。",
        "他是个白，痴一样的人。",
        "就是个差\n生不行",
        "他是屡教，不改。",
        "这个坏……孩子。",
    ],
)
def test_a_mark_does_not_part_a_phrase(text: str) -> None:
    assert level(text) == "block"


@pytest.mark.parametrize(
    "text",
    ["成绩差，生活困难。", "质量差，生产慢。", "条件差，生的孩子多。", "环境差（生源少）。",
     "纸张作废、物品入库。", "体质弱，智力正常。", "洗白。痴迷机械。", "评为优、良、中、差、优。",
     "男生、女生各一名；差，先补课。", "成绩是差，生活困难。", "水平是低，能跟上。",
     "个子是小，偷懒没有。", "基础是差，生字不认识。", "主要是问题，家庭住址不变。",
     "存在问题（学生）。", "主要是问题、学生。", "材料有问题、学生、家长都看过。",
     "这批零件是废，物品已退。", "他是装，病假条没有。", "视力差……生怕看不清。"],
)  # fmt: skip
def test_a_mark_between_two_words_parts_them(text: str) -> None:
    assert sign(text).findings == ()


def test_offsets_lead_back_over_ligatures_and_astral_characters() -> None:
    text = "㎏😀𠀀問\u200b題家庭"

    found = only(sign(text))

    assert text[found.start : found.end] == "問\u200b題家庭"


@given(ANYTHING)
def test_every_character_left_stands_where_its_offset_says(text: str) -> None:
    normal = normalise(text)

    assert len(normal.text) == len(normal.offsets)
    assert list(normal.offsets) == sorted(normal.offsets)
    for char, place in zip(normal.text, normal.offsets, strict=True):
        assert char in normalise(text[place]).text


@given(ANYTHING)
def test_any_text_is_answered_and_every_finding_reads_as_its_phrase(text: str) -> None:
    spellings = default().spellings
    for found in sign(text).findings:
        assert 0 <= found.start < found.end <= len(text)
        written = normalise(text[found.start : found.end]).text
        joined = "".join(char for char in written if char not in BREAKS)  # 差，生
        bare = re.sub("(?<=[一-鿿])[a-z0-9]+(?=[一-鿿])", "", joined)  # 差1生
        assert (spellings.get(joined) or spellings[bare]).row.phrase == found.phrase


@given(hidden())
def test_a_hidden_phrase_is_found_where_it_stands(pair: tuple[str, str]) -> None:
    text, phrase = f"学生情况{pair[0]}", pair[1]

    found = sign(text, moment="draft").findings

    spelt = [normalise(text[one.start : one.end]).text for one in found]
    assert any(normalise(phrase).text in written for written in spelt)


@given(ANYTHING)
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    once = normalise(text).text

    assert normalise(once).text == normalise(unicodedata.normalize("NFC", once)).text == once


def test_pinyin_is_a_word_of_its_own() -> None:
    assert level("wenti jiating") == "block"
    assert level("mywentijiatings") == "ok"
    assert level("feiwu@school.cn") == "ok"
    assert level("he can feign it") == "ok"


def test_two_syllables_with_a_capital_are_a_name() -> None:
    assert level("Yi Lei 同学请假。") == "ok"
    assert level("yilei，不合群。") == "block"
    assert level("FEIWU一个。") == "block"


def test_a_combined_mark_keeps_the_whole_word_together() -> None:
    assert level("we\u0300nti\u0301 jia\u0304ti\u0301ng") == "block"
