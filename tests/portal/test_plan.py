"""今天的约定 on a phone: one tap, a streak, an excuse, and kind words."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.models import Event
from parties import clock, tenancy
from records import check_ins, plan_times
from records.evaluations import begin_round, end_round
from records.models import ActionItem, Attachment, Evaluation, ItemCheckIn
from tests.api import plan_stories
from tests.factories import World
from tests.portal.visitors import Phone, by_password
from tests.records.uploads.files import jpeg
from workflow.models import Case, HumanTask

UNKIND = ("处分", "罚", "违约", "失职", "警告", "不配合", "必须")


@pytest.fixture
def item(world: World) -> ActionItem:
    return plan_stories.item(world)


def states(world: World) -> list[str]:
    with tenancy.scope(world.id):
        return [str(row.state) for row in ItemCheckIn.objects.filter(aside=False).order_by("day")]


def at_plan(world: World, name: str) -> Phone:
    phone = by_password(world, name)
    phone.open("/plan")
    return phone


def test_the_first_page_leads_to_the_plan_of_the_family_alone(
    world: World, item: ActionItem
) -> None:
    assert "今天的约定" in by_password(world, "mother").text
    assert "今天的约定" not in by_password(world, "teacher").text
    assert "今天的约定" not in by_password(world, "stranger").text


def test_one_tap_signs_today(world: World, item: ActionItem) -> None:
    phone = at_plan(world, "mother")
    assert "每日签到监督作业" in phone.text
    assert phone.html.count("今天完成了，签到") == 1

    phone.send(f"/plan/{item.pk}/check-in")

    assert states(world) == ["DONE"]
    assert "今天已签到，谢谢您" in phone.text
    assert "已连续 1 天" in phone.text
    assert "今天完成了，签到" not in phone.text


def test_tapping_twice_is_one_day(world: World, item: ActionItem) -> None:
    phone = at_plan(world, "mother")
    phone.send(f"/plan/{item.pk}/check-in")
    phone.send(f"/plan/{item.pk}/check-in")

    assert states(world) == ["DONE"]


def test_a_day_that_did_not_work_is_explained_in_a_sentence(world: World, item: ActionItem) -> None:
    phone = at_plan(world, "mother")
    phone.send(f"/plan/{item.pk}/excuse", excuse="孩子发烧")

    assert states(world) == ["EXCUSED"]
    assert "今天已说明" in phone.text
    phone.send(f"/plan/{item.pk}/check-in")
    assert states(world) == ["DONE"]


def test_an_empty_excuse_is_answered_kindly(world: World, item: ActionItem) -> None:
    phone = at_plan(world, "mother")
    answer = phone.send(f"/plan/{item.pk}/excuse", excuse="  ")

    assert answer.status_code == 422
    assert "一句话就可以" in phone.text
    assert states(world) == []


def beside(phone: Phone, action: str) -> str:
    """The form that leads there."""
    return phone.html.split(f'action="{action}"')[1].split("</form>")[0]


@pytest.mark.parametrize("verb", ["stuck", "done", "excuse"])
def test_words_that_are_missing_are_asked_for_at_their_item(
    world: World, item: ActionItem, verb: str
) -> None:
    phone = at_plan(world, "mother")

    answer = phone.send(f"/plan/{item.pk}/{verb}", why="", note="", excuse="")

    assert answer.status_code == 422
    assert "今天的约定" in phone.text
    assert 'role="alert"' in beside(phone, f"/plan/{item.pk}/{verb}")
    assert phone.html.count('class="mistake"') == 1


def test_an_excuse_that_fits_no_day_comes_back(world: World, item: ActionItem) -> None:
    with tenancy.scope(world.id):
        ActionItem.objects.filter(pk=item.pk).update(recurrence="")
    phone = at_plan(world, "mother")

    answer = phone.send(f"/plan/{item.pk}/excuse", excuse="孩子发烧")

    assert answer.status_code == 422
    assert "完成后请点“全部完成了”" in phone.text
    assert "孩子发烧" in phone.html


def test_yesterday_may_be_added_where_it_was_due(world: World) -> None:
    item = plan_stories.item(world)
    with tenancy.scope(world.id):
        yesterday = plan_times.local_day(clock.now()) - check_ins.ONE_DAY
        ActionItem.objects.filter(pk=item.pk).update(starts_on=yesterday)
    phone = at_plan(world, "mother")
    assert "补签昨天" in phone.text

    phone.send(f"/plan/{item.pk}/check-in", day="yesterday")
    phone.send(f"/plan/{item.pk}/check-in")

    assert "已连续 2 天" in phone.text


def test_a_student_signs_what_is_theirs_and_reads_what_is_not(world: World) -> None:
    home = plan_stories.item(world)
    own = plan_stories.item(world, owner_party="STUDENT", title="晚自习后练习")
    phone = at_plan(world, "student")

    assert phone.html.count("今天完成了，签到") == 1
    phone.send(f"/plan/{own.pk}/check-in")
    assert states(world) == ["DONE"]
    phone.open("/plan")
    refused = phone.send(f"/plan/{home.pk}/check-in")
    assert refused.status_code == 403


def test_a_stranger_finds_neither_page_content_nor_item(world: World, item: ActionItem) -> None:
    for name in ("stranger", "classmate", "mentor"):
        phone = at_plan(world, name)
        assert "每日签到" not in phone.text, name
        refused = phone.send(f"/plan/{item.pk}/check-in")
        assert refused.status_code in (403, 404), name
    assert states(world) == []


def test_a_difficulty_is_told_to_the_teacher(world: World, item: ActionItem) -> None:
    phone = at_plan(world, "mother")
    phone.send(f"/plan/{item.pk}/stuck", why="最近上夜班")

    assert "遇到困难" in phone.text
    with tenancy.scope(world.id):
        assert ActionItem.objects.get().blocked_why == "最近上夜班"


def test_what_is_finished_waits_for_the_teacher(world: World, item: ActionItem) -> None:
    phone = at_plan(world, "mother")
    phone.send(f"/plan/{item.pk}/done", note="两周都做到了")

    assert "已完成，待核实" in phone.text
    with tenancy.scope(world.id):
        assert ActionItem.objects.get().state == "DONE"


def test_every_question_has_a_label_and_no_word_is_unkind(world: World, item: ActionItem) -> None:
    asked(world, item.case_id)
    phone = at_plan(world, "mother")

    for field in re.findall(r"<(?:input|textarea|select)[^>]*>", phone.html):
        if 'type="hidden"' not in field:
            found = re.search(r'id="([^"]+)"', field)
            assert found, field
            assert f'for="{found[1]}"' in phone.html
    assert [word for word in UNKIND if word in phone.text] == []


# --- how it went ----------------------------------------------------------------------------------


def asked(world: World, case_id: UUID) -> None:
    """The plan is at its end: both sides are asked."""
    with tenancy.scope(world.id) as now:
        case = Case.objects.select_related("student").get(pk=case_id)
        assert case.student is not None
        begin_round(student=case.student, case_id=case.pk, at=now)
        HumanTask.objects.create(
            school=world.school, case=case, name="evaluate_effect", title="学校方评估效果",
            roles=["HT"], candidates=[world["teacher"].pk], created_at=now,
        )  # fmt: skip


def scores(world: World) -> list[tuple[str, int, str]]:
    with tenancy.scope(world.id):
        return [(str(row.side), row.score, row.words) for row in Evaluation.objects.all()]


def said_now(world: World) -> list[str]:
    with tenancy.scope(world.id):
        return [row.baseline_now for row in Evaluation.objects.all()]


def test_a_family_is_asked_at_the_end_and_says_it_once(world: World, item: ActionItem) -> None:
    assert "变化怎么样" not in at_plan(world, "mother").text
    asked(world, item.case_id)
    phone = at_plan(world, "mother")
    assert "没有对错" in phone.text

    said = {"words": "愿意说话了", "baseline_now": "两周没有迟到"}
    phone.send(f"/plan/{item.case_id}/score", score="1", **said)

    assert scores(world) == [("FAMILY", 1, "愿意说话了")]
    assert said_now(world) == ["两周没有迟到"]
    assert "变化怎么样" not in phone.text
    assert "变化怎么样" not in at_plan(world, "father").text


def test_danger_is_heard_in_what_a_family_says_of_now(world: World, item: ActionItem) -> None:
    asked(world, item.case_id)
    phone = at_plan(world, "mother")
    phone.send(f"/plan/{item.case_id}/score", score="-2", baseline_now="她昨晚说不想活了")

    assert said_now(world) == ["她昨晚说不想活了"]
    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="upgrade.asked").count() == 1


@pytest.mark.parametrize("fields", [{}, {"score": "9"}, {"score": "-3"}])
def test_no_choice_is_no_score(world: World, item: ActionItem, fields: dict[str, Any]) -> None:
    asked(world, item.case_id)
    phone = at_plan(world, "mother")
    said = {"words": "愿意说话了", "baseline_now": "两周没有迟到"}
    answer = phone.send(f"/plan/{item.case_id}/score", **said, **fields)

    assert answer.status_code == 422
    assert "请先选择一项" in beside(phone, f"/plan/{item.case_id}/score")
    assert "愿意说话了" in beside(phone, f"/plan/{item.case_id}/score")
    assert "两周没有迟到" in beside(phone, f"/plan/{item.case_id}/score")
    assert scores(world) == []


def test_a_photo_goes_with_what_is_done(world: World, item: ActionItem) -> None:
    phone = at_plan(world, "mother")
    phone.open(f"/plan/{item.pk}/evidence")
    photo = SimpleUploadedFile("作业.jpg", jpeg(), content_type="image/jpeg")
    phone.send(f"/plan/{item.pk}/evidence", file=photo)
    assert "作业.jpg" in phone.text

    phone.send(f"/plan/{item.pk}/done", note="都做完了")

    with tenancy.scope(world.id):
        made = Attachment.objects.get(item_id=item.pk)
        assert ActionItem.objects.get(pk=item.pk).evidence == [made.pk]
    assert by_password(world, "father").open(f"/plan/files/{made.pk}").status_code == 200
    assert by_password(world, "stranger").open(f"/plan/files/{made.pk}").status_code == 404


def test_a_photo_is_replaced_until_somebody_has_looked(world: World, item: ActionItem) -> None:
    phone = at_plan(world, "mother")
    address = f"/plan/{item.pk}/evidence"
    photo = {"file": SimpleUploadedFile("作业.jpg", jpeg(), content_type="image/jpeg")}
    phone.open(address)
    phone.send(address, **photo)
    phone.send(f"/plan/{item.pk}/done", note="都做完了")
    assert f'href="{address}"' in phone.html
    with tenancy.scope(world.id):
        old = Attachment.objects.get(item_id=item.pk)
    phone.open(address)
    for wrong in ("x", str(item.pk)):
        better = SimpleUploadedFile("新.jpg", jpeg(), content_type="image/jpeg")
        answer = phone.send(address, file=better, replaces=wrong)
        assert (answer.status_code, "没有这个文件" in phone.text) == (400, True)

    better = SimpleUploadedFile("新.jpg", jpeg(), content_type="image/jpeg")
    phone.send(address, file=better, replaces=str(old.pk))

    assert "已被替换的文件" in phone.text
    with tenancy.scope(world.id):
        made = Attachment.objects.get(item_id=item.pk, superseded_by=None)
        assert ActionItem.objects.get(pk=item.pk).evidence == [made.pk]
    father = by_password(world, "father")
    assert father.open(f"/plan/files/{old.pk}").status_code == 404
    assert father.open(f"/plan/files/{made.pk}").status_code == 200


def test_a_photo_that_nobody_chose_is_asked_for(world: World, item: ActionItem) -> None:
    phone = at_plan(world, "mother")
    phone.send(f"/plan/{item.pk}/evidence")

    assert phone.page.status_code == 400
    assert "还没有选择文件" in phone.text


def test_the_form_names_the_round_that_it_asks_about(world: World, item: ActionItem) -> None:
    asked(world, item.case_id)
    phone = at_plan(world, "mother")
    assert phone.value("round") == "1"
    with tenancy.scope(world.id) as now:
        case = Case.objects.select_related("student").get(pk=item.case_id)
        assert case.student is not None
        end_round(case_id=case.pk, at=now, outcome="new_round")
        begin_round(student=case.student, case_id=case.pk, at=now)

    phone.send(f"/plan/{item.case_id}/score", score="-1", round=phone.value("round"))

    with tenancy.scope(world.id):
        assert list(Evaluation.objects.values_list("plan_round", "score")) == [(1, -1)]
