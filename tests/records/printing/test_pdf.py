"""A document a school can hand over: Chinese, signed, numbered, and marked with its reader."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from records.printing import fonts, pdf, setter
from records.printing.documents import NoticeSlips, Section, Sheet, Statement, StudentLine
from records.printing.errors import PrintingFailed
from tests.records.printing.sheets import (
    FILE,
    FILE_HASH,
    HASH,
    PROOF,
    READER,
    RECORD,
    SLIP,
    file_of,
    packed,
    pages,
)

SHEETS = [RECORD, FILE, SLIP]
NAMES = ["record", "file", "slip"]


def printed(sheet: Sheet) -> str:
    return "".join(pages(pdf.render(sheet, watermark=READER)))


@pytest.mark.parametrize(
    "words",
    [
        "江城市第一中等职业学校",
        "家校沟通记录",
        "JL-2026-00128",
        "第2版",
        "已签字",
        "SX-2026-0042",
        "争议处理中·校方记录，家长未签",
        "一、参与人员",
        "二、问题描述",
        "宿舍里有人半夜打电话。家长陈述李建军待核实",
        "约2分钟没有说话。观察到：沉默教师观察单方陈述",
        "家长认为：需要适应的时间。",
        "作息周末睡到中午",
        "异议附记1李建军",
        "其中两次是公交晚点。",
    ],
)
def test_a_record_says_what_it_is_and_what_was_said(words: str) -> None:
    assert packed(words) in printed(RECORD).replace("　", "")


@pytest.mark.parametrize(
    "line",
    [
        "陈老师班主任电子签名2026年10月9日22:40校验值" + PROOF,
        "周敏母亲电话复述2026年10月9日22:40见证人：赵老师",
        "李建军父亲拒签2026年10月9日22:40理由：对次数有异议见证人：赵老师",
        "李小雨学生纸质签字2026年10月9日22:40",
    ],
)
def test_every_signature_stands_with_its_method_moment_and_proof(line: str) -> None:
    assert line in printed(RECORD)


def test_the_hash_of_the_record_can_be_compared() -> None:
    assert HASH in printed(RECORD)


@pytest.mark.parametrize(
    "line",
    [
        "成绩单期中成绩附件：文档-20261009-3FA2C1.pdf",
        "心理评估报告本人或监护人同意，同意书第12号",
        f"文档-20261009-3FA2C1.pdf{FILE_HASH}附件学业与实习表现已隐去他人信息",
        f"签字页-20261009-07BB40.jpg{PROOF}签字页沟通内容无需隐去",
    ],
)
def test_files_and_material_stand_with_what_they_are_compared_by(line: str) -> None:
    assert line in printed(RECORD)


def test_what_is_hidden_leaves_no_heading() -> None:
    bare = replace(
        RECORD,
        participants=(),
        sections=(),
        prepared=(),
        attachments=(),
        signatures=(),
        annotations=(),
        banners=(),
        case_no="",
    )
    text = printed(bare)

    for heading in (
        *("参与人员", "准备材料", "附件", "签字确认"),
        *("异议附记", "争议处理中", "所属事项"),
    ):
        assert heading not in text


@pytest.mark.parametrize("sheet", [RECORD, file_of(80), SLIP], ids=NAMES)
def test_every_page_carries_the_reader_the_moment_and_its_number(sheet: Sheet) -> None:
    found = pages(pdf.render(sheet, watermark=READER))

    for number, text in enumerate(found, start=1):
        mark = "王建国（德育处）2026年10月9日22:40"
        assert text.count(f"{mark}用途：复核异议") == 1
        assert text.count(mark) > 5
        assert f"第{number}页共{len(found)}页" in text


def test_a_file_has_a_cover_and_lists_every_entry_in_order() -> None:
    cover, *rest = pages(pdf.render(FILE, watermark=READER))

    for words in (
        "家校档案",
        "李小雨",
        "2025级机电一班",
        "2026年9月1日至2026年12月31日",
        "对象：家长",
        "3条",
    ):
        assert words in cover
    places = ["".join(rest).index(f"第{number}次联系") for number in (1, 2, 3)]
    assert places == sorted(places)


def test_a_table_that_runs_over_the_page_repeats_its_titles() -> None:
    _, *rest = pages(pdf.render(file_of(60), watermark=READER))

    assert len(rest) > 2
    assert all("时间类别对象事项与摘要状态" in text for text in rest)


def test_an_empty_file_says_so() -> None:
    assert "所选范围内没有可查阅的记录" in printed(file_of(0))


def test_a_heading_is_never_left_alone_at_the_foot_of_a_page() -> None:
    """Whatever stands before it: a heading and its first statement are on one page."""
    said = Section("家长意见", statements=(Statement("希望暂停计算。", "家长陈述", "待核实"),))
    for lines in range(20, 40, 2):
        before = Section("前文", paragraphs=("逐行填满。",) * lines)
        found = pages(pdf.render(replace(RECORD, sections=(before, said)), watermark=READER))

        (page,) = [text for text in found if "家长意见" in text]
        assert "希望暂停计算。" in page


def test_a_slip_names_the_child_above_and_below_the_line() -> None:
    above, below = printed(SLIP).split("沿此线撕下")

    for words in ("关于国庆放假的通知", "李小雨", "2025级机电一班", "T8K2-047"):
        assert words in above
        assert words in below
    for words in ("家长签名", "已阅读并知晓", "需要乘坐返程班车", "2026年9月29日"):
        assert words in below


def test_a_slip_leaves_out_no_answer() -> None:
    many = replace(SLIP, answers=tuple(f"第{number}项" for number in range(40)))
    text = printed(many)

    assert all(f"第{number}项" in text for number in range(40))


def test_slips_of_one_document_count_their_own_pages_and_nothing_tells_how_many_there_are() -> None:
    long = replace(SLIP, paragraphs=("逐行填满。\n" * 60,), slip_no="AAAA-0001")
    last = replace(SLIP, slip_no="AAAA-0002", student=StudentLine("王小明", "2025级机电一班"))
    document = NoticeSlips(SLIP.school, SLIP.title, (SLIP, long, last))

    found = pages(pdf.render(document, watermark=READER))

    assert [re.findall("第.页共.页", text) for text in found] == [
        ["第1页共1页"],
        ["第1页共3页"], ["第2页共3页"], ["第3页共3页"],
        ["第1页共1页"],
    ]  # fmt: skip
    assert ["王小明" in text for text in found] == [False] * 4 + [True]
    assert [text.count("家长签名") for text in found] == [1, 0, 0, 1, 1]


def test_every_slip_has_a_code_of_its_own() -> None:
    document = NoticeSlips(SLIP.school, SLIP.title, (SLIP, replace(SLIP, slip_no="AAAA-0001")))

    codes = pdf._pictures(document)

    assert codes["code0"] == pdf._pictures(SLIP)["code0"] != codes["code1"]


def test_an_answer_in_words_has_room() -> None:
    assert "答复：" in printed(replace(SLIP, reply_lines=2))
    assert "答复：" not in printed(SLIP)


def test_the_qr_code_holds_the_number_unless_told_otherwise() -> None:
    assert pdf._pictures(SLIP) == pdf._pictures(replace(SLIP, code="T8K2-047"))
    assert pdf._pictures(SLIP) != pdf._pictures(replace(SLIP, code="T8K2-048"))
    assert pdf._pictures(RECORD) == {}


@pytest.mark.parametrize("sheet", SHEETS, ids=NAMES)
def test_the_same_copy_is_the_same_bytes(sheet: Sheet) -> None:
    assert pdf.render(sheet, watermark=READER) == pdf.render(sheet, watermark=READER)


def test_the_document_is_dated_by_the_watermark_and_titled() -> None:
    later = replace(READER, at=datetime(2027, 3, 4, 16, 30, tzinfo=UTC))
    reader = PdfReader(io.BytesIO(pdf.render(RECORD, watermark=later)))

    assert reader.metadata is not None
    assert reader.metadata.creation_date == later.at
    assert reader.metadata.title == "家校沟通记录 JL-2026-00128"
    assert "2027年3月5日00:30" in "".join(pages(pdf.render(RECORD, watermark=later)))


def test_a_setter_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PATIENCE", 0.01)

    with pytest.raises(PrintingFailed) as failed:
        pdf.render(RECORD, watermark=READER)

    assert failed.value.context == {"template": "record.typ", "reason": "timeout"}


def test_a_template_that_breaks_does_not_quote_the_text(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PrintingFailed) as failed:
        pdf._set(
            {"data": '{"look": "李小雨"}'},
            template="record.typ",
            typeface=fonts.installed(),
        )

    assert failed.value.context["reason"] == setter.BROKEN
    assert "李小雨" not in f"{failed.value} {capfd.readouterr()}"
