"""A copy for outside on the page of a record: held back, and let through by the office."""

from tests.api.callers import member
from tests.api.papers import FACT, Paper, written
from tests.factories import World
from tests.portal.visitors import by_password

REASON = "法院调取，须提供原文"


def kept(world: World) -> Paper:
    paper = written(world, FACT, "该生上课走神。")
    paper.do("check", {"confirmed": ["上课走神"]})
    paper.do("offer")
    paper.sign()
    paper.sign(member(world, "mother"))
    return paper


def test_the_office_lets_a_copy_leave_and_says_why(world: World) -> None:
    paper = kept(world)
    teacher, officer = by_password(world, "teacher"), by_password(world, "duty_officer")

    outside = f"/records/{paper.id}/pdf?purpose=authority"
    assert teacher.open(outside).status_code == 400
    assert "“上课走神”不能写进对外提供的副本" in teacher.text
    assert "允许按原文对外提供" not in teacher.text
    officer.open(f"/records/{paper.id}")
    assert "不宜对外的词语：上课走神" in officer.text
    officer.send(f"/records/{paper.id}/sharing-override", reason="")
    assert officer.page.status_code == 400
    assert "理由太短" in officer.text
    officer.send(f"/records/{paper.id}/sharing-override", reason=REASON)

    assert "不宜对外的词语" not in officer.text
    teacher.open(f"/records/{paper.id}")
    assert REASON in teacher.text
    assert teacher.open(outside).content.startswith(b"%PDF-")
    officer.open(f"/records/{paper.id}")
    assert "teacher，导出，依法提供，" in officer.text
    mother = by_password(world, "mother")
    mother.open(f"/records/{paper.id}")
    assert "依法提供，" not in mother.text


def test_a_family_takes_its_own_copy_and_reads_nothing_of_the_decision(world: World) -> None:
    paper = kept(world)
    address = f"/records/{paper.id}/sharing-override"
    assert member(world, "duty_officer").post(address, {"reason": REASON}).status_code == 200
    mother = by_password(world, "mother")

    mother.open(f"/records/{paper.id}")
    assert REASON not in mother.text
    assert "对外提供" not in mother.text
    mother.send(f"/records/{paper.id}/sharing-override", reason=REASON)
    assert mother.page.status_code == 403
    assert mother.open(f"/records/{paper.id}/pdf?purpose=authority").content.startswith(b"%PDF-")
