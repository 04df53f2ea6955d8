"""Templates of notices, and what the neutral-language check says to a notice."""

import re

import pytest

from records import notice_gate, notice_templates, notice_wording
from records.models import Notice
from records.notice_gate import Roster
from records.notice_templates import Template
from records.notice_wording import SLOT, NotNeutral
from records.notices import LONGEST_BODY, LONGEST_TITLE

pytestmark = pytest.mark.django_db

TEMPLATES = notice_templates.load()
NAMES = [template.key for template in TEMPLATES]
#: Names and words that templates could trip over.
SCHOOL = Roster(frozenset({"张三", "李小雨", "高兴", "安全", "向阳"}), frozenset({"20250117"}))
FILLED = "9月12日"


def notice(title: str = "家长会通知", body: str = "请参加。") -> Notice:
    return Notice(title=title, body=body)


def filled(text: str) -> str:
    return re.sub("〔[^〔〕]+〕", FILLED, text)


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_a_template_is_about_nobody_and_judges_nobody(template: Template) -> None:
    for text in (template.title, template.body):
        assert notice_gate.check(text, known=SCHOOL) == []
        assert notice_gate.check(filled(text), known=SCHOOL) == []
    said = notice_wording.hints(notice(template.title, template.body))
    assert {hint.category for hint in said} <= {SLOT}


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_a_template_goes_out_once_its_slots_are_filled(template: Template) -> None:
    assert template.slots != []
    with pytest.raises(NotNeutral):
        notice_wording.refuse(notice(template.title, template.body))

    notice_wording.refuse(notice(filled(template.title), filled(template.body)))


@pytest.mark.parametrize("template", TEMPLATES, ids=NAMES)
def test_a_template_leaves_room_to_write(template: Template) -> None:
    assert len(template.title) < LONGEST_TITLE / 2
    assert len(template.body) < LONGEST_BODY / 2
    assert template.strength in Notice.Strength.values


def test_the_seven_occasions_of_a_school_year_are_there() -> None:
    assert {
        "parents_meeting", "fees", "holiday", "internship", "safety", "open_day", "career_talk",
    } <= set(NAMES)  # fmt: skip


def test_the_number_of_a_document_is_no_slot() -> None:
    notice_wording.refuse(notice(body="收费依据：教财〔2026〕3号。"))


def test_forbidden_words_hold_a_notice_back_and_name_field_place_and_mend() -> None:
    body = "请差生的家长到校。"

    with pytest.raises(NotNeutral) as refused:
        notice_wording.refuse(notice(title="给差生家长", body=body))

    assert [(hint.field, hint.words) for hint in refused.value.hints] == [
        ("title", "差生"), ("body", "差生"),
    ]  # fmt: skip
    second = refused.value.hints[1]
    assert body[second.start : second.end] == "差生"
    assert refused.value.field == "title"
    assert "差生" in str(refused.value)
    assert refused.value.mend.startswith("可以写：")


def test_a_discouraged_word_is_a_hint_and_holds_nothing_back() -> None:
    mild = notice(body="部分学生总是迟到，请家长提醒孩子。")

    hints = notice_wording.hints(mild)

    assert hints != []
    assert not any(hint.holds_back for hint in hints)
    notice_wording.refuse(mild)
