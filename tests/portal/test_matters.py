"""Raising a matter on a phone: staff a matter, family and student 请求面谈."""

import pytest

from parties import clock, tenancy
from tests.factories import MINUTE, World
from tests.portal.visitors import by_link, by_password
from tests.processes.intake_walk import CALM, RED, Intake
from tests.processes.intake_walk import raised as matter
from workflow import processes
from workflow.models import HumanTask, Matter

pytestmark = pytest.mark.usefixtures("channels")

TOLD = {"words": "最近成绩下滑，想谈一谈", "danger": "no"}


def raised(world: World) -> list[tuple[str, str, str]]:
    with tenancy.scope(world.id):
        rows = Matter.objects.order_by("raised_at")
        return list(rows.values_list("raised_role", "trigger", "raised_by__name"))


def test_a_mother_asks_for_a_talk_and_gets_a_slip(world: World) -> None:
    phone = by_link(world, "mother")
    phone.open("/matters/new")
    assert "请求面谈" in phone.text
    assert phone.html.index('href="tel:110"') < phone.html.index("<h1")

    student, nonce = str(world.student.pk), phone.value("nonce")
    phone.send("/matters/new", student=student, trigger="visit", nonce=nonce, **TOLD)

    assert raised(world) == [("G", "visit", "mother")]
    assert "回执编号 SX" in phone.text


@pytest.mark.parametrize("who", ["mother", "student"])
def test_a_family_is_told_who_will_read_it(world: World, who: str) -> None:
    phone = by_link(world, who)
    phone.open("/matters/new")
    assert "班主任和德育处都会看到" in phone.text
    student, nonce = str(world.student.pk), phone.value("nonce")
    phone.send("/matters/new", student=student, trigger="visit", nonce=nonce, **TOLD)
    with tenancy.scope(world.id):
        case = Matter.objects.get().case_id

    for reader in ("teacher", "duty_officer"):  # and so it is
        page = by_password(world, reader)
        page.open(f"/cases/{case}")
        assert TOLD["words"] in page.text, reader
    staff = by_password(world, "teacher")
    staff.open("/matters/new")
    assert "班主任和德育处都会看到" not in staff.text


def test_what_is_about_the_teacher_is_kept_from_the_teacher(world: World) -> None:
    phone = by_link(world, "mother")
    phone.open("/matters/new")
    student, nonce = str(world.student.pk), phone.value("nonce")
    given = {"student": student, "trigger": "visit", "nonce": nonce, "recused": "on", **TOLD}
    phone.send("/matters/new", **given)
    assert "现任班主任回避：看不到这件事" in phone.text
    with tenancy.scope(world.id):
        case = Matter.objects.get(recused=True).case_id

    office = by_password(world, "duty_officer")
    office.open(f"/cases/{case}")
    assert "请不要向班主任透露" in office.text
    staff = by_password(world, "teacher")
    staff.open(f"/cases/{case}")
    assert staff.page.status_code == 404
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(case=case, name="choose_channel")
    deciding = by_password(world, "grade_leader")
    deciding.open(f"/tasks/{task.pk}")
    assert "请不要向班主任透露" in deciding.text


def test_a_homeroom_teacher_is_told_that_it_is_for_others(world: World) -> None:
    phone = by_password(world, "teacher")
    phone.open("/matters/new")
    student, nonce = str(world.student.pk), phone.value("nonce")
    given = {"student": student, "trigger": "visit", "nonce": nonce, "recused": "on", **TOLD}

    phone.send("/matters/new", **given)

    assert phone.page.status_code == 400
    assert "您是班主任" in phone.text
    assert TOLD["words"] in phone.html
    assert raised(world) == []


def test_a_second_tap_is_the_same_matter(world: World) -> None:
    phone = by_link(world, "mother")
    phone.open("/matters/new")
    given = {"student": str(world.student.pk), "trigger": "visit", "nonce": phone.value("nonce")}

    phone.send("/matters/new", **given, **TOLD)
    phone.open("/matters/new")
    phone.send("/matters/new", **given, **TOLD)

    assert len(raised(world)) == 1


def test_a_teacher_finds_the_student_and_the_case_shows_the_proposal(world: World) -> None:
    phone = by_password(world, "teacher")
    phone.open("/matters/new")
    phone.send("/matters/new", who="2401", find="1", **TOLD)
    assert "student（数控2401）" in phone.text
    assert "最近成绩下滑" in phone.html

    student, nonce = str(world.student.pk), phone.value("nonce")
    answers = {"trigger": "academic", "repeated": "on", "individual": "on"}
    phone.send("/matters/new", student=student, nonce=nonce, **answers, **TOLD)
    assert raised(world) == [("HT", "academic", "teacher")]
    with tenancy.scope(world.id):
        case = Matter.objects.get().case_id
    phone.open(f"/cases/{case}")

    assert "面对面会谈（学业预警：两次技能测试未通过）" in phone.text
    assert "决定渠道" in phone.text


def test_what_is_missing_is_said_and_nothing_typed_is_lost(world: World) -> None:
    phone = by_password(world, "student")
    phone.open("/matters/new")

    phone.send("/matters/new", student=str(world.student.pk), words="想找老师聊聊", trigger="other")

    assert phone.page.status_code == 400
    assert "请选择一项" in phone.text
    assert "想找老师聊聊" in phone.html
    assert raised(world) == []


def test_somebody_elses_student_cannot_be_slipped_in(world: World) -> None:
    phone = by_link(world, "mother")
    phone.open("/matters/new")
    with tenancy.scope(world.id):
        other = world.pupil("other", world.other_class)

    phone.send("/matters/new", student=str(other.pk), trigger="visit", **TOLD)

    assert phone.page.status_code == 400
    assert raised(world) == []


def test_whoever_decides_reads_what_was_raised_and_proposed_beside_the_question(
    world: World,
) -> None:
    walk = asked(world, CALM)
    phone = by_password(world, "teacher")

    phone.open(f"/tasks/{walk.task('choose_channel').pk}")

    assert CALM in phone.text
    assert "建议渠道 面对面会谈（学业预警：两次技能测试未通过）" in phone.text
    # 报警 is what one does by telephone: no choice on a page calls the police.
    assert "危机（立即逐级通知负责的人）" in phone.text
    assert "立即报警" not in phone.text


@pytest.mark.parametrize("who", ["duty_officer", "vice_principal"])
def test_the_second_of_two_knows_what_the_first_decided_and_why(world: World, who: str) -> None:
    """They put their name to staying below a crisis."""
    walk = asked(world, RED)
    walk.choose("meeting", reason="已当面谈过，是抄写的歌词")
    phone = by_password(world, who)

    for page in (f"/tasks/{walk.task('confirm_channel').pk}", f"/cases/{walk.case_id}"):
        phone.open(page)
        said = "已决定，待第二人复核 面对面会谈（teacher）：已当面谈过，是抄写的歌词"
        assert said in phone.text, page
        assert RED in phone.text, page


def asked(world: World, words: str) -> Intake:
    """Raised a minute ago; somebody is asked to decide."""
    walk = matter(world, at=clock.now() - MINUTE, words=words)
    processes.start_now(world.id, walk.case_id, at=walk.at)
    return walk
