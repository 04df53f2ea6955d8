"""A guardian who had a record before a crisis named them keeps it as it stood."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from parties import clock, tenancy
from parties.access import Viewer
from records import keeping
from records.models import CommunicationRecord, FileEntry, Objection
from tests.api.callers import PASSWORD, Caller, member
from tests.api.papers import Paper, as_read, offered, upload
from tests.api.stories import triaged
from tests.factories import HOUR, World
from tests.portal.visitors import by_password
from tests.processes.walker import FATHER
from tests.records.uploads.files import jpeg
from workflow import communication as acts

pytestmark = pytest.mark.django_db(transaction=True)

OBJECTS = {"ground": "WRONG", "wish": "CORRECT", "words": "那天是他爸打了她", "quoted": ""}
FEAR = "我和孩子住在外婆家，怕他爸"


def named(world: World) -> None:
    """The record was there an hour before."""
    with tenancy.scope(world.id):
        CommunicationRecord.objects.update(offered_at=clock.now() - HOUR)
        FileEntry.objects.update(at=clock.now() - HOUR)
    triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")


def answers(caller: Caller, world: World, paper: Paper) -> tuple[Any, ...]:
    """What reaches a guardian of one record, over every door."""
    read = caller.get(f"/records/{paper.id}")
    lines = caller.get(f"/students/{world.student.pk}/file").json()["results"]
    kept = [one for one in lines if one["kind"] in ("communication", "objection", "attachment")]
    return read.status_code, read.json(), read.headers.get("ETag"), kept


def before(world: World, paper: Paper, *signers: str) -> None:
    """They signed before he was named: the story of a crisis begins a minute ago."""
    for who in signers:
        acts.sign(
            school_id=world.id,
            record_id=UUID(paper.id),
            by=world[who],
            at=clock.now() - HOUR / 2,
            method="IN_APP",
            **as_read(member(world, who), paper.id),
        )


def archived(world: World, paper: Paper, at: datetime) -> None:
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["head_of_office"], at=at)
        keeping.archive(viewer, record_id=UUID(paper.id), why="settled")


def give(caller: Caller, paper: Paper, verb: str, mark: dict[str, str]) -> Any:
    said = {"sign": {"password": PASSWORD}, "refuse": {"reason": "我不同意这样写"}}
    return caller.post(f"/records/{paper.id}/{verb}", {**said[verb], **mark})


@pytest.mark.parametrize("verb", ["sign", "refuse"])
def test_his_own_word_opens_nothing_of_what_others_said_since(world: World, verb: str) -> None:
    paper, father = offered(world), member(world, "father")
    named(world)
    mark = as_read(father, paper.id)
    paper.sign()
    paper.sign(member(world, "mother"), note=FEAR)

    given = give(father, paper, verb, mark)

    assert given.status_code == 200, given.content.decode()
    page = by_password(world, "father")
    page.open(f"/records/{paper.id}")
    for found in (given.json(), father.get(f"/records/{paper.id}").json()):
        assert [one["signer"]["name"] for one in found["signatures"]] == ["father"]
        assert found["state"] == "PENDING_SIGNATURES"
        assert found["signed_at"] == found["signatures"][0]["at"]
        assert found["effective_at"] is None
        assert FEAR not in str(found)
    assert FEAR not in page.text


def test_what_comes_of_his_word_is_told_as_if_nobody_else_had_spoken(world: World) -> None:
    paper, father = offered(world), member(world, "father")
    before(world, paper, "teacher")
    named(world)
    mark = as_read(father, paper.id)
    paper.sign(member(world, "mother"), note=FEAR)

    found = give(father, paper, "sign", mark).json()

    assert found["state"] == "EFFECTIVE"
    assert found["effective_at"] == found["signatures"][-1]["at"]
    assert FEAR not in str(found)


def test_that_it_was_archived_since_is_not_told(world: World) -> None:
    paper, father = offered(world), member(world, "father")
    before(world, paper, "teacher")
    named(world)
    known = answers(father, world, paper)
    paper.sign(member(world, "mother"))

    archived(world, paper, clock.now())

    assert answers(father, world, paper) == known


@pytest.mark.parametrize("early", [True, False])
def test_what_was_in_force_is_archived_for_him_if_it_was_by_then(world: World, early: bool) -> None:
    paper, father = offered(world), member(world, "father")
    before(world, paper, "teacher", "mother")
    if early:
        archived(world, paper, clock.now() - HOUR / 3)
    named(world)
    known = answers(father, world, paper)
    if not early:
        archived(world, paper, clock.now())

    assert answers(father, world, paper) == known
    assert known[1]["state"] == ("ARCHIVED" if early else "EFFECTIVE")


def test_an_objection_that_ended_since_is_as_open_for_him_as_it_was(world: World) -> None:
    paper, father, mother = offered(world), member(world, "father"), member(world, "mother")
    before(world, paper, "teacher", "mother")
    filed = mother.post(f"/records/{paper.id}/objections", OBJECTS).json()["id"]
    with tenancy.scope(world.id):
        Objection.objects.update(filed_at=clock.now() - HOUR / 3)
    named(world)
    known = answers(father, world, paper)

    ended = mother.post(f"/objections/{filed}/withdraw", {})

    assert ended.status_code == 200, ended.content.decode()
    assert answers(father, world, paper) == known
    assert (known[1]["state"], known[1]["disputed"]) == ("UNDER_OBJECTION", True)


def went_on(world: World, paper: Paper, how: str, *, signed: bool = False) -> str:
    """What the others make of it, who may have `signed` before; the state that the school sees."""
    mother, office = member(world, "mother"), member(world, "head_of_office")
    paper.sign()
    assert paper.sign(mother, note="" if signed else FEAR).status_code == 200
    if how == "objected":
        assert mother.post(f"/records/{paper.id}/objections", OBJECTS).status_code == 201
        return "UNDER_OBJECTION"
    if how == "archived":
        assert office.post(f"/records/{paper.id}/archive", {"why": "settled"}).status_code == 200
        return "ARCHIVED"
    newer = Paper(paper.writer)
    newer.keep(paper.writer.post(f"/records/{paper.id}/next-version", {}))
    for verb in ("check", "offer"):
        newer.do(verb)
    newer.sign()
    assert newer.sign(mother).status_code == 200
    return "SUPERSEDED"


@pytest.mark.parametrize("verb", ["sign", "refuse"])
@pytest.mark.parametrize("how", ["objected", "archived", "replaced"])
def test_his_word_is_taken_whatever_became_of_it(world: World, verb: str, how: str) -> None:
    paper, father = offered(world), member(world, "father")
    named(world)
    mark = as_read(father, paper.id)
    state = went_on(world, paper, how)

    given = give(father, paper, verb, mark)

    assert given.status_code == 200, given.content.decode()
    found = given.json()
    assert (found["state"], found["disputed"]) == ("PENDING_SIGNATURES", False)
    assert [one["signer"]["name"] for one in found["signatures"]] == ["father"]
    school = member(world, "teacher").get(f"/records/{paper.id}").json()
    assert (school["state"], school["standing"]) == (state, "SIGNED")
    assert "father" in [one["signer"]["name"] for one in school["signatures"]]


def test_a_file_that_came_since_is_no_other_text_for_him(world: World) -> None:
    paper, father = offered(world), member(world, "father")
    named(world)
    mark = as_read(father, paper.id)
    assert upload(paper.writer, paper.id, jpeg()).status_code == 201

    given = give(father, paper, "sign", mark)

    assert given.status_code == 200, given.content.decode()
    assert given.json()["attachments"] == []


def test_an_objection_is_refused_by_what_he_knows(world: World) -> None:
    paper, father = offered(world), member(world, "father")
    named(world)
    before_it = father.post(f"/records/{paper.id}/objections", OBJECTS)
    went_on(world, paper, "archived")

    no = father.post(f"/records/{paper.id}/objections", OBJECTS)

    assert no.status_code == before_it.status_code == 409
    assert no.json()["detail"] == before_it.json()["detail"]


def test_an_objection_is_taken_by_what_he_knows(world: World) -> None:
    paper, father = offered(world), member(world, "father")
    before(world, paper, "teacher", "mother")
    named(world)
    father.get(f"/records/{paper.id}")
    went_on(world, paper, "replaced", signed=True)

    filed = father.post(f"/records/{paper.id}/objections", OBJECTS)

    assert filed.status_code == 201, filed.content.decode()
    assert father.get(f"/records/{paper.id}").json()["state"] == "UNDER_OBJECTION"
    assert paper.writer.get(f"/records/{paper.id}").json()["state"] == "SUPERSEDED"


def test_she_and_the_school_read_on(world: World) -> None:
    paper = offered(world)
    named(world)
    paper.sign()
    paper.sign(member(world, "mother"), note=FEAR)

    for who in ("mother", "teacher"):
        assert FEAR in str(member(world, who).get(f"/records/{paper.id}").json()), who


def followed(world: World, paper: Paper) -> Paper:
    """A second version of what one side has signed, handed to both."""
    second = Paper(paper.writer, paper.id)
    second.keep(second.writer.post(f"/records/{paper.id}/next-version"))
    second.do("check")
    second.do("offer")
    return second


def page_of(world: World, paper: Paper) -> str:
    phone = by_password(world, "father")
    phone.open(f"/records/{paper.id}")
    return phone.text


def test_a_version_that_came_since_is_not_named_on_the_earlier_one(world: World) -> None:
    paper = offered(world)
    before(world, paper, "teacher")
    named(world)
    stood = page_of(world, paper)

    followed(world, paper)

    assert page_of(world, paper) == stood
    assert "第 2 版" not in stood


def test_a_version_that_waited_before_goes_on_waiting_to_him(world: World) -> None:
    paper = offered(world)
    before(world, paper, "teacher")
    second = followed(world, paper)
    named(world)
    stood = page_of(world, paper)
    assert "学校写了第 2 版，正在等双方签字" in stood

    for who in ("teacher", "mother"):
        assert second.sign(member(world, who)).status_code == 200

    assert page_of(world, paper) == stood
