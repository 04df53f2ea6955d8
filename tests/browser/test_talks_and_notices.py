"""What a notice, an offer of times, a plan and the desk of a notice open, on a small phone."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from parties import clock, tenancy
from parties.models import SignInLink
from records.models import ItemCheckIn, Meeting, Notice, NoticeReceipt
from tests.api import plan_stories
from tests.api.meeting_stories import on_offer
from tests.browser.thumbs import Enter, fits, signed_in
from tests.factories import CN, World
from tests.processes.notice_walk import Sent, sent

pytestmark = pytest.mark.django_db(transaction=True)


def yesterday(world: World, **given: str) -> Sent:
    """A notice that went out in the morning of the day before."""
    at = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    return sent(world, at=at, **given)


def test_a_mother_confirms_a_notice_and_answers(world: World, enter: Enter) -> None:
    walk = yesterday(world)
    page = enter("mother", purpose=SignInLink.Purpose.NOTICE, target_id=walk.receipt("mother").pk)
    fits(page, "notice")
    page.get_by_label("（可不填）").fill("我们会准时到。")
    page.get_by_role("button", name="发送给学校").click()
    expect(page.get_by_text("我们会准时到。").first).to_be_visible()
    page.get_by_role("button", name="我已知悉").click()

    expect(page.get_by_role("status")).to_contain_text("确认，谢谢")
    fits(page, "notice-confirmed")
    assert walk.receipt("mother").state == NoticeReceipt.State.CONFIRMED


def test_a_mother_chooses_a_time_for_a_talk(world: World, enter: Enter) -> None:
    meeting = on_offer(world).meeting
    page = enter("mother", purpose=SignInLink.Purpose.MEETING, target_id=meeting.pk)
    fits(page, "meeting-times")
    page.get_by_role("button", name="18:00–18:45").click()

    expect(page.get_by_text("时间已经约定")).to_be_visible()
    fits(page, "meeting-agreed")
    page.get_by_text("我来不了，申请改期").click()
    page.get_by_label("什么时间方便").fill("周六上午线上")
    page.get_by_role("button", name="请学校另外安排").click()
    fits(page, "meeting-changed")
    with tenancy.scope(world.id):
        assert Meeting.objects.get(pk=meeting.pk).changes == 1


def test_a_mother_signs_the_day_of_the_plan_in(world: World, enter: Enter) -> None:
    plan_stories.item(world)
    page = enter("mother")
    page.get_by_role("link", name="今天的约定").click()
    fits(page, "plan")
    page.get_by_role("button", name="今天完成了，签到").click()
    fits(page, "plan-signed")

    with tenancy.scope(world.id):
        assert ItemCheckIn.objects.get().state == ItemCheckIn.State.DONE
    page.goto("/")
    page.get_by_role("link", name="student").first.click()
    fits(page, "file")


def test_a_teacher_writes_a_notice_and_sees_what_stops_it(world: World, phone: Page) -> None:
    signed_in(phone, world, "teacher")
    phone.get_by_role("link", name="写通知").click()
    fits(phone, "notice-templates")
    phone.get_by_role("link", name="不用模板").click()
    phone.get_by_label("标题").fill("助学金通知")
    phone.get_by_label("正文").fill("张三助学金已发放。")
    fits(phone, "notice-write")
    phone.get_by_role("button", name="保存，先看一眼").click()

    expect(phone.get_by_text("改好这些才能提交")).to_be_visible()
    fits(phone, "notice-stopped")
    with tenancy.scope(world.id):
        assert Notice.objects.get().state == Notice.State.DRAFT


def test_a_teacher_sees_a_case_of_a_talk(world: World, phone: Page) -> None:
    walk = on_offer(world)
    signed_in(phone, world, "teacher")
    phone.goto(f"/cases/{UUID(str(walk.meeting.case_id))}")
    fits(phone, "case-meeting")
    phone.goto(f"/meetings/{walk.meeting.pk}")
    fits(phone, "meeting-teacher")
