"""Who is who: namesakes stay apart, one parent stays one, a protected child stays protected."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from demo.numbers import resident_id
from parties import clock, schools, tenancy
from parties.models import (
    GuardianLink,
    Person,
    Restriction,
    Student,
)
from tests.parties.roster_files import (
    CLASSES,
    GUARDIAN_HEADERS,
    GUARDIANS,
    SCHOOL,
    STUDENTS,
    Rows,
)
from tests.parties.roster_imports import guardians, imported, marks, refused

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school() -> int:
    return schools.found(code="DEMO", name="示范职校").pk


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
