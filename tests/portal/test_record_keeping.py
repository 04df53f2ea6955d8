"""归档, 封存 and copies on the page of a record."""

import re
from uuid import UUID

from parties import tenancy
from parties.access import Viewer
from records import communication
from tests.api.papers import FACT, effective, written
from tests.factories import NOW, World
from tests.portal.visitors import by_password

REASON = "家长申请撤回，德育处核实后同意"


def test_a_teacher_archives_the_head_seals_and_the_page_is_empty(world: World) -> None:
    paper = effective(world)
    teacher, head = by_password(world, "teacher"), by_password(world, "head_of_office")
    teacher.open(f"/records/{paper.id}")
    assert "为什么归档" in teacher.text
    assert (
        "为什么归档"
        not in by_password(world, "mother").open(f"/records/{paper.id}").content.decode()
    )

    teacher.send(f"/records/{paper.id}/archive", why="")
    assert teacher.page.status_code == 400
    assert "没有选择归档的原因" in teacher.text
    teacher.send(f"/records/{paper.id}/archive", why="handover")
    assert "已归档" in teacher.text
    assert "不能恢复" not in teacher.text

    head.open(f"/records/{paper.id}")
    assert "不能恢复" in head.text
    head.send(f"/records/{paper.id}/seal", reason="")
    assert head.page.status_code == 400
    head.send(f"/records/{paper.id}/seal", reason=REASON)
    assert REASON in head.text
    assert FACT in head.text

    teacher.open(f"/records/{paper.id}")
    assert FACT not in teacher.text
    assert "内容不对您开放" in teacher.text
    mother = by_password(world, "mother")
    mother.open(f"/records/{paper.id}")
    assert FACT in mother.text
    assert REASON not in mother.text


def test_a_teacher_puts_a_draft_aside(world: World) -> None:
    paper, teacher = written(world), by_password(world, "teacher")
    teacher.open(f"/records/{paper.id}")
    teacher.send(f"/records/{paper.id}/discard", seen=teacher.value("seen"), reason="")
    assert (teacher.page.status_code, "没有写理由" in teacher.text) == (400, True)
    teacher.send(f"/records/{paper.id}/discard", seen=teacher.value("seen"), reason="写重了一份。")

    assert "已放弃" in teacher.text
    assert "写重了一份。" in teacher.text
    assert "交双方签字" not in teacher.text
    teacher.open("/")
    assert "没有写完的沟通记录" not in teacher.text


def test_the_head_puts_a_next_version_aside(world: World) -> None:
    paper, head = effective(world), by_password(world, "head_of_office")
    teacher = by_password(world, "teacher")
    teacher.open(f"/records/{paper.id}")
    teacher.send(f"/records/{paper.id}/archive", why="handover")
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=NOW)
        communication.next_version(viewer, record_id=UUID(paper.id))
    head.open(f"/records/{paper.id}")
    assert "放弃未定稿的新版本" in head.text
    head.send(f"/records/{paper.id}/discard-next", reason="")
    assert (head.page.status_code, "没有写理由" in head.text) == (400, True)
    head.send(f"/records/{paper.id}/discard-next", reason="旧版须封存。")
    head.send(f"/records/{paper.id}/seal", reason=REASON)

    assert "已封存" in head.text


def test_a_mother_sees_her_own_copy_and_the_office_sees_all(world: World) -> None:
    paper = effective(world)
    mother, officer = by_password(world, "mother"), by_password(world, "duty_officer")
    mother.open(f"/records/{paper.id}/pdf")
    mother.open(f"/records/{paper.id}")
    officer.open(f"/records/{paper.id}")

    assert "第 1 版，mother，导出" in mother.text
    assert "第 1 版，mother，导出" in officer.text
    father = by_password(world, "father")
    father.open(f"/records/{paper.id}")
    assert "第 1 版，father，网页" in father.text
    assert "第 1 版，mother" not in father.text


def test_a_copy_for_another_system_is_offered_beside_the_paper(world: World) -> None:
    paper = effective(world)
    phone = by_password(world, "mother")
    phone.open(f"/records/{paper.id}")
    [way] = re.findall(r'href="([^"]+format=json)"', phone.html)

    answer = phone.open(way)

    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    found = answer.json()
    assert found["format"] == "sanfang.record/1"
    assert found["watermark"]["reader"] == "mother"
