"""Which column is which: every header schools use, and those that are refused by law."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from parties.roster import headers, reading, recognise
from parties.roster.columns import COLUMNS, Kind
from parties.roster.headers import Purpose
from parties.roster.rows import GuardianRow, StudentRow
from tests.parties.roster_files import Rows, comma_separated, workbook
from tests.parties.roster_reads import findings_of, only_student, read_rows, student_sheet

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
        for column in COLUMNS[kind]
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
        f"工作表“学生”第 1 行“{header}”：属于敏感个人信息（{code} 类），没有指定用途，不接收。"
        f"请删除该列，或用 --map {header}={code}:用途 指明为什么需要。"
    ]


def test_a_column_mapped_on_purpose_is_read_with_its_header(tmp_path: Path) -> None:
    path = student_sheet(tmp_path, ("学号", "姓名", "班级", "民族"), ("S1", "王伟", "JD2501", "汉"))
    mapped = {"民族": Purpose("SPE", "学籍上报")}
    seen = recognise.recognise(reading.read(path), mapped=mapped)
    assert seen.findings == []
    assert seen.tables[0].columns["sensitive:民族"] == (3, "民族")


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
