"""One sheet of each kind, as a caller would fill it, and how to read what was printed."""

import io
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any

from pypdf import PdfReader

from records.printing.documents import (
    Annotation,
    AttachedFile,
    Banner,
    Entry,
    FileSheet,
    Labelled,
    Method,
    NoticeSlip,
    Participant,
    Prepared,
    RecordSheet,
    Section,
    Signature,
    Statement,
    StudentLine,
    Watermark,
)
from tests.factories import NOW

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PROOF = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
FILE_HASH = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
READER = Watermark("王建国（德育处）", NOW, "复核异议")
STUDENT = StudentLine("李小雨", "2025级机电一班", "20250117")

RECORD = RecordSheet(
    school="江城市第一中等职业学校",
    title="家校沟通记录",
    record_no="JL-2026-00128",
    version=2,
    state="已签字",
    student=STUDENT,
    record_hash=HASH,
    case_no="SX-2026-0042",
    trigger="实习适应",
    details=(Labelled("地点", "办公室（第二教学楼 304）"), Labelled("渠道", "面对面会谈")),
    banners=(Banner.DISPUTED, Banner.UNSIGNED),
    participants=(
        Participant("李建军", "父亲", "监护人", "到场"),
        Participant("陈老师", "班主任", "记录人", "到场"),
    ),
    sections=(
        Section(
            "问题描述",
            statements=(
                Statement("九月迟到六次。", "系统记录", "已确认", NOW),
                Statement("宿舍里有人半夜打电话。", "家长陈述", "待核实", by="李建军"),
            ),
        ),
        Section("原因分析", paragraphs=("班主任认为：作息不规律。\n家长认为：需要适应的时间。",)),
        Section(
            "家长情绪反应（可观察）",
            statements=(Statement("约2分钟没有说话。", "教师观察", "单方陈述", observed="沉默"),),
        ),
        Section("家长反馈的家庭表现", rows=(Labelled("作息", "周末睡到中午"),)),
    ),
    prepared=(
        Prepared("成绩单", "期中成绩", file="文档-20261009-3FA2C1.pdf"),
        Prepared("心理评估报告", basis="本人或监护人同意，同意书第 12 号"),
    ),
    attachments=(
        AttachedFile(
            "文档-20261009-3FA2C1.pdf", "附件", "学业与实习表现", FILE_HASH, "已隐去他人信息"
        ),
        AttachedFile("签字页-20261009-07BB40.jpg", "签字页", "沟通内容", PROOF, "无需隐去"),
    ),
    signatures=(
        Signature("陈老师", "班主任", Method.ELECTRONIC, NOW, proof=PROOF),
        Signature("周敏", "母亲", Method.READ_BACK, NOW, witness="赵老师"),
        Signature("李建军", "父亲", Method.REFUSED, NOW, reason="对次数有异议", witness="赵老师"),
        Signature("李小雨", "学生", Method.PAPER, NOW),
    ),
    annotations=(Annotation("其中两次是公交晚点。", "李建军", NOW),),
)

SLIP = NoticeSlip(
    school="江城市第一中等职业学校",
    title="关于国庆放假的通知",
    paragraphs=("国庆假期为 10 月 1 日至 7 日。",),
    student=STUDENT,
    slip_no="T8K2-047",
    issued_on=date(2026, 9, 25),
    issued_by="班主任 陈老师",
    return_by=date(2026, 9, 29),
    answers=("已阅读并知晓", "需要乘坐返程班车"),
)


def file_of(count: int) -> FileSheet:
    """A file of `count` entries, one every seven hours."""
    return FileSheet(
        school="江城市第一中等职业学校",
        student=STUDENT,
        start=date(2026, 9, 1),
        end=date(2026, 12, 31),
        filters=("对象：家长",),
        entries=tuple(
            Entry(
                at=NOW + timedelta(hours=7 * place),
                kind="日常沟通",
                party="母亲",
                title=f"第{place + 1}次联系",
                state="已归档",
                body="家长来电询问请假，已说明须提前一天提出。",
            )
            for place in range(count)
        ),
    )


FILE = file_of(3)


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without spaces and break marks: the setter puts some in."""
    texts = (page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return ["".join(text.replace("\u200b", "").split()) for text in texts]


def packed(text: str) -> str:
    return "".join(text.split())


def filled_with(value: Any, text: str) -> Any:
    """`value` with every free text replaced; closed lists and the QR's content stay."""
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        return type(value)(
            **{
                name: part if name == "slip_no" else filled_with(part, text)
                for name, part in parts.items()
            }
        )
    if isinstance(value, tuple):
        return tuple(filled_with(part, text) for part in value)
    return text if type(value) is str and value else value
