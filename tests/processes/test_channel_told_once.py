"""A fault of a school's table is one finding, whether every table or the program forbids it."""

from pathlib import Path

import pytest

from tests.processes.test_channel_table import checked


@pytest.mark.parametrize(
    ("old", "new", "rule", "element"),
    [
        ('"danger_to"><text>"crisis"', '"danger_to"><text>"fax"', "table.result", "danger_to"),
        ('"danger_to"><text>"crisis"', '"danger_to"><text>', "table.result", "danger_to"),
        ("UNIQUE", "FIRST", "table.hit_policy", "channel_rules"),
        ('"UNIQUE"', '"COLLECT" aggregation="SUM"', "table.hit_policy", "channel_rules"),
        ('"UNIQUE"', '"UNIQUE" aggregation="SUM"', "table.hit_policy", "channel_rules"),
        ('<rule id="danger">', '<rule id="red_words">', "table.rule_id", "red_words"),
        ('label="渠道" name="channel"', 'label="渠道" name="去 向"', "table.output", "out_channel"),
        ('name="reason"', 'name=""', "table.output", "out_reason"),
        ('id="danger_to"', 'id="red_words_to"', "id.duplicate", "red_words_to"),
        ('id="danger_danger"', 'id="red_words_danger"', "id.duplicate", "red_words_danger"),
        (
            '<rule id="danger">(.*?_why"><text>)"danger"',
            r'<rule id="red_words_to">\1"red_words_to"',
            "id.duplicate",
            "red_words_to",
        ),
    ],
)
def test_each_fault_is_told_once(
    tmp_path: Path, old: str, new: str, rule: str, element: str
) -> None:
    found = checked(tmp_path, old, new)

    assert [(one.rule, one.element) for one in found] == [(rule, element)]


def test_a_column_without_its_values_is_told_once(tmp_path: Path) -> None:
    values = '<inputValues id="values_danger">.*?</inputValues>'
    [finding] = checked(tmp_path, values, "")

    assert (finding.rule, finding.element) == ("table.values", "in_danger")


@pytest.mark.parametrize(
    ("old", "new", "rule", "element"),
    [
        ('"notice", "meeting", "crisis"<', "one two<", "table.cell", "out_channel"),
        ('"yes", "no", "unclear"<', "one two<", "table.cell", "in_danger"),
        ('"danger_to"><text>"crisis"', '"danger_to"><text>clock("x")', "table.result", "danger_to"),
    ],
)
def test_what_cannot_be_weighed_is_a_finding_and_no_crash(
    tmp_path: Path, old: str, new: str, rule: str, element: str
) -> None:
    assert (rule, element) in [(one.rule, one.element) for one in checked(tmp_path, old, new)]
