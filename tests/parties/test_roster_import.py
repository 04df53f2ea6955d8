"""What an import does to the school: all or nothing, never twice, never the wrong person."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demo.numbers import credit_code, resident_id
from ledger.models import Event
from parties import clock, schools, tenancy
from parties.models import (
    Company,
    CompanyMember,
    DutyShift,
    GuardianLink,
    Membership,
    Person,
    Placement,
    Restriction,
    School,
    SchoolClass,
    Student,
)
from parties.roster import Outcome, import_file
from parties.roster.upsert.changes import Changes
from tests.parties.roster_files import (
    CLASSES,
    GUARDIAN_HEADERS,
    GUARDIANS,
    PLACEMENTS,
    SCHOOL,
    STAFF,
    STUDENTS,
    Rows,
    workbook,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school() -> int:
    return schools.found(code="DEMO", name="示范职校").pk


def bring_in(folder: Path, sheets: Mapping[str, Rows], *, dry_run: bool = False) -> Outcome:
    return import_file(path=workbook(folder, sheets), school_code="DEMO", dry_run=dry_run)


def imported(folder: Path, sheets: Mapping[str, Rows]) -> Outcome:
    outcome = bring_in(folder, sheets)
    assert [str(finding) for finding in outcome.findings] == []
    assert outcome.written
    return outcome


def refused(folder: Path, sheets: Mapping[str, Rows]) -> list[str]:
    before = tables()
    outcome = bring_in(folder, sheets)
    assert not outcome.written
    assert tables() == before
    return [str(finding) for finding in outcome.findings]


def tables() -> dict[str, int]:
    """How many rows each table of ours holds, as the owner of the row counts sees them."""
    number = schools.find("DEMO") or 0
    with tenancy.scope(number):
        names = ("parties", "ledger")
        models = [model for name in names for model in apps.get_app_config(name).get_models()]
        return {model._meta.db_table: model._base_manager.count() for model in models}


def marks(outcome: Outcome) -> set[tuple[int, int]]:
    return {(tally.new, tally.changed) for tally in outcome.tallies.values()}


def guardians(number: str) -> list[tuple[str, str]]:
    links = GuardianLink.objects.filter(student__student_no=number).order_by("contact_priority")
    return [(link.guardian.name, link.guardian.phone) for link in links]


# --- all or nothing --------------------------------------------------------------------------


def test_a_file_with_a_school_sheet_founds_the_school(tmp_path: Path) -> None:
    outcome = import_file(path=workbook(tmp_path, SCHOOL))
    assert outcome.findings == []
    assert outcome.tallies["学校"].new == 1
    with tenancy.scope(schools.find("DEMO") or 0):
        assert School.objects.get().name == "示范职校"
        assert Student.objects.count() == 4
        assert Person.objects.filter(guardian_links__isnull=False).distinct().count() == 3
        assert Membership.objects.count() == 4
        assert Placement.objects.get().student.student_no == "S004"
        assert CompanyMember.objects.get().person.name == "冯师傅"


def test_an_import_is_one_event_that_names_nobody(tmp_path: Path) -> None:
    import_file(path=workbook(tmp_path, SCHOOL))
    with tenancy.scope(schools.find("DEMO") or 0):
        event = Event.objects.get(kind="roster.imported")
        assert "王伟" not in bytes(event.body).decode()


def test_a_repeated_import_changes_nothing(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    before = tables()
    assert marks(imported(tmp_path, SCHOOL)) == {(0, 0)}
    after = tables()
    assert after.pop("ledger_event") == before.pop("ledger_event") + 1
    assert after.pop("ledger_eventsalt") == before.pop("ledger_eventsalt") + 1
    assert after == before


def test_an_error_in_the_last_row_leaves_nothing_behind(tmp_path: Path, school: int) -> None:
    bad = [*PLACEMENTS, ("A2", "S999", credit_code(1), "车床", "2026-09-01", "2027-02-28", "")]
    assert refused(tmp_path, {**SCHOOL, "岗位实习": bad}) == [
        "工作表“岗位实习”第 3 行“学号”：没有这个学号的学生。"
        "请核对学号；新学生请先在“学生”表中登记。"
    ]


def test_an_error_in_the_file_does_not_even_found_the_school(tmp_path: Path) -> None:
    bad = [*STUDENTS, ("S005", "赵强", "没有的班")]
    outcome = import_file(path=workbook(tmp_path, {**SCHOOL, "学生": bad}))
    assert [f.column for f in outcome.findings] == ["班级"]
    assert schools.find("DEMO") is None


def test_what_somebody_else_wrote_meanwhile_undoes_everything(
    tmp_path: Path, school: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Changes.write

    def late(changes: Changes, school_id: int) -> None:
        SchoolClass.objects.create(school_id=school_id, code="JD2501", name="抢先", grade="2025")
        write(changes, school_id)

    monkeypatch.setattr(Changes, "write", late)
    assert refused(tmp_path, SCHOOL) == [
        "文件：与已有数据冲突（one_class_per_code），全部撤销。请重新导入；仍不成功请联系管理员。"
    ]


def test_students_who_would_swap_their_numbers_are_asked_about(tmp_path: Path, school: int) -> None:
    one, two = (f"G{resident_id(date(2009, 1, day), 1)}" for day in (1, 2))
    headers = ("学号", "姓名", "班级", "学籍号")
    before = [headers, ("S1", "甲", "JD2501", one), ("S2", "乙", "JD2501", two)]
    imported(tmp_path, {"班级": CLASSES, "学生": before})
    swapped = [headers, ("S1", "甲", "JD2501", two), ("S2", "乙", "JD2501", one)]
    assert "已登记在另一名学生名下" in refused(tmp_path, {"学生": swapped})[0]


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path, school: int) -> None:
    before = tables()
    outcome = bring_in(tmp_path, SCHOOL, dry_run=True)
    assert not outcome.written
    assert (outcome.tallies["学生"].new, outcome.tallies["监护关系"].new) == (4, 4)
    assert tables() == before


def test_a_dry_run_of_a_new_school_does_not_found_it(tmp_path: Path) -> None:
    outcome = import_file(path=workbook(tmp_path, SCHOOL), dry_run=True)
    assert (outcome.tallies["学校"].new, outcome.tallies["学生"].new) == (1, 4)
    assert schools.find("DEMO") is None


def test_a_dry_run_says_what_would_change(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    moved = [*STUDENTS[:-1], ("S004", "李娜", "JD2501"), ("S005", "赵强", "JD2501")]
    tally = bring_in(tmp_path, {"学生": moved}, dry_run=True).tallies["学生"]
    assert (tally.new, tally.changed, tally.unchanged) == (1, 1, 3)


def test_another_school_is_untouched_and_unseen(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    other = schools.found(code="OTHER", name="别的学校")
    path = workbook(tmp_path, {k: v for k, v in SCHOOL.items() if k != "学校"})
    assert import_file(path=path, school_code="OTHER").tallies["学生"].new == 4
    with tenancy.scope(other.pk):
        assert Student.objects.count() == 4
    with tenancy.scope(school):
        assert Student.objects.count() == 4


def test_a_school_sheet_of_another_school_is_refused(tmp_path: Path, school: int) -> None:
    sheets = {**SCHOOL, "学校": [("学校代码", "学校名称"), ("OTHER", "别的学校")]}
    assert "与 --school 指定的学校不一致" in refused(tmp_path, sheets)[0]


# --- who is who ------------------------------------------------------------------------------


def test_namesakes_stay_apart(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    with tenancy.scope(school):
        assert Person.objects.filter(name="李娜").count() == 2
        assert guardians("S001") == [("王建军", "+8619900020001")]
        assert guardians("S002") == [("王建军", "+8619900020002")]


def test_a_name_inside_another_name_never_matches(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    wrong = [GUARDIAN_HEADERS, ("S001", "王伟强", "王建军", "父亲", "19900020001")]
    assert refused(tmp_path, {"监护人": wrong}) == [
        "工作表“监护人”第 2 行“学生姓名”：与该学号登记的姓名不一致。"
        "请核对学号与姓名，改正其中一处。"
    ]


def test_a_guardian_of_two_students_is_one_person(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    with tenancy.scope(school):
        mother = Person.objects.get(name="周敏")
        assert mother.guardian_links.count() == 2


def test_parents_who_share_a_phone_stay_two(tmp_path: Path, school: int) -> None:
    imported(tmp_path, {"班级": CLASSES, "学生": STUDENTS})
    shared = [
        GUARDIAN_HEADERS,
        ("S001", "王伟", "王建军", "父亲", "19900020001"),
        ("S001", "王伟", "胡玉梅", "母亲", "19900020001"),
    ]
    imported(tmp_path, {"监护人": shared})
    assert marks(imported(tmp_path, {"监护人": shared})) == {(0, 0)}
    with tenancy.scope(school):
        assert [name for name, _ in guardians("S001")] == ["王建军", "胡玉梅"]


def test_grandparents_who_share_a_phone_stay_two(tmp_path: Path, school: int) -> None:
    imported(tmp_path, {"班级": CLASSES, "学生": STUDENTS})
    shared = [
        GUARDIAN_HEADERS,
        ("S001", "王伟", "王守仁", "祖父", "19900020001"),
        ("S001", "王伟", "李桂英", "祖母", "19900020001"),
    ]
    imported(tmp_path, {"监护人": shared})
    with tenancy.scope(school):
        assert [name for name, _ in guardians("S001")] == ["王守仁", "李桂英"]


def test_a_new_phone_updates_the_guardian(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    changed = [GUARDIAN_HEADERS, ("S001", "王伟", "王建军", "父亲", "19900029999")]
    imported(tmp_path, {"监护人": changed})
    with tenancy.scope(school):
        assert guardians("S001") == [("王建军", "+8619900029999")]
        assert guardians("S002") == [("王建军", "+8619900020002")]


def test_a_corrected_name_with_the_same_phone_is_the_same_guardian(
    tmp_path: Path, school: int
) -> None:
    imported(tmp_path, SCHOOL)
    corrected = [GUARDIAN_HEADERS, ("S001", "王伟", "王建君", "父亲", "19900020001")]
    imported(tmp_path, {"监护人": corrected})
    with tenancy.scope(school):
        assert guardians("S001") == [("王建君", "+8619900020001")]


def test_one_parent_with_two_phones_in_one_file_is_a_question(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    two = [
        GUARDIAN_HEADERS,
        ("S003", "李娜", "周敏", "母亲", "19900021111"),
        ("S004", "李娜", "周敏", "母亲", "19900022222"),
    ]
    assert "对同一人的填写不一致" in refused(tmp_path, {"监护人": two})[0]


def test_a_blank_phone_never_wipes_the_one_we_have(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    blank = [GUARDIAN_HEADERS, ("S001", "王伟", "王建军", "父亲", "")]
    assert marks(imported(tmp_path, {"监护人": blank})) == {(0, 0)}
    with tenancy.scope(school):
        assert guardians("S001") == [("王建军", "+8619900020001")]


def test_a_teacher_who_is_a_parent_is_one_person(tmp_path: Path, school: int) -> None:
    parent = [*GUARDIANS, ("S001", "王伟", "叶知秋", "母亲", "19900030003")]
    imported(tmp_path, {**SCHOOL, "监护人": parent})
    with tenancy.scope(school):
        teacher = Person.objects.get(staff_no="T03")
        assert teacher.guardian_links.count() == 1


def test_the_guardian_in_the_students_own_row_is_not_doubled_by_the_sheet(
    tmp_path: Path, school: int
) -> None:
    headers = ("学号", "姓名", "班级", "监护人姓名", "监护人电话", "与本人关系")
    students = [headers, ("S001", "王伟", "JD2501", "王建军", "19900020001", "父亲")]
    imported(tmp_path, {"班级": CLASSES, "学生": students, "监护人": GUARDIANS[:2]})
    with tenancy.scope(school):
        assert guardians("S001") == [("王建军", "+8619900020001")]


def test_a_number_of_another_student_is_refused(tmp_path: Path, school: int) -> None:
    number = resident_id(date(2009, 3, 5), 1)
    headers = ("学号", "姓名", "班级", "身份证号")
    one = [headers, ("S001", "王伟", "JD2501", number)]
    imported(tmp_path, {"班级": CLASSES, "学生": one})
    other = [headers, ("S009", "王伟", "JD2501", number)]
    assert refused(tmp_path, {"学生": other}) == [
        "工作表“学生”第 2 行“身份证号”：已登记在另一人名下。请核对原件，改正其中一处。"
    ]


def test_a_known_number_with_another_name_and_id_is_a_slip_of_the_pen(
    tmp_path: Path, school: int
) -> None:
    headers = ("学号", "姓名", "班级", "身份证号")
    one = [headers, ("S001", "王伟", "JD2501", resident_id(date(2009, 3, 5), 1))]
    imported(tmp_path, {"班级": CLASSES, "学生": one})
    other = [headers, ("S001", "赵强", "JD2501", resident_id(date(2009, 7, 7), 3))]
    assert "已属于另一名学生" in refused(tmp_path, {"学生": other})[0]


def test_official_numbers_are_stored_sealed_and_found_again(tmp_path: Path, school: int) -> None:
    number = resident_id(date(2009, 3, 5), 1)
    headers = ("学号", "姓名", "班级", "身份证号", "学籍号")
    rows = [headers, ("S001", "王伟", "JD2501", number, f"G{number}")]
    imported(tmp_path, {"班级": CLASSES, "学生": rows})
    assert marks(imported(tmp_path, {"学生": rows})) == {(0, 0)}
    with tenancy.scope(school):
        student = Student.objects.select_related("person").get()
        assert (student.person.id_no, student.national_edu_id) == (number, f"G{number}")
        with connection.cursor() as cursor:
            cursor.execute("SELECT id_no FROM parties_person")
            assert number.encode() not in bytes(cursor.fetchone()[0])


# --- guardians who must not be told ----------------------------------------------------------


def family(*restrictions: str, until: str = "") -> dict[str, Rows]:
    headers = (*GUARDIAN_HEADERS, "禁止联系", "不告知", "限制文书编号", "限制结束")
    row = ("S001", "王伟", "王建军", "父亲", "19900020001", *restrictions, "文书 1 号", until)
    return {"监护人": [headers, row]}


def in_force(kind: str) -> bool:
    at = clock.now()
    found = Restriction.objects.get(kind=kind)
    return found.starts_at <= at and (found.ends_at is None or found.ends_at > at)


def test_a_restriction_begins_stays_and_is_lifted(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    imported(tmp_path, family("是", ""))
    assert marks(imported(tmp_path, family("是", ""))) == {(0, 0)}
    assert marks(imported(tmp_path, {"监护人": GUARDIANS[:2]})) == {(0, 0)}
    with tenancy.scope(school):
        assert in_force("NO_CONTACT")
        assert Restriction.objects.get().order_no == "文书 1 号"
    imported(tmp_path, family("否", "是"))
    with tenancy.scope(school):
        assert not in_force("NO_CONTACT")
        assert in_force("DO_NOT_TELL")
    imported(tmp_path, family("是", "是"))
    with tenancy.scope(school):
        assert in_force("NO_CONTACT")
        assert Restriction.objects.count() == 2


def test_a_restriction_lasts_to_the_end_of_its_last_day(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    imported(tmp_path, family("是", "", until="2027-06-30"))
    with tenancy.scope(school):
        ends_at = Restriction.objects.get().ends_at
        assert ends_at is not None
        assert ends_at.isoformat() == "2027-06-30T16:00:00+00:00"


def test_an_ended_link_is_not_brought_back_by_a_file(tmp_path: Path, school: int) -> None:
    imported(tmp_path, SCHOOL)
    with tenancy.scope(school):
        link = GuardianLink.objects.get(student__student_no="S001")
        link.end()
        link.save(update_fields=["state"])
    outcome = imported(tmp_path, {"监护人": GUARDIANS})
    assert outcome.notes == ["工作表“监护人”第 2 行：这条监护关系已终止，导入不会恢复它。"]
    with tenancy.scope(school):
        link.refresh_from_db()
        assert link.state == GuardianLink.State.ENDED


# --- staff, duty, work -----------------------------------------------------------------------


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


# --- size ------------------------------------------------------------------------------------


def many(count: int) -> dict[str, Rows]:
    students: list[tuple[object, ...]] = [("学号", "姓名", "班级", "身份证号", "本人手机号")]
    parents: list[tuple[object, ...]] = [GUARDIAN_HEADERS]
    for i in range(count):
        number = resident_id(date(2009, 1, 1 + i % 28), i)
        students.append((f"N{i}", f"学生{i}", "JD2501", number, f"1990001{i:04d}"))
        parents.append((f"N{i}", f"学生{i}", f"家长{i}", "父亲", f"1990002{i:04d}"))
    return {"班级": CLASSES, "学生": students, "监护人": parents}


def queries(folder: Path, sheets: Mapping[str, Rows]) -> int:
    with CaptureQueriesContext(connection) as seen:
        imported(folder, sheets)
    return len(seen)


def test_a_big_file_costs_no_more_queries_than_a_small_one(tmp_path: Path, school: int) -> None:
    small = queries(tmp_path, many(20))
    again = queries(tmp_path, many(20))
    assert queries(tmp_path, many(220)) <= small
    assert queries(tmp_path, many(220)) <= again
