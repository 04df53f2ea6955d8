"""Every field into which people type is known by name, so that nothing typed into it is dropped."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.test import RequestFactory
from django.urls import ResolverMatch, get_resolver

from portal import consent_desk, notices, typed, typed_fields, urls
from portal.item_forms import AmendForm
from portal.overtaken import Marked
from portal.questions import Questions
from portal.record_forms import RecordForm
from records.models import CommunicationRecord

TEMPLATES = Path(settings.BASE_DIR, "portal/templates/portal")
#: Forms that say no address in their template are posted to the page itself.
AT_HOME = {"matter.html": "matter", "report.html": "report", "objection.html": "object"}
TYPES = {"text", "tel", "email", "search", "number", "date", "datetime-local", "time", "url", ""}
FORMS = re.compile(r"<form\b(?P<head>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL)
CONTROLS = re.compile(r"<(?P<tag>textarea|input)\b(?P<head>[^>]*)>")


def attribute(head: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', head)
    return found[1] if found else ""


def written() -> Iterator[tuple[str, str]]:
    """Page and field of each control in a template into which people type, and which is posted."""
    for path in sorted(TEMPLATES.glob("*.html")):
        for form in FORMS.finditer(path.read_text(encoding="utf-8")):
            if 'method="post"' not in form["head"]:
                continue
            address = re.search(r"\{% url 'portal:([a-z-]+)'", form["head"])
            page = address[1] if address else AT_HOME.get(path.name, path.name)
            for control in CONTROLS.finditer(form["inside"]):
                kind = attribute(control["head"], "type")
                if control["tag"] == "textarea" or kind in TYPES:
                    yield page, attribute(control["head"], "name")


def all_forms(of: type[forms.Form] = forms.Form) -> Iterator[type[forms.Form]]:
    for one in of.__subclasses__():
        yield one
        yield from all_forms(one)


def test_what_a_template_lets_people_type_has_a_label() -> None:
    found = list(written())

    assert len(found) > 20
    assert [one for one in found if not typed_fields.label_of(*one, "ok")] == []


def test_every_form_of_ours_is_known_by_its_page() -> None:
    known = {*typed_fields.FORMS.values(), Questions, consent_desk.ConsentForm, notices.ReplyForm}
    ours = {one for one in all_forms() if one.__module__.startswith("portal.")}
    ours -= {Marked, AmendForm}  # parts of others

    assert {one.__name__ for one in ours - known} == {"PasswordForm", "ContactForm", "PeriodForm"}
    beside = (("consent-desk", consent_desk.ConsentForm), ("notice", notices.ReplyForm))
    for page, form in beside:
        for name, field in form.base_fields.items():
            if typed_fields.is_typed(field):
                assert typed_fields.label_of(page, name, "ok"), name


def test_each_row_of_a_record_is_known() -> None:
    for trigger in CommunicationRecord.Trigger.values:
        form = RecordForm({"s_CAUSE": "x", "prep_note_1": "y"}, trigger=trigger, people=[])
        typed_in = [name for name, one in form.fields.items() if typed_fields.is_typed(one)]
        assert {"s_CAUSE_2", "basis_CAUSE", "basis_CAUSE_2", "prep_note_2"} <= set(typed_in)
        assert [one for one in typed_in if not typed_fields.label_of("write", one, "ok")] == []


def test_each_page_that_is_named_is_there() -> None:
    names = {one.name for one in urls.urlpatterns}

    assert {*typed_fields.FORMS, *typed_fields.WRITTEN} - names == set()


@pytest.mark.parametrize(
    ("page", "field", "label"),
    [
        ("write", "s_FACT", "问题描述"),
        ("write", "s_GUARDIAN_OPINION_3", "（第3条）"),
        ("minutes", "prep_basis_note_2", "材料2：同意书编号，或为什么须用到"),
        ("edit-record", "next_focus", "下次沟通重点"),
        ("write", "started_at", "沟通时间"),
        ("report", "observed", "您看到或听到了什么"),
        ("task", "answer-lesson", "复盘：下次怎样做得更好"),
        ("plan-amend", "title", "做什么"),
    ],
)
def test_a_field_is_called_as_on_its_page(page: str, field: str, label: str) -> None:
    assert label in (typed_fields.label_of(page, field, "ok") or "")


@pytest.mark.parametrize(
    ("page", "field", "value"),
    [
        ("write", "place_kind", "OFFICE"),
        ("write", "source_FACT", "TEACHER"),
        ("write", "prep_kind_1", "OTHER"),
        ("write", "s_NOTHING", "ok"),
        ("write", "prep_note_99", "ok"),
        ("archive-record", "why", "settled"),
        ("objection", "reply", "ACCEPTED"),
        ("task", "answer-outcome", "done"),
        ("nowhere", "words", "ok"),
    ],
)
def test_a_choice_is_nobodys_words(page: str, field: str, value: str) -> None:
    assert typed_fields.label_of(page, field, value) is None


def test_a_question_that_is_typed_here_and_chosen_there_keeps_what_was_typed() -> None:
    assert typed_fields.label_of("task", "answer-authority", "110") == "上报单位"
    assert typed_fields.label_of("task", "answer-note", "ok") == ""


@pytest.mark.parametrize("short", ["ok", "OK", "1234", "好", "-5", "no_show", "2026"])
def test_however_short_it_is_it_comes_back_once_and_under_its_name(short: str) -> None:
    request = RequestFactory().post(
        "/", {"reason": [f" {short} ", short], "seen": "7", "method": "PHONE", "note": ""}
    )
    request.resolver_match = at("witness")

    assert typed.words(request) == [("家长说的理由", short)]


def test_a_moment_is_given_back_as_people_write_it() -> None:
    request = RequestFactory().post("/", {"until": "2026-10-09T16:00", "reason": "2026-10-09"})
    request.resolver_match = at("ask-hold")

    assert [one.text for one in typed.words(request)] == ["2026年10月9日 16:00", "2026年10月9日"]


def at(name: str) -> ResolverMatch:
    return ResolverMatch(get_resolver, (), {}, url_name=name)
