"""Posts, duty and work as the crisis ladder and the company views will need them."""

from pathlib import Path

import pytest

from demo.numbers import credit_code
from parties import schools, tenancy
from parties.models import (
    Company,
    DutyShift,
    Membership,
    Placement,
    SchoolClass,
)
from tests.parties.roster_files import (
    PLACEMENTS,
    SCHOOL,
    STAFF,
    Rows,
)
from tests.parties.roster_imports import imported, refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school() -> int:
    return schools.found(code="DEMO", name="示范职校").pk


def test_posts_carry_head_class_grade_and_substitute(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    with tenancy.scope(school):
        head = Membership.objects.select_related("substitute").get(head=True)
        assert (head.person.staff_no, head.substitute and head.substitute.staff_no) == (
            "T01",
            "T02",
        )
        assert Membership.objects.get(role="HT").school_class == SchoolClass.objects.get(
            code="JD2501"
        )
        assert Membership.objects.get(role="GL").grade == "2025"


def test_a_post_the_file_forgot_goes_on_and_is_named(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    other = [STAFF[0], ("T03", "叶知秋", "班主任", "SK2401", None, "", None)]
    outcome = imported(tmp_path, {"教职工": other})
    assert outcome.notes == [
        "工号 T03 的“班主任”不在本文件中，仍然有效；如已卸任，请填写任职结束日期。"
    ]
    with tenancy.scope(school):
        assert Membership.objects.filter(role="HT").count() == 2


def duty(*people: str) -> dict[str, Rows]:
    headers = ("值班日期", "值班角色", "值班人工号", "替班人工号", "开始时间", "结束时间")
    nights = [("2026-11-27", "德育处", person, "", "18:00", "07:30") for person in people]
    return {"值班表": [headers, *nights]}


def on_duty() -> list[str]:
    return sorted(DutyShift.objects.values_list("person__staff_no", flat=True))


@pytest.mark.parametrize(
    ("first", "then"),
    [(["T01"], ["T02"]), (["T01", "T02"], ["T02"]), (["T01"], ["T01", "T02"])],
)
def test_a_new_roster_replaces_who_was_on_that_shift(
    tmp_path: Path, school: int, first: list[str], then: list[str]
) -> None:
    imported(tmp_path, SCHOOL)
    imported(tmp_path, duty(*first))
    imported(tmp_path, duty(*then))
    with tenancy.scope(school):
        assert on_duty() == then


def test_nobody_is_on_duty_for_a_role_they_do_not_hold(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    assert refused(tmp_path, duty("T03")) == [
        "工作表“值班表”第 2 行“值班人工号”：此人没有“德育处”角色，接报后无法处理。"
        "请先在“教职工”表中给此人加上这个角色。"
    ]


def test_a_placement_is_updated_and_never_moved(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    headers, row = PLACEMENTS
    imported(tmp_path, {"岗位实习": [headers, (*row[:3], "铣床", *row[4:])]})
    with tenancy.scope(school):
        assert Placement.objects.get().post == "铣床"
    moved = [headers, ("A1", "S003", *row[2:])]
    assert "已用于另一名学生" in refused(tmp_path, {"岗位实习": moved})[0]


def test_a_company_is_known_by_its_credit_code(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    headers = ("统一社会信用代码", "企业名称", "联系电话")
    renamed = [headers, (credit_code(1), "云汀精工集团", "0711-3380001")]
    imported(tmp_path, {"企业": renamed})
    with tenancy.scope(school):
        company = Company.objects.get()
        assert (company.name, company.phone) == ("云汀精工集团", "+867113380001")
