"""Any file becomes sheets and rows, or one sentence why not; no database is needed."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from parties.roster import reading
from parties.roster.findings import Finding, Place, UnreadableFile
from parties.roster.rows import StudentRow
from tests.parties.broken_files import BROKEN
from tests.parties.roster_files import CLASSES, STUDENTS, comma_separated, workbook
from tests.parties.roster_reads import findings_of, only_student, read_rows, student_sheet


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
