"""A table that a school edits answers every question once, or lint names the place and the mend."""

import re

import pytest

from tests.engine.diagrams import table
from tests.engine.test_lint import findings
from workflow.engine.lint import Finding
from workflow.engine.lint.coverage import MOST_COMBINATIONS

SENTENCE = re.compile(r"[\u4e00-\u9fff].*。\Z")


def declared(rows: dict[str, str], values: str = '"a", "b"', **options: str) -> str:
    made = table("t", "x", rows, **options)
    listed = f"</inputExpression><inputValues><text>{values}</text></inputValues>"
    return made.replace("</inputExpression>", listed)


def lint(xml: str) -> list[Finding]:
    return findings({"t.dmn": xml})


# --- small tables ---------------------------------------------------------------------------------


def test_every_value_answered_once_is_no_finding() -> None:
    assert lint(declared({'"a"': "1", '!= "a"': "2"})) == []


@pytest.mark.parametrize(
    ("rows", "rule", "element", "words"),
    [
        ({'"a"': "1"}, "table.gap", "t", "x = b"),
        ({'"a"': "1", "-": "2"}, "table.overlap", "r1", "x = a"),
        ({'in ["a", "b"]': "1", '"c"': "2"}, "table.dead", "r1", "r1"),
    ],
)
def test_a_mistake_is_named_with_its_place_an_example_and_the_mend(
    rows: dict[str, str], rule: str, element: str, words: str
) -> None:
    [finding] = lint(declared(rows))

    assert (finding.rule, finding.element) == (rule, element)
    assert words in finding.wrong
    assert SENTENCE.search(finding.wrong)
    assert SENTENCE.search(finding.mend)


def test_collect_may_answer_often_or_not_at_all() -> None:
    assert lint(declared({'"a"': "1", "-": "2"}, policy="COLLECT")) == []


def test_a_table_without_declared_values_is_tried_where_its_cells_point() -> None:
    assert lint(table("t", "x", {">= 2": "1", "< 2": "2"})) == []
    [finding] = lint(table("t", "x", {">= 2": "1", ">= 3": "2"}))
    assert finding.rule == "table.overlap"
    assert [one.rule for one in lint(table("t", "x", {'!= "a"': "1", '!= "b"': "2"}))] == [
        "table.overlap"
    ]


def test_what_cannot_be_tried_is_said() -> None:
    assert [one.rule for one in lint(declared({"y": "1"}))] == ["table.open_cell"]
    many = ", ".join(str(number) for number in range(MOST_COMBINATIONS + 1))
    assert {one.rule for one in lint(declared({"-": "1"}, values=many))} <= {
        "table.too_wide",
        "table.cell",  # longer than an expression may be
    }


@pytest.mark.parametrize("values", ["y", "", '"a", clock("c")', "[1"])
def test_values_are_fixed(values: str) -> None:
    assert "table.cell" in {one.rule for one in lint(declared({"-": "1"}, values=values))}


def test_a_result_that_nobody_declared_is_named() -> None:
    allowed = '<outputValues><text>"low"</text></outputValues></output>'
    made = declared({"-": '"hgih"'}).replace(
        'name="tier" typeRef="string"/>', f'name="tier" typeRef="string">{allowed}'
    )

    [finding] = lint(made)

    assert (finding.rule, finding.element) == ("table.result", "o0")
