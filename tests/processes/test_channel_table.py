"""bpmn/channel.dmn: every combination of answers is routed once, and a school's slips are found."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from workflow.engine import documents, lint_files
from workflow.engine.expressions import Reading
from workflow.engine.needs import need_table
from workflow.engine.tables import Table, children, input_text, read_tables, text_of
from workflow.handlers.channel_table import NEEDS
from workflow.models import Case, Matter

CHANNEL = Path(settings.BPMN_DIR) / "channel.dmn"


def shipped() -> tuple[Table, dict[str, list[object]]]:
    root = documents.parse_xml(CHANNEL.read_bytes())
    [decision] = children(root, "decision")
    [found] = children(decision, "decisionTable")
    values: dict[str, list[object]] = {}
    for column in children(found, "input"):
        [listed] = children(column, "inputValues")
        values[input_text(column)] = [
            word.strip().strip('"') for word in text_of(listed).split(",")
        ]
    return read_tables(root)["channel"], values


def clock(name: str) -> object:
    raise AssertionError(name)


def test_every_combination_of_answers_is_routed_exactly_once() -> None:
    asked, values = shipped()
    answers = set()
    for combination in product(*values.values()):
        told = dict(zip(values, combination, strict=True))
        answer = asked.decide(Reading(told, clock))  # type: ignore[arg-type]
        channel = str(answer["channel"])
        answers.add(answer["reason"])
        assert channel.upper() in Case.Channel.values, told
        if told["read_hints_level"] == "red" or told["read_hints_danger"] == "yes":
            assert channel == "crisis", told
        else:
            assert channel != "crisis", told
        careful = told["read_hints_level"] in {"amber", "complaint"}
        if careful or told["read_hints_individual"] == "yes":
            assert channel != "notice", told
    assert answers == {rule.id for rule in asked.rules}


def test_the_table_knows_every_code_that_a_matter_may_carry() -> None:
    _, values = shipped()

    assert set(values["read_hints_trigger"]) == set(Matter.Trigger.values)
    assert set(values["read_hints_danger"]) == set(Matter.Danger.values)
    assert set(values["read_hints_level"]) == set(Matter.Level.values)


def test_every_rule_says_in_words_what_it_is_about() -> None:
    asked, _ = shipped()

    assert all(rule.label for rule in asked.rules)
    assert asked.label("reason", "truancy") == "旷课等考勤问题"
    assert asked.label("reason", "unheard_of") == ""


@pytest.mark.parametrize(
    ("old", "new", "rule", "element"),
    [
        ('"truancy_danger"><text>"no"', '"truancy_danger"><text>-', "table.overlap", "truancy"),
        ('"aid_trigger"><text>"aid"', '"aid_trigger"><text>"adi"', "table.gap", "channel"),
        ('"aid_trigger"><text>"aid"', '"aid_trigger"><text>"adi"', "table.dead", "aid"),
        ('"aid_to"><text>"meeting"', '"aid_to"><text>"metting"', "table.result", "aid_to"),
    ],
)
def test_a_schools_slip_of_the_pen_is_found_before_it_counts(
    tmp_path: Path, old: str, new: str, rule: str, element: str
) -> None:
    copy = tmp_path / "channel.dmn"
    text = CHANNEL.read_text(encoding="utf-8")
    assert old in text
    copy.write_text(text.replace(old, new), encoding="utf-8")

    found = lint_files.check([copy])

    assert rule in {one.rule for one in found}
    assert element in {one.element for one in found if one.rule == rule}


#: The words of 资助's rule that the program keeps.
WHY = '"aid_why"><text>"aid"'


def edited(tmp_path: Path, old: str, new: str) -> set[tuple[str, str]]:
    """Rule and element of each finding about the table alone, with `new` for a pattern."""
    copy, text = tmp_path / "channel.dmn", CHANNEL.read_text(encoding="utf-8")
    changed = re.sub(old, new, text, flags=re.DOTALL)
    assert changed != text
    copy.write_text(changed, encoding="utf-8")
    found = lint_files.check([copy])
    assert all(one.wrong and one.mend for one in found)
    return {(one.rule, one.element) for one in found}


@pytest.mark.parametrize(
    ("old", "new", "rule", "element"),
    [
        ('UNIQUE(.*)<rule id="aid">.*?</rule>', r"COLLECT\1", "table.hit_policy", "channel_rules"),
        ("<inputValues.*?</inputValues>", "", "table.values", "in_danger"),
        (', "unclear"</text>', "</text>", "table.values", "in_danger"),
        ('"praise", "visit"', '"prize", "praise", "visit"', "table.values", "in_trigger"),
        ("read_hints_danger", "read_hints_level", "table.input", "channel_rules"),
        (">read_hints_repeated<", '>read_hints_repeated == "yes"<', "table.input", "in_repeated"),
        ('name="channel"', 'name="chanel"', "table.output", "channel_rules"),
        ('name="reason"', 'name="why"', "table.output", "channel_rules"),
        ('decision id="channel"', 'decision id="chanel"', "table.decision", "chanel"),
        ("<outputValues.*?</outputValues>", "", "table.values", "out_channel"),
        (
            '"meeting", "crisis"<(.*)"aid_to"><text>"meeting"',
            r'"meeting", "crisis", "close"<\1"aid_to"><text>"close"',
            "table.values",
            "out_channel",
        ),
        (
            '"meeting", "crisis"<(.*)"aid_to"><text>"meeting"',
            r'"meeting", "crisis", "close"<\1"aid_to"><text>"close"',
            "table.result",
            "aid_to",
        ),
        (WHY, '"aid_why"><text>', "table.result", "aid_why"),
        (WHY, '"aid_why"><text>""', "table.result", "aid_why"),
        (WHY, '"aid_why"><text>7', "table.result", "aid_why"),
        (WHY, '"aid_why"><text>read_hints_level', "table.result", "aid_why"),
        (WHY, f'"aid_why"><text>"{"a" * 61}"', "table.result", "aid_why"),
        ("<description>经济资助需要</description>", "", "table.description", "aid"),
        ("经济资助需要", " ", "table.description", "aid"),
        ("经济资助需要", "长" * 201, "table.description", "aid"),
        ('"danger_to"><text>"crisis"', '"danger_to"><text>"notice"', "table.floor", "danger"),
        (
            '"red_words_to"><text>"crisis',
            '"red_words_to"><text>"meeting',
            "table.floor",
            "red_words",
        ),
        ('first_to"><text>"meeting"', 'first_to"><text>"notice"', "table.floor", "verify_first"),
    ],
)
def test_what_the_program_needs_is_said_by_the_check_alone(
    tmp_path: Path, old: str, new: str, rule: str, element: str
) -> None:
    assert (rule, element) in edited(tmp_path, old, new)


def test_a_school_may_be_more_careful(tmp_path: Path) -> None:
    changed = {'"truancy_to"><text>"meeting"': '"truancy_to"><text>"crisis"', "旷课等考勤": "旷课"}
    text = CHANNEL.read_text(encoding="utf-8")
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    copy = tmp_path / "channel.dmn"
    copy.write_text(text, encoding="utf-8")

    assert lint_files.check([copy]) == []


def test_a_table_is_needed_by_one_place_only() -> None:
    with pytest.raises(ImproperlyConfigured):
        need_table(NEEDS)


def test_a_school_may_send_aid_to_a_notice(tmp_path: Path) -> None:
    copy = tmp_path / "channel.dmn"
    text = CHANNEL.read_text(encoding="utf-8")
    copy.write_text(text.replace('"aid_to"><text>"meeting"', '"aid_to"><text>"notice"'))

    assert lint_files.check([copy]) == []
