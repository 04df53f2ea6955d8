"""What a form refuses: the field's own title, what is wrong and what to do, all in Chinese."""

from typing import Any

import pytest
from django.conf import settings

from parties import tenancy
from tests.factories import World
from tests.processes.walker import ANSWERS, begin
from workflow import forms
from workflow.engine import bundles, documents
from workflow.errors import InvalidInput

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"title": "类型", "type": "string", "enum": ["a", "b"]},
        "reason": {"title": "理由", "type": "string", "minLength": 1, "maxLength": 5},
        "count": {"title": "人数", "type": "integer", "minimum": 1, "maximum": 5},
        "when": {"title": "时间", "type": "string", "format": "date-time"},
        "day": {"title": "日期", "type": "string", "format": "date"},
        "people": {
            "title": "人员", "type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True,
            "items": {"type": "string", "pattern": "^p[0-9]$"},
        },
        "place": {
            "title": "地点", "type": "object", "properties": {"floor": {"type": "integer"}},
            "required": ["floor"], "additionalProperties": False,
        },
    },
    "required": ["reason", "kind"],
    "if": {"properties": {"kind": {"const": "b"}}, "required": ["kind"]},
    "then": {"required": ["day", "count"]},
}  # fmt: skip

YEAR = "请按该项要求的格式填写，年份在 2000 至 2099 之间。"
GOOD: dict[str, Any] = {"kind": "a", "reason": "依据"}


def refused(answer: dict[str, Any], schema: dict[str, Any] = SCHEMA) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        forms.check(schema, answer)
    return caught.value


def test_an_answer_that_fits_is_taken() -> None:
    full = {
        **GOOD, "count": 5, "when": "2026-10-09T23:00:00+08:00", "day": "2026-10-09",
        "people": ["p1", "p2"], "place": {"floor": 3},
    }  # fmt: skip

    assert forms.check(SCHEMA, full) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("change", "field", "sentence", "mend"),
    [
        ({"kind": "c"}, "kind", "“类型”不在可选范围内。", "请从给出的选项中选择。"),
        ({"reason": "六个字太长了"}, "reason", "“理由”太长。", "请缩短后重试。"),
        ({"reason": ""}, "reason", "“理由”不能为空。", "请填写。"),
        ({"reason": " \u200b"}, "reason", "“理由”不能为空。", "请填写。"),
        ({"reason": 7}, "reason", "“理由”格式不对。", "请按该项要求的类型填写。"),
        ({"reason": None}, "reason", "“理由”格式不对。", "请按该项要求的类型填写。"),
        ({"count": 0}, "count", "“人数”太小。", "请改为允许范围内的数。"),
        ({"count": 6}, "count", "“人数”太大。", "请改为允许范围内的数。"),
        ({"count": True}, "count", "“人数”格式不对。", "请按该项要求的类型填写。"),
        ({"count": 1.5}, "count", "“人数”格式不对。", "请按该项要求的类型填写。"),
        ({"when": "昨天"}, "when", "“时间”格式不对。", YEAR),
        ({"when": "2026-13-01T00:00:00Z"}, "when", "“时间”格式不对。", YEAR),
        ({"when": "2026-10-09T23:00:00"}, "when", "“时间”格式不对。", YEAR),
        ({"day": "2026-02-30"}, "day", "“日期”格式不对。", YEAR),
        ({"when": "0001-01-01T00:00:00+08:00"}, "when", "“时间”格式不对。", YEAR),
        ({"when": "9999-12-31T23:59:59-12:00"}, "when", "“时间”格式不对。", YEAR),
        ({"day": "0001-01-01"}, "day", "“日期”格式不对。", YEAR),
        ({"people": []}, "people", "“人员”太少。", "请至少填写一项。"),
        ({"people": ["p1", "p2", "p3"]}, "people", "“人员”太多。", "请减少项数。"),
        ({"people": ["p1", "p1"]}, "people", "“人员”有重复。", "请删除重复项。"),
        ({"people": ["p1", "x"]}, "people.1", "“人员”格式不对。", "请按该项要求的格式填写。"),
        ({"place": {}}, "place.floor", "“地点”没有填写。", "请填写该项。"),
        ({"place": {"floor": "三"}}, "place.floor", "“地点”格式不对。", "请按该项要求的类型填写。"),
        ({"place": {"floor": 1, "x": 1}}, "place.x", "“地点”不是本表单的项目。", "请删除该项。"),
        ({"surplus": 1}, "surplus", "“surplus”不是本表单的项目。", "请删除该项。"),
    ],
)  # fmt: skip
def test_each_rule_names_the_field_what_is_wrong_and_the_mend(
    change: dict[str, Any], field: str, sentence: str, mend: str
) -> None:
    error = refused({**GOOD, **change})

    assert (error.field, str(error), error.mend) == (field, sentence, mend)


def test_of_several_missing_answers_the_forms_first_is_named() -> None:
    error = refused({})

    assert (error.field, str(error)) == ("kind", "“类型”没有填写。")


def test_of_several_mistakes_the_forms_first_is_named() -> None:
    assert refused({"kind": "a", "reason": "", "count": 9, "aaa": 1}).field == "reason"


def test_what_one_answer_makes_necessary_is_asked_for() -> None:
    assert forms.check(SCHEMA, GOOD) is None  # type: ignore[func-returns-value]

    error = refused({**GOOD, "kind": "b"})

    assert (error.field, str(error)) == ("count", "“人数”没有填写。")


def test_a_task_without_a_form_takes_no_answer() -> None:
    assert forms.check({}, {}) is None  # type: ignore[func-returns-value]
    assert refused({"x": 1}, {}).field == "x"


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({**GOOD, "reason": "\ud800"}, "reason"),
        ({**GOOD, "people": ["p1", "\udfff"]}, "people"),
        ({**GOOD, "\ud800": 1}, "answer"),
    ],
)
def test_half_a_character_is_refused_before_it_breaks_the_store(
    answer: dict[str, Any], field: str
) -> None:
    error = refused(answer)

    assert error.field == field
    assert str(error).encode()


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_the_usual_answer_of_every_task_fits_its_shipped_form(name: str) -> None:
    form = {
        "triage_confirm": "triage_confirm", "report_decide": "mandatory_report",
        "report_waive": "report_waiver", "meeting": "case_meeting",
        "meeting_urgent": "case_meeting", "protect": "protection", "secure_site": "site_security",
        "close_propose": "closing",
    }.get(name)  # fmt: skip
    if name.startswith("call_"):
        form = "contact_attempt"
    elif name.endswith("_confirm") and form is None:
        form = "confirmation"
    elif name in {"oral_report", "first_report", "written_report"}:
        form = "upward_report"
    path = settings.BPMN_DIR / bundles.form_file(form or name)
    schema = documents.parse_json(path.read_bytes())

    forms.check(schema, ANSWERS[name])

    assert refused({**ANSWERS[name], "nonsense": 1}, schema).field == "nonsense"


@pytest.mark.django_db
def test_a_refused_answer_leaves_the_task_open_and_unanswered(world: World) -> None:
    walk = begin(world)
    walk.acknowledge()

    with pytest.raises(InvalidInput):
        walk.do("triage", reason="\ud800")

    task = walk.task("triage")
    with tenancy.scope(world.id):
        task.refresh_from_db()
        assert (task.state, task.answer, task.completed_by_id) == ("OPEN", None, None)
