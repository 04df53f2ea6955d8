"""A record over the API from the first word to the last signature."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ledger.models import Event
from parties import links, tenancy
from parties.models import SignInLink
from records.models import CommunicationRecord, Delivery
from tests.api.callers import PASSWORD, Caller, code
from tests.api.papers import FACT, MONEY, as_read, effective, offered, written
from tests.factories import World

As = Callable[[str], Caller]


def kinds(world: World, record_id: str) -> list[str]:
    with tenancy.scope(world.id):
        found = Event.objects.filter(subject_id=record_id).order_by("pk")
        return list(found.values_list("kind", flat=True))


def by_link(world: World, name: str, record_id: str) -> Caller:
    """Somebody who came in by a link for this record."""
    with tenancy.scope(world.id):
        link = links.issue(
            person=world[name], purpose=SignInLink.Purpose.RECORD, target_id=UUID(record_id)
        )
        token = links.token_of(link.pk)
    caller = Caller()
    caller.client.post(f"/l/{token}")
    caller.csrf = caller.get("/session").json()["csrf_token"]
    return caller


def test_a_record_goes_from_draft_to_effective(world: World, as_: As) -> None:
    paper = written(world, FACT)
    paper.do("check")
    assert paper.do("offer").json()["state"] == "PENDING_SIGNATURES"

    assert paper.sign().json()["state"] == "PENDING_SIGNATURES"
    answer = paper.sign(as_("mother"))

    assert (answer.json()["state"], answer.json()["standing"]) == ("EFFECTIVE", "SIGNED")
    assert [one["method"] for one in answer.json()["signatures"]] == ["IN_APP", "IN_APP"]
    assert "record.effective" in kinds(world, paper.id)


def test_a_draft_is_its_authors_alone(world: World, as_: As) -> None:
    paper = written(world)

    for who in ("mother", "student", "head_of_office", "grade_leader", "stranger"):
        assert as_(who).get(f"/records/{paper.id}").status_code == 404, who


def test_money_is_named_and_not_told(world: World, as_: As) -> None:
    paper = effective(world, FACT, MONEY)

    said = as_("student").get(f"/records/{paper.id}").json()["statements"]

    assert said[0]["text"] == FACT
    assert "text" not in said[1]
    assert said[1]["masked"] == "家庭经济与资助"
    assert as_("deputy").get(f"/records/{paper.id}").json()["statements"][0]["text"] == MONEY


def test_the_grade_leader_learns_that_there_is_one(world: World, as_: As) -> None:
    paper = effective(world, next_focus="补考准备")

    body = as_("grade_leader").get(f"/records/{paper.id}").json()

    assert body["state"] == "EFFECTIVE"
    assert not {"next_focus", "trigger"} & body.keys()
    assert body["statements"] == body["signatures"] == body["participants"] == []


def test_an_unchanged_record_is_not_sent_again(world: World, as_: As) -> None:
    paper = offered(world)
    mother = as_("mother")
    tag = mother.get(f"/records/{paper.id}").headers["ETag"]

    again = mother.get(f"/records/{paper.id}", **{"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)

    paper.sign()
    assert mother.get(f"/records/{paper.id}", **{"If-None-Match": tag}).status_code == 200


def test_the_tag_of_a_reader_counts_nothing(world: World, as_: As) -> None:
    """Edits of a draft that the family never saw would tell how much was changed."""
    paper = offered(world, FACT, FACT, FACT)

    body = as_("mother").get(f"/records/{paper.id}")

    assert paper.etag.count(".") == 1
    assert "." not in body.headers["ETag"]
    assert "edits" not in body.json()


@pytest.mark.parametrize("tag", ["", "1.1", '"x"', 'W/"1.1"', "*", '"1.99999999999"'])
def test_a_tag_of_no_record_is_no_tag(world: World, tag: str) -> None:
    paper = written(world)

    answer = paper.writer.post(f"/records/{paper.id}/check", {}, If_Match=tag)

    assert (answer.status_code, code(answer)) == (400, "input.invalid")
    assert answer.json()["errors"][0]["field"] == "If-Match"


CHANGES: list[tuple[str, str, Any]] = [
    ("patch", "", {"place": "二楼"}),
    ("post", "/statements", {"section": "FACT", "source": "TEACHER", "text": FACT}),
    ("put", "/participants", {"participants": []}),
    ("put", "/prepared", {"prepared": []}),
    ("post", "/check", {}),
    ("post", "/offer", {}),
    ("post", "/recall", {}),
]


@pytest.mark.parametrize(("method", "verb", "body"), CHANGES)
def test_no_change_without_saying_what_was_read(
    world: World, method: str, verb: str, body: Any
) -> None:
    paper = written(world)

    answer = paper.writer.send(method, f"/records/{paper.id}{verb}", body)

    assert (answer.status_code, code(answer)) == (428, "request.precondition_required")


@pytest.mark.parametrize(("method", "verb", "body"), CHANGES)
def test_a_lost_race_names_both_versions(world: World, method: str, verb: str, body: Any) -> None:
    paper = written(world)
    old = paper.etag.strip('"')
    paper.say("又写了一条：10月10日到校 8 点。")

    answer = paper.writer.send(method, f"/records/{paper.id}{verb}", body, If_Match=f'"{old}"')

    assert (answer.status_code, code(answer)) == (409, "state.lost_race")
    assert (answer.json()["yours"], answer.json()["current"]) == (old, paper.etag.strip('"'))


def test_a_tag_of_another_version_is_a_lost_race_too(world: World) -> None:
    paper = written(world)

    answer = paper.writer.post(f"/records/{paper.id}/check", {}, If_Match='"7.1"')

    assert answer.json()["yours"] == "7.1"
    assert answer.json()["current"] == paper.etag.strip('"')


def test_patch_leaves_what_was_not_sent(world: World) -> None:
    paper = written(world, place="办公室", next_focus="补考")

    body = paper.do("", {"place": "会议室"}, method="patch").json()

    assert (body["place"], body["next_focus"]) == ("会议室", "补考")


def test_a_statement_is_mended_and_withdrawn_by_who_wrote_it(world: World) -> None:
    paper = written(world)
    first = paper.say("先这样写。").json()["statements"][1]["id"]

    said = {"section": "FACT", "source": "TEACHER", "text": "改为这样写。"}
    body = paper.do(f"statements/{first}", said, method="patch").json()
    assert [one["text"] for one in body["statements"]] == [FACT, "改为这样写。"]
    body = paper.do(f"statements/{first}", method="delete").json()

    assert [one["text"] for one in body["statements"]] == [FACT]


def test_an_observed_reaction_names_its_code_and_comes_back_with_it(world: World, as_: As) -> None:
    paper = written(world)
    seen = {"section": "EMOTION", "said_by": str(world["mother"].pk), "observed": "SILENT"}

    said = paper.say("约2分钟没有说话。", **seen).json()["statements"]
    assert [one["observed"] for one in said] == ["", "SILENT"]
    other = {"source": "TEACHER", "text": "说话声音变大。", **seen, "observed": "LOUDER"}
    paper.do(f"statements/{said[1]['id']}", other, method="patch")
    paper.do("check")
    paper.do("offer")

    for who in ("mother", "teacher"):
        told = as_(who).get(f"/records/{paper.id}").json()["statements"]
        assert [one["observed"] for one in told] == ["", "LOUDER"], who
        copy = as_(who).get(f"/records/{paper.id}/export?format=json").json()["body"]
        assert copy["sections"][1]["statements"][0]["observed"] == "提高声音", who
    assert "LOUDER" not in as_("father").get(f"/records/{paper.id}").content.decode()


def test_names_of_classmates_are_recognised(world: World, as_: As) -> None:
    paper = written(world, "和classmate一起到操场。")
    paper.do("check", {"confirmed": ["classmate"]})
    paper.do("offer")

    said = as_("mother").get(f"/records/{paper.id}").json()["statements"]

    assert said[0]["redacted"]
    assert "classmate" not in said[0]["text"]


def test_people_and_material_are_put_as_a_whole(world: World) -> None:
    paper = written(world)
    mother = str(world["mother"].pk)
    people = [
        {"person": mother, "capacity": "GUARDIAN", "presence": "PHONE", "relation": "MOTHER"},
        {"name": "李师傅", "capacity": "COMPANY", "presence": "IN_PERSON"},
    ]

    body = paper.do("participants", {"participants": people}, method="put").json()
    assert {one["name"] for one in body["participants"]} == {"teacher", "mother", "李师傅"}
    body = paper.do(
        "prepared", {"prepared": [{"kind": "TRANSCRIPT", "note": "期中"}]}, method="put"
    ).json()

    assert body["prepared"][0]["note"] == "期中"


def test_a_forbidden_word_is_refused_with_another_way_to_say_it(world: World) -> None:
    paper = written(world, "该生是差生。")

    answer = paper.writer.post(f"/records/{paper.id}/check", {}, If_Match=paper.etag)

    assert (answer.status_code, code(answer)) == (422, "input.invalid")
    assert answer.json()["errors"][0]["field"] == "statements.1"
    assert answer.json()["errors"][0]["mend"]


def test_signing_asks_for_the_password_again(world: World, as_: As) -> None:
    paper = offered(world)
    mother = as_("mother")

    read = as_read(mother, paper.id)

    without = mother.post(f"/records/{paper.id}/sign", read)
    wrong = mother.post(f"/records/{paper.id}/sign", {**read, "password": "Kran-Yifan-2027"})

    assert (without.status_code, without.json()["errors"][0]["field"]) == (400, "password")
    assert (wrong.status_code, code(wrong)) == (401, "sign_in.refused")
    assert as_("mother").get(f"/records/{paper.id}").json()["signatures"] == []


def test_guessing_the_password_ends_soon(world: World, as_: As) -> None:
    paper = offered(world)
    mother = as_("mother")
    read = as_read(mother, paper.id)
    for number in range(10):
        mother.post(f"/records/{paper.id}/sign", {**read, "password": f"wrong-{number}"})

    answer = mother.post(f"/records/{paper.id}/sign", {**read, "password": PASSWORD})

    assert (answer.status_code, code(answer)) == (429, "sign_in.too_many")


def test_a_link_signs_by_itself_and_opens_nothing_else(world: World, as_: As) -> None:
    paper, other = offered(world), offered(world)
    mother = by_link(world, "mother", paper.id)

    signed = mother.post(f"/records/{paper.id}/sign", {"note": "已阅", **as_read(mother, paper.id)})

    assert signed.status_code == 200, signed.content.decode()
    assert signed.json()["signatures"][0]["method"] == "LINK"
    for path in (f"/records/{other.id}", f"/records/{other.id}/export"):
        assert (mother.get(path).status_code, code(mother.get(path))) == (403, "link.bound")
    assert code(mother.post(f"/records/{other.id}/sign", {})) == "link.bound"
    assert code(mother.get("/objections")) == "link.bound"


def test_a_refusal_makes_it_the_schools_record(world: World, as_: As) -> None:
    paper = offered(world)
    paper.sign()

    mother = as_("mother")
    why = {"reason": "与事实不符", **as_read(mother, paper.id)}
    answer = mother.post(f"/records/{paper.id}/refuse", why)

    assert (answer.json()["state"], answer.json()["standing"]) == ("EFFECTIVE", "UNSIGNED")
    assert answer.json()["signatures"][1]["reason"] == "与事实不符"


def test_a_word_on_the_phone_needs_a_second_colleague(world: World) -> None:
    paper = offered(world)
    word = {"signer": str(world["mother"].pk), "method": "PHONE"}
    word |= as_read(paper.writer, paper.id)

    alone = paper.writer.post(
        f"/records/{paper.id}/witness", {**word, "witness": str(world["teacher"].pk)}
    )
    beside = paper.writer.post(
        f"/records/{paper.id}/witness", {**word, "witness": str(world["duty_officer"].pk)}
    )

    assert alone.json()["errors"][0]["field"] == "witness"
    assert beside.json()["signatures"][0]["witness"]["name"] == "duty_officer"


def test_a_signed_record_goes_on_as_the_next_version(world: World, as_: As) -> None:
    paper = effective(world)

    answer = paper.writer.post(f"/records/{paper.id}/next-version", {})

    assert (answer.status_code, answer.json()["version"]) == (201, 2)
    assert answer.json()["previous"] == paper.id
    assert as_("mother").get(f"/records/{answer.json()['id']}").status_code == 404


def test_the_office_holds_and_releases(world: World, as_: As) -> None:
    paper = offered(world)
    head, mother = as_("head_of_office"), as_("mother")
    with tenancy.scope(world.id) as at:
        week, year = (at + timedelta(days=days) for days in (7, 365))

    def hold(who: Caller, until: datetime) -> Any:
        body = {"reason": "先核实情况", "until": until.isoformat()}
        return who.post(f"/records/{paper.id}/hold", body)

    assert hold(head, year).status_code == 422
    assert hold(mother, week).status_code == 403
    assert hold(head, week).json()["hold_reason"] == "先核实情况"
    assert mother.get(f"/records/{paper.id}").status_code == 404
    head.post(f"/records/{paper.id}/release")

    assert mother.get(f"/records/{paper.id}").status_code == 200


def test_the_same_key_writes_one_record(world: World, as_: As) -> None:
    teacher, key = as_("teacher"), uuid4().hex
    body = {"trigger": "PRAISE", "started_at": "2026-10-09T16:00:00+08:00", "place_kind": "OFFICE"}
    address = f"/students/{world.student.pk}/records"

    first, again = (teacher.post(address, body, Idempotency_Key=key) for _ in range(2))

    assert first.json()["id"] == again.json()["id"]
    assert first.headers["ETag"] == again.headers["ETag"]
    with tenancy.scope(world.id):
        assert CommunicationRecord.objects.count() == 1


@pytest.mark.parametrize("who", ["stranger", "mother", "student", "mentor", "deputy"])
def test_only_who_works_with_the_student_writes(world: World, as_: As, who: str) -> None:
    body = {"trigger": "PRAISE", "started_at": "2026-10-09T16:00:00+08:00", "place_kind": "OFFICE"}

    answer = as_(who).post(f"/students/{world.student.pk}/records", body)

    assert answer.status_code in (403, 404)


def test_the_template_says_what_to_write(as_: As) -> None:
    body = as_("teacher").get("/records/templates?trigger=STUDY").json()

    assert [one["section"] for one in body["needed"]][:2] == ["FACT", "GUARDIAN_OPINION"]
    assert body["hint"].startswith("写明课程")
    assert as_("teacher").get("/records/templates?trigger=X").status_code == 400


def test_an_export_is_what_the_reader_sees_and_leaves_a_trace(world: World, as_: As) -> None:
    paper = effective(world, FACT, MONEY)

    answer = as_("student").get(f"/records/{paper.id}/export?format=json&purpose=review")

    text = answer.content.decode()
    assert answer.headers["Content-Type"] == "application/json"
    assert "（家庭经济与资助：见受限栏）" in text
    assert MONEY not in text
    assert "student" in answer.json()["watermark"]["reader"]
    assert kinds(world, paper.id)[-2:] == ["record.exported", "record.delivered"]
    with tenancy.scope(world.id):
        assert Delivery.objects.get(how="EXPORT").to_id == world["student"].pk


def test_a_copy_on_paper_is_a_pdf_to_save(world: World, as_: As) -> None:
    paper = effective(world)

    answer = as_("mother").get(f"/records/{paper.id}/export")

    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="JL')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_may_only_know_of_it_gets_no_copy(world: World, as_: As) -> None:
    paper, draft = effective(world), written(world)

    assert as_("grade_leader").get(f"/records/{paper.id}/export").status_code == 403
    assert code(draft.writer.get(f"/records/{draft.id}/export")) == "state.wrong"
