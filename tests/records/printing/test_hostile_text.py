"""Whatever people write is printed as they wrote it: nothing is markup, nothing gets lost."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from records.printing import fonts, pdf
from records.printing.documents import Section, Sheet, StudentLine
from records.printing.letters import printable
from tests.records.printing.sheets import (
    FILE,
    READER,
    RECORD,
    SLIP,
    filled_with,
    packed,
    pages,
)

#: As many W as fit between the margins in the smallest print.
WIDEST_LINE = 90

MARKUP = [
    '#read("/etc/passwd")',
    '#include "base.typ"',
    '#import "@preview/example:0.1.0": *',
    "#panic(1)",
    "$x^2$",
    "*粗* _斜_ `raw`",
    "= 标题",
    "- 项 + 一 / 词: 义",
    "@ref <label>",
    "// 注 /* 注 */",
    "\\ ~ -- --- ...",
    "\"引\" '引'",
    "]#{ } [ ) (",
    "&lt;script&gt; {{ 7*7 }} {% x %}",
]


def with_text(text: str) -> str:
    sheet = replace(RECORD, sections=(Section("原文", paragraphs=(text,)),))
    return "".join(pages(pdf.render(sheet, watermark=READER)))


def test_markup_is_printed_literally() -> None:
    text = with_text("\n".join(MARKUP))

    for line in MARKUP:
        assert packed(line) in text


@pytest.mark.parametrize("sheet", [RECORD, FILE, SLIP], ids=["record", "file", "slip"])
def test_hostile_words_in_every_field_still_make_a_whole_document(sheet: Sheet) -> None:
    hostile = (
        "#panic() $ * _ ` @a <b> // \ud800 \x00 \u202e倒\u202c 😀 שלום " + "W" * 300 + "。" * 99
    )
    document = pdf.render(filled_with(sheet, hostile), watermark=filled_with(READER, hostile))
    found = pages(document)

    assert "".join(found).count("#panic()$*_`@a<b>//[U+D800][U+0000][U+202E]倒[U+202C]") > 5
    assert all("第" in text and f"共{len(found)}页" in text for text in found)


@pytest.mark.parametrize("sheet", [RECORD, FILE, SLIP], ids=["record", "file", "slip"])
@pytest.mark.parametrize("blank", [" ", "\n", "\u3000\u200b"])
def test_blank_words_in_every_field_still_make_a_document(sheet: Sheet, blank: str) -> None:
    assert pages(pdf.render(filled_with(sheet, blank), watermark=READER))


def test_a_control_that_turns_the_order_round_is_shown_and_has_no_effect() -> None:
    assert "[U+202E]意同不[U+202C]" in with_text("\u202e意同不\u202c")


def test_nothing_runs_out_of_the_page() -> None:
    """Every letter of a word without an end stays between the margins, in every column."""
    endless = pdf.render(filled_with(RECORD, "W" * 400), watermark=READER)
    lines = [
        line.replace("\u200b", "")
        for page in PdfReader(io.BytesIO(endless)).pages
        for line in page.extract_text().splitlines()
    ]

    assert max(line.count("W") for line in lines) < WIDEST_LINE


def test_a_reason_longer_than_a_page_is_printed_to_its_end() -> None:
    long = "".join(f"第{number}点。" for number in range(1_500))
    signatures = (replace(RECORD.signatures[2], reason=long),)

    found = pages(pdf.render(replace(RECORD, signatures=signatures), watermark=READER))

    assert "第1499点。" in "".join(found)
    # In one piece it would all be on one page, most of it below the edge.
    assert max(text.count("点。") for text in found) < 400


def test_a_column_of_short_lines_is_printed_to_its_end() -> None:
    signatures = (replace(RECORD.signatures[2], reason="\n".join("一" * 150)),)
    found = pages(pdf.render(replace(RECORD, signatures=signatures), watermark=READER))

    assert "".join(found).count("一") > 150
    assert max(text.count("一") for text in found) < 100


@settings(max_examples=20)
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_a_document_or_prints_an_empty_box(text: str) -> None:
    printed = with_text(text)

    assert "\x00" not in printed
    assert "原文" in printed


@given(st.text(st.characters()))
def test_what_is_printable_stays_so(text: str) -> None:
    letters = fonts.installed().letters
    once = printable(text, letters)

    assert printable(once, letters) == once
    once.encode()


def test_a_student_with_a_rare_name_is_named() -> None:
    rare = replace(RECORD, student=StudentLine("𠮷田·阿卜杜拉 么么喆", "一班"))

    assert "𠮷田·阿卜杜拉" in "".join(pages(pdf.render(rare, watermark=READER)))
