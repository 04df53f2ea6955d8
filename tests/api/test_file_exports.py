"""Copies of a file over the API: forms, headers, refusals, strangers."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from ledger.models import Event
from parties import tenancy
from records import file_streams
from records.printing import as_json, limits
from tests.api.callers import Caller, code
from tests.factories import World
from tests.processes.notice_walk import sent
from tests.records.filed import CRISIS, case, many

As = Callable[[str], Caller]
ANSWER = "我和她妈妈已经分开住，请分别通知。"


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


def following(answer: Any) -> dict[str, str]:
    """Addresses of the other volumes, by what they are to this one."""
    found = re.findall(r'<http://testserver/api/v1([^>]+)>; rel="(\w+)"', answer.headers["Link"])
    return {name: path for path, name in found}


def test_paper_comes_in_volumes_that_lead_to_each_other(
    world: World, as_: As, monkeypatch: Any
) -> None:
    monkeypatch.setattr(limits, "MOST_ENTRIES", 2)
    with tenancy.scope(world.id):
        many(world, 5)
    mother = as_("mother")

    first = mother.get(address(world, "format=pdf&purpose=review&kind=case"))
    assert (first.status_code, first.content[:5]) == (200, b"%PDF-")
    assert set(following(first)) == {"first", "next", "last"}
    second = mother.get(following(first)["next"])
    assert "-2of3.pdf" in second.headers["Content-Disposition"]
    assert following(second)["prev"] == following(first)["first"]
    third = mother.get(following(second)["next"])
    assert "next" not in following(third)
    with tenancy.scope(world.id):
        told = [bytes(one.body) for one in Event.objects.filter(kind="file.exported")]
    assert len(told) == 3
    assert all(b'"kind":"case"' in one for one in told)


def test_json_comes_whole_and_a_volume_if_it_is_asked_for(
    world: World, as_: As, monkeypatch: Any
) -> None:
    monkeypatch.setattr(limits, "MOST_ENTRIES", 2)
    monkeypatch.setattr(file_streams, "PAGE", 2)
    with tenancy.scope(world.id):
        many(world, 5)
    mother = as_("mother")

    whole = mother.get(address(world))
    assert (whole.status_code, whole.streaming, "Link" in whole.headers) == (200, True, False)
    assert whole.headers["Cache-Control"] == "no-store"
    assert whole.headers["Content-Disposition"].startswith('attachment; filename="file-')
    copy = json.loads(b"".join(whole.streaming_content))
    assert len(copy["body"]["entries"]) == copy["body"]["volume"]["total"] == 5
    body = as_json.canonical(copy["body"])
    assert copy["sha256"] == hashlib.sha256(body).hexdigest()
    part = mother.get(address(world, "format=json&purpose=review&volume=3"))
    volume = {"number": 3, "of": 3, "first": 5, "last": 5, "total": 5}
    assert json.loads(part.content)["body"]["volume"] == volume


@pytest.mark.parametrize(("number", "status"), [("0", 400), ("x", 400), ("2", 422)])
def test_a_volume_that_there_is_not_is_refused_by_name(
    world: World, as_: As, number: str, status: int
) -> None:
    answer = as_("mother").get(address(world, f"format=pdf&purpose=review&volume={number}"))

    assert (answer.status_code, code(answer)) == (status, "input.invalid")
    assert answer.json()["errors"][0]["field"] == "volume"


def test_a_company_is_refused_and_a_stranger_finds_nothing(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        case(world)

    assert code(as_("mentor").get(address(world))) == "access.not_allowed"
    stranger = as_("stranger")
    hidden = stranger.get(address(world))
    absent = stranger.get(f"/students/{uuid4()}/file/export?format=json&purpose=review")
    assert (hidden.status_code, hidden.content) == (404, absent.content)
    assert Caller().get(address(world)).status_code == 401


@pytest.mark.parametrize(
    ("who", "purpose", "words"),
    [
        ("teacher", "review", True), ("teacher", "conversation", False),
        ("teacher", "inspection", False), ("teacher", "statistics", False),
        ("father", "conversation", True), ("mother", "conversation", False),
    ],
)  # fmt: skip
def test_what_one_parent_answered_does_not_leave_the_school(
    world: World, as_: As, who: str, purpose: str, words: bool
) -> None:
    walk = sent(world)
    walk.act("reply", "father", text=ANSWER)

    for form in ("format=json", "format=json&volume=1"):
        answer = as_(who).get(address(world, f"{form}&purpose={purpose}"))
        lines = json.loads(answer.content)["body"]["entries"]
        assert [one["title"] for one in lines if one["kind"] == "通知"] == ["家长会通知"]
        assert (ANSWER in answer.content.decode()) is words, form
