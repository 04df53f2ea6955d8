"""`manage.py import_roster`: plain answers, exit codes for scripts, never a traceback."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from parties import privacy, schools, tenancy
from parties.models import SensitiveFact, Student
from parties.roles import Role
from tests.parties.broken_files import BROKEN
from tests.parties.roster_files import SCHOOL, STUDENTS, comma_separated, workbook

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> int:
    """The exit code, as a shell would see it."""
    try:
        call_command("import_roster", *arguments)
    except CommandError as error:
        return error.returncode
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def students() -> int:
    number = schools.find("DEMO")
    if number is None:
        return 0
    with tenancy.scope(number):
        return Student.objects.count()


def test_a_clean_file_is_imported_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(workbook(tmp_path, SCHOOL))) == 0
    said = capsys.readouterr().out
    assert "导入完成" in said
    assert "学生：新增 4，变更 0，不变 0" in said
    assert students() == 4


def test_a_dry_run_says_so_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(workbook(tmp_path, SCHOOL)), "--dry-run") == 0
    assert "试运行，未写入任何数据" in capsys.readouterr().out
    assert students() == 0


def test_findings_are_exit_code_one_and_name_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = [*STUDENTS, ("S005", "赵强", "没有的班")]
    assert run(str(workbook(tmp_path, {**SCHOOL, "学生": bad}))) == 1
    said = capsys.readouterr().err
    assert "工作表“学生”第 6 行“班级”：没有“没有的班”这个班级。" in said
    assert "共 1 处需要改正，未导入任何数据。" in said
    assert students() == 0


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_exit_code_one_and_no_traceback(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    schools.found(code="DEMO", name="示范职校")
    path = tmp_path / "broken.xlsx"
    path.write_bytes(BROKEN[name])
    assert run(str(path)) == 1
    said = capsys.readouterr().err
    assert "未导入任何数据" in said
    assert "Traceback" not in said


def test_a_missing_file_is_exit_code_one(tmp_path: Path) -> None:
    assert run(str(tmp_path / "nothing.xlsx")) == 1


def test_without_any_school_it_asks_which(tmp_path: Path) -> None:
    path = comma_separated(tmp_path, STUDENTS)
    with pytest.raises(CommandError, match="--school 学校代码") as refused:
        call_command("import_roster", str(path))
    assert refused.value.returncode == 2


def test_an_unknown_school_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有代码为 NOWHERE 的学校") as refused:
        call_command("import_roster", str(comma_separated(tmp_path, STUDENTS)), "--school=NOWHERE")
    assert refused.value.returncode == 2


def test_the_only_school_needs_no_name(tmp_path: Path) -> None:
    assert run(str(workbook(tmp_path, SCHOOL))) == 0
    assert run(str(comma_separated(tmp_path, [*STUDENTS, ("S005", "赵强", "JD2501")]))) == 0
    assert students() == 5


def test_a_sensitive_column_is_refused_until_it_is_mapped_on_purpose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheets = {**SCHOOL, "学生": [(*row, "汉族" if i else "民族") for i, row in enumerate(STUDENTS)]}
    path = str(workbook(tmp_path, sheets))
    assert run(path) == 1
    assert "--map 民族=SPE:用途" in capsys.readouterr().err
    assert students() == 0

    assert run(path, "--map", "民族=SPE:学籍上报") == 0
    assert students() == len(STUDENTS) - 1
    with tenancy.scope(schools.all_ids()[0]):
        facts = list(SensitiveFact.objects.select_related("student"))
        assert {(fact.name, fact.class_code, fact.purpose) for fact in facts} == {
            ("民族", "SPE", "学籍上报")
        }
        assert {fact.value for fact in facts} == {"汉族"}
    assert len(facts) == len(STUDENTS) - 1

    assert run(path, "--map", "民族=SPE:学籍上报") == 0
    assert "敏感信息：新增 0，变更 0，不变" in capsys.readouterr().out


def test_what_was_mapped_is_sealed_and_nobody_at_school_reads_it_by_role(tmp_path: Path) -> None:
    sheets = {**SCHOOL, "学生": [(*row, "汉族" if i else "民族") for i, row in enumerate(STUDENTS)]}
    assert run(str(workbook(tmp_path, sheets)), "--map", "民族=SPE:学籍上报") == 0

    with tenancy.scope(schools.all_ids()[0]), connection.cursor() as cursor:
        cursor.execute("SELECT value FROM parties_sensitivefact")
        raw = [bytes(row[0]) for row in cursor.fetchall()]
    assert raw
    assert not [value for value in raw if "汉族".encode() in value]
    classes = SensitiveFact.field_classes["value"]
    assert {role for role in Role if privacy.readable(classes, {role})} == {Role.G}


def test_a_mapped_column_belongs_to_the_students_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    staff = [(*row, "汉族" if i else "民族") for i, row in enumerate(SCHOOL["教职工"])]
    path = str(workbook(tmp_path, {**SCHOOL, "教职工": staff}))

    assert run(path, "--map", "民族=SPE:人事") == 1
    assert "只能在“学生”表中导入" in capsys.readouterr().err


@pytest.mark.parametrize(
    "mapping", ["民族", "民族=SPE", "民族=SPE:", "民族=HLT:学籍上报", "姓名=IDN:x"]
)
def test_a_mapping_needs_a_sensitive_column_its_class_and_a_purpose(
    tmp_path: Path, mapping: str
) -> None:
    assert run(str(workbook(tmp_path, SCHOOL)), "--map", mapping) == 2


def test_a_flood_of_findings_is_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = [STUDENTS[0], *((f"S{i}", "", "JD2501") for i in range(300))]
    assert run(str(workbook(tmp_path, {**SCHOOL, "学生": bad}))) == 1
    said = capsys.readouterr().err
    assert "另有 100 处" in said
    assert len(said.splitlines()) == 202
