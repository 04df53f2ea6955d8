"""An import is all or nothing, and a repeat changes nothing."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demo.numbers import credit_code, resident_id
from ledger.models import Event
from parties import schools, tenancy
from parties.models import (
    CompanyMember,
    Membership,
    Person,
    Placement,
    School,
    SchoolClass,
    Student,
)
from parties.roster import import_file
from parties.roster.upsert.changes import Changes
from tests.parties.roster_files import (
    CLASSES,
    GUARDIAN_HEADERS,
    PLACEMENTS,
    SCHOOL,
    STUDENTS,
    Rows,
    workbook,
)
from tests.parties.roster_imports import bring_in, imported, marks, refused, tables

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school() -> int:
    return schools.found(code="DEMO", name="示范职校").pk


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
