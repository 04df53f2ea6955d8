"""What is written down in a crisis, and to whom at home it exists."""

from typing import Any
from uuid import UUID

import pytest

from parties import clock, tenancy
from parties.models import Restriction
from records import objections
from records.models import CommunicationRecord, Objection
from tests.api.callers import member
from tests.api.papers import Paper, effective, offered, upload, written
from tests.api.stories import reported, triaged
from tests.factories import HOUR, World
from tests.processes.walker import FATHER
from tests.records import agreed
from tests.records.desk import Desk
from tests.records.uploads.files import jpeg
from workflow import cases, shielding
from workflow.models import Case, CaseParty, Notification
from workflow.reports import Suspect

pytestmark = pytest.mark.django_db(transaction=True)

BLOW = "学生说父亲前天晚上动手打了她，手臂有新伤。"
NOBODY: tuple[int, int, list[str]] = (404, 0, [])


def of_case(world: World, case: UUID) -> Paper:
    paper = written(world, BLOW, case=str(case))
    answer = upload(paper.writer, paper.id, jpeg())
    assert answer.status_code == 201, answer.content
    paper.etag = paper.writer.get(f"/records/{paper.id}").headers["ETag"]
    paper.do("check")
    paper.do("offer")
    return paper


def reaches(world: World, who: str, paper: Paper) -> tuple[int, int, list[str]]:
    """The record's answer, lines of the file about it, and what arrived on any channel."""
    caller = member(world, who)
    lines = caller.get(f"/students/{world.student.pk}/file").json()["results"]
    said = [one for one in lines if one["kind"] in ("communication", "attachment")]
    with tenancy.scope(world.id):
        sent = Notification.objects.filter(recipient=world[who], template__contains="record")
        arrived = sorted(sent.values_list("channel", flat=True))
    return caller.get(f"/records/{paper.id}").status_code, len(said), arrived


@pytest.mark.parametrize("suspects", [(), FATHER], ids=["nobody", "father"])
def test_no_guardian_reads_a_crisis_that_nobody_has_judged(
    world: World, suspects: tuple[Suspect, ...]
) -> None:
    paper = of_case(world, reported(world, suspects=suspects).case_id)

    for who in ("father", "mother"):
        assert reaches(world, who, paper) == NOBODY, who
    assert member(world, "student").get(f"/records/{paper.id}").status_code == 200


def test_once_telling_is_safe_the_mother_reads_it_and_the_named_father_never(
    world: World,
) -> None:
    case = triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="yes")

    paper = of_case(world, case.case_id)

    assert reaches(world, "father", paper) == NOBODY
    code, lines, channels = reaches(world, "mother", paper)
    assert (code, lines) == (200, 2)
    assert channels


def test_unsafe_to_tell_means_only_who_was_told(world: World) -> None:
    walk = triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")
    before = of_case(world, walk.case_id)
    assert reaches(world, "mother", before) == NOBODY

    walk.do("call_guardian")

    assert reaches(world, "mother", before)[0] == 200
    assert reaches(world, "father", before) == NOBODY


def test_what_belongs_to_no_case_is_kept_from_him_while_the_crisis_names_him(
    world: World,
) -> None:
    reported(world, suspects=FATHER)

    paper = offered(world, BLOW)

    assert reaches(world, "father", paper) == NOBODY
    assert reaches(world, "mother", paper)[0] == 200


def test_what_belongs_to_no_case_is_kept_from_whom_a_crisis_shields_it(world: World) -> None:
    triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")

    paper = offered(world, BLOW)

    assert reaches(world, "father", paper) == NOBODY
    assert reaches(world, "mother", paper)[0] == 200


def test_what_came_while_the_crisis_was_closed_stays_with_him_when_it_comes_back(
    world: World,
) -> None:
    """Between closing and reopening nothing was kept from him: what he read then is his."""
    walk = triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="yes")
    before = offered(world, BLOW)
    ended(world, walk.case_id)
    between = offered(world, "本周作业按时完成。")
    assert doors(world, between) == (200, 200)

    cases.danger_again(
        school_id=world.id, case_id=walk.case_id, by=world["duty_officer"], at=clock.now()
    )

    assert doors(world, between) == (200, 200)
    assert doors(world, before) == (404, 404)
    assert doors(world, offered(world, BLOW)) == (404, 404)
    ended(world, walk.case_id)
    assert doors(world, between) == (200, 200)
    assert doors(world, before) == (404, 404)
    assert doors(world, offered(world, "本周作业按时完成。")) == (200, 200)


