"""Copies of a file over the API: forms, headers, refusals, strangers."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from ledger.models import Event
from parties import tenancy
from records.printing import limits
from tests.api.callers import Caller, code
from tests.factories import World
from tests.records.filed import CRISIS, case, many

As = Callable[[str], Caller]


def address(world: World, query: str = "format=json&purpose=review") -> str:
    return f"/students/{world.student.pk}/file/export?{query}"


@pytest.mark.parametrize(("form", "begins"), [("json", b"{"), ("pdf", b"%PDF-")])
def test_a_copy_is_a_file_for_its_reader_alone(
    world: World, as_: As, form: str, begins: bytes
) -> None:
    with tenancy.scope(world.id):
        case(world)

    answer = as_("mother").get(address(world, f"format={form}&purpose=review"))

    assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
    assert answer.headers["Content-Type"] == f"application/{form}"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="file-')
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_json_carries_watermark_and_what_is_visible(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        case(world)
        hidden = case(world, **CRISIS)

    answer = as_("mother").get(address(world))

    copy = json.loads(answer.content)
    assert (copy["format"], copy["watermark"]["reader"]) == ("sanfang.file/1", "mother")
    assert copy["watermark"]["purpose"] == "复核"
    assert [entry["title"] for entry in copy["body"]["entries"]] == ["常规通知"]
    assert str(hidden.pk) not in answer.content.decode()
    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="file.exported").count() == 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("format=json", "purpose"),
        ("purpose=review", "format"),
        ("format=xlsx&purpose=review", "format"),
        ("format=json&purpose=curiosity", "purpose"),
        ("format=json&purpose=review&cursor=x", "cursor"),
        ("format=json&purpose=review&kind=nothing", "kind"),
    ],
)
def test_form_and_purpose_are_asked_for_by_name(
    world: World, as_: As, query: str, field: str
) -> None:
    answer = as_("mother").get(address(world, query))

    assert (answer.status_code, code(answer)) == (400, "input.invalid")
    assert answer.json()["errors"][0]["field"] == field


def test_more_than_one_document_holds_is_refused(world: World, as_: As, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "MOST_ENTRIES", 2)
    with tenancy.scope(world.id):
        many(world, 3)

    answer = as_("mother").get(address(world))

    assert (answer.status_code, code(answer)) == (422, "printing.too_much")


def test_a_company_is_refused_and_a_stranger_finds_nothing(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        case(world)

    assert code(as_("mentor").get(address(world))) == "access.not_allowed"
    stranger = as_("stranger")
    hidden = stranger.get(address(world))
    absent = stranger.get(f"/students/{uuid4()}/file/export?format=json&purpose=review")
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert Caller().get(address(world)).status_code == 401
