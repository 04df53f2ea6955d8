"""A file becomes sheets, tables and typed rows, however it was made; no database is needed."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from demo.numbers import resident_id
from parties.roster import headers, parse, reading, recognise
from parties.roster.findings import Finding, Place, UnreadableFile
from parties.roster.headers import Kind
from parties.roster.rows import DutyRow, GuardianRow, Row, StaffRow, StudentRow
from tests.parties.roster_files import CLASSES, STUDENTS, Rows, comma_separated, workbook

TODAY = date(2026, 11, 23)
SPE, HLT, ECO = "SPE", "HLT", "ECO"

#: Every header that a vocational school's import template uses.
TEMPLATE = (
    "姓名 本人手机号 专业 班级 性别 民族 政治面貌 出生日期 身份证号 学籍号 籍贯 健康状况 毕业学校"
    " 学生来源 联招合作类型 生源地(省) 生源地(市) 招生方式 户口性质 户籍地(省) 户籍地(市)"
    " 户籍地(区/县) 户籍地(乡/镇) 户籍地(村) 户籍详细地址 现居住地址 是否建档立卡贫困户 入学年月日"
    " 学制 入学方式 学生类别 分段培养方式 学号 QQ号 微信号 邮箱 寄宿类型 寄宿联系人 寄宿联系电话"
    " 报考志愿 准考试证号 考点 考试成绩 家庭贫困程度 家庭地址邮编 学生居住地类型 监护人姓名"
    " 监护人电话 与本人关系 学习形式"
)
STORED = {
    "姓名": "name",
    "本人手机号": "phone",
    "班级": "school_class",
    "性别": "sex",
    "出生日期": "birth_date",
    "身份证号": "id_no",
    "学籍号": "national_edu_id",
    "入学年月日": "enrolled_on",
    "学号": "student_no",
    "邮箱": "email",
    "寄宿类型": "boarding",
    "监护人姓名": "guardian_name",
    "监护人电话": "guardian_phone",
    "与本人关系": "relation",
}
REFUSED = {
    "民族": SPE,
    "政治面貌": SPE,
    "健康状况": HLT,
    "是否建档立卡贫困户": ECO,
    "家庭贫困程度": ECO,
}


def read_rows(path: Path) -> tuple[list[Row], list[str], list[str]]:
    seen = recognise.recognise(reading.read(path))
    rows, findings = parse.parse(seen.tables, today=TODAY)
    return rows, [str(f) for f in [*seen.findings, *findings]], seen.notes


def student_sheet(folder: Path, headers_: Sequence[object], *rows: Sequence[object]) -> Path:
    return workbook(folder, {"学生": [headers_, *rows]})


def only_student(path: Path) -> StudentRow:
    rows, findings, _ = read_rows(path)
    assert findings == []
    (student,) = [row for row in rows if isinstance(row, StudentRow)]
    return student


def findings_of(path: Path) -> list[str]:
    return read_rows(path)[1]


# --- headers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("header", TEMPLATE.split())
def test_every_header_of_the_usual_template_is_known(header: str) -> None:
    name = headers.normal(header)
    column = headers.column_for(Kind.STUDENTS, name)
    assert (column.field if column else None) == STORED.get(header)
    assert headers.sensitive_class(name) == REFUSED.get(header)
    assert headers.is_not_stored(name) == (header not in STORED and header not in REFUSED)


@pytest.mark.parametrize(
    ("kind", "field", "name"),
    [
        pytest.param(kind, column.field, name, id=f"{kind.name}-{name}")
        for kind in Kind
        for column in headers.COLUMNS[kind]
        for name in column.names
    ],
)
def test_every_alias_means_one_field_of_its_sheet(kind: Kind, field: str, name: str) -> None:
    column = headers.column_for(kind, headers.normal(name))
    assert column is not None
    assert column.field == field
    assert headers.sensitive_class(name) is None


@pytest.mark.parametrize(
    "written",
    ["学号 ", " 学 号", "*学号", "学号（必填）", "学号\n(必填)", "学号:", "学号：", "\ufeff学号"],
)
def test_ornaments_around_a_header_do_not_matter(tmp_path: Path, written: str) -> None:
    path = student_sheet(tmp_path, (written, "姓名", "班级"), ("S1", "王伟", "JD2501"))
    assert only_student(path).student_no == "S1"


@pytest.mark.parametrize(
    ("header", "code"), [*REFUSED.items(), ("宗教信仰", SPE), ("既往病史", HLT)]
)
def test_a_sensitive_column_is_refused_with_the_mend(
    tmp_path: Path, header: str, code: str
) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级", header), ("S1", "王伟", "JD2501", "x"))
    assert findings_of(path) == [
        f"工作表“学生”第 1 行“{header}”：属于敏感个人信息（{code} 类），本版本不接收。"
        "请删除该列后重新导入。"
    ]


def test_a_column_mapped_on_purpose_is_refused_honestly(tmp_path: Path) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级", "民族"), ("S1", "王伟", "JD2501", "汉"))
    (finding,) = recognise.recognise(reading.read(path), mapped=["民族"]).findings
    assert "虽已指定用途，但本版本没有保存它的地方，不接收" in str(finding)


def test_unknown_columns_are_named_and_known_ones_without_a_field_too(tmp_path: Path) -> None:
    path = student_sheet(
        tmp_path, ("学号", "姓名", "班级", "星座", "籍贯"), ("S1", "王伟", "JD2501", "狮子", "x")
    )
    assert read_rows(path)[2] == [
        "工作表“学生”中不认识、未导入的列：星座。",
        "工作表“学生”中本版本不保存、未导入的列：籍贯。",
    ]


def test_two_columns_for_one_thing_are_refused(tmp_path: Path) -> None:
    path = student_sheet(
        tmp_path, ("学号", "姓名", "班级", "学生姓名"), ("S1", "王伟", "A", "李娜")
    )
    assert "与“姓名”是同一项内容" in findings_of(path)[0]


def test_a_missing_column_is_named_once(tmp_path: Path) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名"), ("S1", "王伟"), ("S2", "李娜"))
    assert findings_of(path) == [
        "工作表“学生”第 1 行：按“学生”读取，但缺少列“班级”。请补上后重新导入。"
    ]


def test_a_title_above_the_headers_is_skipped(tmp_path: Path) -> None:
    rows: Rows = [
        ("云汀清渠信息工程学校学生名册",),
        (),
        ("学号", "姓名", "班级"),
        ("S1", "王伟", "A"),
    ]
    path = workbook(tmp_path, {"Sheet1": rows})
    assert only_student(path).place.row == 4


def test_merged_group_headers_lend_their_name_to_the_columns_below(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["学号", "姓名", "班级", "监护人", None, "与本人关系"])
    sheet.append([None, None, None, "姓名", "电话", None])
    sheet.append(["S1", "王伟", "JD2501", "王建军", 19900020001, "父亲"])
    for merged in ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2"):
        sheet.merge_cells(merged)
    path = tmp_path / "merged.xlsx"
    book.save(path)
    rows, findings, _ = read_rows(path)
    assert findings == []
    assert [type(row) for row in rows] == [StudentRow, GuardianRow]
    guardian = rows[1]
    assert isinstance(guardian, GuardianRow)
    assert (guardian.name, guardian.contact.phone) == ("王建军", "+8619900020001")


def test_a_student_list_without_class_is_not_taken_for_a_list_of_guardians(tmp_path: Path) -> None:
    path = comma_separated(
        tmp_path,
        [
            ("学号", "姓名", "身份证号", "监护人姓名", "与本人关系"),
            ("S1", "王伟", "", "王建军", "父亲"),
        ],
    )
    assert "按“学生”读取，但缺少列“班级”" in findings_of(path)[0]


# --- cells -----------------------------------------------------------------------------------


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


# --- sheets of the school --------------------------------------------------------------------


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


# --- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_encoding_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    path = comma_separated(tmp_path, STUDENTS, encoding=encoding)
    rows, findings, _ = read_rows(path)
    assert findings == []
    assert [row.name for row in rows if isinstance(row, StudentRow)] == [
        "王伟",
        "王伟强",
        "李娜",
        "李娜",
    ]


def test_a_csv_is_named_by_its_file(tmp_path: Path) -> None:
    path = comma_separated(tmp_path, [("学号", "姓名", "班级"), ("S1", "", "A")])
    assert findings_of(path) == ["文件“students.csv”第 2 行“姓名”：不能为空。请补填。"]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters_are_recognised(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "students.csv"
    path.write_text(delimiter.join(["学号", "姓名", "班级"]) + "\n" + delimiter.join("SWA"))
    assert only_student(path).student_no == "S"


def test_row_numbers_of_a_csv_count_lines_inside_quotes(tmp_path: Path) -> None:
    path = tmp_path / "students.csv"
    path.write_text('学号,姓名,班级\nS1,"王\n伟",A\nS2,,A\n')
    assert findings_of(path) == ["文件“students.csv”第 4 行“姓名”：不能为空。请补填。"]


def test_hidden_sheets_and_unknown_sheets_are_not_imported(tmp_path: Path) -> None:
    book = load_workbook(
        workbook(tmp_path, {"学生": STUDENTS, "班级": CLASSES, "食堂": [("菜", "价")]})
    )
    book["班级"].sheet_state = "hidden"
    book.save(tmp_path / "hidden.xlsx")
    rows, findings, notes = read_rows(tmp_path / "hidden.xlsx")
    assert findings == []
    assert {type(row) for row in rows} == {StudentRow}
    assert notes == ["工作表“食堂”不是可识别的名册，未导入。"]


def test_a_file_without_any_known_table_says_what_can_be_imported(tmp_path: Path) -> None:
    (finding,) = findings_of(workbook(tmp_path, {"食堂": [("菜", "价")]}))
    assert "没有找到可以导入的表" in finding
    assert "岗位实习" in finding


def encrypted_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
    content = bytearray(buffer.getvalue())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def zip_of(name: str, text: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


BROKEN = {
    "empty": b"",
    "blank": b" \r\n ",
    "old xls or encrypted": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "cut zip": b"PK\x03\x04" + b"\x00" * 30,
    "zip of something else": zip_of("readme.txt", b"hello"),
    "encrypted zip": encrypted_zip(),
    "entities": zip_of("xl/workbook.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    "bomb": zip_of("xl/sheet.xml", b"0" * (101 * 2**20)),
    "binary": bytes(range(256)) * 8,
    "null bytes": b"a,b\x00c\n",
    "open quote": '学号,姓名,班级\nS1,"王伟,A\n'.encode(),
    "no text at all": b"\xff\xff\xff\xff\xff",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_sentence_with_the_mend(tmp_path: Path, name: str) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(BROKEN[name])
    with pytest.raises(UnreadableFile, match="请"):
        reading.read(path)


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(21 * 2**20)
    with pytest.raises(UnreadableFile, match="超过 20 MB"):
        reading.read(path)


def test_a_sheet_with_too_many_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("学号,姓名,班级\n" + "S,W,A\n" * 50_001)
    with pytest.raises(UnreadableFile, match="超过 50000 行"):
        reading.read(path)


def test_a_missing_file_is_a_sentence_too(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="打不开文件"):
        reading.read(tmp_path / "nothing.xlsx")


@pytest.mark.parametrize("path", ["/", "/dev/zero"])
def test_what_is_no_file_is_not_read(path: str) -> None:
    with pytest.raises(UnreadableFile, match="不是文件"):
        reading.read(Path(path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="A2"', b'r="A99999999"'),
        (b'<row r="2"', b'<row r="99999999"'),
        (b'r="C2"', b'r="ZZZZZZ2"'),
        (b'r="C2"', b'r="ZZZ2"'),
        (b"<row r=", b"<row q="),
        (b"</sheetData>", b""),
        (b'<c r="A2" t="inlineStr">', b'<c r="A2" t="s"><v>99999</v>'),
        (b"S1", b"9" * 5000),
    ],
)
def test_a_sheet_with_impossible_cells_neither_hangs_nor_crashes(
    tmp_path: Path, old: bytes, new: bytes
) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级"), ("S1", "王伟", "A"))
    broken = tmp_path / "impossible.xlsx"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(broken, "w") as result:
        for name in archive.namelist():
            result.writestr(name, archive.read(name).replace(old, new))
    try:
        said = findings_of(broken)
    except UnreadableFile as refused:
        said = [str(refused)]
    assert all(sentence.endswith("。") for sentence in said)


def test_a_finding_without_column_reads_as_a_sentence_too() -> None:
    finding = Finding(Place("文件"), "", "没有表", "请补上")
    assert str(finding) == "文件：没有表。请补上。"
