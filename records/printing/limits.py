"""How much fits into one document. Beyond it a worker is busy for a minute and nobody reads on."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Final

from records.printing.documents import FileSheet, NoticeSlips, Sheet
from records.printing.errors import TooMuch

#: Entries of a file in one document: about 350 pages.
MOST_ENTRIES: Final = 5_000

#: Records in one document, whole: a page or two each, up to 5,000 characters on the average.
MOST_RECORDS: Final = 200

#: Slips in one document: more families without a phone than any class has.
MOST_SLIPS: Final = 300

#: Characters of all texts together: about 800 full pages.
MOST_CHARACTERS: Final = 1_000_000


def refuse(sheet: Sheet) -> None:
    """Raise TooMuch for a sheet that is too long, before any other work is done."""
    if isinstance(sheet, FileSheet):
        _refuse_long_file(sheet)
    if isinstance(sheet, NoticeSlips) and len(sheet.slips) > MOST_SLIPS:
        raise TooMuch(
            f"有 {len(sheet.slips) - 1} 份以上的回执单，一份文件最多 {MOST_SLIPS} 份。",
            field="student",
            mend="请按学生分别打印，或由各班班主任打印本班的回执单。",
            most=MOST_SLIPS,
        )
    if sum(map(len, _texts(sheet))) > MOST_CHARACTERS:
        raise TooMuch(
            f"所选内容太长，一份文件最多 {MOST_CHARACTERS} 个字。",
            field="period",
            mend="请选择更短的时间段，或逐条导出记录。",
            most=MOST_CHARACTERS,
        )


def _refuse_long_file(sheet: FileSheet) -> None:
    if len(sheet.entries) > MOST_ENTRIES:
        raise TooMuch(
            f"所选时间段内有 {len(sheet.entries)} 条记录，一份文件最多 {MOST_ENTRIES} 条。",
            field="period",
            mend="请选择更短的时间段，分几次导出。",
            most=MOST_ENTRIES,
        )
    if len(sheet.records) > MOST_RECORDS:
        raise TooMuch(
            f"所选范围内有 {MOST_RECORDS} 份以上的沟通记录，一份文件最多 {MOST_RECORDS} 份。",
            field="period",
            mend="请选择更短的时间段，分几次导出。",
            most=MOST_RECORDS,
        )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
