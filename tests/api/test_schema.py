"""The description of the API is complete and true about addresses, methods and its own files."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import reset_generator_stats
from drf_spectacular.generators import SchemaGenerator

from api.problem_texts import PROBLEMS
from tests.api.callers import Caller, code, member
from tests.factories import World

#: They describe the API and are no part of it.
NOT_DESCRIBED = {"/api/v1/schema", "/api/v1/docs"}
#: Met at no address of the API: wrong methods, drills, and what a page says of a link.
UNDESCRIBED = {"request.method", "clock.drill_refused", "sign_in.link_withdrawn"}
METHODS = ("get", "post", "put", "patch", "delete", "trace")


@pytest.fixture
def schema(db: None) -> dict[str, Any]:
    answer = Client().get("/api/v1/schema")
    assert answer.status_code == 200
    read: dict[str, Any] = json.loads(answer.content)
    return read


def routes(patterns: list[URLPattern | URLResolver], before: str = "/") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= routes(pattern.url_patterns, path)
        else:
            found.add(path.replace("<uuid:", "{").replace(">", "}"))
    return found


def test_every_address_below_api_is_described(schema: dict[str, Any]) -> None:
    served = {path for path in routes(get_resolver().url_patterns) if path.startswith("/api/")}

    assert served - NOT_DESCRIBED == set(schema["paths"])


def test_every_method_that_is_not_described_is_answered_405(
    world: World, schema: dict[str, Any]
) -> None:
    caller = member(world, "principal")
    tried = 0
    for path, operations in schema["paths"].items():
        address = path.removeprefix("/api/v1")
        address = re.sub(r"\{\w+_id\}", lambda _: str(uuid4()), address)
        for method in set(METHODS) - set(operations):
            answer = caller.send(method, address, {})
            assert (answer.status_code, code(answer)) == (405, "request.method"), (method, path)
            allowed = {word.strip().lower() for word in answer.headers["Allow"].split(",")}
            assert set(operations) <= allowed
            tried += 1
    assert tried > 50


def test_head_and_options_do_no_harm(world: World, schema: dict[str, Any]) -> None:
    caller = member(world, "principal")

    options = caller.client.options("/api/v1/tasks", headers=caller.headers)
    head = caller.client.head("/api/v1/tasks", headers=caller.headers)

    assert (options.status_code, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert (head.status_code, head.content) == (200, b"")


def test_every_answer_is_described_with_an_example_of_each_problem(schema: dict[str, Any]) -> None:
    described: set[str] = set()
    for operations in schema["paths"].values():
        for operation in operations.values():
            assert {"400", "500", "503"} < set(operation["responses"])
            assert any(status.startswith("2") for status in operation["responses"])
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    values = [ex["value"] for ex in content.get("examples", {}).values()]
                    described |= {value["code"] for value in values if "code" in value}

    assert described >= set(PROBLEMS) - UNDESCRIBED


def test_every_post_by_somebody_signed_in_takes_an_idempotency_key(schema: dict[str, Any]) -> None:
    for path, operations in schema["paths"].items():
        if "post" in operations and path not in ("/api/v1/session", "/api/v1/links"):
            names = {parameter["name"] for parameter in operations["post"]["parameters"]}
            assert "Idempotency-Key" in names, path


def test_the_pages_about_the_api_load_nothing_from_elsewhere(db: None) -> None:
    client = Client()
    page = client.get("/api/v1/docs")
    text = page.content.decode()

    assert page.status_code == 200
    assert "//cdn" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text
    assert "<script>" not in text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for source in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/static/drf_spectacular_sidecar/swagger-ui-dist/{source}" in text


def test_an_address_that_does_not_exist_is_a_problem_like_any_other(db: None) -> None:
    answer = Caller().get("/nothing")

    assert (answer.status_code, code(answer)) == (404, "access.not_found")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_no_two_bodies_share_a_name(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    reset_generator_stats()

    SchemaGenerator().get_schema(request=None, public=True)

    assert "identical names" not in capsys.readouterr().err
