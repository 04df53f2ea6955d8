"""The same sheets for a machine: exact texts, stable keys, moments with a zone, a digest."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.printing import as_json
from records.printing.documents import Section, Sheet
from tests.factories import NOW
from tests.records.printing.sheets import (
    FILE,
    FILE_HASH,
    PROOF,
    READER,
    RECORD,
    SLIP,
    filled_with,
)


def told(sheet: Sheet) -> dict[str, Any]:
    tree = json.loads(as_json.render(sheet, watermark=READER))
    assert isinstance(tree, dict)
    return tree


def test_a_record_comes_back_with_everything_in_it() -> None:
    body = told(RECORD)["body"]

    assert body["record_no"] == "JL-2026-00128"
    assert (body["version"], body["state"]) == (2, "已签字")
    assert body["banners"] == ["争议处理中", "校方记录，家长未签"]
    assert [one["method"] for one in body["signatures"]] == [
        "电子签名",
        "电话复述",
        "拒签",
        "纸质签字",
    ]
    assert body["sections"][0]["statements"][1]["source"] == "家长陈述"
    assert body["sections"][0]["statements"][1]["at"] is None
    assert body["sections"][2]["statements"][0]["observed"] == "沉默"
    assert [one["sha256"] for one in body["attachments"]] == [FILE_HASH, PROOF]
    assert body["attachments"][0]["others"] == "已隐去他人信息"
    assert body["prepared"][1]["basis"] == "本人或监护人同意，同意书第 12 号"


@pytest.mark.parametrize(
    ("sheet", "name"),
    [(RECORD, "sanfang.record/1"), (FILE, "sanfang.file/1"), (SLIP, "sanfang.slip/1")],
)
def test_each_kind_names_its_format_and_its_reader(sheet: Sheet, name: str) -> None:
    tree = told(sheet)

    assert list(tree) == ["body", "format", "sha256", "watermark"]
    assert tree["format"] == name
    assert tree["watermark"] == {
        "at": "2026-10-09T22:40:00+08:00",
        "purpose": "复核异议",
        "reader": "王建国（德育处）",
    }


@pytest.mark.parametrize(
    "sheet", [RECORD, FILE, SLIP, filled_with(RECORD, 'é"\\/\x00\x7f\n😀\u2028')]
)
def test_anybody_can_recompute_the_digest(sheet: Sheet) -> None:
    tree = told(sheet)
    body = json.dumps(tree["body"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    assert tree["sha256"] == hashlib.sha256(body.encode()).hexdigest()


def test_the_digest_is_the_record_s_and_not_the_reader_s() -> None:
    other = replace(READER, reader="另一位", purpose="")
    again = json.loads(as_json.render(RECORD, watermark=other))

    assert again["sha256"] == told(RECORD)["sha256"]
    assert again["sha256"] != told(replace(RECORD, version=3))["sha256"]


def test_the_same_moment_is_written_the_same_way_in_any_zone() -> None:
    utc = replace(READER, at=READER.at.astimezone(UTC))

    assert as_json.render(RECORD, watermark=utc) == as_json.render(RECORD, watermark=READER)


def test_days_stay_days() -> None:
    assert told(FILE)["body"]["start"] == "2026-09-01"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        as_json.render(RECORD, watermark=replace(READER, at=NOW.replace(tzinfo=None)))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_texts_are_kept_exactly(text: str) -> None:
    sheet = replace(RECORD, sections=(Section("原文", paragraphs=(text,)),))

    assert told(sheet)["body"]["sections"][0]["paragraphs"] == [text]


def test_half_a_surrogate_has_no_utf_8_and_is_named() -> None:
    assert told(replace(RECORD, trigger="一\ud83d"))["body"]["trigger"] == "一[U+D83D]"
