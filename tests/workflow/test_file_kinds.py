"""Every kind of entry that any code makes is read by somebody, in lines that tell no more."""

import ast
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.folders import BASE_DIR
from parties import tenancy
from parties.errors import NotFound
from records import check_ins, evaluations, file
from records.evaluations import Score
from records.models import NoticeReceipt
from records.notice_attempts import Attempt
from tests.factories import CN, World
from tests.processes.notice_walk import FRIDAY, Sent, second_family, sent
from tests.records.agreed import agree, at, daily, draft, meeting, planned
from tests.records.filed import read
from tests.workflow.test_plan_days import TALK, look, talks
from workflow import human_tasks, notice_answering

pytestmark = pytest.mark.django_db

STAFF = ["teacher", "grade_leader", "duty_officer", "principal"]
PARENTS = ["father", "mother"]
STRANGERS = ["stranger", "counsellor", "deputy", "auditor", "classmate"]
EVERYBODY = [*STAFF, *PARENTS, "student", "mentor"]


# --- what is entered is registered ----------------------------------------------------------------


def entered_kinds() -> Iterator[str]:
    """The kind of every call of enter() and enter_many(), and of every dict of their arguments."""
    for package in ("records", "workflow"):
        for path in sorted((BASE_DIR / package).rglob("*.py")):
            if "models" not in path.parts:
                yield from _kinds_of(path)


def _kinds_of(path: Path) -> Iterator[str]:
    name = ".".join(path.relative_to(BASE_DIR).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text())):
        for value in _written(node):
            yield _resolved(value, import_module(name))


