"""The file over the API: pages, filters, refusals, and who is a stranger to it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties import tenancy
from parties.models import CompanyMember, GuardianLink, Membership, Restriction
from parties.prepared import Statement
from tests.api.callers import Caller, code, member
from tests.api.stories import reported, triaged
from tests.factories import LONG_AGO, NOW, World
from tests.records.filed import CRISIS, UNROUTED, case, many
from workflow import openings
from workflow.reports import Suspect

As = Callable[[str], Caller]


def address(world: World, query: str = "") -> str:
    return f"/students/{world.student.pk}/file{query}"


def test_an_entry_says_what_when_and_by_which_party(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        made = case(world, owner=world["teacher"])

    page = as_("mother").get(address(world)).json()

    (entry,) = page["results"]
    assert page["next"] is None
    assert {name: entry[name] for name in entry if name != "id"} == {
        "at": NOW.isoformat(),
        "kind": "case",
        "party": "SCHOOL",
        "object": str(made.pk),
        "case": str(made.pk),
        "title": "常规通知",
        "summary": "",
        "state": "已开启",
        "extra": {"channel": "NOTICE", "state": "OPENED"},
    }


def test_a_crisis_enters_the_file_with_its_report_and_the_family_once_it_is_told(
    world: World, as_: As
) -> None:
    reported(world)
    assert [one["title"] for one in as_("teacher").get(address(world)).json()["results"]] == [
        "危机"
    ]
    assert as_("mother").get(address(world)).json()["results"] == []

    walk = triaged(world, safe_to_tell="yes")

    (known,) = as_("mother").get(address(world)).json()["results"]
    assert (known["object"], known["title"]) == (str(walk.case_id), "危机")
    assert "kind" not in known["extra"]
    assert as_("student").get(address(world)).json()["results"] == []


def test_only_the_told_guardian_finds_it_where_telling_all_is_not_safe(
    world: World, as_: As
) -> None:
    father = (Suspect(relation="FATHER"),)
    walk = triaged(world, suspects=father, safe_to_tell="no", suspect_kind="guardian")
    assert as_("mother").get(address(world)).json()["results"] == []

    walk.do("call_guardian")

    (told,) = as_("mother").get(address(world)).json()["results"]
    assert told["object"] == str(walk.case_id)
    assert as_("father").get(address(world)).json()["results"] == []


def test_pages_follow_their_cursor_through_the_whole_file(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        wanted = [str(made.pk) for made in many(world, 7)]
        many(world, 7, **CRISIS)
    mother, seen = as_("mother"), list[str]()
    cursor: Any = ""
    while cursor is not None:
        page = mother.get(address(world, f"?limit=3&cursor={cursor}")).json()
        seen += [one["object"] for one in page["results"]]
        cursor = page["next"]

    assert seen == wanted


def test_a_cursor_fits_one_reader_one_file_and_one_filter(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        many(world, 3)
    mother, father = as_("mother"), as_("father")
    cursor = mother.get(address(world, "?limit=1")).json()["next"]

    for caller, query in ((father, ""), (mother, "&kind=case"), (mother, "&from=2026-01-01")):
        answer = caller.get(address(world, f"?limit=1&cursor={cursor}{query}"))
        assert (answer.status_code, code(answer)) == (400, "cursor.invalid")
    assert mother.get(address(world, f"?limit=1&cursor={cursor}")).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=unheard_of", "kind"),
        ("kind=", "kind"),
        ("party=school", "party"),
        ("from=2026-13-01", "from"),
        ("from=0001-01-01", "from"),
        ("to=20261009", "to"),
        ("to=9999-12-31", "to"),
        ("from=2026-10-10&to=2026-10-09", "to"),
        ("case=7", "case"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("readers=G", "readers"),
        ("ordering=at", "ordering"),
        ("kind=case&kind=case", "kind"),
        ("student=x", "student"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(
    world: World, as_: As, query: str, field: str
) -> None:
    answer = as_("mother").get(address(world, f"?{query}"))

    assert (answer.status_code, code(answer)) == (400, "input.invalid")
    (mistake,) = answer.json()["errors"]
    assert mistake["field"] == field
    assert mistake["mend"]


def test_filters_narrow_the_file(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        made, _ = case(world), case(world, at=LONG_AGO)
    mother = as_("mother")

    for query in (f"case={made.pk}", "from=2026-10-09&to=2026-10-09", "from=2026-10-09&kind=case"):
        found = mother.get(address(world, f"?{query}")).json()["results"]
        assert [one["object"] for one in found] == [str(made.pk)], query
    assert mother.get(address(world, "?party=FAMILY")).json() == {"results": [], "next": None}


def test_a_hidden_case_filters_like_one_that_never_was(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        hidden = case(world, **CRISIS)
    mother = as_("mother")

    answers = [mother.get(address(world, f"?case={pk}")) for pk in (hidden.pk, uuid4())]

    assert answers[0].content == answers[1].content


def test_strangers_get_the_same_bytes_for_a_file_and_for_none(
    world: World, other_school: World
) -> None:
    with tenancy.scope(world.id):
        case(world)
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["father"],
            kind=Restriction.Kind.NO_CONTACT,
            starts_at=LONG_AGO,
        )
    callers = {
        who: member(world, who)
        for who in ("stranger", "counsellor", "deputy", "auditor", "classmate", "father")
    }
    callers["other school's head"] = member(other_school, "head_of_office")
    callers["ended mentor"] = member(world, "mentor")
    callers["ended teacher"] = member(world, "teacher")
    callers["ended mother"] = member(world, "mother")
    with tenancy.scope(world.id):
        CompanyMember.objects.update(ends_at=NOW)
        Membership.objects.filter(person=world["teacher"]).update(ends_at=NOW)
        link = GuardianLink.objects.get(guardian=world["mother"])
        link.end()
        link.save()

    for who, caller in callers.items():
        hidden = caller.get(address(world))
        absent = caller.get(f"/students/{uuid4()}/file")
        assert hidden.status_code == absent.status_code == 404, who
        assert hidden.content == absent.content, who
        assert {**hidden.headers} == {**absent.headers}, who


def test_the_company_reads_an_empty_file(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        case(world)

    for who in ("company", "mentor"):
        answer = as_(who).get(address(world))
        assert answer.status_code in (200, 404), who
        assert answer.json().get("results", []) == [], who


def test_nobody_reads_it_without_signing_in(world: World) -> None:
    answer = Caller().get(address(world))

    assert (answer.status_code, code(answer)) == (401, "sign_in.required")


def test_who_opened_a_meeting_stays_in_the_school(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        made = openings.open_(
            school_id=world.id, channel="MEETING", process="meeting", by=world["teacher"], at=NOW,
            student=world.student,
        )  # fmt: skip
        openings.route(made, channel="MEETING", kind="study")

    (entry,) = as_("mother").get(address(world)).json()["results"]
    assert "by" not in entry
    assert "teacher" not in str(entry)


@pytest.mark.parametrize("who", ["mother", "principal", "student"])
def test_any_page_of_any_length_costs_the_same_number_of_queries(
    world: World, as_: As, who: str
) -> None:
    with tenancy.scope(world.id):
        many(world, 620)
        many(world, 300, **UNROUTED)
        many(world, 300, **CRISIS)
    caller, costs = as_(who), {}
    cursor: Any = ""
    for number in range(1, 202):
        with CaptureQueriesContext(connection) as queries:
            page = caller.get(address(world, f"?limit=3&cursor={cursor}")).json()
        costs[f"page {number}"] = len(queries)
        cursor = page["next"]
    for limit in (1, 20, 100):
        with CaptureQueriesContext(connection) as queries:
            assert len(caller.get(address(world, f"?limit={limit}")).json()["results"]) == limit
        costs[f"{limit} rows"] = len(queries)

    assert len(set(costs.values())) == 1, costs


def test_the_file_itself_is_read_by_one_statement(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenancy.scope(world.id):
        many(world, 30)
    mother = as_("mother")
    mother.get("/alerts")
    run, told = Statement.rows, []

    def rows(self: Statement, *values: Any, **more: Any) -> Any:
        told.append(self.sql)
        return run(self, *values, **more)

    monkeypatch.setattr(Statement, "rows", rows)

    mother.get(address(world))

    assert sum('"records_fileentry"' in sql for sql in told) == 1
