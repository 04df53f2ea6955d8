"""Every date in a request is read by one of two fields: a slip of the hand is named, no fault."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver
from rest_framework import serializers

from api.moments import Day, Moment
from api.views import Query, Strict
from tests.api import meeting_stories, plan_stories
from tests.api.callers import Caller, code, member
from tests.api.test_notices import body_of
from tests.factories import World

Field = serializers.Field[Any, Any, Any, Any]
OF_TIME = (
    serializers.DateTimeField,
    serializers.DateField,
    serializers.TimeField,
    serializers.DurationField,
)
EARLY = ["0001-01-01", "0001-01-01T00:00", "0001-01-01T07:59:59", "0001-01-01T00:00+14:00"]
ODD = [
    *EARLY, "1999-12-31T23:59:59", "2100-01-01", "9999-12-31T23:59:59-12:00", "²", "",
    "2026-13-01", "2026-02-30T10:00", 0, 1.5, True, [], {}, ["2026-10-09"],
]  # fmt: skip


def below(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def inner(field: Field) -> Iterator[Field]:
    """A field with all that it is made of."""
    yield field
    if isinstance(field, serializers.Serializer):
        for one in field.fields.values():
            yield from inner(one)
    child = getattr(field, "child", None)
    if child is not None:
        yield from inner(child)


def of_time() -> dict[str, Field]:
    """By name, whatever a body or a query may say about days and hours."""
    assert get_resolver().url_patterns  # every module with an address is loaded
    kinds = [one for one in (*below(Strict), *below(Query)) if one.__module__.startswith("api.")]
    return {
        f"{kind.__name__}.{name}": one
        for kind in kinds
        for name, field in kind().fields.items()
        for one in inner(field)
        if isinstance(one, OF_TIME)
    }


def test_no_request_is_read_by_a_plain_field() -> None:
    found = of_time()

    assert {"ItemInput.due_at", "ItemInput.starts_on", "FileQuery.from"} <= set(found)
    assert {"OffersInput.slots", "NoticeChange.deadline", "HoldInput.until"} <= set(found)
    assert [name for name, one in found.items() if not isinstance(one, Moment | Day)] == []


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_what_no_school_means_is_refused_by_every_one(odd: Any) -> None:
    for name, field in of_time().items():
        with pytest.raises(serializers.ValidationError) as caught:
            field.run_validation(odd)
        assert caught.value.get_codes() in (["moment"], ["day"]), name


@pytest.mark.parametrize("early", EARLY)
@pytest.mark.parametrize("door", ["plan", "amend", "notice", "change", "slots"])
def test_a_date_long_ago_is_named_with_its_mend(world: World, door: str, early: str) -> None:
    answer = DOORS[door](world, member(world, "teacher"), early)

    assert (answer.status_code, code(answer)) == (400, "input.invalid")
    (mistake,) = answer.json()["errors"]
    assert mistake["field"] in ("due_at", "deadline", "slots.0.starts_at")
    assert "2000 至 2099" in mistake["mend"]


def plan(world: World, teacher: Caller, early: str) -> Any:
    body = plan_stories.body(plan_stories.running(world), due_at=early)
    return teacher.post(f"/students/{world.student.pk}/plan", body)


def amend(world: World, teacher: Caller, early: str) -> Any:
    item = plan_stories.item(world)
    tag = teacher.get(f"/items/{item.pk}").headers["ETag"]
    return teacher.send("patch", f"/items/{item.pk}", {"due_at": early}, If_Match=tag)


def notice(world: World, teacher: Caller, early: str) -> Any:
    return teacher.post("/notices", body_of(world, deadline=early))


def change(world: World, teacher: Caller, early: str) -> Any:
    made = teacher.post("/notices", body_of(world)).json()
    tag = teacher.get(f"/notices/{made['id']}").headers["ETag"]
    return teacher.send("patch", f"/notices/{made['id']}", {"deadline": early}, If_Match=tag)


def slots(world: World, teacher: Caller, early: str) -> Any:
    walk = meeting_stories.begun(world)
    body = meeting_stories.slots_body()
    body["slots"][0]["starts_at"] = early
    return teacher.post(f"/cases/{walk.case_id}/meeting/slots", body)


DOORS = {"plan": plan, "amend": amend, "notice": notice, "change": change, "slots": slots}
