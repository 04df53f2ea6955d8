"""One document holds so much and no more, and the refusal says what to choose instead."""

from dataclasses import replace
from typing import Any

import pytest

from records.printing import as_json, limits, pdf
from records.printing.documents import NoticeSlips, Section
from records.printing.errors import TooMuch
from tests.records.printing.sheets import READER, RECORD, SLIP, file_of


@pytest.mark.parametrize("write", [pdf.render, as_json.render])
def test_a_file_with_too_many_entries_is_refused_with_the_mend(write: Any) -> None:
    with pytest.raises(TooMuch) as refused:
        write(file_of(limits.MOST_ENTRIES + 1), watermark=READER)

    assert (refused.value.code, refused.value.status) == ("printing.too_much", 422)
    assert refused.value.field == "period"
    assert "更短的时间段" in refused.value.mend
    assert "5001" in str(refused.value)


def test_more_slips_than_a_class_has_are_refused_with_the_mend() -> None:
    document = NoticeSlips(SLIP.school, SLIP.title, (SLIP,) * (limits.MOST_SLIPS + 1))

    with pytest.raises(TooMuch) as refused:
        pdf.render(document, watermark=READER)

    assert (refused.value.field, "按学生" in refused.value.mend) == ("student", True)


@pytest.mark.parametrize("write", [pdf.render, as_json.render])
def test_a_text_without_an_end_is_refused(write: Any) -> None:
    long = (Section("原文", paragraphs=("长" * limits.MOST_CHARACTERS,)),)

    with pytest.raises(TooMuch):
        write(replace(RECORD, sections=long), watermark=READER)


def test_the_longest_file_allowed_is_written() -> None:
    document = as_json.render(file_of(limits.MOST_ENTRIES), watermark=READER)

    assert document.count(b'"kind"') == limits.MOST_ENTRIES
