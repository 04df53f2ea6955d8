"""Dates typed into pages: a slip of the hand is said beside its field, whatever the page."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

import portal
from parties import tenancy
from portal.moments import WRONG, DayField, MomentField
from portal.questions import Questions
from records.models import ActionItem, CommunicationRecord, Notice
from tests.api import plan_stories
from tests.factories import World
from tests.portal import test_case_plan, test_notice_desk
from tests.portal.visitors import by_password

ODD = ["0001-01-01T00:00", "1999-12-31T23:59", "2100-01-01T00:00", "9999-12-31T23:59", "²", "x\x00"]
PLAIN = re.compile(r"\bforms\.(?:DateTime|Date|Time|Duration|SplitDateTime)Field\b")


def test_no_page_reads_a_date_with_a_plain_field() -> None:
    sources = sorted(Path(portal.__file__).parent.glob("**/*.py"))
    using = [path.name for path in sources if PLAIN.search(path.read_text(encoding="utf-8"))]

    assert using == ["moments.py"]


@pytest.mark.parametrize("field", [MomentField(), DayField()])
@pytest.mark.parametrize("odd", ODD)
def test_what_no_school_means_is_refused(field: forms.Field, odd: str) -> None:
    given = odd[:10] if isinstance(field, DayField) else odd

    with pytest.raises(ValidationError) as caught:
        field.clean(given)
    assert caught.value.messages == [WRONG["invalid"]]


@pytest.mark.parametrize("field", [MomentField(), DayField()])
def test_what_a_school_means_is_taken(field: forms.Field) -> None:
    first, last = field.clean("2000-01-01"), field.clean("2099-12-31")

    assert (f"{first:%F}", f"{last:%F}") == ("2000-01-01", "2099-12-31")


def test_every_question_about_time_asks_within_these_years() -> None:
    asked = 0
    for path in sorted(Path(settings.BPMN_DIR).glob("forms/*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        questions = Questions(schema=schema, people=[])
        for name, rule in questions.rules.items():
            if rule.get("format") in ("date", "date-time"):
                assert isinstance(questions.fields[name], MomentField | DayField), (path, name)
                assert questions.fields[name].error_messages["invalid"] == WRONG["invalid"]
                asked += 1
    assert asked > 10


def sends(world: World, page: str, field: str, odd: str) -> Any:
    phone = by_password(world, "teacher")
    address, fields = PAGES[page](world)
    phone.open(address)
    address = address.removesuffix("?template=blank")
    return phone, phone.send(address, nonce=str(uuid4()), **{**fields, field: odd})


@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("notice", "deadline"),
        ("plan", "due_at"),
        ("plan", "starts_on"),
        ("record", "started_at"),
        ("record", "ended_at"),
        ("record", "next_contact_at"),
    ],
)
@pytest.mark.parametrize("odd", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_the_page_says_it_and_keeps_nothing(world: World, page: str, field: str, odd: str) -> None:
    odd = odd[:10] if field == "starts_on" else odd
    phone, answer = sends(world, page, field, odd)

    assert answer.status_code == 400
    assert WRONG["invalid"] in phone.text
    with tenancy.scope(world.id):
        assert not Notice.objects.exists()
        assert not ActionItem.objects.exists()
        assert not CommunicationRecord.objects.exists()


def notice(world: World) -> tuple[str, dict[str, Any]]:
    return "/notices/new?template=blank", test_notice_desk.typed(world)


def plan(world: World) -> tuple[str, dict[str, Any]]:
    return f"/cases/{plan_stories.running(world)}/plan", test_case_plan.typed()


def record(world: World) -> tuple[str, dict[str, Any]]:
    address = f"/students/{world.student.pk}/records/new?trigger=PRAISE"
    said = {"keep": "1", "place_kind": "OFFICE", "started_at": "2026-11-20T10:00"}
    return address, said


PAGES = {"notice": notice, "plan": plan, "record": record}


def test_a_label_that_says_when_it_must_be_answered_is_not_called_optional() -> None:
    asked = {"必填": "理由（与建议不同时必填）", "可不填": "备注", "该填": "结果"}
    schema = {
        "properties": {name: {"type": "string", "title": asked[name]} for name in asked},
        "required": ["该填"],
    }

    labels = [field.label for field in Questions(schema=schema, people=[]).fields.values()]

    assert labels == ["理由（与建议不同时必填）", "备注（可不填）", "结果"]