def test_what_another_kept_from_her_for_a_time_is_hers_in_between(world: World) -> None:
    """An order that is made anew begins anew: what she read meanwhile stays with her."""
    walk = triaged(world, suspect_kind="unknown", safe_to_tell="no")
    lifted(world, walk.case_id, world["mother"].pk)
    between = offered(world, "本周作业按时完成。")
    assert doors(world, between, "mother") == (200, 200)

    with tenancy.scope(world.id):
        shielding.shield(Case.objects.get(pk=walk.case_id), at=clock.now())

    assert doors(world, between, "mother") == (200, 200)
    assert doors(world, offered(world, BLOW), "mother") == (404, 404)


def ended(world: World, case: UUID) -> None:
    with tenancy.scope(world.id):
        found = Case.objects.get(pk=case)
        found.cancel(at=clock.now())
        found.save()


def lifted(world: World, case: UUID, person: UUID) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.filter(case_id=case, person=person).update(ends_at=clock.now())


def doors(world: World, paper: Paper, who: str = "father") -> tuple[int, int]:
    """What the API and the page answer."""
    caller = member(world, who)
    page = caller.client.get(f"/records/{paper.id}")
    return caller.get(f"/records/{paper.id}").status_code, page.status_code


def test_what_he_read_before_anybody_named_him_stays_with_him(world: World) -> None:
    paper = offered(world)
    with tenancy.scope(world.id):  # a story begins a minute ago
        CommunicationRecord.objects.update(offered_at=clock.now() - HOUR)
    before = reaches(world, "father", paper)

    triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")

    assert before[0] == 200
    assert reaches(world, "father", paper) == before


def test_what_others_annotated_since_is_not_there_for_him(world: World) -> None:
    paper, mother = effective(world), member(world, "mother")
    with tenancy.scope(world.id):
        CommunicationRecord.objects.update(offered_at=clock.now() - HOUR)
    body = {"ground": "WRONG", "wish": "CORRECT", "words": "不是这样。"}
    filed = mother.post(f"/records/{paper.id}/objections", body).json()
    with Desk(world, clock.now() - HOUR).as_("mother") as viewer:  # a story begins a minute ago
        Objection.objects.update(filed_at=viewer.at)
        objections.annotate(viewer, objection_id=filed["id"], words="孩子说只有一次。")
    triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")
    father = member(world, "father")
    before = father.get(f"/records/{paper.id}").json()["annotations"]

    mother.post(f"/objections/{filed['id']}/annotate", {"words": "孩子现在住外婆家。"})

    assert father.get(f"/records/{paper.id}").json()["annotations"] == before
    said = [one["text"] for one in mother.get(f"/records/{paper.id}").json()["annotations"]]
    assert said == ["孩子说只有一次。", "孩子现在住外婆家。"]


def test_every_door_to_the_record_is_shut(world: World) -> None:
    paper = of_case(world, reported(world, suspects=FATHER).case_id)
    father, shown = member(world, "father"), paper.writer.get(f"/records/{paper.id}").json()
    [file] = shown["attachments"]

    for address in (
        f"/records/{paper.id}/copies",
        f"/records/{paper.id}/export?format=json&purpose=keep",
        f"/attachments/{file['id']}",
    ):
        assert father.get(address).status_code == 404, address
    assert father.client.get(f"/records/{paper.id}").status_code == 404
    assert paper.sign(father).status_code == 404


def test_an_item_of_a_crisis_reaches_no_guardian_before_it_is_safe(world: World) -> None:
    walk = reported(world)
    item = agreed.one(world, agreed.draft(title="每晚报平安"), case=walk.case_id)
    assert codes(world, f"/items/{item.pk}") == {"father": 404, "mother": 404, "student": 200}

    walk.acknowledge()
    walk.triage(safe_to_tell="yes")

    assert codes(world, f"/items/{item.pk}") == {"father": 200, "mother": 200, "student": 200}


def test_a_named_guardian_never_finds_an_item_of_the_crisis(world: World) -> None:
    walk = triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="yes")

    item = agreed.one(world, agreed.draft(title="每晚报平安"), case=walk.case_id)

    assert codes(world, f"/items/{item.pk}") == {"father": 404, "mother": 200, "student": 200}


def test_a_named_member_of_staff_finds_no_record_of_the_case(world: World) -> None:
    walk = reported(world, suspects=FATHER)
    paper = of_case(world, walk.case_id)
    officer = member(world, "duty_officer")
    assert officer.get(f"/records/{paper.id}").status_code == 200

    with tenancy.scope(world.id):
        CaseParty.objects.create(
            school=world.school, case_id=walk.case_id, person=world["duty_officer"],
            part=CaseParty.Part.SUSPECT, since=walk.at,
        )  # fmt: skip

    assert officer.get(f"/records/{paper.id}").status_code == 404


def codes(world: World, address: str) -> dict[str, Any]:
    return {
        who: member(world, who).get(address).status_code for who in ("father", "mother", "student")
    }
