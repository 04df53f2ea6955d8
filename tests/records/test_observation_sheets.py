"""行为观察表: what was observed has its day, or comes as a file that says so itself."""

import pytest

from parties.errors import InvalidInput
from records import observation_sheets


@pytest.mark.parametrize(
    "note",
    [
        "10月9日，课堂", "10 月 9 日至 12 日", "十月九日", "2026-10-09", "10.9、10.12 两次", "10/9",
        "第6周课堂记录", "周三实训课", "星期五晚自习", "昨天下午",
    ],
)  # fmt: skip
def test_a_day_in_any_usual_writing_is_one(note: str) -> None:
    observation_sheets.refuse_undated("OBSERVATION", note)


@pytest.mark.parametrize("note", ["", "课堂与宿舍", "10月观察表", "一周表现", "3次实训", "第2页"])
def test_a_sheet_that_names_no_day_is_refused(note: str) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == "note") as no:
        observation_sheets.refuse_undated("OBSERVATION", note)
    assert "10月9日" in no.value.mend


def test_other_papers_and_sheets_in_a_file_ask_for_nothing() -> None:
    observation_sheets.refuse_undated("TRANSCRIPT", "期中")
    observation_sheets.refuse_undated("OBSERVATION", "", has_file=True)
