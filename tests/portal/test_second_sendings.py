"""The same tap twice is one act; other words of a second one are kept or given back, never lost."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from parties import tenancy
from records.models import Attachment, Evaluation
from tests.api import plan_stories
from tests.api.papers import written
from tests.factories import World
from tests.portal.browsers import sends
from tests.portal.test_plan import asked
from tests.portal.test_sent_again import DANGER, questions
from tests.portal.test_tasks import stored
from tests.portal.test_tasks import typed as answers
from tests.portal.test_upgrades import WHY, in_notice, ladders
from tests.portal.visitors import Phone, by_password
from tests.processes.intake_walk import in_meeting
from tests.processes.walker import ANSWERS, Walk
from tests.records.uploads.files import jpeg
from workflow.models import Case, RoutingDecision

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channels")]


# --- a score --------------------------------------------------------------------------------------


def scored(world: World, *each: dict[str, Any]) -> tuple[Phone, list[int]]:
    item = plan_stories.item(world)
    asked(world, item.case_id)
    phone = by_password(world, "mother")
    return phone, sends(phone, "/plan", f"/plan/{item.case_id}/score", *each)


def scores(world: World) -> list[tuple[int, str]]:
    with tenancy.scope(world.id):
        return [(one.score, one.words) for one in Evaluation.objects.all()]


def test_the_same_score_twice_is_one(world: World) -> None:
    said = {"score": "1", "words": "愿意说话了"}

    _, got = scored(world, said, said)

    assert got == [200, 200]
    assert scores(world) == [(1, "愿意说话了")]


def test_another_score_is_told_that_the_first_stands_and_keeps_its_words(world: World) -> None:
    first, other = {"score": "1", "words": "愿意说话了"}, {"score": "-1", "words": "又不说话了"}

    phone, got = scored(world, first, other)

    assert got == [200, 409]
    assert scores(world) == [(1, "愿意说话了")]
    assert "先前的评分和文字照旧" in phone.text
    assert "又不说话了" in phone.html


def test_danger_in_a_second_score_is_heard(world: World) -> None:
    scored(world, {"score": "1", "words": "愿意说话了"}, {"score": "1", "words": DANGER})

    assert questions(world) == 1


# --- the channel of a case ------------------------------------------------------------------------


def moves(world: World, case_id: Any) -> list[str]:
    with tenancy.scope(world.id):
        rows = RoutingDecision.objects.filter(case=case_id).order_by("at", "pk")
        return [str(one.kind) for one in rows if one.kind in ("UPGRADE", "DOWNGRADE")]


@pytest.mark.parametrize("to", ["MEETING", "CRISIS"])
def test_a_case_goes_up_once_and_other_reasons_come_back(world: World, to: str) -> None:
    walk = in_notice(world) if to == "MEETING" else in_meeting(world)
    phone, page = by_password(world, "teacher"), f"/cases/{walk.case_id}/upgrade"
    said = {"to": to, "reason": WHY, "safe_now": "NO", "sure": "1"}

    got = sends(phone, page, page, said, said, {**said, "reason": DANGER})

    assert got == [200, 200, 409]
    assert (moves(world, walk.case_id), walk.case.channel) == (["UPGRADE"], to)
    assert ladders(walk) == (1 if to == "CRISIS" else 0)
    assert "当时写的理由照旧" in phone.text
    assert DANGER in phone.html


def test_a_case_goes_down_once_and_other_reasons_come_back(world: World) -> None:
    walk = in_meeting(world)
    phone, page = by_password(world, "teacher"), f"/cases/{walk.case_id}/downgrade"
    phone.open(page)
    said = {"reason": "只是告知", "seen": phone.value("seen")}

    got = sends(phone, page, page, said, said, {**said, "reason": "家长不来"})

    assert got[:2] == [200, 200]
    assert 400 <= got[2] < 500
    assert moves(world, walk.case_id) == ["DOWNGRADE"]
    assert "家长不来" in phone.html
    with tenancy.scope(world.id):
        assert Case.objects.get(pk=walk.case_id).channel == "NOTICE"


# --- a task ---------------------------------------------------------------------------------------


def test_a_task_is_done_once_and_other_words_come_back(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    task, phone = crisis.task("triage"), by_password(world, "duty_officer")
    page, said = f"/tasks/{task.pk}", {"sure": "1", **answers("triage")}

    got = sends(phone, page, page, said, said, {**said, "answer-reason": "楼道里说的原话"})

    assert got[:2] == [200, 200]
    assert 400 <= got[2] < 500
    assert "楼道里说的原话" in phone.html
    assert stored(world, task).answer == ANSWERS["triage"]
    assert crisis.kinds().count("task.completed") == 2  # the acknowledgement, and this one


# --- a file ---------------------------------------------------------------------------------------


def picture(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("照片.jpg", data, content_type="image/jpeg")


def uploaded(phone: Phone, page: str, *each: dict[str, Any]) -> list[int]:
    """Each with a fresh copy of the file, for the last one was read to its end."""
    phone.open(page)
    nonce, before, got = phone.value("nonce"), phone.page, []
    for fields in each:
        phone.page = before
        whole = {**fields, "nonce": nonce, "file": picture(fields["file"])}
        got.append(int(phone.send(page, **whole).status_code))
    return got


def files(world: World) -> list[str]:
    with tenancy.scope(world.id):
        return sorted(one.sensitivity for one in Attachment.objects.all())


def test_a_file_of_a_record_is_kept_once_and_another_beside_it(world: World) -> None:
    page, phone = f"/records/{written(world).id}/files", by_password(world, "teacher")
    said = {"file": jpeg(), "redaction": "NONE"}

    assert uploaded(phone, page, said, said) == [200, 200]
    assert files(world) == ["COM"]
    assert uploaded(phone, page, said, {**said, "sensitivity": "ECO"}) == [200, 200]
    assert files(world) == ["COM", "COM", "ECO"]


def test_a_file_that_was_taken_out_is_taken_in_again(world: World) -> None:
    page, phone = f"/records/{written(world).id}/files", by_password(world, "teacher")
    said = {"file": picture(data := jpeg()), "redaction": "NONE"}
    phone.open(page)
    before, said["nonce"] = phone.page, phone.value("nonce")
    phone.send(page, **said)
    with tenancy.scope(world.id):
        made = Attachment.objects.get().pk
    phone.send(f"{page}/{made}/out")
    phone.page = before  # Back

    assert phone.send(page, **{**said, "file": picture(data)}).status_code == 200

    with tenancy.scope(world.id):
        assert Attachment.objects.filter(state="STORED").count() == 1


def test_a_photo_of_an_item_is_kept_once(world: World) -> None:
    page = f"/plan/{plan_stories.item(world).pk}/evidence"
    said = {"file": jpeg()}

    assert uploaded(by_password(world, "mother"), page, said, said) == [200, 200]

    assert files(world) == ["COM"]
