"""bpmn/channel.dmn: every combination of answers is routed once, and a school's slips are found."""

from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from workflow.engine import documents, lint_files
from workflow.engine.expressions import Reading
from workflow.engine.tables import Table, children, input_text, read_tables, text_of
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
        if told["read_hints_level"] == "amber" or told["read_hints_individual"] == "yes":
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


def test_a_school_may_send_aid_to_a_notice(tmp_path: Path) -> None:
    copy = tmp_path / "channel.dmn"
    text = CHANNEL.read_text(encoding="utf-8")
    copy.write_text(text.replace('"aid_to"><text>"meeting"', '"aid_to"><text>"notice"'))

    assert lint_files.check([copy]) == []
