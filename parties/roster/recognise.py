"""From a sheet to a table: find the header row under titles and merged cells, name every column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from parties.roster import headers
from parties.roster.columns import Kind
from parties.roster.findings import Finding, Place
from parties.roster.headers import SENSITIVE, Purpose
from parties.roster.reading import Cell, Line, Sheet

#: Titles, notes and merged group headings stand above the header row, never more than these rows.
_HEADER_WITHIN: Final = 10


@dataclass(frozen=True, slots=True)
class Table:
    """The recognised part of a sheet. `columns` maps a field to (position, header as written)."""

    kind: Kind
    label: str
    columns: dict[str, tuple[int, str]]
    lines: list[Line]


@dataclass
class Recognition:
    """What was made of all sheets, and what must be said about them."""

    tables: list[Table] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def recognise(
    sheets: Sequence[Sheet], *, mapped: Mapping[str, Purpose] | None = None
) -> Recognition:
    """Tables of every known sheet. `mapped`: sensitive headers that somebody mapped on purpose."""
    result = Recognition()
    for sheet in sheets:
        if sheet.lines:
            _recognise_sheet(sheet, mapped or {}, result)
    if not result.tables and not result.findings:
        wanted = "、".join(kind.value for kind in Kind)
        result.findings.append(
            Finding(
                Place("文件"), "", "没有找到可以导入的表", f"表头须在前 10 行；可导入：{wanted}"
            )
        )
    return result


def _recognise_sheet(sheet: Sheet, mapped: Mapping[str, Purpose], result: Recognition) -> None:
    index, names = _header_row(sheet.lines[:_HEADER_WITHIN])
    kind = headers.kind_by_title(sheet.title) or headers.kind_by_headers([n for n in names if n])
    if kind is None:
        result.notes.append(f"{sheet.label}不是可识别的名册，未导入。")
        return
    place = Place(sheet.label, sheet.lines[index].number)
    columns = _columns(kind, names, place, mapped, result)
    absent = headers.missing(kind, columns)
    if absent:
        result.findings.append(_lacking(kind, absent, place))
    else:
        result.tables.append(Table(kind, sheet.label, columns, sheet.lines[index + 1 :]))


def _columns(
    kind: Kind,
    names: Sequence[str],
    place: Place,
    mapped: Mapping[str, Purpose],
    result: Recognition,
) -> dict[str, tuple[int, str]]:
    """Where each field stands; what cannot be used is a finding or a note."""
    columns: dict[str, tuple[int, str]] = {}
    ignored: list[str] = []
    not_stored: list[str] = []
    for position, name in enumerate(names):
        column = headers.column_for(kind, name) if name else None
        if column is None and kind is Kind.STUDENTS and name in mapped:
            columns[f"{SENSITIVE}{name}"] = (position, name)
        elif column is None:
            _sort_out(name, place, mapped, result, ignored=ignored, not_stored=not_stored)
        elif column.field in columns:
            other = columns[column.field][1]
            result.findings.append(
                Finding(place, name, f"与“{other}”是同一项内容", "只保留其中一列")
            )
        else:
            columns[column.field] = (position, name)
    _note(place.sheet, ignored=ignored, not_stored=not_stored, result=result)
    return columns


def _sort_out(
    name: str,
    place: Place,
    mapped: Mapping[str, Purpose],
    result: Recognition,
    *,
    ignored: list[str],
    not_stored: list[str],
) -> None:
    if not name:
        return
    code = headers.sensitive_class(name)
    if code is not None:
        result.findings.append(_refusal(name, code, place, mapped=name in mapped))
    elif headers.is_not_stored(name):
        not_stored.append(name)
    else:
        ignored.append(name)


def _refusal(name: str, code: str, place: Place, *, mapped: bool) -> Finding:
    """Only the students' own sheet may bring a mapped one."""
    if mapped:
        wrong = f"属于敏感个人信息（{code} 类），只能在“学生”表中导入"
        return Finding(place, name, wrong, "请删除该列，或移到“学生”表")
    wrong = f"属于敏感个人信息（{code} 类），没有指定用途，不接收"
    return Finding(place, name, wrong, f"请删除该列，或用 --map {name}={code}:用途 指明为什么需要")


def _lacking(kind: Kind, absent: Sequence[str], place: Place) -> Finding:
    """One sentence for the sheet; its rows would only repeat it."""
    listed = "、".join(f"“{name}”" for name in absent)
    wrong = f"按“{kind.value}”读取，但缺少列{listed}"
    return Finding(place, "", wrong, "请补上后重新导入")


def _note(label: str, *, ignored: list[str], not_stored: list[str], result: Recognition) -> None:
    if ignored:
        listed = "、".join(ignored)
        result.notes.append(f"{label}中不认识、未导入的列：{listed}。")
    if not_stored:
        listed = "、".join(not_stored)
        result.notes.append(f"{label}中本版本不保存、未导入的列：{listed}。")


def _header_row(lines: Sequence[Line]) -> tuple[int, list[str]]:
    """The row with most known headers, and its names; the first of equals."""
    best, best_names, best_score = 0, _names(lines[0].cells), 0
    for index, line in enumerate(lines):
        above = lines[index - 1].cells if index else ()
        names, score = _read_headers(line.cells, above)
        if score > best_score:
            best, best_names, best_score = index, names, score
    return best, best_names


def _read_headers(cells: Sequence[Cell], above: Sequence[Cell]) -> tuple[list[str], int]:
    """Names of one row; a merged cell above it lends its text to the cells below it.

    “监护人” over “姓名” means 监护人姓名; a blank under “学号” belongs to a cell merged downwards.
    """
    own, upper = _names(cells), _names(above)
    upper += [""] * (len(own) - len(upper))
    own += [""] * (len(upper) - len(own))
    names: list[str] = []
    score = known_here = 0
    group = ""
    for mine, over in zip(own, upper, strict=True):
        group = over or group
        name = _best_name(mine, over, group)
        known = bool(name) and headers.is_known(name)
        score += known
        known_here += known and bool(mine)
        names.append(name)
    return names, score if known_here else 0


def _best_name(mine: str, over: str, group: str) -> str:
    if mine and group and not headers.is_known(group) and headers.is_known(group + mine):
        return group + mine
    if mine:
        return mine
    return over if headers.is_known(over) else ""


def _names(cells: Sequence[Cell]) -> list[str]:
    return [headers.normal(cell) if isinstance(cell, str) else "" for cell in cells]
