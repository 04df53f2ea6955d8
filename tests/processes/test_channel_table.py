"""bpmn/channel.dmn: every combination of answers is routed once, and a school's slips are found."""

import re
import shutil
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from workflow.checks import every_shipped_process_can_run
from workflow.engine import documents, lint_files
from workflow.engine.expressions import Reading
from workflow.engine.lint.findings import Finding
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
        careful |= told["read_hints_danger"] == "unclear"
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
    return {(one.rule, one.element) for one in checked(tmp_path, old, new)}


def checked(tmp_path: Path, old: str, new: str) -> list[Finding]:
    copy, text = tmp_path / "channel.dmn", CHANNEL.read_text(encoding="utf-8")
    changed = re.sub(old, new, text, flags=re.DOTALL)
    assert changed != text
    copy.write_text(changed, encoding="utf-8")
    found = lint_files.check([copy])
    assert all(one.wrong and one.mend for one in found)
    return found


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


def split(
    folder: Path, rule: str, column: str, *, copy: str, stays: str = '"yes"', **cells: str
) -> list[Finding]:
    """What lint says when one rule becomes two: `stays` in `column` there, "no" in the copy."""
    text = CHANNEL.read_text(encoding="utf-8")
    found = re.search(f'<rule id="{rule}">.*?</rule>', text, re.DOTALL)
    assert found is not None

    def written(row: str, **changes: str) -> str:
        for name, value in changes.items():
            row, count = re.subn(f'(_{name}"><text>)[^<]*', rf"\g<1>{value}", row)
            assert count == 1
        return row

    copied = found[0].replace(f'id="{rule}', f'id="{copy}')
    rows = written(found[0], **{column: stays}) + written(copied, **{column: '"no"', **cells})
    (folder / "channel.dmn").write_text(text.replace(found[0], rows), encoding="utf-8")
    return lint_files.check([folder / "channel.dmn"])


@pytest.mark.parametrize("why", ['"aid"', '"truancy"', '"of_its_own"', "'aid_once'"])
def test_a_copied_rule_says_why_under_its_own_id(tmp_path: Path, why: str) -> None:
    [finding] = split(tmp_path, "aid", "repeated", copy="aid_once", why=why)

    assert (finding.rule, finding.element) == ("table.code", "aid_once")
    assert why in finding.wrong
    assert finding.mend == '改为 "aid_once"。'
    assert split(tmp_path, "aid", "repeated", copy="aid_once", why='"aid_once"') == []


@pytest.mark.parametrize("copy", ["aid-once", "a" * 61, "资助"])
def test_an_id_that_cannot_be_kept_is_changed_itself(tmp_path: Path, copy: str) -> None:
    [finding] = split(tmp_path, "aid", "repeated", copy=copy)

    assert (finding.rule, finding.element) == ("table.code", copy)
    assert "给这条规则一个自己的 id" in finding.mend
    assert f'"{copy}"' not in finding.mend


def test_a_rule_copied_with_its_id_is_told_once_what_to_change(tmp_path: Path) -> None:
    for why in ('"aid"', '"aid_once"'):
        found = split(tmp_path, "aid", "repeated", copy="aid", why=why)

        [finding] = [one for one in found if one.rule != "id.duplicate"]
        assert (finding.rule, finding.element) == ("table.rule_id", "aid")
        assert finding.mend == "给这条规则一个自己的 id，结果 reason 写成与它相同。"


def test_a_rule_without_an_id_is_asked_for_an_id_alone(tmp_path: Path) -> None:
    assert edited(tmp_path, 'rule id="aid"', "rule") == {("table.rule_id", "channel_rules")}


def test_the_start_refuses_a_copied_rule_with_an_old_reason(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "bpmn"
    shutil.copytree(settings.BPMN_DIR, folder)
    split(folder, "aid", "repeated", copy="aid_once")
    settings.BPMN_DIR = folder

    [error] = every_shipped_process_can_run()

    assert error.id == "workflow.E001"
    assert "aid_once" in error.msg
    assert "table.code" in str(error.hint)


def test_where_danger_is_unclear_a_notice_is_never_enough(tmp_path: Path) -> None:
    own = {"copy": "unclear_to_all", "why": '"unclear_to_all"'}
    [finding] = split(tmp_path, "danger_unclear", "individual", **own, to='"notice"')

    assert (finding.rule, finding.element) == ("table.floor", "unclear_to_all")
    assert finding.mend.startswith('改为 "crisis"、"meeting"')
    for careful in ('"meeting"', '"crisis"'):
        assert split(tmp_path, "danger_unclear", "individual", **own, to=careful) == []


def test_of_a_complaint_a_school_decides_where_danger_is_not_unclear(tmp_path: Path) -> None:
    own = {"copy": "complaint_calm", "why": '"complaint_calm"', "to": '"notice"'}
    [finding] = split(tmp_path, "complaint_words", "individual", **own)

    assert (finding.rule, finding.element) == ("table.floor", "complaint_calm")
    assert split(tmp_path, "complaint_words", "danger", stays='"unclear"', **own) == []


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
