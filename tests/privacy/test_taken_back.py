"""What is taken from a family after a crisis named a guardian stays with that guardian."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from parties import clock, tenancy
from parties.access import Viewer
from parties.models import Restriction
from records.models import CommunicationRecord, FileEntry, Statement
from tests.api.callers import PASSWORD, Caller, member
from tests.api.papers import FACT, Paper, as_read, offered, upload, written
from tests.factories import HOUR, World
from tests.portal.visitors import by_password
from tests.privacy.test_items_stand_still import item_of
from tests.privacy.test_records_stand_still import OBJECTS, answers, before, give, named, went_on
from tests.records.uploads.files import jpeg
from workflow.models import CaseFace, CaseParty

pytestmark = pytest.mark.django_db(transaction=True)

NEWER = "父亲前天晚上动手，母女已住到外婆家。"


def every_door(world: World, paper: Paper, who: str = "father") -> Any:
    """What reaches a guardian of one record: API, file, pages and copies."""
    caller, page = member(world, who), by_password(world, who)
    file = f"/students/{world.student.pk}/file/export?purpose=conversation"
    return (
        answers(caller, world, paper),
        copied(caller.get(f"/records/{paper.id}/export?format=json")),
        copied(caller.get(f"{file}&format=json")),
        caller.get(f"/records/{paper.id}/export?format=pdf").status_code,
        page.open(f"/records/{paper.id}").status_code,
        page.text,
        page.open("/").status_code and page.text,
    )


def copied(answer: Any) -> Any:
    """All but who took it when."""
    body = answer.json() if answer.status_code == 200 else {}
    return answer.status_code, body.get("body")


def recall(world: World, paper: Paper) -> None:
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("recall")


def recall_and_offer_again(world: World, paper: Paper) -> None:
    recall(world, paper)
    paper.do("", {"place": "外婆家", "next_focus": "两人安全"}, method="patch")
    paper.say(NEWER)
    for verb in ("check", "offer"):
        paper.do(verb)


def recall_and_correct(world: World, paper: Paper) -> None:
    recall(world, paper)
    paper.do("", {"started_at": "2026-09-01T10:00:00+08:00"}, method="patch")


def hold(world: World, paper: Paper) -> None:
    until = clock.now() + 48 * HOUR
    body = {"reason": "涉及孩子安全，先不告诉家里", "until": until.isoformat()}
    held = member(world, "head_of_office").post(f"/records/{paper.id}/hold", body)
    assert held.status_code == 200, held.content.decode()


def hold_and_recall(world: World, paper: Paper) -> None:
    hold(world, paper)
    recall_and_offer_again(world, paper)


def put_aside(world: World, paper: Paper) -> None:
    paper.keep(paper.writer.get(f"/records/{paper.id}"))
    paper.do("discard", {"reason": "这份记录写错了学生"})


TAKEN: dict[str, Callable[[World, Paper], None]] = {
    "recalled": recall,
    "corrected": recall_and_correct,
    "offered_again": recall_and_offer_again,
    "held": hold,
    "held_and_changed": hold_and_recall,
    "put_aside": put_aside,
}


@pytest.mark.parametrize("how", TAKEN)
def test_what_was_taken_back_since_stands_for_him_as_it_was(world: World, how: str) -> None:
    paper = offered(world)
    upload(paper.writer, paper.id, jpeg())
    named(world)
    every_door(world, paper)  # the first copy is an entry of its own
    known = every_door(world, paper)
    assert known[0][0] == known[1][0] == known[2][0] == known[3] == known[4] == 200

    TAKEN[how](world, paper)

    assert every_door(world, paper) == known
    assert known[0][1]["state"] == "PENDING_SIGNATURES"
    assert [one["text"] for one in known[0][1]["statements"]] == [FACT]


def test_the_entry_follows_its_record_once_nobody_has_the_other_date(world: World) -> None:
    paper = offered(world)
    named(world)
    recall_and_correct(world, paper)
    with tenancy.scope(world.id):
        for kept_from in (CaseParty, CaseFace, Restriction):  # as if nobody had ever named him
            kept_from.objects.filter(person=world["father"]).delete()
        entry = FileEntry.objects.get(kind="communication", object_id=paper.id)
        assert (entry.at.month, entry.at.day) != (9, 1)

    for verb in ("check", "offer"):
        paper.do(verb)

    with tenancy.scope(world.id):
        entry.refresh_from_db()
    assert entry.at.isoformat() == "2026-09-01T02:00:00+00:00"


@pytest.mark.parametrize("how", TAKEN)
def test_to_her_it_is_gone_until_it_is_offered_again(world: World, how: str) -> None:
    paper, mother = offered(world), member(world, "mother")
    named(world)

    TAKEN[how](world, paper)

    again = how == "offered_again"
    assert mother.get(f"/records/{paper.id}").status_code == (200 if again else 404)


def test_what_was_taken_back_before_he_was_named_is_gone_for_him_too(world: World) -> None:
    paper = offered(world)
    recall(world, paper)
    named(world)

    assert member(world, "father").get(f"/records/{paper.id}").status_code == 404


def test_the_draft_itself_is_nowhere_for_him(world: World) -> None:
    paper = offered(world)
    named(world)
    recall_and_offer_again(world, paper)

    with tenancy.scope(world.id):
        viewer = Viewer.load(world["father"], at=clock.now())
        record = viewer.get(CommunicationRecord, UUID(paper.id))
        assert viewer.fields(record) == frozenset()
        assert not viewer.rows(Statement).filter(record=record).exists()


@pytest.mark.parametrize("verb", ["sign", "refuse"])
@pytest.mark.parametrize("how", TAKEN)
def test_his_word_about_it_is_taken_and_noted(world: World, how: str, verb: str) -> None:
    paper, father = offered(world), member(world, "father")
    named(world)
    mark = as_read(father, paper.id)
    TAKEN[how](world, paper)
    school = as_the_school_reads(world, paper)

    given = give(father, paper, verb, mark)

    assert given.status_code == 200, given.content.decode()
    for found in (given.json(), father.get(f"/records/{paper.id}").json()):
        assert [one["signer"]["name"] for one in found["signatures"]] == ["father"]
        assert found["state"] == "PENDING_SIGNATURES"
        assert found["signed_at"] == found["signatures"][0]["at"]
        assert found["content_hash"] == found["signatures"][0]["proof"] != ""
    assert as_the_school_reads(world, paper) == school
    assert "/sign" not in page_of(world, paper)


def as_the_school_reads(world: World, paper: Paper) -> Any:
    found = member(world, "teacher").get(f"/records/{paper.id}").json()
    return {name: found[name] for name in ("state", "signatures", "signed_at", "edits")}


def page_of(world: World, paper: Paper) -> str:
    page = by_password(world, "father")
    page.open(f"/records/{paper.id}")
    return page.html


def test_his_word_stays_when_the_hold_is_over(world: World) -> None:
    paper, father = offered(world), member(world, "father")
    named(world)
    mark = as_read(father, paper.id)
    hold(world, paper)
    known = give(father, paper, "sign", mark).json()
    office = member(world, "head_of_office")

    assert office.post(f"/records/{paper.id}/release", {}).status_code == 200

    assert father.get(f"/records/{paper.id}").json() == known
    assert give(father, paper, "refuse", mark).status_code == 409
    assert give(father, paper, "sign", mark).json() == known


def test_who_works_on_the_record_reads_his_word(world: World) -> None:
    paper, father = offered(world), member(world, "father")
    named(world)
    mark = as_read(father, paper.id)
    recall(world, paper)
    give(father, paper, "refuse", mark)

    found = paper.writer.get(f"/records/{paper.id}").json()

    assert [(one["signer"]["name"], one["reason"]) for one in found["noted_words"]] == [
        ("father", "我不同意这样写")
    ]
    page = by_password(world, "teacher")
    page.open(f"/records/{paper.id}")
    assert "我不同意这样写" in page.text
    for verb in ("check", "offer"):
        paper.do(verb)
    assert "noted_words" not in member(world, "mother").get(f"/records/{paper.id}").json()
    assert "noted_words" not in father.get(f"/records/{paper.id}").json()


@pytest.mark.parametrize("how", TAKEN)
def test_whatever_else_he_tries_is_answered_as_before(world: World, how: str) -> None:
    paper, father = offered(world), member(world, "father")
    named(world)
    known = tried(father, paper)
    TAKEN[how](world, paper)

    assert tried(father, paper) == known


@pytest.mark.parametrize("how", ["objected", "archived", "replaced", "sealed"])
def test_whatever_became_of_it_the_answers_stay(world: World, how: str) -> None:
    paper, father = offered(world), member(world, "father")
    named(world)
    known = every_door(world, paper), tried(father, paper)
    mark = as_read(father, paper.id)
    if how == "sealed":
        went_on(world, paper, "archived")
        office = member(world, "head_of_office")
        sealed = office.post(f"/records/{paper.id}/seal", {"reason": "涉及另一名学生"})
        assert sealed.status_code == 200, sealed.content.decode()
    else:
        went_on(world, paper, how)

    assert (every_door(world, paper), tried(father, paper)) == known
    assert give(father, paper, "sign", mark).status_code == 200
    assert give(father, paper, "sign", mark).status_code == 200
    assert give(father, paper, "refuse", mark).status_code == 409


def tried(caller: Caller, paper: Paper) -> Any:
    acts = [
        caller.post(f"/records/{paper.id}/objections", OBJECTS),
        caller.post(f"/records/{paper.id}/sign", {"password": PASSWORD, "as_read": "1.0"}),
        caller.post(f"/records/{paper.id}/refuse", {"reason": "不", "as_read": "1.0"}),
        caller.post(f"/records/{paper.id}/archive", {"why": "settled"}),
        caller.post(f"/records/{paper.id}/next-version", {}),
        caller.send("post", f"/records/{paper.id}/recall", {}, If_Match='"1.1"'),
        caller.send("post", f"/records/{paper.id}/discard", {"reason": "不要了"}, If_Match='"1.1"'),
        upload(caller, paper.id, jpeg()),
    ]
    return [(one.status_code, one.json().get("code"), one.json().get("detail")) for one in acts]


def test_a_file_that_came_since_is_in_no_list_of_his(world: World) -> None:
    paper = offered(world)
    before(world, paper, "teacher")
    named(world)
    known = every_door(world, paper)
    made = upload(member(world, "teacher"), paper.id, jpeg(), kind="SIGNED_PAGE")
    assert made.status_code == 201, made.content.decode()

    assert every_door(world, paper) == known
    got = member(world, "father").get(f"/attachments/{made.json()['id']}")
    assert got.status_code == 404


def test_the_point_that_an_item_comes_from_stays_with_him(world: World) -> None:
    paper = written(world)
    paper.say("每天晚上由家长签到。", section="CONSENSUS", source="GUARDIAN")
    for verb in ("check", "offer"):
        paper.do(verb)
    with tenancy.scope(world.id):
        point = Statement.objects.get(section="CONSENSUS")
    item, father = item_of(world, from_consensus=point.pk), member(world, "father")
    named(world)
    known = father.get(f"/items/{item.pk}").json()
    assert known["from_consensus"]["text"] == "每天晚上由家长签到。"

    recall_and_offer_again(world, paper)

    assert father.get(f"/items/{item.pk}").json() == known
