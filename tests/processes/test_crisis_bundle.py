"""The crisis as it is shipped: diagram, clocks, roles and forms fit together."""

import json
from typing import Any

import pytest
from django.conf import settings
from lxml import etree

from parties.privacy import FieldClass
from parties.roles import Role
from tests.processes.crisis_round import OPERATORS, TRIAGE
from workflow import clock_file, forms
from workflow.engine import lint_files, registry
from workflow.errors import InvalidInput

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "spiff": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}


# --- the file itself ------------------------------------------------------------------------------


def diagram() -> Any:
    return etree.parse(settings.BPMN_DIR / "crisis.bpmn").getroot()


def user_tasks() -> list[Any]:
    return list(diagram().iter(f"{{{NS['bpmn']}}}userTask"))


def written(task: Any) -> dict[str, str]:
    rows = task.xpath(".//spiff:property", namespaces=NS)
    return {row.get("name"): row.get("value") for row in rows}


def test_lint_finds_nothing() -> None:
    assert lint_files.check([settings.BPMN_DIR / "crisis.bpmn"]) == []


def test_the_shipped_handlers_serve_every_service_task_and_declare_what_is_read() -> None:
    operators = {node.get("id") for node in diagram().iter(f"{{{NS['spiff']}}}serviceTaskOperator")}

    assert operators == {f"crisis.{name}" for name in OPERATORS}
    assert operators <= registry.registered_names()
    for name, results in OPERATORS.items():
        assert registry.declared_results(f"crisis.{name}") == set(results)


def test_every_role_and_every_second_look_is_a_real_one() -> None:
    tasks = {task.get("id") for task in user_tasks()}
    for task in user_tasks():
        said = written(task)
        roles = [*said["roles"].split(","), *filter(None, said.get("instead", "").split(","))]
        assert set(roles) <= set(Role.values), task.get("id")
        assert len(roles) == len(set(roles)), task.get("id")
        assert set(filter(None, said.get("four_eyes", "").split(","))) <= tasks
        assert said["exclude"] == "named"


def test_every_timer_on_a_task_is_the_tasks_own_clock() -> None:
    clock_of = {task.get("id"): written(task).get("clock") for task in user_tasks()}
    late = {
        node.get("id").removeprefix("late_"): {
            row.get("id"): row.get("value").strip('"')
            for row in node.xpath(".//spiff:parameter", namespaces=NS)
        }
        for node in diagram().iter(f"{{{NS['bpmn']}}}serviceTask")
        if node.get("id").startswith("late_")
    }

    assert len(late) == 17
    for host, said in late.items():
        timer = diagram().xpath(
            f"//bpmn:boundaryEvent[@attachedToRef='{host}']//bpmn:timeDate/text()", namespaces=NS
        )
        assert timer == [f'clock("{said["clock"]}")']
        assert clock_of[said["task"]] == said["clock"]


#: They run without a diagram: a report that is owed, and what outlives its case.
SWEPT = {"crisis.zero_report", "crisis.order_review", "crisis.order_again"}


def test_every_clock_of_the_diagram_is_in_the_file_and_the_other_way_round() -> None:
    text = (settings.BPMN_DIR / "crisis.bpmn").read_text(encoding="utf-8")
    known = {name for name in clock_file.defaults().clocks if name.startswith("crisis.")}
    used = {name for name in known if f'"{name}"' in text}

    assert used | SWEPT == known


# --- forms ----------------------------------------------------------------------------------------


FORMS = sorted(settings.BPMN_DIR.glob("forms/*.json"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_chinese_classed_closed_and_bounded(path: Any) -> None:
    form = json.loads(path.read_text(encoding="utf-8"))

    assert form["additionalProperties"] is False
    assert set(form["required"]) <= set(form["properties"])
    for name, rule in form["properties"].items():
        assert any("\u4e00" <= letter <= "\u9fff" for letter in rule["title"]), name
        assert set(rule["x-class"].split()) <= set(FieldClass.__members__), name
        if choices := rule.get("enum") or rule.get("items", {}).get("enum"):
            assert list(rule["x-labels"]) == [str(choice) for choice in choices], name
        elif rule["type"] == "string":
            assert 0 < rule["maxLength"] <= 4000, name
        assert rule.get("x-decides", False) == (name in form.get("x-decides", [])), name


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_only_choices_reach_the_engine(path: Any) -> None:
    form = json.loads(path.read_text(encoding="utf-8"))

    for name in form.get("x-decides", []):
        assert form["properties"][name]["enum"]
        assert name in form["required"]


def form(name: str) -> dict[str, Any]:
    path = settings.BPMN_DIR / "forms" / f"{name}.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize(
    ("name", "answer", "field"),
    [
        ("mandatory_report", {"outcome": "not_required"}, "reason"),
        ("mandatory_report", {"outcome": "reported", "authority": "police"}, "reported_at"),
        ("mandatory_report", {"outcome": "pending"}, "outcome"),
        ("report_waiver", {"agree": "yes"}, "reason"),
        ("confirmation", {"agree": "no"}, "reason"),
        ("triage", {**TRIAGE, "reason": ""}, "reason"),
        ("triage", {**TRIAGE, "reason": "见", "suspect_people": ["王某"]}, "suspect_people.0"),
        ("zero_report", {"changed": "yes"}, "note"),
        ("closing", {"outcome": "closed", "reason": "好", "lesson": "无", "effect_school": 6},
         "effect_school"),
        ("contact_attempt", {"outcome": "reached", "channel": "phone", "extra": 1}, "extra"),
    ],
)  # fmt: skip
def test_an_answer_that_leaves_out_what_counts_is_refused(
    name: str, answer: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        forms.check(form(name), answer)

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("triage", {**TRIAGE, "reason": "班主任当面听到“不想活了”"}),
        (
            "mandatory_report",
            {
                "outcome": "reported",
                "authority": "police",
                "reported_at": "2026-10-09T23:20:00+08:00",
                "number": "110",
                "receiver": "值班民警",
            },
        ),
        ("mandatory_report", {"outcome": "not_required", "reason": "不属于法定情形"}),
        ("zero_report", {"changed": "no"}),
        ("confirmation", {"agree": "yes"}),
        ("wake_call", {"outcome": "no_answer"}),
    ],
)
def test_a_plain_answer_is_enough(name: str, answer: dict[str, Any]) -> None:
    forms.check(form(name), answer)

    assert set(form(name)["required"]) <= answer.keys()
