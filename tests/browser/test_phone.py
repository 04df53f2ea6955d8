"""Report, acknowledge, confirm and read, as thumbs do it on a small phone."""

from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from parties import tenancy
from parties.models import SignInLink
from records.models import Signature
from tests.api.callers import PASSWORD, account
from tests.api.papers import FACT, MONEY, offered, upload, written
from tests.api.stories import reported, triaged
from tests.browser.thumbs import Enter, fits, signed_in
from tests.factories import World
from tests.records.uploads.files import jpeg
from workflow import notifications
from workflow.models import CrisisReport, Escalation, HumanTask

pytestmark = pytest.mark.django_db(transaction=True)

#: WCAG 2.2's least (AA), of a square in a picture.
LEAST_SQUARE = 24


def test_a_mother_reports_from_her_link_to_the_receipt(world: World, enter: Enter) -> None:
    page = enter("mother")
    fits(page, "home-mother")
    page.get_by_role("link", name="报告危机").click()
    fits(page, "report")

    page.get_by_label("student（数控2401）").check()
    page.get_by_label("您看到或听到了什么").fill("他说活着没意思，手腕上有新伤口。")
    page.get_by_label("目前不安全").check()
    page.get_by_role("button", name="提交报告").click()

    expect(page.get_by_role("heading", name="已收到您的报告")).to_be_visible()
    fits(page, "receipt")
    with tenancy.scope(world.id):
        report = CrisisReport.objects.get()
        assert page.get_by_text(report.receipt_no).is_visible()


def test_what_is_missing_is_shown_and_can_be_mended(world: World, enter: Enter) -> None:
    page = enter("mother")
    page.goto("/report")
    page.get_by_label("您看到或听到了什么").fill("他说要走了")
    page.get_by_role("button", name="提交报告").click()

    expect(page.get_by_role("alert")).to_contain_text("还有内容需要修改")
    fits(page, "report-mistakes")
    page.get_by_label("是谁（").fill("高二的女生")
    page.get_by_label("不清楚", exact=True).check()
    page.get_by_role("button", name="提交报告").click()

    expect(page.get_by_text("已收到您的报告")).to_be_visible()


