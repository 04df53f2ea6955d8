"""Limits exactly: the last thing that is taken, and the first that is not."""

import re
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.diagrams import bundle, chain, simple, user
from workflow.engine.bundles import Bundle, collect
from workflow.engine.documents import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    DocumentRefused,
    parse_json,
    parse_xml,
)
from workflow.engine.errors import ExpressionRefused, ProcessInvalid
from workflow.engine.expressions import MAX_LENGTH, compile_expression
from workflow.engine.forms import undecidable
from workflow.engine.timers import duration
from workflow.engine.values import NAME, flat

XML = simple(user("a"), chain("s", "a", "e"))


def padded(size: int) -> bytes:
    return b"<a>" + b"x" * (size - 7) + b"</a>"


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


def wide(count: int) -> bytes:
    return b"<a>" + b"<b/>" * (count - 1) + b"</a>"


@pytest.mark.parametrize(
    ("inside", "outside", "rule"),
    [
        (padded(MAX_BYTES), padded(MAX_BYTES + 1), "xml.large"),
        (nested(MAX_DEPTH), nested(MAX_DEPTH + 1), "xml.deep"),
        (wide(MAX_ELEMENTS), wide(MAX_ELEMENTS + 1), "xml.large"),
    ],
)
def test_a_diagram_at_its_limit_and_over_it(inside: bytes, outside: bytes, rule: str) -> None:
    assert parse_xml(inside).tag == "a"
    with pytest.raises(DocumentRefused) as refused:
        parse_xml(outside)
    assert refused.value.rule == rule
    assert refused.value.mend


def test_a_form_at_its_limit_and_over_it() -> None:
    frame = len(orjson.dumps({"a": ""}))

    assert parse_json(orjson.dumps({"a": "x" * (MAX_BYTES - frame)}))
    with pytest.raises(DocumentRefused) as refused:
        parse_json(orjson.dumps({"a": "x" * (MAX_BYTES - frame + 1)}))
    assert refused.value.rule == "xml.large"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_mend(data: bytes) -> None:
    found: list[DocumentRefused] = []
    for read in (parse_xml, parse_json):
        try:
            read(data)
        except DocumentRefused as refused:
            found.append(refused)
    assert all(one.mend and one.rule.partition(".")[0] in {"xml", "json"} for one in found)


@pytest.mark.parametrize(
    "value",
    ["x" * 200, "字" * 200, 2**53 - 1, -(2**53) + 1, 1.5, None, True, [], [1] * 100, ["x" * 200]],
)
def test_the_longest_value_that_may_steer(value: object) -> None:
    assert flat(value, name="a_x") == value


@pytest.mark.parametrize(
    "value",
    ["x" * 201, 2**53, -(2**53), float("inf"), float("nan"), [1] * 101, [[1]], {}, b"x", {1},
     ["x" * 201], "\ud800", ["a\udfff"], object()],
)  # fmt: skip
def test_the_first_that_may_not(value: object) -> None:
    with pytest.raises(ProcessInvalid, match="a_x"):
        flat(value, name="a_x")


@given(st.text() | st.lists(st.text()) | st.floats() | st.integers())
def test_whatever_is_taken_can_be_stored_and_comes_back(value: Any) -> None:
    try:
        taken = flat(value, name="a_x")
    except ProcessInvalid:
        return
    assert orjson.loads(orjson.dumps(taken)) == value


def test_a_name_has_a_hundred_and_twenty_letters_at_most() -> None:
    assert NAME.match("a" * 120)
    for wrong in ("a" * 121, "", "1a", "_a", "a-b", "a.b", "a\n", "é"):
        assert NAME.match(wrong) is None


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        ("x" + " " * (MAX_LENGTH - 1), "x" + " " * MAX_LENGTH),
        ("not " * 20 + "x", "not " * 21 + "x"),
        ("[" * 20 + "x" + "]" * 20, "[" * 21 + "x" + "]" * 21),
    ],
)
def test_an_expression_at_its_limit_and_over_it(inside: str, outside: str) -> None:
    assert compile_expression(inside).names == {"x"}
    with pytest.raises(ExpressionRefused):
        compile_expression(outside)


@pytest.mark.parametrize(
    ("text", "long"),
    [
        ("P1W", timedelta(weeks=1)),
        ("P999W", timedelta(weeks=999)),
        ("P1DT2H3M", timedelta(days=1, hours=2, minutes=3)),
        ("P9999D", timedelta(days=9999)),
        ("PT99999M", timedelta(minutes=99999)),
        ("PT0M", timedelta(0)),
    ],
)
def test_a_duration_is_what_it_says(text: str, long: timedelta) -> None:
    assert duration(text) == long


@pytest.mark.parametrize(
    "text",
    [" ", "P", "PT", "P1DT", "PT5", "5M", "P1M", "P1Y", "PT1S", "-PT5M", "PT-5M", "PT1.5H", "pt5m",
     " PT5M", "PT5M\n", "P1W1D", "P1WT1H", "P1000W", "P10000D", "PT100000M", "PT５M", "PT٣M"],
)  # fmt: skip
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        duration(text)


def deciding(rule: object) -> list[str]:
    return undecidable({"properties": {"x": rule}, "x-decides": ["x"]})


@pytest.mark.parametrize(
    "rule",
    [
        {"enum": ["a", "b"]},
        {"enum": list(range(150))},
        {"const": "a"},
        {"type": "boolean"},
        {"type": "integer"},
        {"type": "array", "items": {"enum": ["a"]}},
        {"type": ["string", "null"], "enum": ["a", None]},
    ],
)
def test_a_closed_choice_may_steer(rule: object) -> None:
    assert deciding(rule) == []


def deep(levels: int) -> dict[str, object]:
    rule: dict[str, object] = {"enum": [1]}
    for _ in range(levels):
        rule = {"type": "array", "items": rule}
    return rule


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "string"},
        {"type": "array"},
        {"type": "array", "items": {"type": "string"}},
        deep(2),
        deep(2000),
        {"enum": [["a"]]},
        {"enum": [{"a": 1}]},
        {"const": {"a": 1}},
        {"enum": ["x" * 201]},
        {"enum": [2**53]},
        {"enum": "ab"},
        {"type": "array", "items": [{"enum": [1]}]},
        True,
        None,
    ],
)
def test_what_task_data_would_refuse_may_not(rule: object) -> None:
    assert deciding(rule) == ["x"]


def test_a_bundle_is_the_same_whatever_the_order_and_the_line_ends() -> None:
    files = dict(bundle(XML.replace("><", ">\n<")).files)
    windows = {name: data.replace(b"\n", b"\r\n") for name, data in reversed(files.items())}

    assert Bundle("p", windows).hash == Bundle("p", files).hash
    assert Bundle.from_content(Bundle("p", files).content).files == files
    assert Bundle("q", files).hash != Bundle("p", files).hash
    assert Bundle("p", files | {"more": b""}).hash != Bundle("p", files).hash


def test_a_bundle_of_another_format_is_refused() -> None:
    with pytest.raises(ProcessInvalid, match="2"):
        Bundle.from_content(orjson.dumps([2, "p", {}]))


def test_a_bundle_takes_what_it_needs_and_nothing_else() -> None:
    files = dict(bundle(XML).files)
    others = {"forms/other.json": b"{}", "notes.txt": b"x", "o.bpmn": XML.replace('"p"', '"o"')
              .encode()}  # fmt: skip

    assert collect("p", files | others).files == files
    with pytest.raises(ProcessInvalid):
        collect("gone", files | others)
