"""Lint lets through what the engine supports, and says of the rest what is wrong and the mend."""

from collections.abc import Mapping

import orjson
import pytest

from tests.engine.diagrams import (
    FORM,
    call,
    chain,
    document,
    end,
    flow,
    gateway,
    process,
    simple,
    start,
    table,
    user,
)
from tests.engine.drawn import drawn
from tests.engine.shapes import SHAPES, TIERS
from workflow.engine.lint import Finding, Project, lint

CLOCKS = {"crisis.ack", "feedback"}


def findings(files: Mapping[str, bytes | str], *only: str) -> list[Finding]:
    """Lint `only` (else all) of these files, next to the form that the test diagrams use."""
    given = {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}
    given.setdefault("forms/choice.json", orjson.dumps(FORM))
    return lint(given, Project.read(given, CLOCKS), only=only or files)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_that_the_engine_supports_passes(shape: str) -> None:
    assert findings({"p.bpmn": drawn(SHAPES[shape]), "t.dmn": TIERS}, "p.bpmn") == []


def test_a_table_that_a_diagram_calls_passes() -> None:
    files = {"p.bpmn": drawn(SHAPES["service_and_table"]), "t.dmn": TIERS}

    assert findings(files) == []


def rules(xml: str) -> set[str]:
    return {finding.rule for finding in findings({"p.bpmn": xml}, "p.bpmn")}


def test_a_finding_names_the_element_and_its_line() -> None:
    xml = drawn(SHAPES["xor_loop"]).replace("a_x &lt; 2", "password")

    [finding] = findings({"p.bpmn": xml}, "p.bpmn")

    assert finding.as_json() == {
        "file": "p.bpmn",
        "element": finding.element,
        "rule": "expression.undeclared",
        "wrong": "没有声明名称 'password'。",
        "mend": "名称为 任务编号_属性：在表单的 x-decides 或处理程序的 decides 中声明它。",
    }
    assert finding.element.startswith("flow_")
    assert finding.line > 0


def test_names_of_called_processes_and_of_callers_are_known() -> None:
    caller = drawn(
        simple(call("c", "q"), gateway("g", default="d"), end("e2"), chain("s", "c", "g"),
               flow("g", "e", "inner_x == 1"), flow("g", "e2", id_="d"))
    )  # fmt: skip
    called = drawn(document(process("q", start(), user("inner"), end(), chain("s", "inner", "e"))))

    assert findings({"p.bpmn": caller, "q.bpmn": called}) == []
    assert "call.unknown" in {finding.rule for finding in findings({"p.bpmn": caller})}


def test_a_process_id_may_be_used_once() -> None:
    plain = drawn(SHAPES["linear"])

    twice = findings({"p.bpmn": plain, "other.bpmn": plain})

    assert {finding.rule for finding in twice} == {"id.duplicate"}


def test_a_table_asked_by_our_own_code_may_use_any_name() -> None:
    assert findings({"t.dmn": TIERS}) == []
    assert findings({"t.dmn": table("t", "x y", {"1": "2"})})[0].rule == "expression.outside"


def test_harmless_words_of_a_modeller_are_no_finding() -> None:
    plain = drawn(SHAPES["linear"])
    modelled = plain.replace(
        '<bpmn:userTask id="a"',
        '<bpmn:userTask startQuantity="1" isForCompensation="false" '
        'xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0" bioc:fill="#fff" id="a"',
    ).replace("<bpmn:process ", "<!-- exported by hand --><bpmn:process ", 1)

    assert rules(modelled) == set()


def test_a_default_flow_needs_no_condition_and_a_plain_flow_has_none() -> None:
    conditional = simple(user("a"), user("b"), flow("s", "a"), flow("a", "b", "a_x == 1"),
                         flow("b", "e"))  # fmt: skip

    assert rules(drawn(conditional)) == {"flow.condition_ignored"}
