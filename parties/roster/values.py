"""One cell at a time: what a person typed, as the value they meant, or a finding."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Final

from parties import contacts
from parties.phones import InvalidPhone, to_e164
from parties.roster import identity_numbers
from parties.roster.cells import as_date, as_text, of_day
from parties.roster.findings import Finding, Place
from parties.roster.headers import SENSITIVE
from parties.roster.identity_numbers import InvalidNumber
from parties.roster.reading import Broken, Cell, Line
from parties.roster.recognise import Table

#: Nothing in a roster is older or further away; and the calendar has an end to add days at.
_YEARS: Final = range(1900, 2200)
_DATE_SHAPE: Final = re.compile(
    r"([12][0-9]{3})[-/.年]([0-9]{1,2})(?:[-/.月]([0-9]{1,2})日?|月)?(?:[ T]0{1,2}:00(?::00)?)?"
)
_COMPACT_DATE: Final = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
_TIME_SHAPE: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")
_YES: Final = frozenset({"是", "有", "√", "✓", "1", "Y", "YES", "TRUE", "对"})
_NO: Final = frozenset({"否", "无", "×", "✗", "X", "0", "N", "NO", "FALSE", "不", "-"})
#: Blanks between two Chinese characters only pad a name (“王　伟”); between words they part it.
_PADDING: Final = re.compile(r"(?<=[⺀-鿿豈-﫿𠀀-𲎯])\s+(?=[⺀-鿿豈-﫿𠀀-𲎯])")
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "|")
_MIDDLE_DOTS: Final = str.maketrans(dict.fromkeys("•・‧∙●．", "·"))


class RowReader:
    """Reads the fields of one line. Every trouble becomes a finding; the value is then a blank."""

    def __init__(self, table: Table, line: Line, findings: list[Finding], *, today: date) -> None:
        self.place = Place(table.label, line.number)
        self.today = today
        self._columns = table.columns
        self._cells = line.cells
        self._findings = findings

    def has(self, field: str) -> bool:
        """Whether the file has this column at all: an absent column changes nothing."""
        return field in self._columns

    def mapped(self) -> list[str]:
        """Fields of sensitive columns that somebody mapped on purpose."""
        return [field for field in self._columns if field.startswith(SENSITIVE)]

    def complain(self, field: str, wrong: str, mend: str) -> None:
        column = self._columns[field][1] if field in self._columns else ""
        self._findings.append(Finding(self.place, column, wrong, mend))

    def text(self, field: str, *, longest: int, required: bool = False) -> str:
        """Free text: trimmed, invisible characters dropped, inner blanks single."""
        value = re.sub(r"\s+", " ", self._plain(field)).strip()
        return self._measured(field, value, longest, required=required)

    def name(self, field: str, *, required: bool = False, longest: int = 100) -> str:
        """A person's name; never a formula in disguise."""
        value = self.text(field, longest=longest, required=required).translate(_MIDDLE_DOTS)
        value = _PADDING.sub("", value)
        if value.startswith(_FORMULA_STARTS) or "<" in value:
            self.complain(field, "含有姓名里不会有的字符", "请改为真实姓名")
            return ""
        return value

    def code(self, field: str, *, required: bool = False, longest: int = 40) -> str:
        """A number or code of the school: half width, no blanks."""
        value = re.sub(r"\s", "", unicodedata.normalize("NFKC", self._plain(field)))
        return self._measured(field, value, longest, required=required)

    def flag(self, field: str, *, default: bool) -> bool:
        word = self.code(field).upper()
        if not word:
            return default
        if word in _YES or word in _NO:
            return word in _YES
        self.complain(field, "只能填“是”或“否”", "请改正")
        return default

    def choice(self, field: str, words: Mapping[str, str], *, required: bool = False) -> str:
        """The stored value of a word. `words` lists every spelling that is understood."""
        word = self.code(field, required=required)
        if not word:
            return ""
        if word.upper() in words:
            return words[word.upper()]
        allowed = "、".join(dict.fromkeys(key for key in words if not key.isascii()))
        self.complain(field, f"“{word[:20]}”不在可填的范围内", f"请改为其中之一：{allowed}")
        return ""

    def integer(self, field: str, *, default: int, least: int, most: int) -> int:
        word = self.code(field)
        if not word:
            return default
        if re.fullmatch(r"[0-9]{1,6}", word) and least <= int(word) <= most:
            return int(word)
        self.complain(field, f"应为 {least} 至 {most} 的整数", "请改正")
        return default

    def day(self, field: str, *, required: bool = False) -> date | None:
        """A date: an Excel date, its serial number, or text such as 2009-3-15 or 2009年3月15日."""
        found = as_date(self._cell(field)) or self._typed_date(field, required=required)
        if found is not None and found.year not in _YEARS:
            self.complain(field, "年份不合理", "请核对后改正")
            return None
        return found

    def _typed_date(self, field: str, *, required: bool) -> date | None:
        text = unicodedata.normalize("NFKC", self._plain(field)).strip()
        if not text:
            self._nothing(field, required=required)
            return None
        found = _DATE_SHAPE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
        try:
            if found:
                return date(int(found[1]), int(found[2]), int(found[3] or 1))
        except ValueError:
            pass
        self.complain(field, "不是有效的日期", "请按 2009-03-15 的格式填写")
        return None

    def clock(self, field: str) -> time | None:
        """A time of day such as 18:00; 24:00 is written 00:00."""
        cell = self._cell(field)
        if isinstance(cell, datetime):
            return cell.time()
        if isinstance(cell, time):
            return cell
        if isinstance(cell, float) and 0 <= cell < 1:
            return of_day(round(cell * 24 * 60))
        text = unicodedata.normalize("NFKC", self._plain(field)).strip()
        found = _TIME_SHAPE.fullmatch(text)
        if found and int(found[1]) < 24 and int(found[2]) < 60:  # noqa: PLR2004 - a clock's dial
            return time(int(found[1]), int(found[2]))
        self.complain(field, "不是有效的时间" if text else "不能为空", "请按 18:00 的格式填写")
        return None

    def phone(self, field: str) -> str:
        raw = self.code(field)
        if not raw:
            return ""
        try:
            return to_e164(raw)
        except InvalidPhone as error:
            self.complain(field, str(error), error.mend)
            return ""

    def email(self, field: str) -> str:
        raw = self.code(field, longest=254)
        address = contacts.email(raw)
        if raw and not address:
            self.complain(field, "不是有效的邮箱地址", "请核对后改正")
        return address

    def resident_id(self, field: str) -> identity_numbers.ResidentId | None:
        raw = self.code(field)
        if not raw:
            return None
        try:
            return identity_numbers.resident_id(raw, today=self.today)
        except InvalidNumber as error:
            self.complain(field, str(error), error.mend)
            return None

    def edu_id(self, field: str) -> str:
        raw = self.code(field)
        try:
            return identity_numbers.national_edu_id(raw, today=self.today) if raw else ""
        except InvalidNumber as error:
            self.complain(field, str(error), error.mend)
            return ""

    def credit_code(self, field: str) -> str:
        raw = self.code(field, required=True)
        try:
            return identity_numbers.social_credit_code(raw) if raw else ""
        except InvalidNumber as error:
            self.complain(field, str(error), error.mend)
            return ""

    def _nothing(self, field: str, *, required: bool) -> None:
        if required:
            self.complain(field, "不能为空", "请补填")

    def _measured(self, field: str, value: str, longest: int, *, required: bool) -> str:
        if not value:
            self._nothing(field, required=required)
        if len(value) > longest:
            self.complain(field, f"超过 {longest} 个字", "请缩短")
            return ""
        return value

    def _cell(self, field: str) -> Cell:
        if field not in self._columns:
            return None
        position = self._columns[field][0]
        return self._cells[position] if position < len(self._cells) else None

    def _plain(self, field: str) -> str:
        cell = self._cell(field)
        if isinstance(cell, Broken):
            self.complain(field, cell.wrong, cell.mend)
            return ""
        text = as_text(cell)
        if text is None:
            self.complain(
                field, "以数字格式保存，末几位已经丢失", "请把该列设为“文本”格式后重新填写"
            )
            return ""
        return self._visible(field, text.strip().lstrip("'’‘`").strip())

    def _visible(self, field: str, text: str) -> str:
        """Without zero-width and direction marks; a real control character is a broken file."""
        kept = "".join(char for char in text if unicodedata.category(char) != "Cf")
        if any(
            unicodedata.category(char) in {"Cc", "Cs"} and char not in "\t\r\n" for char in kept
        ):
            self.complain(field, "含有不可见的控制字符", "请删除后重新填写")
            return ""
        return kept
