"""Files as schools hand them in, made for one test each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from demo.numbers import credit_code

Rows = Sequence[Sequence[object]]

CLASSES: Rows = [
    ("班级代码", "班级名称", "年级", "专业"),
    ("JD2501", "机电2501", "2025", "机电"),
    ("SK2401", "数控2401", "2024", "数控"),
]
STUDENTS: Rows = [
    ("学号", "姓名", "班级"),
    ("S001", "王伟", "JD2501"),
    ("S002", "王伟强", "JD2501"),
    ("S003", "李娜", "JD2501"),
    ("S004", "李娜", "SK2401"),
]
GUARDIAN_HEADERS: tuple[object, ...] = (
    "学号",
    "学生姓名",
    "监护人姓名",
    "与本人关系",
    "监护人电话",
)
GUARDIANS: Rows = [
    GUARDIAN_HEADERS,
    ("S001", "王伟", "王建军", "父亲", "19900020001"),
    ("S002", "王伟强", "王建军", "父亲", "19900020002"),
    ("S003", "李娜", "周敏", "母亲", "19900020003"),
    ("S004", "李娜", "周敏", "母亲", "19900020003"),
]
STAFF: Rows = [
    ("工号", "姓名", "角色", "班级", "年级", "手机号", "代理人工号"),
    ("T01", "严正清", "德育处主任", None, None, "19900030001", "T02"),
    ("T02", "陆小舟", "德育干事", None, None, "19900030002", None),
    ("T03", "叶知秋", "班主任", "JD2501", None, "19900030003", None),
    ("T04", "石开山", "年级组长", None, "2025级", "19900030004", None),
]
COMPANIES: Rows = [
    ("统一社会信用代码", "企业名称", "联系电话"),
    (credit_code(1), "云汀精工", "0711-3380000"),
]
PLACEMENTS: Rows = [
    (
        "协议编号",
        "学号",
        "统一社会信用代码",
        "岗位",
        "实习开始日期",
        "实习结束日期",
        "企业导师姓名",
    ),
    ("A1", "S004", credit_code(1), "车床", "2026-09-01", "2027-02-28", "冯师傅"),
]
SCHOOL: Mapping[str, Rows] = {
    "学校": [("学校代码", "学校名称"), ("DEMO", "示范职校")],
    "班级": CLASSES,
    "教职工": STAFF,
    "学生": STUDENTS,
    "监护人": GUARDIANS,
    "企业": COMPANIES,
    "岗位实习": PLACEMENTS,
}


def workbook(folder: Path, sheets: Mapping[str, Rows], *, name: str = "名册.xlsx") -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    path = folder / name
    book.save(path)
    return path


def comma_separated(
    folder: Path, rows: Rows, *, encoding: str = "utf-8", name: str = "students.csv"
) -> Path:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    path = folder / name
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path
