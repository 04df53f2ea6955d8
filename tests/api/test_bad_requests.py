"""Everything that can be wrong with a request: 4xx, the field and the mend; nothing changes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from parties import tenancy
from tests.api.callers import Caller, code, member
from tests.factories import World
from tests.processes.walker import Walk
from workflow.models import Case, CrisisReport

As = Callable[[str], Caller]
GOOD = {"who": "高个子男生", "observed": "说要跳楼", "safe_now": "NO"}

#: Name, raw body, status, code, and the field that is named.
CORPUS: list[tuple[str, bytes, int, str, str]] = [
    ("no object", b"[]", 400, "request.malformed", ""),
    ("a text", b'"x"', 400, "request.malformed", ""),
    ("nothing", b" ", 400, "request.malformed", ""),
    ("cut", b'{"who": "x', 400, "request.malformed", ""),
    ("not UTF-8", b'{"who": "\xff\xfe"}', 400, "request.malformed", ""),
    ("GBK", '{"who": "王"}'.encode("gbk"), 400, "request.malformed", ""),
    ("a comma too many", b'{"who": "x",}', 400, "request.malformed", ""),
    ("NaN", b'{"who": NaN}', 400, "request.malformed", ""),
    ("infinity", b'{"who": -Infinity}', 400, "request.malformed", ""),
    ("deep", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 413, "request.too_large", ""),
    ("deep lists", b'{"a":' + b"[" * 90_000 + b"]" * 90_000 + b"}", 400, "request.malformed", ""),
    ("forty levels", b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", 400, "request.malformed", ""),
    ("5,000 digits", b'{"who": ' + b"9" * 5000 + b"}", 400, "request.malformed", ""),
    ("1e999", b'{"who": 1e999}', 400, "input.invalid", "who"),
    ("2**53", b'{"who": 9007199254740993}', 400, "input.invalid", "who"),
    ("NUL", rb'{"who": "a\u0000b"}', 400, "input.invalid", "who"),
    ("NUL in a list", rb'{"suspects": [{"relation": "\u0000"}]}', 400, "input.invalid", "suspects"),
    ("half a character", rb'{"observed": "\ud83d"}', 400, "input.invalid", "observed"),
    ("the other half", rb'{"observed": "\udc00\ud800"}', 400, "input.invalid", "observed"),
    ("NUL in a name", rb'{"a\u0000": 1}', 400, "input.invalid", "a\ufffd"),
    ("half a character in a name", rb'{"\ud800": 1}', 400, "input.invalid", "\ufffd"),
    ("a name twice", b'{"who": "a", "who": "b"}', 400, "input.invalid", "who"),
    ("too large", b'{"who": "' + b"x" * 300_000 + b'"}', 413, "request.too_large", ""),
]

#: Field, value that it cannot be.
WRONG: list[tuple[str, Any]] = [
    ("student", "not-a-uuid"),
    ("student", 7),
    ("student", {}),
    ("student", "１１１１１１１１-1111-1111-1111-111111111111x"),
    ("who", 5),
    ("who", True),
    ("who", ["x"]),
    ("who", "x" * 201),
    ("observed", ""),
    ("observed", "  \t"),
    ("observed", None),
    ("observed", "x" * 5001),
    ("safe_now", "MAYBE"),
    ("safe_now", "no"),
    ("safe_now", None),
    ("safe_now", []),
    ("keep_secret", "perhaps"),
    ("suspects", "FATHER"),
    ("suspects", [1]),
    ("suspects", [{"relation": "ENEMY"}]),
    ("suspects", [{"relation": "FATHER", "person": "x"}]),
    ("suspects", [{"relation": "FATHER", "rank": 1}]),
    ("suspects", [{"relation": "FATHER"}] * 11),
]


def nothing_stored(world: World) -> bool:
    with tenancy.scope(world.id):
        return not CrisisReport.objects.exists() and not Case.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "problem", "field"),
    [entry[1:] for entry in CORPUS],
    ids=[entry[0] for entry in CORPUS],
)
def test_a_body_that_cannot_be_read_is_refused_with_its_place(
    world: World, as_: As, body: bytes, status: int, problem: str, field: str
) -> None:
    answer = as_("teacher").post("/crises", body)

    assert (answer.status_code, code(answer)) == (status, problem)
    assert answer.headers["Content-Type"] == "application/problem+json"
    if field:
        assert answer.json()["errors"][0]["field"].startswith(field)
    assert nothing_stored(world)


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_wrong_value_is_named_with_what_is_wrong_and_the_mend(
    world: World, as_: As, field: str, value: Any
) -> None:
    answer = as_("teacher").post("/crises", {**GOOD, field: value})

    assert (answer.status_code, code(answer)) == (400, "input.invalid")
    mistake = answer.json()["errors"][0]
    assert mistake["field"].split(".")[0] == field
    assert mistake["wrong"]
    assert mistake["mend"]
    assert nothing_stored(world)


def test_all_mistakes_come_at_once(as_: As, world: World) -> None:
    answer = as_("teacher").post("/crises", {"safe_now": "?", "extra": 1})

    assert {mistake["field"] for mistake in answer.json()["errors"]} == {"extra"}
    answer = as_("teacher").post("/crises", {"safe_now": "?"})
    assert {mistake["field"] for mistake in answer.json()["errors"]} == {"safe_now", "observed"}


@pytest.mark.parametrize(
    "field",
    [
        "id",
        "state",
        "school",
        "school_id",
        "case",
        "reporter",
        "reported_at",
        "receipt_no",
        "request_key",
    ],
)
def test_nobody_assigns_what_is_not_asked(world: World, as_: As, field: str) -> None:
    answer = as_("teacher").post("/crises", {**GOOD, field: "1"})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert nothing_stored(world)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/cases/{case}/acknowledge", "state"),
        ("/cases/{case}/acknowledge", "acknowledged_by"),
        ("/cases/{case}/danger-again", "reason"),
        ("/tasks/{task}/claim", "assignee"),
        ("/tasks/{task}/complete", "completed_by"),
        ("/tasks/{task}/delegate", "candidates"),
        ("/tasks/{task}/return", "engine_id"),
        ("/tasks/{task}/remind", "due_at"),
        ("/links", "purpose"),
        ("/session", "school"),
    ],
)
def test_nobody_assigns_through_an_act_either(
    world: World, as_: As, crisis: Walk, path: str, field: str
) -> None:
    crisis.acknowledge()
    before = crisis.task("triage")
    address = path.format(case=crisis.case_id, task=before.pk)

    answer = as_("duty_officer").post(address, {field: "1"})

    assert answer.status_code == 400
    assert field in {mistake["field"] for mistake in answer.json()["errors"]}
    after = crisis.task("triage")
    assert (after.state, after.assignee_id) == (before.state, before.assignee_id)


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json-patch+json",
        "application/jsonx",
    ],
)
def test_only_json_is_read(world: World, as_: As, kind: str) -> None:
    answer = as_("teacher").post("/crises", json.dumps(GOOD).encode(), type=kind)

    assert (answer.status_code, code(answer)) == (415, "request.unsupported_type")
    assert nothing_stored(world)


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_may_be_named_as_people_name_it(world: World, as_: As, kind: str) -> None:
    assert as_("teacher").post("/crises", json.dumps(GOOD).encode(), type=kind).status_code == 201


def test_a_body_of_unknown_length_is_asked_for_its_length(world: World) -> None:
    caller = member(world, "teacher")

    answer = caller.client.post(
        "/api/v1/crises",
        headers={**caller._all({}), "Transfer-Encoding": "chunked"},
        CONTENT_LENGTH="",
        content_type="application/json",
    )

    assert (answer.status_code, code(answer)) == (411, "request.length_required")


@pytest.mark.parametrize(
    "path", ["/cases/x", "/cases/1", "/cases/%00", "/tasks/..%2f", "/cases/11111111-1111"]
)
def test_a_wrong_id_in_an_address_is_as_absent_as_any_other(
    world: World, as_: As, path: str
) -> None:
    principal = as_("principal")
    absent = principal.get("/cases/11111111-1111-4111-8111-111111111111")

    answer = principal.get(path)

    assert (answer.status_code, answer.content) == (404, absent.content)


@pytest.mark.parametrize("query", ["q=%00", "q=a&q=b", "q=" + "x" * 41, "Q=x", "q%00=1"])
def test_a_wrong_query_is_named(world: World, as_: As, query: str) -> None:
    answer = as_("teacher").get(f"/students?{query}")

    assert (answer.status_code, code(answer)) == (400, "input.invalid")
    assert answer.json()["errors"][0]["mend"]


def test_problems_speak_chinese_or_english(world: World) -> None:
    chinese = member(world, "teacher").post("/crises", {})
    english = member(world, "teacher", language="en-GB,en;q=0.9").post("/crises", {})
    neither = member(world, "teacher", language="xx").post("/crises", {})

    assert chinese.json()["title"] == neither.json()["title"] == "内容有误"
    assert english.json()["title"] == "Invalid input"
    assert english.json()["errors"][0]["mend"].isascii()
    assert {m["field"] for m in chinese.json()["errors"]} == {"observed", "safe_now"}
    assert chinese.json()["code"] == english.json()["code"]


def test_a_problem_has_the_shape_of_rfc_9457(world: World, as_: As) -> None:
    body = as_("teacher").post("/crises", {}).json()

    assert list(body) == ["type", "title", "status", "detail", "code", "errors"]
    assert body["type"] == "urn:sanfang:problem:input.invalid"
    assert body["status"] == 400


def test_a_refusal_of_the_domain_is_english_for_who_asks_for_it(world: World, crisis: Walk) -> None:
    caller = member(world, "teacher", language="en")

    body = caller.post(f"/cases/{crisis.case_id}/acknowledge").json()

    assert body["code"] == "access.not_allowed"
    assert body["detail"].isascii()


def test_a_fault_is_a_problem_that_tells_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = member(world, "teacher")
    caller.client.raise_request_exception = False

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("workflow.alerts.is_raised", broken)
    answer = caller.get("/alerts")

    assert (answer.status_code, code(answer)) == (500, "server.error")
    assert "secret" not in answer.content.decode()
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_nothing_is_kept_by_a_cache_or_shown_in_a_frame(world: World, as_: As) -> None:
    answer = as_("teacher").get("/cases")

    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "ETag" not in answer.headers