def test_the_duty_officer_answers_with_one_tap(world: World, phone: Page) -> None:
    reported(world)
    notifications.deliver_due(lane="crisis", via="test")
    phone.goto("/sign-in")
    fits(phone, "sign-in")
    phone.get_by_role("textbox", name="账号").fill(account(world, "duty_officer"))
    phone.get_by_role("textbox", name="密码").fill(PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    fits(phone, "home-officer")

    phone.get_by_role("button", name="请立即回电").first.click()
    fits(phone, "case-waiting")
    phone.get_by_role("button", name="已接报").click()

    expect(phone.get_by_text("还没有人接报。")).to_have_count(0)
    fits(phone, "case-team")
    with tenancy.scope(world.id):
        assert Escalation.objects.get().acknowledged_by == world["duty_officer"]


def test_the_principal_answers_from_a_link(world: World, enter: Enter) -> None:
    walk = reported(world)

    page = enter("principal", purpose=SignInLink.Purpose.ACKNOWLEDGE, case_id=walk.case_id)
    fits(page, "acknowledge")
    page.get_by_role("button", name="已接报").click()

    expect(page.get_by_text("接报人")).to_be_visible()


def test_the_triage_is_answered_looked_at_and_confirmed(world: World, enter: Enter) -> None:
    walk = reported(world)
    walk.acknowledge()
    page = enter("duty_officer")
    page.get_by_role("link", name="研判", exact=False).first.click()
    fits(page, "task-triage")

    page.get_by_label("家庭暴力").check()
    page.get_by_label("红：24小时内可能实施").check()
    page.locator("#field-answer-safe_to_tell").get_by_label("安全", exact=True).check()
    page.locator("#field-answer-suspect_kind").get_by_label("没有涉事人").check()
    page.locator("#field-answer-at_company").get_by_label("否").check()
    page.locator("#field-answer-serious").get_by_label("否").check()
    page.get_by_label("依据：").fill("两处新伤，本人说不敢回家")
    page.get_by_role("button", name="下一步：核对").click()
    fits(page, "task-confirm")
    expect(page.get_by_text("红：24小时内可能实施")).to_be_visible()
    page.get_by_role("button", name="确认提交").click()

    expect(page.get_by_role("heading", name="已提交")).to_be_visible()
    fits(page, "task-done")
    with tenancy.scope(world.id):
        assert HumanTask.objects.get(name="triage").state == "COMPLETED"


def test_a_time_is_picked_and_stored_as_the_schools_time(world: World, enter: Enter) -> None:
    walk = triaged(world)
    page = enter("duty_officer")
    page.goto(f"/tasks/{walk.task('report_decide').pk}")
    page.get_by_label("已报告").check()
    page.get_by_label("公安（110）").check()
    page.get_by_label("报告时间").fill("2026-10-09T22:55")
    page.get_by_label("拨打的号码").fill("110")
    page.get_by_label("接报人").fill("值班民警")
    fits(page, "task-report-decide")
    page.get_by_role("button", name="下一步：核对").click()
    expect(page.get_by_text("2026-10-09 22:55")).to_be_visible()
    page.get_by_role("button", name="返回修改").click()
    expect(page.get_by_label("报告时间")).to_have_value("2026-10-09T22:55")
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_role("button", name="确认提交").click()

    expect(page.get_by_role("heading", name="已提交")).to_be_visible()


def test_the_mother_reads_what_is_hers_from_a_link(world: World, enter: Enter) -> None:
    walk = triaged(world)

    page = enter("mother", purpose=SignInLink.Purpose.READ_CASE, case_id=walk.case_id)

    expect(page.get_by_role("heading", name="与您有关的事项")).to_be_visible()
    fits(page, "case-family")


def test_a_spent_link_says_how_to_get_another(world: World, phone: Page) -> None:
    phone.goto(f"/l/{'x' * 43}")
    phone.get_by_role("button", name="进入").click()

    expect(phone.get_by_role("heading", name="这个链接已经失效")).to_be_visible()
    fits(phone, "link-gone")


def test_trouble_is_said_kindly(world: World, enter: Enter) -> None:
    page = enter("mother")

    page.goto("/cases/11111111-1111-4111-8111-111111111111")

    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
    fits(page, "trouble")


def test_a_keyboard_reaches_everything_in_order(world: World, phone: Page) -> None:
    phone.goto("/sign-in")
    reached = []
    for _ in range(20):
        phone.keyboard.press("Tab")
        focused = phone.locator(":focus")
        if focused.count() == 0:
            break  # past the last one
        reached.append(focused.inner_text() or focused.get_attribute("name") or "")

    assert reached[0] == "跳到正文"
    assert [name for name in reached if name in ("contact", "login", "password")] == [
        "contact",
        "login",
        "password",
    ]


def test_a_mother_signs_a_record_from_her_link(world: World, enter: Enter) -> None:
    paper = offered(world, FACT, MONEY, trigger="PRAISE")
    assert paper.sign().status_code == 200

    page = enter("mother", purpose=SignInLink.Purpose.RECORD, target_id=UUID(paper.id))
    fits(page, "record-mother")
    expect(page.get_by_text(FACT)).to_be_visible()
    page.get_by_label("您的意见").fill("已与孩子谈过")
    page.get_by_role("button", name="签字", exact=True).click()

    expect(page.get_by_text("已生效")).to_be_visible()
    fits(page, "record-signed")
    with tenancy.scope(world.id):
        assert Signature.objects.get(signer=world["mother"]).method == "LINK"


def test_a_teacher_writes_a_record_by_thumb(world: World, phone: Page) -> None:
    phone.goto("/sign-in")
    phone.get_by_role("textbox", name="账号").fill(account(world, "teacher"))
    phone.get_by_role("textbox", name="密码").fill(PASSWORD)
    phone.get_by_role("button", name="登录", exact=True).click()
    phone.get_by_role("link", name="写沟通记录").click()
    fits(phone, "choose-student")
    phone.get_by_role("link", name="student").click()
    fits(phone, "choose-trigger")
    phone.get_by_role("link", name="表扬").click()
    fits(phone, "write")
    phone.get_by_role("checkbox", name="mother（母亲）").check()
    phone.get_by_label("问题描述", exact=True).fill("他上课走神，是差生。")
    phone.get_by_role("button", name="先看看用语").click()
    expect(phone.get_by_text("可以换一种说法")).to_be_visible()
    fits(phone, "write-hints")

    phone.get_by_label("问题描述", exact=True).fill(FACT)
    phone.get_by_role("button", name="保存并交双方签字").click()

    expect(phone.get_by_text("待签字")).to_be_visible()
    fits(phone, "record-teacher")


def test_a_teacher_adds_a_second_fact_material_and_a_file(
    world: World, phone: Page, tmp_path: Path
) -> None:
    paper = written(world, FACT)
    photo = tmp_path / "考勤.jpg"
    photo.write_bytes(jpeg())
    signed_in(phone, world, "teacher")
    phone.goto(f"/records/{paper.id}/edit")
    phone.get_by_text("再加一条“问题描述（第2条）”").click()
    phone.get_by_label("问题描述（第2条）（可不填）").fill("企业师傅来电：10月9日迟到。")
    phone.get_by_label("问题描述（第2条）：来源").select_option("企业陈述")
    phone.get_by_text("事先准备的材料（可不填）").click()
    phone.get_by_label("材料1：是哪一种").select_option("心理评估报告")
    fits(phone, "write-material")
    phone.get_by_role("button", name="存为草稿，接着上传附件").click()
    expect(phone.locator("#field-prep_basis_1")).to_contain_text("须有依据")
    fits(phone, "write-material-mistake")

    phone.get_by_label("材料1：是哪一种").select_option("考勤")
    phone.get_by_role("button", name="存为草稿，接着上传附件").click()
    phone.get_by_label("照片、扫描件").set_input_files(photo)
    phone.get_by_label("没有别人的信息").check()
    fits(phone, "record-files")
    phone.get_by_role("button", name="上传", exact=True).click()
    expect(phone.get_by_role("link", name="考勤.jpg")).to_be_visible()
    phone.get_by_role("link", name="返回记录").click()

    expect(phone.get_by_text("企业师傅来电")).to_be_visible()
    fits(phone, "record-with-material")


def test_a_teacher_says_which_parent_it_was(world: World, phone: Page) -> None:
    paper = written(world, FACT)
    signed_in(phone, world, "teacher")
    phone.goto(f"/records/{paper.id}/edit")
    phone.get_by_text("谁说的、哪位家长、是否核实").first.click()
    whose = phone.get_by_label("问题描述：哪位家长说的（来源是“家长陈述”时选，可不填）")
    whose.select_option("mother（母亲）")
    fits(phone, "write-which-parent")
    phone.get_by_role("button", name="存为草稿", exact=True).click()
    expect(phone.locator("#field-whose_FACT")).to_contain_text("来源却不是“家长陈述”")
    fits(phone, "write-which-parent-mistake")

    phone.get_by_label("问题描述：来源").select_option("家长陈述")
    phone.get_by_role("button", name="存为草稿", exact=True).click()

    expect(phone.get_by_text("陈述人：mother")).to_be_visible()


def test_a_teacher_blackens_a_picture_by_thumb(world: World, phone: Page) -> None:
    paper = written(world, FACT)
    upload(paper.writer, paper.id, jpeg(), redaction="NEEDED")
    signed_in(phone, world, "teacher")
    phone.goto(f"/records/{paper.id}/files")
    fits(phone, "record-files-to-blacken")
    phone.get_by_role("link", name="隐去他人信息…").click()
    phone.wait_for_load_state("load")
    picture, square = phone.get_by_role("img"), phone.get_by_label("第5行第1列")
    frame, box = picture.bounding_box(), square.bounding_box()
    assert frame is not None
    assert box is not None
    assert picture.evaluate("one => one.naturalWidth") > 0
    assert min(box["width"], box["height"]) >= LEAST_SQUARE
    assert abs(box["x"] - frame["x"]) < 1
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(square).to_be_checked()
    fits(phone, "record-redaction")
    phone.get_by_role("button", name="涂黑，代替原图").click()

    expect(phone.get_by_text("已隐去他人信息")).to_be_visible()


def test_other_words_come_on_a_page_of_their_own_and_what_was_typed_stays(
    world: World, enter: Enter
) -> None:
    paper = offered(world, FACT)
    page = enter("mother", purpose=SignInLink.Purpose.RECORD, target_id=paper.id)
    page.get_by_label("您的意见").fill("老师说他是差生，我不同意。")
    button = page.get_by_role("button", name="换个说法").first

    with page.context.expect_page() as opened:
        button.click()
    offer = opened.value
    expect(offer.get_by_role("heading", name="换个说法")).to_be_visible()
    fits(offer, "softer-words")
    expect(offer.get_by_text("差生", exact=True)).to_be_visible()
    offer.close()

    expect(page.get_by_label("您的意见")).to_have_value("老师说他是差生，我不同意。")
    with tenancy.scope(world.id):
        assert not Signature.objects.exists()
