"""归档 and 封存 over the API: whose act it is, and who reads the answer."""

from collections.abc import Callable
from typing import Any

from tests.api.callers import Caller, code
from tests.api.papers import FACT, effective, offered, written
from tests.api.test_records import kinds
from tests.factories import World

As = Callable[[str], Caller]
REASON = {"reason": "家长申请撤回，德育处核实后同意"}


def archived(world: World, as_: As) -> str:
    paper = effective(world)
    assert as_("teacher").post(f"/records/{paper.id}/archive", {"why": "graduation"}).json()
    return paper.id


def may(as_: As, record: str) -> dict[str, set[str]]:
    people = ("teacher", "mother", "head_of_office")
    return {name: set(as_(name).get(f"/records/{record}").json()["may"]) for name in people}


def test_nobody_is_told_of_acts_that_the_state_refuses(world: World, as_: As) -> None:
    paper = effective(world)
    assert may(as_, paper.id) == {
        "teacher": {"archive", "edit", "sign", "witness"},
        "mother": {"object", "sign"},
        "head_of_office": {"archive", "hold", "override", "witness"},
    }
    as_("teacher").post(f"/records/{paper.id}/archive", {"why": "graduation"})
    assert may(as_, paper.id) == {
        "teacher": {"edit"},
        "mother": {"object"},
        "head_of_office": {"hold", "override", "seal"},
    }
    as_("head_of_office").post(f"/records/{paper.id}/seal", REASON)
    assert may(as_, paper.id) == {
        "teacher": set(), "mother": set(), "head_of_office": {"hold", "override"},
    }  # fmt: skip


def test_a_draft_is_written_and_neither_signed_nor_shared(world: World, as_: As) -> None:
    paper = written(world)
    assert set(as_("teacher").get(f"/records/{paper.id}").json()["may"]) == {"edit"}


def test_a_homeroom_teacher_archives_and_everybody_reads_on(world: World, as_: As) -> None:
    paper = effective(world)
    address = f"/records/{paper.id}/archive"
    assert "archive" in as_("teacher").get(f"/records/{paper.id}").json()["may"]

    wrong = as_("teacher").post(address, {"why": "tired"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "why")
    for who, status in (("mother", 403), ("stranger", 404)):
        assert as_(who).post(address, {"why": "handover"}).status_code == status, who
    done = as_("teacher").post(address, {"why": "handover"})

    assert (done.status_code, done.json()["state"]) == (200, "ARCHIVED")
    assert done.headers["ETag"]
    assert as_("mother").get(f"/records/{paper.id}").json()["statements"][0]["text"] == FACT
    assert "record.archived" in kinds(world, paper.id)


def test_the_same_key_archives_once(world: World, as_: As) -> None:
    paper, teacher = effective(world), as_("teacher")

    answers: list[Any] = [
        teacher.post(f"/records/{paper.id}/archive", {"why": "handover"}, Idempotency_Key="k-1")
        for _ in range(2)
    ]

    assert answers[0].content == answers[1].content
    assert kinds(world, paper.id).count("record.archived") == 1


def test_what_waits_for_signatures_is_not_archived(world: World, as_: As) -> None:
    paper = offered(world)

    answer = as_("teacher").post(f"/records/{paper.id}/archive", {"why": "handover"})

    assert (answer.status_code, code(answer)) == (409, "state.wrong")


def test_the_head_seals_and_others_keep_the_outline(world: World, as_: As) -> None:
    record = archived(world, as_)
    address = f"/records/{record}/seal"
    for who, status in (("teacher", 403), ("duty_officer", 403), ("mother", 403), ("mentor", 404)):
        assert as_(who).post(address, REASON).status_code == status, who
    empty = as_("head_of_office").post(address, {"reason": " "})
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (400, "reason")

    done = as_("head_of_office").post(address, REASON).json()
    assert (done["state"], done["sealed"]["reason"]) == ("SEALED", REASON["reason"])
    outline = as_("teacher").get(f"/records/{record}").json()
    assert (outline["state"], outline["statements"], outline["signatures"]) == ("SEALED", [], [])
    assert not {"trigger_note", "sealed", "author", "next_focus"} & set(outline)
    read = as_("mother").get(f"/records/{record}").json()
    assert read["statements"][0]["text"] == FACT
    assert "sealed" not in read
    assert as_("teacher").get(f"/records/{record}/export").status_code == 403


def test_an_author_puts_a_draft_aside_with_the_tag_of_what_they_saw(world: World, as_: As) -> None:
    paper, teacher = written(world), as_("teacher")
    address, why = f"/records/{paper.id}/discard", {"reason": "写重了，另有一份。"}
    assert teacher.post(address, why).status_code == 428
    tag = teacher.get(f"/records/{paper.id}").headers["ETag"]
    for who, status in (("mother", 404), ("head_of_office", 404), ("stranger", 404)):
        assert as_(who).post(address, why, If_Match=tag).status_code == status, who
    done = teacher.post(address, why, If_Match=tag)

    assert (done.status_code, done.json()["state"]) == (200, "DISCARDED")
    assert kinds(world, paper.id).count("record.discarded") == 1
    listed = teacher.get(f"/students/{world.student.pk}/file").json()
    assert "communication" not in {one["kind"] for one in listed["results"]}


def test_the_head_puts_the_next_version_aside_and_reads_none_of_it(world: World, as_: As) -> None:
    paper = effective(world)
    draft = as_("teacher").post(f"/records/{paper.id}/next-version").json()["id"]
    address, why = f"/records/{paper.id}/discard-next", {"reason": "旧版须封存。"}
    for who, status in (("teacher", 403), ("mother", 403), ("stranger", 404)):
        assert as_(who).post(address, why).status_code == status, who
    done = as_("head_of_office").post(address, why)

    assert (done.status_code, done.json()["id"]) == (200, paper.id)
    assert as_("head_of_office").get(f"/records/{draft}").status_code == 404
    assert code(as_("head_of_office").post(address, why)) == "state.wrong"
