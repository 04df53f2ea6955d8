"""Any file a school may hand us, as sheets of plain cells: or one sentence why not.

Nothing is interpreted here beyond what the file format itself says. Limits come first: a small file
can unfold into a very large one.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell

from parties.roster.findings import UnreadableFile

_MAX_BYTES: Final = 20 * 1024 * 1024
_MAX_UNFOLDED: Final = 100 * 1024 * 1024
_MAX_ROWS: Final = 50_000
_MAX_COLUMNS: Final = 200
_LAST_EXCEL_ROW: Final = 1_048_576
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK"
_DOCTYPES: Final = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_CONTROL: Final = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f\v\x1c\x1d\x1e\x1f")


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell whose value cannot be known: an Excel error, or a formula nobody has calculated."""

    wrong: str
    mend: str


Cell = str | int | float | bool | date | datetime | time | timedelta | Broken | None


@dataclass(frozen=True, slots=True)
class Line:
    """A row with the number that Excel or an editor shows for it."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`label` is how messages name it; `title` is a sheet's own name, empty for csv."""

    label: str
    title: str
    lines: list[Line] = field(default_factory=list)


def read(path: Path) -> list[Sheet]:
    """Visible sheets with their non-blank rows. Raises UnreadableFile."""
    if path.exists() and not path.is_file():
        raise UnreadableFile(f"{path} 不是文件，请指定一个 .xlsx 或 .csv 文件。")
    try:
        size = path.stat().st_size
        content = b"" if size > _MAX_BYTES else path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"打不开文件 {path}：{error.strerror or error}。") from error
    if size > _MAX_BYTES:
        raise UnreadableFile(f"文件超过 {_MAX_BYTES // 2**20} MB，请按年级或班级拆分后分别导入。")
    if not content.strip():
        raise UnreadableFile("文件是空的，请确认已保存后再导入。")
    if content.startswith(_OLE):
        raise UnreadableFile(
            "这是旧版 .xls 或加密的工作簿，无法读取。请取消密码，另存为 .xlsx 后再导入。"
        )
    if content.startswith(_ZIP):
        return _read_workbook(content)
    return [_read_csv(content, path.name)]


def _read_workbook(content: bytes) -> list[Sheet]:
    _refuse_bombs(content)
    try:
        plain = _cells_by_sheet(content, values=False)
        if not any(
            isinstance(c, _Formula) for rows in plain.values() for r in rows for c in r.cells
        ):
            return _sheets(plain)
        return _sheets(_calculated(plain, _cells_by_sheet(content, values=True)))
    except UnreadableFile:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part provokes
        raise UnreadableFile(
            "工作簿已损坏，无法读取。请用 Excel 或 WPS 打开并另存为 .xlsx 后再导入。"
        ) from error


def _refuse_bombs(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MAX_UNFOLDED:
                raise UnreadableFile("工作簿解压后过大，请删去图片和空白格式后另存再导入。")
            names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
            if any(_declares_entities(archive, name) for name in names):
                raise UnreadableFile("工作簿含有不安全的 XML 声明，拒绝读取。请重新另存为 .xlsx。")
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise UnreadableFile(
            "文件不是有效的 .xlsx（压缩包损坏或加了密码）。请重新另存为 .xlsx。"
        ) from error


def _declares_entities(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as part:
        head = part.read(4096)
    return any(word in head for word in _DOCTYPES)


class _Formula:
    """Stands for a formula until its last calculated value is looked up."""


@dataclass(frozen=True, slots=True)
class _RawLine:
    number: int
    cells: tuple[Any, ...]


def _cells_by_sheet(content: bytes, *, values: bool) -> dict[str, list[_RawLine]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # styles and validations we do not read
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=values)
    try:
        found: dict[str, list[_RawLine]] = {}
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                sheet.reset_dimensions()
                found[sheet.title] = list(_raw_lines(sheet.title, sheet.iter_rows()))
        return found
    finally:
        book.close()


def _raw_lines(title: str, rows: Iterable[Any]) -> Iterator[_RawLine]:
    kept = 0
    for number, row in enumerate(rows, start=1):
        if number > _LAST_EXCEL_ROW:
            raise UnreadableFile(f"工作表“{title}”的行号超出 Excel 的范围，文件已损坏。")
        cells = tuple(_raw(cell) for cell in row)
        if all(cell is None or cell == "" for cell in cells):
            continue
        kept += 1
        _refuse_excess(f"工作表“{title}”", kept, len(cells))
        yield _RawLine(number, cells)


def _refuse_excess(label: str, rows: int, columns: int) -> None:
    if rows > _MAX_ROWS:
        raise UnreadableFile(f"{label}超过 {_MAX_ROWS} 行，请拆分后分别导入。")
    if columns > _MAX_COLUMNS:
        raise UnreadableFile(f"{label}超过 {_MAX_COLUMNS} 列，请删去右侧的空白列后再导入。")


def _raw(cell: Any) -> Any:
    if isinstance(cell, EmptyCell) or cell.value is None:
        return None
    if cell.data_type == "f":
        return _Formula()
    if cell.data_type == "e":
        return Broken(f"单元格是错误值 {cell.value}", "请改为实际内容")
    return cell.value


def _calculated(
    plain: dict[str, list[_RawLine]], values: dict[str, list[_RawLine]]
) -> dict[str, list[_RawLine]]:
    """Formulas replaced by the value that Excel saved beside them."""
    result: dict[str, list[_RawLine]] = {}
    for title, lines in plain.items():
        known = {line.number: line.cells for line in values.get(title, [])}
        result[title] = [
            _RawLine(line.number, _settled(line.cells, known.get(line.number, ())))
            for line in lines
        ]
    return result


def _settled(cells: tuple[Any, ...], known: tuple[Any, ...]) -> tuple[Any, ...]:
    padded = known + (None,) * (len(cells) - len(known))
    return tuple(
        _saved_value(saved) if isinstance(cell, _Formula) else cell
        for cell, saved in zip(cells, padded, strict=False)
    )


def _saved_value(saved: Any) -> Any:
    if saved is not None:
        return saved
    return Broken("是没有计算结果的公式", "请复制该列并“选择性粘贴为数值”")


def _sheets(raw: dict[str, list[_RawLine]]) -> list[Sheet]:
    return [
        Sheet(f"工作表“{title}”", title, [Line(line.number, line.cells) for line in lines])
        for title, lines in raw.items()
    ]


def _read_csv(content: bytes, name: str) -> Sheet:
    text = _decoded(content)
    if any(char in _CONTROL for char in text[:100_000]) or "\x00" in text:
        raise UnreadableFile("文件不是表格（含有二进制内容）。请提供 .xlsx 或 .csv。")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines: list[Line] = []
    started = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                lines.append(Line(started, tuple(row)))
                _refuse_excess(f"文件“{name}”", len(lines), len(row))
            started = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(
            f"文件“{name}”第 {reader.line_num} 行附近的引号不成对或单元格过长，请改正后再导入。"
        ) from error
    return Sheet(f"文件“{name}”", "", lines)


def _decoded(content: bytes) -> str:
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("文件既不是 UTF-8 也不是 GB18030 编码的表格。请另存为 UTF-8 的 .csv。")


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",\t;，", key=first.count)
