"""What a person typed becomes the value they meant, or a sentence that says what to mend."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from demo.numbers import resident_id
from parties.roster.rows import DutyRow, StaffRow
from tests.parties.roster_files import Rows, comma_separated, workbook
from tests.parties.roster_reads import findings_of, only_student, read_rows, student_sheet


@pytest.mark.parametrize(
    "cell",
    [
        date(2009, 3, 5),
        datetime(2009, 3, 5),  # noqa: DTZ001 - as Excel has it
        39877,
        20090305,
        "2009-03-05",
        "2009-3-5",
        "2009/3/5",
        "2009.03.05",
        "2009年3月5日",
        "２００９－３－５",
        "20090305",
        " 2009-03-05 00:00:00 ",
        "'2009-03-05",
    ],
)
def test_a_date_is_understood_however_it_was_typed(tmp_path: Path, cell: object) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级", "出生日期"), ("S1", "王伟", "A", cell))
    assert only_student(path).birth_date == date(2009, 3, 5)


@pytest.mark.parametrize("cell", ["09-03-05", "2009-13-05", "2009-02-30", "三月五日", "5/3/2009"])
def test_a_date_that_could_mean_two_days_is_refused(tmp_path: Path, cell: object) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级", "出生日期"), ("S1", "王伟", "A", cell))
    assert findings_of(path) == [
        "工作表“学生”第 2 行“出生日期”：不是有效的日期。请按 2009-03-15 的格式填写。"
    ]


@pytest.mark.parametrize("cell", ["1800-01-01", "2999-12-31", date(9999, 12, 31)])
def test_a_year_beyond_every_roster_is_refused(tmp_path: Path, cell: object) -> None:
    rows: Rows = [("工号", "姓名", "角色", "任职结束"), ("T01", "严正清", "校长", cell)]
    assert "年份不合理" in findings_of(workbook(tmp_path, {"教职工": rows}))[0]


def test_nobody_is_born_in_the_future(tmp_path: Path) -> None:
    path = student_sheet(
        tmp_path, ("学号", "姓名", "班级", "出生日期"), ("S1", "王伟", "A", "2027-01-01")
    )
    assert "晚于今天" in findings_of(path)[0]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("  王伟 ", "王伟"),
        ("王　伟", "王伟"),
        ("王 伟", "王伟"),
        ("王\u200b伟", "王伟"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("Anna  Li", "Anna Li"),
    ],
)
def test_padding_of_a_name_is_not_part_of_it(tmp_path: Path, cell: str, name: str) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级"), ("S1", cell, "A"))
    assert only_student(path).name == name


@pytest.mark.parametrize(
    "cell", [20250101, 20250101.0, "２０２５０１０１", " 20250101 ", "'20250101"]
)
def test_a_student_number_is_the_same_as_number_and_as_text(tmp_path: Path, cell: object) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级"), (cell, "王伟", "A"))
    assert only_student(path).student_no == "20250101"


def test_an_id_number_that_excel_cut_is_not_guessed(tmp_path: Path) -> None:
    path = student_sheet(
        tmp_path, ("学号", "姓名", "班级", "身份证号"), ("S1", "王伟", "A", 429900200903051234)
    )
    assert findings_of(path) == [
        "工作表“学生”第 2 行“身份证号”：以数字格式保存，末几位已经丢失。"
        "请把该列设为“文本”格式后重新填写。"
    ]


def test_a_wrong_check_digit_names_sheet_row_column_and_mend(tmp_path: Path) -> None:
    rows = [(f"S{i}", f"学生{i}", "A", "") for i in range(12)]
    wrong = resident_id(date(2009, 3, 5), 1)[:-1]
    expected = resident_id(date(2009, 3, 5), 1)[-1]
    digit = "1" if expected != "1" else "2"
    path = student_sheet(
        tmp_path, ("学号", "姓名", "班级", "身份证号"), *rows, ("X", "李娜", "A", wrong + digit)
    )
    assert findings_of(path) == [
        f"工作表“学生”第 14 行“身份证号”：校验位应为 {expected}。请核对原件后改正。"
    ]


def test_the_id_number_gives_birth_date_and_sex(tmp_path: Path) -> None:
    number = resident_id(date(2009, 3, 5), 2)
    path = student_sheet(
        tmp_path, ("学号", "姓名", "班级", "身份证号"), ("S1", "李娜", "A", number)
    )
    student = only_student(path)
    assert (student.birth_date, student.sex) == (date(2009, 3, 5), "F")


def test_what_contradicts_the_id_number_is_found(tmp_path: Path) -> None:
    number = resident_id(date(2009, 3, 5), 2)
    path = student_sheet(
        tmp_path,
        ("学号", "姓名", "班级", "身份证号", "出生日期", "性别"),
        ("S1", "李娜", "A", number, "2009-05-03", "男"),
    )
    assert ["出生日期不一致" in f or "性别不一致" in f for f in findings_of(path)] == [True, True]


def test_another_paper_is_kept_without_a_check_digit(tmp_path: Path) -> None:
    path = student_sheet(
        tmp_path,
        ("学号", "姓名", "班级", "身份证件类型", "身份证号"),
        ("S1", "Anna", "A", "护照", "e1234567"),
    )
    assert only_student(path).id_no == "E1234567"


@pytest.mark.parametrize(("word", "boards"), [("住校", True), ("走读", False), ("", None)])
def test_boarding_words(tmp_path: Path, word: str, boards: bool | None) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级", "寄宿类型"), ("S1", "李娜", "A", word))
    assert only_student(path).boarding is boards


def test_a_word_outside_the_list_is_refused_with_the_list(tmp_path: Path) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级", "性别"), ("S1", "李娜", "A", "女生"))
    assert findings_of(path) == [
        "工作表“学生”第 2 行“性别”：“女生”不在可填的范围内。请改为其中之一：男、男性、女、女性。"
    ]


def test_a_formula_counts_with_the_value_that_excel_saved(tmp_path: Path) -> None:
    path = student_sheet(
        tmp_path, ("学号", "姓名", "班级", "性别"), ("S1", "李娜", "A", '=IF(1,"女")')
    )
    saved = tmp_path / "calculated.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b'<c r="D2"><f>', b'<c r="D2" t="str"><f>')
                data = data.replace(b"<v/>", "<v>女</v>".encode()).replace(
                    b"<v></v>", "<v>女</v>".encode()
                )
            new.writestr(name, data)
    assert load_workbook(saved, data_only=True)["学生"]["D2"].value == "女"
    assert only_student(saved).sex == "F"


def test_a_formula_nobody_calculated_is_refused(tmp_path: Path) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级"), ("S1", '=A2&"x"', "A"))
    assert "是没有计算结果的公式" in findings_of(path)[0]


def test_an_excel_error_is_refused(tmp_path: Path) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级"), ("S1", "#N/A", "A"))
    assert "单元格是错误值 #N/A" in findings_of(path)[0]


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "-王伟", "<b>王伟</b>"])
def test_a_name_that_a_spreadsheet_would_run_is_refused(tmp_path: Path, name: str) -> None:
    path = comma_separated(tmp_path, [("学号", "姓名", "班级"), ("S1", name, "A")])
    assert "姓名里不会有的字符" in findings_of(path)[0]


def test_blank_lines_are_skipped_and_do_not_shift_the_row_numbers(tmp_path: Path) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级"), (), (None, None), ("S1", "", "A"))
    assert findings_of(path) == ["工作表“学生”第 4 行“姓名”：不能为空。请补填。"]


def test_a_repeated_number_names_the_first_row(tmp_path: Path) -> None:
    path = student_sheet(
        tmp_path, ("学号", "姓名", "班级"), ("S1", "王伟", "A"), ("S1", "王伟强", "A")
    )
    assert findings_of(path) == [
        "工作表“学生”第 3 行“学号”：与工作表“学生”第 2 行重复。请只保留一行，或改正其中一处。"
    ]


def test_every_mistake_of_a_file_is_named_in_one_run(tmp_path: Path) -> None:
    path = student_sheet(
        tmp_path,
        ("学号", "姓名", "班级", "本人手机号", "邮箱"),
        ("", "王伟", "A", "123", "x"),
        ("S2", "", "A", "19900001234", "a@b.test"),
    )
    assert [f.split("”：")[0].rsplit("“", 1)[1] for f in findings_of(path)] == [
        "学号",
        "本人手机号",
        "邮箱",
        "姓名",
    ]


def test_a_night_shift_ends_the_next_morning(tmp_path: Path) -> None:
    rows: Rows = [
        ("值班日期", "值班角色", "值班人工号", "开始时间", "结束时间"),
        (date(2026, 11, 27), "德育处", "T01", "18:00", time(7, 30)),
    ]
    (shift,), findings, _ = read_rows(workbook(tmp_path, {"值班表": rows}))
    assert findings == []
    assert isinstance(shift, DutyRow)
    assert (shift.ends_at - shift.starts_at).total_seconds() == 13.5 * 3600
    assert shift.starts_at.isoformat() == "2026-11-27T18:00:00+08:00"


def test_a_head_of_the_moral_education_office_is_a_flag(tmp_path: Path) -> None:
    rows: Rows = [("工号", "姓名", "角色"), ("T01", "严正清", "德育处主任")]
    (staff,), findings, _ = read_rows(workbook(tmp_path, {"教职工": rows}))
    assert findings == []
    assert isinstance(staff, StaffRow)
    assert (staff.role, staff.head) == ("ME", True)


def test_a_class_teacher_needs_a_class(tmp_path: Path) -> None:
    rows: Rows = [("工号", "姓名", "角色"), ("T01", "叶知秋", "班主任")]
    assert "这个角色须写明班级" in findings_of(workbook(tmp_path, {"教职工": rows}))[0]
