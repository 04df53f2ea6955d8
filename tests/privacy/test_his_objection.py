"""A named guardian objects to a version that was replaced unseen: taken as before, and answered."""

from typing import Any

import pytest

from parties import tenancy
from records.models import CommunicationRecord
from tests.api.callers import Caller, member
from tests.api.papers import Paper, offered
from tests.factories import World
from tests.portal.visitors import by_password
from tests.privacy.test_records_stand_still import FEAR, OBJECTS, before, named, went_on

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "出勤表已核对，改为列出日期。"


def objected(world: World) -> tuple[Paper, Caller, Any]:
    """To a version that was in force, and that he does not know to be replaced."""
    paper, father = offered(world), member(world, "father")
    before(world, paper, "teacher", "mother")
    named(world)
    father.get(f"/records/{paper.id}")
    went_on(world, paper, "replaced", signed=True)
    filed = father.post(f"/records/{paper.id}/objections", OBJECTS)
    assert filed.status_code == 201, filed.content.decode()
    return paper, father, filed.json()


def read(caller: Caller) -> Any:
    """The one objection that there is."""
    return caller.get("/objections").json()["results"][0]


def test_the_school_reads_that_a_newer_version_is_there_and_he_does_not(world: World) -> None:
    paper, father, filed = objected(world)

    found = read(paper.writer)["newer"]

    assert (found["version"], "newer" in filed) == (2, False)
    page = by_password(world, "teacher")
    page.open(f"/records/{paper.id}")
    assert "现在已有" in page.text
    his = by_password(world, "father")
    his.open(f"/records/{paper.id}")
    assert "现在已有" not in his.text
    assert "第 2 版" not in his.text
    assert "newer" not in read(father)


@pytest.mark.parametrize("reply", ["ACCEPTED", "PARTLY"])
def test_its_author_accepts_and_corrects_the_newest(world: World, reply: str) -> None:
    paper, father, filed = objected(world)
    found = read(paper.writer)["newer"]

    answer = {"reply": reply, "words": WORDS}
    answered = paper.writer.post(f"/objections/{filed['id']}/answer", answer)

    assert answered.status_code == 200, answered.content.decode()
    made = paper.writer.get(f"/records/{answered.json()['correction']}").json()
    assert (made["version"], made["previous"], made["state"]) == (3, found["id"], "DRAFT")
    his = read(father)
    assert (his["state"], his["reply"], his["reply_words"]) == ("ANSWERED", reply, WORDS)
    assert father.get(f"/records/{answered.json()['correction']}").status_code == 404
    page = by_password(world, "teacher")
    page.open(f"/records/{paper.id}")
    assert "提出的人读到的是这一版" not in page.text  # it says how to answer


def test_the_correction_takes_effect_and_he_is_content(world: World) -> None:
    paper, father, filed = objected(world)
    found = read(paper.writer)["newer"]
    answer = {"reply": "ACCEPTED", "words": WORDS}
    made = paper.writer.post(f"/objections/{filed['id']}/answer", answer).json()["correction"]
    third = Paper(paper.writer, id=made)
    third.keep(paper.writer.get(f"/records/{made}"))
    for verb in ("check", "offer"):
        third.do(verb)
    third.sign()
    third.sign(member(world, "mother"))

    content = father.post(f"/objections/{filed['id']}/content", {})

    assert content.json()["state"] == "SETTLED"
    states = [paper.writer.get(f"/records/{pk}").json()["state"] for pk in (found["id"], made)]
    assert states == ["SUPERSEDED", "EFFECTIVE"]
    his = father.get(f"/records/{paper.id}").json()
    assert (his["state"], his["disputed"], FEAR in str(his)) == ("EFFECTIVE", False, False)


def test_its_author_refuses_with_a_reason(world: World) -> None:
    paper, father, filed = objected(world)

    answer = {"reply": "REFUSED", "words": "考核表如附件。"}
    assert paper.writer.post(f"/objections/{filed['id']}/answer", answer).status_code == 200

    assert read(father)["reply"] == "REFUSED"
    assert read(paper.writer)["correction"] is None


def test_while_it_is_open_every_version_says_so_at_school(world: World) -> None:
    paper, _, filed = objected(world)

    for pk in (paper.id, read(paper.writer)["newer"]["id"]):
        assert paper.writer.get(f"/records/{pk}").json()["disputed"] is True

    withdrawn = member(world, "father").post(f"/objections/{filed['id']}/withdraw", {})
    assert withdrawn.status_code == 200
    assert paper.writer.get(f"/records/{paper.id}").json()["disputed"] is False


def test_the_newest_is_not_sealed_over_an_objection_to_the_one_that_he_knows(
    world: World,
) -> None:
    """He objects after the newest was archived: to him the one before stands as it was."""
    paper, father = offered(world), member(world, "father")
    before(world, paper, "teacher", "mother")
    named(world)
    father.get(f"/records/{paper.id}")
    went_on(world, paper, "replaced", signed=True)
    office = member(world, "head_of_office")
    with tenancy.scope(world.id):
        newest = CommunicationRecord.objects.get(version=2).pk
    assert office.post(f"/records/{newest}/archive", {"why": "settled"}).status_code == 200
    filed = father.post(f"/records/{paper.id}/objections", OBJECTS)
    assert filed.status_code == 201, filed.content.decode()
    reason = {"reason": "家长申请撤回，德育处核实后同意。"}

    for pk in (newest, paper.id):
        refused = office.post(f"/records/{pk}/seal", reason)
        assert refused.status_code == 409, pk
        assert "异议" in refused.json()["detail"]

    assert father.post(f"/objections/{filed.json()['id']}/withdraw", {}).status_code == 200
    assert office.post(f"/records/{newest}/seal", reason).status_code == 200
