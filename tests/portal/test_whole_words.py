"""What people typed is taken whole, or given back with how much is too much: never cut."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from parties import tenancy
from parties.errors import InvalidInput
from portal import typed
from records.models import Meeting, MeetingReply, NoticeReceipt, Signature
from tests.api import plan_stories
from tests.api.meeting_stories import on_offer
from tests.api.papers import offered, written
from tests.api.test_notice_scans import sent as slip_of
from tests.factories import World
from tests.portal.test_record_holds import until
from tests.portal.test_record_sharing import kept
from tests.portal.test_records import by_record_link
from tests.portal.test_witnessing import at_witness, given
from tests.portal.visitors import Phone, by_link, by_password
from tests.processes.intake_walk import in_meeting
from tests.processes.walker import Walk
from tests.records.uploads.files import jpeg
from workflow.models import Case, HumanTask

LINE = "我们每天晚上九点收手机，孩子同意。"
END = "最后一句在这里"


def too_long(most: int) -> str:
    """One letter more than may stand there; a cut would lose the end."""
    return "当" * (most + 1 - len(END)) + END


def lines(most: int) -> tuple[str, str]:
    """As it was typed, and as a browser sends it: only the second is too long."""
    plain = "\n".join([LINE] * (most // (len(LINE) + 1)))
    sent = plain.replace("\n", "\r\n")
    assert len(plain) <= most < len(sent)
    return plain, sent


def assert_given_back(phone: Phone, most: int) -> None:
    assert phone.page.status_code in (400, 422), phone.text
    assert END in phone.html
    assert f"请把文字控制在 {most} 字以内，现在有 {most + 1} 字" in phone.text


# --- one field ------------------------------------------------------------------------------------


def sent(text: str) -> Any:
    return RequestFactory().post("/", {"words": text})


def test_a_line_end_counts_as_one_letter_as_in_the_browser() -> None:
    plain, as_sent = lines(1000)

    assert typed.within(sent(as_sent), "words", most=1000) == plain


def test_words_are_taken_whole_but_for_the_room_around_them() -> None:
    assert typed.text(sent(" 一\r\n\r\n二\r三\x00 \r\n"), "words") == "一\n\n二\n三"
    assert typed.text(sent("x"), "another") == ""
    assert typed.within(sent("字" * 10), "words", most=10) == "字" * 10


def test_one_letter_too_many_is_said_with_both_numbers() -> None:
    with pytest.raises(InvalidInput) as caught:
        typed.within(sent("字" * 11), "words", most=10)

    assert caught.value.field == "words"
    assert caught.value.mend == "请把文字控制在 10 字以内，现在有 11 字。"


# --- the page of a record -------------------------------------------------------------------------


def test_a_note_with_lines_is_kept_to_its_last_letter(world: World) -> None:
    paper, (plain, as_sent) = offered(world), lines(1000)
    phone = by_record_link(world, "mother", paper.id)
    phone.open(f"/records/{paper.id}")

    phone.send(f"/records/{paper.id}/sign", note=as_sent)

    with tenancy.scope(world.id):
        assert Signature.objects.get().note == plain


@pytest.mark.parametrize(("act", "field"), [("sign", "note"), ("refuse", "reason")])
def test_a_family_that_wrote_too_much_signs_nothing_yet(world: World, act: str, field: str) -> None:
    paper = offered(world)
    phone = by_record_link(world, "mother", paper.id)
    phone.open(f"/records/{paper.id}")

    phone.send(f"/records/{paper.id}/{act}", **{field: too_long(1000)})

    assert_given_back(phone, 1000)
    with tenancy.scope(world.id):
        assert not Signature.objects.exists()


@pytest.mark.parametrize("field", ["reason", "note", "kept_at"])
def test_what_staff_writes_down_for_a_guardian_is_not_cut(world: World, field: str) -> None:
    phone, address = at_witness(world)
    most = 60 if field == "kept_at" else 1000
    more = {"method": "REFUSED", "reason": "孩子先看过再说", field: too_long(most)}

    phone.send(f"{address}/witness", **given(world, **more))

    assert_given_back(phone, most)
    with tenancy.scope(world.id):
        assert not Signature.objects.exists()


def test_a_reason_to_hold_or_to_drop_a_draft_is_not_cut(world: World) -> None:
    address, phone = f"/records/{written(world).id}", by_password(world, "teacher")
    phone.open(address)
    soon, seen = until(world, 7), phone.value("seen")

    phone.send(f"{address}/hold-requests", reason=too_long(1000), until=soon)
    assert_given_back(phone, 1000)
    phone.send(f"{address}/discard", reason=too_long(1000), seen=seen)
    assert_given_back(phone, 1000)


def test_the_office_gives_its_reasons_whole(world: World) -> None:
    address, teacher = f"/records/{kept(world).id}", by_password(world, "teacher")
    officer, head = by_password(world, "duty_officer"), by_password(world, "head_of_office")
    officer.open(address)
    officer.send(f"{address}/sharing-override", reason=too_long(1000))
    assert_given_back(officer, 1000)

    teacher.open(address)
    teacher.send(f"{address}/archive", why="handover")
    for act in ("seal", "discard-next"):
        head.open(address)
        head.send(f"{address}/{act}", reason=too_long(1000))
        assert_given_back(head, 1000)


def test_the_office_refuses_a_hold_with_whole_words(world: World) -> None:
    address, teacher = f"/records/{written(world).id}", by_password(world, "teacher")
    teacher.open(address)
    teacher.send(f"{address}/hold-requests", reason="先由心理教师与学生谈", until=until(world, 7))
    officer = by_password(world, "duty_officer")
    officer.open(address)
    refuse = officer.html.split("不暂缓</summary>")[1].split('action="')[1].split('"')[0]

    officer.send(refuse, reason=too_long(1000))

    assert_given_back(officer, 1000)


def test_what_a_guardian_wrote_on_a_slip_is_copied_whole(world: World) -> None:
    receipt = slip_of(world, needs_answer=True).receipt("father").pk
    phone = by_password(world, "teacher")
    phone.open(f"/receipts/{receipt}/slip")
    picture = SimpleUploadedFile("slip.jpg", jpeg(), content_type="image/jpeg")
    witness = str(world["counsellor"].pk)

    phone.send(f"/receipts/{receipt}/slip", file=picture, witness=witness, reply=too_long(1000))

    assert_given_back(phone, 1000)
    with tenancy.scope(world.id):
        assert NoticeReceipt.objects.get(pk=receipt).state != NoticeReceipt.State.SIGNED


# --- what was agreed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "field"), [("excuse", "excuse"), ("stuck", "why"), ("done", "note")]
)
def test_words_for_an_item_of_a_plan_are_not_cut(world: World, act: str, field: str) -> None:
    item = plan_stories.item(world)
    phone = by_password(world, "mother")
    phone.open("/plan")

    phone.send(f"/plan/{item.pk}/{act}", **{field: too_long(1000)})

    assert_given_back(phone, 1000)


# --- a meeting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["change", "decline"])
def test_a_family_tells_the_school_whole_sentences(world: World, act: str) -> None:
    walk, (plain, as_sent) = on_offer(world), lines(500)
    address = f"/meetings/{walk.meeting.pk}"
    phone = by_link(world, "mother", purpose="MEETING", target_id=walk.meeting.pk)

    phone.send(f"{address}/{act}", words=too_long(500))
    assert_given_back(phone, 500)
    phone.open(address)
    phone.send(f"{address}/{act}", words=as_sent)

    with tenancy.scope(world.id):
        assert [one.words for one in MeetingReply.objects.all()] == [plain]


def test_the_school_says_why_it_moves_a_date(world: World) -> None:
    walk = on_offer(world)
    walk.choose(1)
    phone = by_password(world, "teacher")
    address = f"/meetings/{walk.meeting.pk}/move"
    phone.open(address)

    phone.send(address, words=too_long(500), seen=phone.value("seen"))

    assert_given_back(phone, 500)
    with tenancy.scope(world.id):
        assert Meeting.objects.get().changes == 0


# --- the channel of a case, and its tasks ---------------------------------------------------------


@pytest.mark.usefixtures("channels")
@pytest.mark.parametrize("way", ["upgrade", "downgrade"])
def test_why_a_case_changes_its_channel_is_not_cut(world: World, way: str) -> None:
    walk, phone = in_meeting(world), by_password(world, "teacher")
    address = f"/cases/{walk.case_id}/{way}"
    phone.open(address)

    phone.send(address, reason=too_long(2000), to="CRISIS", seen=phone.value("seen"))

    assert_given_back(phone, 2000)
    with tenancy.scope(world.id):
        assert Case.objects.get(pk=walk.case_id).channel == "MEETING"


def test_why_a_step_is_given_back_is_not_cut(world: World, crisis: Walk) -> None:
    crisis.acknowledge()
    crisis.do("triage", by="head_of_office")
    task = crisis.task("triage_confirm")
    phone = by_password(world, "counsellor")
    phone.open(f"/tasks/{task.pk}")

    phone.send(f"/tasks/{task.pk}/return", to="triage", reason=too_long(1000))

    assert_given_back(phone, 1000)
    with tenancy.scope(world.id):
        assert HumanTask.objects.get(pk=task.pk).state != "CANCELLED"
