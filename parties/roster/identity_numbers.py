"""Official numbers and their check digits: a wrong digit is found before it names somebody else."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_ID_LENGTH: Final = 18
_OLD_ID_LENGTH: Final = 15
_EARLIEST_BIRTH: Final = date(1900, 1, 1)

#: First two digits of GB/T 2260; 81 to 83 are residence permits of Hong Kong, Macao and Taiwan.
_PROVINCES: Final = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46"
    " 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)
#: GB 32100-2015: no I, O, S, V, Z, which look like digits or each other.
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_LENGTH: Final = 18
_USCC_BASE: Final = len(_USCC_ALPHABET)
_EDU_LENGTH: Final = 19
_EDU_LETTERS: Final = "GJL"
_CHECK: Final = "请核对原件后改正"


class InvalidNumber(ValueError):
    """The number cannot exist. `mend` says what to do; the number itself stays out."""

    def __init__(self, wrong: str, mend: str = _CHECK) -> None:
        super().__init__(wrong)
        self.mend = mend


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A 身份证号 that passed every check, and what it says about its owner."""

    number: str
    birth_date: date
    female: bool


def resident_id(raw: str, *, today: date) -> ResidentId:
    """Check a 公民身份号码 (GB 11643-1999): shape, region, birth date up to `today`, check digit.

    Raises InvalidNumber.
    """
    number = _compact(raw)
    if len(number) == _OLD_ID_LENGTH and number.isdigit():
        raise InvalidNumber("是旧的 15 位号码", "请改填 18 位身份证号")
    if len(number) != _ID_LENGTH:
        raise InvalidNumber(f"应为 18 位，现为 {len(number)} 位")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise InvalidNumber("前 17 位应为数字，末位为数字或 X")
    if number[:2] not in _PROVINCES.split():
        raise InvalidNumber("前两位不是省级行政区划代码")
    born = _birth_date(number[6:14], today)
    expected = _ID_CHECKS[_id_remainder(number)]
    if number[-1] != expected:
        raise InvalidNumber(f"校验位应为 {expected}")
    return ResidentId(number, born, female=int(number[16]) % 2 == 0)


def national_edu_id(raw: str, *, today: date) -> str:
    """Check a 学籍号: 19 characters, G + 身份证号 with its check digit, or J / L + 18 characters.

    Raises InvalidNumber.
    """
    number = _compact(raw)
    if len(number) != _EDU_LENGTH:
        raise InvalidNumber(f"应为 19 位，现为 {len(number)} 位")
    if number[0] not in _EDU_LETTERS:
        raise InvalidNumber("首位应为字母 G、J 或 L")
    if number[0] == "G":
        return "G" + resident_id(number[1:], today=today).number
    if not re.fullmatch(r"[0-9A-Z]{18}", number[1:]):
        raise InvalidNumber("首位之后应为 18 位数字或大写字母")
    return number


def social_credit_code(raw: str) -> str:
    """Check a 统一社会信用代码 (GB 32100-2015, MOD 31-3 check character).

    Raises InvalidNumber.
    """
    code = _compact(raw)
    if len(code) != _USCC_LENGTH:
        raise InvalidNumber(f"应为 18 位，现为 {len(code)} 位", "请对照营业执照改正")
    if any(char not in _USCC_ALPHABET for char in code):
        raise InvalidNumber("含有不允许的字符（不用字母 I、O、S、V、Z）", "请对照营业执照改正")
    total = sum(
        _USCC_ALPHABET.index(char) * pow(3, i, _USCC_BASE) for i, char in enumerate(code[:-1])
    )
    expected = _USCC_ALPHABET[-total % _USCC_BASE]
    if code[-1] != expected:
        raise InvalidNumber(f"校验位应为 {expected}", "请对照营业执照改正")
    return code


def _compact(raw: str) -> str:
    return re.sub(r"[\s'’\-]", "", unicodedata.normalize("NFKC", raw)).upper()


def _id_remainder(number: str) -> int:
    """ISO 7064 MOD 11-2 in the form of GB 11643: a weighted sum."""
    return sum(int(d) * w for d, w in zip(number[:17], _ID_WEIGHTS, strict=True)) % 11


def _birth_date(digits: str, today: date) -> date:
    try:
        born = datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise InvalidNumber("第 7 至 14 位不是有效的出生日期") from None
    if not _EARLIEST_BIRTH <= born <= today:
        raise InvalidNumber("第 7 至 14 位的出生日期不合理")
    return born
