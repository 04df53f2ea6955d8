"""Chinese phone numbers in the one form every provider accepts and every look-up expects (E.164).

Strict, unlike parties.contacts: a roster is typed once by the school and dialled in a crisis, so a
number that cannot ring is refused while somebody can still correct it.
"""

import re
import unicodedata
from typing import Final

_SEPARATORS: Final = re.compile(r"[\s.()\-‐-―−'’]")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
#: Three-digit area codes have eight digits behind them, four-digit ones seven or eight.
_LANDLINE: Final = re.compile(r"0(?:10|2[0-9])[2-9][0-9]{7}|0[3-9][0-9]{2}[2-9][0-9]{6,7}")
_SERVICE: Final = re.compile(r"[48]00[0-9]{7}")
_ABROAD: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_EXTENSION: Final = re.compile(r"转|分机|ext|#|,|;|/|、", re.IGNORECASE)
_LOCAL_DIGITS: Final = range(7, 9)


class InvalidPhone(ValueError):
    """What was typed cannot be dialled. `mend` says what to do; the number itself stays out."""

    def __init__(self, wrong: str, mend: str) -> None:
        super().__init__(wrong)
        self.mend = mend


def to_e164(raw: str) -> str:
    """Return a mainland mobile, landline or 400 number, or an international one, as "+8613...".

    Source: ITU-T Recommendation E.164 (at most 15 digits); shapes of the national numbering plan.

    Raises:
        InvalidPhone: too short or long, no area code, an extension, two numbers in one cell.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if _EXTENSION.search(text):
        raise InvalidPhone("含分机号或多个号码", "一格只填一个可直接拨通的号码")
    compact = re.sub(r"^00", "+", _SEPARATORS.sub("", text))
    national = re.sub(r"^(?:\+86|86(?=1[3-9][0-9]{9}$))", "", compact)
    if national.startswith("+"):
        return _international(national)
    if national != compact and re.fullmatch(r"[1-9][0-9]{9,11}", national):
        national = national if _MOBILE.fullmatch(national) else f"0{national}"
    return f"+86{_domestic(national)}"


def _international(number: str) -> str:
    if not _ABROAD.fullmatch(number):
        raise InvalidPhone("不是可拨打的国际号码", "按“+国家代码 号码”填写")
    return number


def _domestic(national: str) -> str:
    if _MOBILE.fullmatch(national) or _SERVICE.fullmatch(national.removeprefix("0")):
        return national.removeprefix("0")
    if _LANDLINE.fullmatch(national):
        return national[1:]
    raise InvalidPhone(*_why_not(national))


def _why_not(national: str) -> tuple[str, str]:
    if not re.fullmatch(r"[0-9]+", national):
        return "含有不是数字的字符", "只填数字"
    if len(national) in _LOCAL_DIGITS and not national.startswith("0"):
        return "固定电话缺少区号", "在前面加上区号，例如 0571-88880000"
    if national.startswith("1") and not national.startswith("10"):
        return f"手机号应为 11 位，现为 {len(national)} 位或号段不存在", "请核对后改正"
    return "不是手机号或带区号的固定电话", "请核对后改正"
