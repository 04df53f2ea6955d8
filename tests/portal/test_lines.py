"""A line end counts as one letter on every form, as in the browser that let the words through."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

import portal
from parties import tenancy
from parties.models import Consent
from portal.consent_desk import ConsentForm
from portal.file_parts import PeriodForm
from portal.forms import MatterForm, ReportForm
from portal.item_forms import ItemForm
from portal.lines import LinesField
from portal.notice_forms import NoticeForm
from portal.questions import Questions
from portal.record_forms import ObjectionForm, RecordForm
from records.models import CommunicationRecord, NoticeReceipt, Objection, Statement
from tests.api.callers import member
from tests.api.papers import effective, written
from tests.factories import World
from tests.portal.test_consent_desk import at_desk
from tests.portal.test_consent_desk import typed as a_yes
from tests.portal.test_notices import sent, with_link
from tests.portal.test_records import TYPED, by_record_link, writing
from tests.portal.test_tasks import stored
from tests.portal.test_tasks import typed as answers
from tests.portal.visitors import by_link, by_password
from tests.processes.walker import Walk
from workflow.models import CrisisReport, Matter

#: How a form is built that asks for something first.
_NEEDS: Final[dict[type[forms.Form], list[dict[str, Any]]]] = {
    ReportForm: [{"people": []}],
    MatterForm: [{"people": []}],
    ConsentForm: [{"people": []}],
    NoticeForm: [{"classes": []}],
    ObjectionForm: [{"said": []}],
    RecordForm: [{"trigger": code, "people": []} for code in CommunicationRecord.Trigger.values],
    ItemForm: [{"plan": SimpleNamespace(owners=[], points=[])}],
    PeriodForm: [{"data": {}}],
    Questions: [
        {"schema": json.loads(path.read_text(encoding="utf-8")), "people": []}
        for path in sorted(Path(settings.BPMN_DIR).glob("forms/*.json"))
    ],
}


def lines(most: int) -> str:
    """As many letters as may stand there, every other one the end of a line; words at both ends."""
    return ("字\n" * most)[: most - 1] + "完"


def task_rules(form: str) -> dict[str, Any]:
    path = Path(settings.BPMN_DIR) / "forms" / f"{form}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))["properties"])


def as_sent(text: str) -> str:
    return text.replace("\n", "\r\n")


def of_the_portal(kind: type[forms.Form]) -> Iterator[type[forms.Form]]:
    for each in kind.__subclasses__():
        yield from of_the_portal(each)
        if each.__module__.startswith("portal."):
            yield each


def every_form() -> Iterator[forms.Form]:
    """One whose arguments are not listed above fails to be built: list it."""
    for module in pkgutil.iter_modules(portal.__path__):
        importlib.import_module(f"portal.{module.name}")
    for kind in set(of_the_portal(forms.Form)):
        yield from (kind(**needs) for needs in _NEEDS.get(kind, [{}]))


def test_no_form_asks_for_lines_with_a_plain_field() -> None:
    asked = [
        (type(form).__name__, name, field)
        for form in every_form()
        for name, field in form.fields.items()
        if isinstance(field.widget, forms.Textarea)
    ]

    assert [one[:2] for one in asked if not isinstance(one[2], LinesField)] == []
    assert {kind for kind, *_ in asked} >= {"ReportForm", "NoticeForm", "RecordForm", "Questions"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_field_counts_each_end_of_a_line_once(end: str) -> None:
    field = LinesField(rows=2, max_length=9)

    assert field.clean(f" 一{end}{end}二{end}三字四字 ") == "一\n\n二\n三字四字"
    with pytest.raises(ValidationError):
        field.clean(f"一{end}{end}二{end}三字四字五")
    assert field.has_changed("一\n二", f"一{end}二") is False


# --- pages: as much as the browser lets through is taken whole ------------------------------------


def test_a_crisis_is_reported_in_as_many_lines_as_fit(world: World) -> None:
    phone, whole = by_link(world, "mother"), lines(5000)
    phone.open("/report")

    phone.send("/report", student=str(world.student.pk), observed=as_sent(whole), safe_now="NO")

    with tenancy.scope(world.id):
        assert CrisisReport.objects.get().observed == whole


@pytest.mark.usefixtures("channels")
def test_a_matter_is_told_in_as_many_lines_as_fit(world: World) -> None:
    phone, whole = by_link(world, "mother"), lines(5000)
    phone.open("/matters/new")
    told = {"student": str(world.student.pk), "trigger": "visit", "danger": "no"}

    phone.send("/matters/new", words=as_sent(whole), **told)

    with tenancy.scope(world.id):
        assert Matter.objects.get().words == whole


def test_a_statement_is_as_long_as_its_field(world: World) -> None:
    (phone, address), whole = writing(world), lines(3000)

    phone.send(address, keep="1", **{**TYPED, "s_FACT": as_sent(whole)})

    with tenancy.scope(world.id):
        assert Statement.objects.get().text == whole


def test_a_family_answers_a_notice_in_lines(world: World) -> None:
    walk, whole = sent(world), lines(1000)
    phone = with_link(world, walk)

    phone.send(f"/notices/{walk.receipt('mother').pk}", reply="1", text=as_sent(whole))

    with tenancy.scope(world.id):
        assert NoticeReceipt.objects.get(guardian=world["mother"]).reply == whole


def test_what_was_read_back_on_the_telephone_is_written_down_in_lines(world: World) -> None:
    phone, whole = at_desk(world), lines(500)

    phone.send(
        f"/students/{world.student.pk}/consent-desk", **a_yes(world, proof_note=as_sent(whole))
    )

    with tenancy.scope(world.id):
        assert Consent.objects.get().proof_note == whole


def test_an_objection_is_as_long_as_its_field(world: World) -> None:
    paper, whole = effective(world), lines(5000)
    phone = by_record_link(world, "mother", paper.id)
    phone.open(f"/records/{paper.id}/object")

    phone.send(f"/records/{paper.id}/object", ground="WRONG", wish="CORRECT", words=as_sent(whole))

    with tenancy.scope(world.id):
        assert Objection.objects.get().words == whole


def test_a_task_is_answered_in_lines(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    task, phone = crisis.task("triage"), by_password(world, "duty_officer")
    phone.open(f"/tasks/{task.pk}")
    longest = task_rules(task.form)["reason"]["maxLength"]

    phone.send(f"/tasks/{task.pk}", sure="1", **answers("triage", reason=as_sent(lines(longest))))

    assert stored(world, task).answer["reason"] == lines(longest)


def test_one_letter_too_many_stays_on_the_page(world: World) -> None:
    (phone, address), whole = writing(world), lines(3001)

    answer = phone.send(address, keep="1", **{**TYPED, "s_FACT": as_sent(whole)})

    assert answer.status_code == 400
    assert "内容太长，请缩短。" in phone.text
    assert "完</textarea>" in phone.html
    with tenancy.scope(world.id):
        assert not CommunicationRecord.objects.exists()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_words_that_nobody_changed_keep_the_class_they_were_given(world: World, end: str) -> None:
    """Written by a program, then saved by a page that shows them."""
    paper = written(world)
    paper.say(f"第一行{end}第二行", section="HOME", sensitivity="FAM")
    phone = by_password(world, "teacher")
    address = f"/records/{paper.id}/edit"
    phone.open(address)

    same = {"s_HOME": "第一行\r\n第二行", "source_HOME": "TEACHER", "place": "三楼谈话室"}
    phone.send(address, keep="1", seen=phone.value("seen"), **TYPED, **same)

    with tenancy.scope(world.id):
        assert CommunicationRecord.objects.get().place == "三楼谈话室"
        assert Statement.objects.get(section="HOME").sensitivity == "FAM"


# --- the API counts what it is sent ---------------------------------------------------------------


def test_a_program_sends_no_more_than_its_schema_says(world: World) -> None:
    """What stands in the JSON is counted and kept as it is: nobody types it."""
    told = {"student": str(world.student.pk), "safe_now": "NO"}
    whole = as_sent(lines(4000))[:4999] + "完"

    teacher = member(world, "teacher")
    assert teacher.post("/crises", {**told, "observed": whole + "。"}).status_code == 400
    assert teacher.post("/crises", {**told, "observed": whole}).status_code == 201

    with tenancy.scope(world.id):
        assert CrisisReport.objects.get().observed == whole