def _written(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("file_entries.enter"):
        yield from (word.value for word in node.keywords if word.arg == "kind")
    if isinstance(node, ast.Dict):
        values = {ast.unparse(key): value for key, value in zip(node.keys, node.values, strict=True)
                  if key is not None}  # fmt: skip
        if {"'kind'", "'object_id'"} <= set(values):
            yield values["'kind'"]


def _resolved(value: ast.expr, module: ModuleType) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    found: Any = module
    for part in ast.unparse(value).split("."):
        found = getattr(found, part)
    return str(found)


def test_every_kind_that_is_entered_can_be_read() -> None:
    entered = set(entered_kinds())

    assert {"notice", "case", "communication", "contact_attempt"} <= entered
    assert entered <= set(file.kinds())


# --- who reads which line -------------------------------------------------------------------------


@pytest.fixture
def notice(world: World) -> Sent:
    """Sent to two families; the student's mother confirmed, and the father was called."""
    second_family(world)
    walk = sent(world)
    walk.act("confirm", "mother")
    notice_answering.contact(
        school_id=world.id,
        notice_id=walk.notice_id,
        by=world["teacher"],
        at=walk.at,
        given=Attempt(
            student_id=world.student.pk,
            guardian_id=world["father"].pk,
            channel="PHONE",
            outcome="NO_ANSWER",
            tried_at=walk.at,
            place="办公室",
            note="父亲上夜班",
        ),
    )
    return walk


def lines(world: World, kind: str, who: list[str]) -> dict[str, list[tuple[str, str, str]]]:
    """Title, summary and state of the entries of this kind, by reader; readers of none left out."""
    found = {name: read(world, name, kind=kind)[0] for name in who}
    return {
        name: [(entry.line.title, entry.line.summary, entry.line.state) for entry in entries]
        for name, entries in found.items()
        if entries
    }


def test_a_family_reads_what_it_did_with_a_notice_and_the_office_that_it_went_out(
    world: World, notice: Sent
) -> None:
    out = ("家长会通知", "点击确认", "已发送")
    confirmed = ("家长会通知", "点击确认", "已确认（登录后）")

    assert lines(world, "notice", EVERYBODY) == {
        "teacher": [confirmed],
        "grade_leader": [out],
        "duty_officer": [out],
        "principal": [out],
        "mother": [confirmed],
        "father": [("家长会通知", "点击确认", "未打开")],
    }


def test_at_home_a_notice_says_nothing_of_others(world: World, notice: Sent) -> None:
    ((mine,), _), ((office,), _) = (
        read(world, name, kind="notice") for name in ("father", "teacher")
    )

    assert (mine.by, dict(mine.line.extra)) == (None, {"strength": "CONFIRM"})
    assert office.by is not None
    assert office.line.extra["text_hash"] == bytes(notice.notice.text_hash or b"").hex() != ""
    assert office.line.extra["receipt_confirmed_at"]

    before = read(world, "father", kind="notice")
    notice_answering.confirm(
        school_id=world.id,
        receipt_id=_receipt_of(world, notice, "other_mother"),
        by=world["other_mother"],
        at=notice.at,
        how="APP",
    )
    assert notice.notice.state == "CLOSED"  # the last family has answered
    assert read(world, "father", kind="notice") == before


def _receipt_of(world: World, walk: Sent, guardian: str) -> UUID:
    with tenancy.scope(world.id):
        return NoticeReceipt.objects.get(notice=walk.notice_id, guardian=world[guardian]).pk


def test_a_try_to_reach_a_family_is_read_by_whoever_calls_it(world: World, notice: Sent) -> None:
    assert lines(world, "contact_attempt", EVERYBODY) == {
        "teacher": [("联系家长：电话", "", "无人接听或未回")],
    }


def test_items_show_whose_they_are_and_a_company_only_its_own(world: World) -> None:
    agree(
        world,
        meeting(world),
        draft(title="一件家里的事"),
        draft(title="一件企业的事", owner_party="COMPANY"),
    )
    of_company, of_family = (
        ("行动事项", "由企业完成，10月23日前", "未开始"),
        ("行动事项", "由家庭完成，10月23日前", "未开始"),
    )

    found = lines(world, "action_item", EVERYBODY)

    assert {name: sorted(told) for name, told in found.items() if name != "mentor"} == {
        name: sorted([of_company, of_family]) for name in [*STAFF, *PARENTS, "student"]
    }
    assert found["mentor"] == [("行动事项", "10月23日前", "未开始")]
    ((entry,), _) = read(world, "mentor", kind="action_item")
    assert (entry.by, entry.case_id, set(entry.line.extra)) == (None, None, {"state", "due_at"})


def test_of_an_item_of_health_the_file_says_that_there_is_one(world: World) -> None:
    agree(world, meeting(world), draft(title="每周去医院复查", field_class="HLT"))

    found = lines(world, "action_item", EVERYBODY)

    assert set(found) == {*STAFF, *PARENTS, "student"}
    assert {title for told in found.values() for title, _, _ in told} == {"健康事项"}


def test_a_week_of_checking_in_is_one_line_for_family_and_school(world: World) -> None:
    (item,) = agree(world, meeting(world), daily())
    for day, excuse in ((12, ""), (13, ""), (14, "孩子发烧"), (19, "")):
        check_ins.check_in(
            school_id=world.id, item_id=item.pk, by=world["mother"], at=at(day, 20), excuse=excuse
        )

    assert lines(world, "plan_checkin", EVERYBODY) == {
        name: [
            ("签到", "10月19日起的一周", "签到 1 天"),
            ("签到", "10月12日起的一周", "签到 2 天，说明 1 天"),
        ]
        for name in [*STAFF, *PARENTS, "student"]
    }


def test_a_score_is_one_sides_own_until_the_other_has_spoken(world: World) -> None:
    case = planned(world)
    school, family = ("效果评估：学校", "第 1 轮", "+1"), ("效果评估：家庭", "第 1 轮", "-1")

    _score(world, case, "teacher", 1)
    assert lines(world, "evaluation", EVERYBODY) == {name: [school] for name in STAFF}

    _score(world, case, "mother", -1)
    both = {name: sorted(told) for name, told in lines(world, "evaluation", EVERYBODY).items()}
    assert both == {name: sorted([school, family]) for name in [*STAFF, *PARENTS]}


def _score(world: World, case: Any, by: str, score: int, *, hour: int = 10) -> None:
    with tenancy.scope(world.id):
        evaluations.give(
            student=world.student,
            case_id=case,
            by=world[by],
            at=at(20, hour),
            score=Score(score=score),
        )


def test_a_talk_is_read_by_those_who_work_on_it_and_not_only_by_who_held_it(world: World) -> None:
    agree(world, meeting(world), daily())
    look(at(15, 8))
    human_tasks.complete(
        school_id=world.id, task_id=talks(world)[0].pk, by=world["teacher"], at=at(15), answer=TALK
    )

    assert lines(world, "contact_attempt", EVERYBODY) == {
        name: [("跟进沟通", "", "电话")] for name in STAFF
    }


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_find_no_file_however_much_is_in_it(world: World, notice: Sent, who: str) -> None:
    case = meeting(world)
    agree(world, case, daily())
    _score(world, case, "teacher", 1)

    with pytest.raises(NotFound):
        read(world, who)


# Keys that were made in the same transaction are not remembered, and would be asked for one by one.
@pytest.mark.django_db(transaction=True)
def test_a_page_of_many_kinds_costs_the_same_however_long_it_is(world: World, notice: Sent) -> None:
    _busy(world, days=1)
    few, _ = _cost(world)
    _busy(world, days=4)
    many, kinds = _cost(world)

    assert kinds == {"notice", "action_item", "plan_checkin", "evaluation"}
    assert few == many


def _busy(world: World, *, days: int) -> None:
    for _ in range(days):
        case = meeting(world)
        (item,) = agree(world, case, daily())
        check_ins.check_in(school_id=world.id, item_id=item.pk, by=world["mother"], at=at(12, 20))
        _score(world, case, "mother", 2)
        sent(world, at=FRIDAY)


def _cost(world: World) -> tuple[int, set[str]]:
    with CaptureQueriesContext(connection) as asked:
        entries, _ = read(world, "mother", limit=50)
    return len(asked), {entry.kind for entry in entries}


def test_days_are_told_as_the_school_counts_them(world: World) -> None:
    late = datetime(2026, 10, 23, 23, 30, tzinfo=CN)
    agree(world, meeting(world), draft(due_at=late))

    assert lines(world, "action_item", ["teacher"]) == {
        "teacher": [("行动事项", "由家庭完成，10月23日前", "未开始")],
    }
