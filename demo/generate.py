"""Writes demo/school.xlsx, the same every time: `.venv/bin/python -m demo.generate`.

Everybody in it is invented: unassigned district codes, a block of phones nobody has, .test
addresses. Check digits are right, so that the importer reads the file as it would read yours.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from demo import families, school

TARGET: Final = Path(__file__).with_name("school.xlsx")
_MADE_AT: Final = datetime(2026, 9, 1)  # noqa: DTZ001 - office files know no zone
_ZIP_DATE: Final = (2026, 9, 1, 0, 0, 0)
_WIDTH: Final = 18


def _headers(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


_CLASS_HEADERS: Final = ("班级代码", "班级名称", "年级", "专业")
_STAFF_HEADERS: Final = _headers(
    "工号,姓名,角色,班级,年级,是否负责人,线外代表,代理人工号,手机号,邮箱,任职开始"
)
_DUTY_HEADERS: Final = _headers(
    "值班日期,值班角色,值班人工号,值班人,替班人工号,替班人,开始时间,结束日期,结束时间"
)
_STUDENT_HEADERS: Final = _headers(
    "学号,姓名,班级,性别,出生日期,身份证号,学籍号,本人手机号,入学年月日,寄宿类型"
)
_GUARDIAN_HEADERS: Final = _headers(
    "学号,学生姓名,监护人姓名,与本人关系,监护人电话,邮箱,法定监护,委托照护,联系顺序,"
    "可查看子女信息,禁止联系,限制文书编号,限制开始"
)
_COMPANY_HEADERS: Final = _headers("统一社会信用代码,企业名称,行政区,地址,联系人,联系电话,值班电话")
_PEOPLE_HEADERS: Final = _headers("统一社会信用代码,企业名称,姓名,企业角色,手机号,邮箱,任职开始")
_PLACEMENT_HEADERS: Final = _headers(
    "协议编号,学号,学生姓名,统一社会信用代码,企业名称,岗位,实习地点,实习开始日期,"
    "实习结束日期,企业导师姓名,企业导师电话,指导教师工号,状态"
)


def main() -> None:
    TARGET.write_bytes(_reproducible(_workbook()))


def sheets() -> dict[str, list[Sequence[object]]]:
    """Every sheet with its header row first."""
    students = families.students()
    return {
        "学校": [("学校代码", "学校名称"), (school.CODE, school.NAME)],
        "班级": [
            _CLASS_HEADERS,
            *((c.code, c.name, str(c.grade), c.major) for c in families.CLASSES),
        ],
        "教职工": [_STAFF_HEADERS, *school.staff_rows()],
        "值班表": [_DUTY_HEADERS, *school.duty_rows()],
        "学生": [_STUDENT_HEADERS, *map(_student_row, students)],
        "监护人": [_GUARDIAN_HEADERS, *_guardian_rows(students)],
        "企业": [_COMPANY_HEADERS, *school.company_rows()],
        "企业人员": [_PEOPLE_HEADERS, *school.company_people_rows()],
        "岗位实习": [_PLACEMENT_HEADERS, *school.placement_rows(students)],
    }


def _student_row(student: families.Student) -> Sequence[object]:
    return (
        student.number,
        student.name,
        student.school_class.code,
        "男" if student.boy else "女",
        student.born,
        student.id_no,
        f"G{student.id_no}",
        student.phone,
        date(student.school_class.grade, 9, 1),
        "住校" if student.boarding else "走读",
    )


def _guardian_rows(students: Iterable[families.Student]) -> Iterable[Sequence[object]]:
    for student in students:
        for order, guardian in enumerate(student.guardians, start=1):
            yield (
                student.number,
                student.name,
                guardian.name,
                guardian.relation,
                guardian.phone,
                guardian.email,
                guardian.legal,
                guardian.carer,
                order,
                guardian.access,
                guardian.no_contact,
                guardian.order_no,
                guardian.restricted_from,
            )


def _workbook() -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets().items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
        sheet.freeze_panes = "A2"
        for column, cell in enumerate(sheet[1], start=1):
            cell.font = Font(bold=True)
            sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    book.properties.creator = "demo.generate"
    book.properties.created = book.properties.modified = _MADE_AT
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _reproducible(content: bytes) -> bytes:
    """The same bytes every time: an office file carries the moment it was saved."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as saved,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for name in saved.namelist():
            data = saved.read(name)
            if name == "docProps/core.xml":
                data = _without_modified(data)
            fixed.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def _without_modified(core: bytes) -> bytes:
    start, end = core.index(b"<dcterms:modified"), core.index(b"</dcterms:modified>")
    return core[:start] + core[end + len(b"</dcterms:modified>") :]


if __name__ == "__main__":
    main()
