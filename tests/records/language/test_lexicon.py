"""A school adds words of its own: kept apart, cached, and refused with every mistake named."""

import pytest

from records.language import Effect, Level, LexiconInvalid, Row, default, parse
from records.language.lexicon import Lexicon
from records.language.rows import Kind
from tests.records.language.reading import level, only, sign
from tests.records.language.test_sentences import sentences

HEADING = "phrase,severity,category,neutral_wording\n"
OWN = Row("土包子", Kind.FORBIDDEN, "economic_origin", "与事项无关时不写户籍来源")
TERM = Row("差生计划", Kind.ALLOWED)


def test_own_phrases_are_found_in_every_spelling() -> None:
    lexicon = default().extended([OWN])

    for written in ("土包子", "土 包 子", "tubaozi"):
        found = only(sign(f"他：{written}", lexicon=lexicon))
        assert (found.effect, found.suggestion) == (Effect.BLOCK, OWN.suggestion)


def test_own_terms_make_a_listed_phrase_harmless() -> None:
    text = "参加“差生计划”读书会"

    assert level(text, lexicon=default().extended([TERM])) == Level.OK
    assert level(text) == Level.BLOCK


def test_one_schools_words_are_not_anothers() -> None:
    default().extended([OWN])

    assert level("土包子") == Level.OK


def test_own_diagnoses_are_asked_about() -> None:
    row = Row("选择性缄默", Kind.DISCOURAGED, "diagnosis", "近〔n〕周在校少开口（老师观察）")

    assert "医疗机构" in only(sign("选择性缄默", lexicon=default().extended([row]))).note


def test_the_same_rows_are_built_once() -> None:
    assert default().extended([OWN, TERM]) is default().extended((OWN, TERM))
    assert default().extended([OWN]) is not default().extended([TERM])


def test_a_file_is_read_with_its_mark_quotes_and_empty_lines() -> None:
    line = '土包子,forbidden,economic_origin,"不写〔来源〕,只写需要"'

    assert parse(f"\ufeff{HEADING}{line}\n\n差生计划,allowed,,\n") == (
        Row("土包子", Kind.FORBIDDEN, "economic_origin", "不写〔来源〕,只写需要"),
        TERM,
    )


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("土包子,terrible,economic_origin,不写", "severity"),
        ("土包子,forbidden,economics,不写", "category"),
        ("土包子,forbidden,third_party,不写", "category"),
        ("土包子,forbidden,economic_origin,", "neutral_wording"),
        (f"土包子,forbidden,economic_origin,{'写' * 201}", "neutral_wording"),
        ("土,forbidden,economic_origin,不写", "phrase"),
        ("· ·,allowed,,", "phrase"),
        (f"{'土' * 41},forbidden,economic_origin,不写", "phrase"),
        ("土，包子,forbidden,economic_origin,不写", "phrase"),
        ("土包子,forbidden", "row"),
    ],
)
def test_a_malformed_row_is_refused_by_line_and_column(line: str, field: str) -> None:
    with pytest.raises(LexiconInvalid) as refused:
        parse(f"{HEADING}{line}\n")

    assert [(fault.row, fault.field) for fault in refused.value.faults] == [(2, field)]
    assert refused.value.field == f"rows.2.{field}"
    assert refused.value.mend


@pytest.mark.parametrize("text", ["", "词,级别\n", "phrase\n", HEADING.replace(",", ";")])
def test_a_wrong_heading_is_refused(text: str) -> None:
    with pytest.raises(LexiconInvalid, match="表头"):
        parse(text)


def test_too_many_rows_and_broken_files_are_refused() -> None:
    with pytest.raises(LexiconInvalid, match="行数"):
        parse(HEADING + "土包子,allowed,,\n" * 2_001)
    with pytest.raises(LexiconInvalid, match="CSV"):
        parse(HEADING + "x" * 200_000)


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([Row("差 生", Kind.DISCOURAGED, "ability", "写结果")], "phrase"),
        ([Row("差生", Kind.ALLOWED)], "phrase"),
        ([OWN, OWN], "phrase"),
        ([Row("短路", Kind.FORBIDDEN, "ability", "写结果")], "phrase"),
        ([Row("土包子", Kind.FORBIDDEN, "ability", "写成差 生")], "neutral_wording"),
        ([Row("土包子", Kind.FORBIDDEN, "ability", "不写土包子")], "neutral_wording"),
        ([Row("", Kind.ALLOWED)], "phrase"),
    ],
)
def test_what_contradicts_or_repeats_the_lexicon_is_refused(rows: list[Row], field: str) -> None:
    with pytest.raises(LexiconInvalid) as refused:
        default().extended(rows)

    assert [fault.field for fault in refused.value.faults] == [field]


def test_every_mistake_is_named_at_once() -> None:
    text = f"{HEADING}土,forbidden,ability,写\n土包子,forbidden,nothing,\n"

    with pytest.raises(LexiconInvalid) as refused:
        parse(text)

    assert [(fault.row, fault.field) for fault in refused.value.faults] == [
        (2, "phrase"),
        (3, "category"),
        (3, "neutral_wording"),
    ]


#: Written as the project's form, its Pinyin and its variant of other rows; an allowed term; own.
BESIDE = (
    Row("妈妈不配合", Kind.DISCOURAGED, "parent_blame", "写联系的日期与结果"),
    Row("chasheng", Kind.DISCOURAGED, "student_label", "写结果"),
    Row("问提家庭", Kind.DISCOURAGED, "family_label", "写事实"),
    Row("问题家庭之友社", Kind.ALLOWED),
    OWN,
    TERM,
)
WRITTEN_OVER = {"妈妈不配合", "chasheng", "问提家庭"}


def test_own_words_beside_the_projects_read_like_one_list() -> None:
    """Nobody pays for a copy of the project's list, and nothing is read otherwise than with one."""
    whole = Lexicon((*default().rows, *BESIDE))
    beside = default().extended(BESIDE)
    texts = [row["text"] for row in sentences()]
    texts += [f"{text}{row.phrase}。" for text, row in zip(texts, BESIDE * 200, strict=False)]
    texts += [
        "他妈妈不配合",
        "是个cha sheng",
        "问题家庭和问提家庭",
        "差，生。土，包子。",
        "土1包子，差1生",
    ]
    texts += ["问题家庭之友社的问题家庭", "他是问T家庭，tu包子", "同土同包子"]

    for text in texts:
        assert sign(text, lexicon=beside) == sign(text, lexicon=whole), text

    assert set(beside.spellings) & set(default().spellings) == WRITTEN_OVER
    assert len(beside.spellings) < len(default().spellings) / 100


def test_what_an_own_word_writes_over_is_its_own() -> None:
    lexicon = default().extended(BESIDE)

    for written in sorted(WRITTEN_OVER):
        assert only(sign(f"他：{written}", lexicon=lexicon)).phrase == written
