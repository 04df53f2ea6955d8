"""行为观察表: observations have their days (domain.md 2.5, F2)."""

import re
from typing import Final

from parties.errors import InvalidInput
from records.models import PreparedItem

_NUMBER: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
#: 10月9日, 十月九日, 10-9, 2026.10.9, 第6周周三, 周三, 昨天 ...
_DAY: Final = re.compile(
    rf"{_NUMBER}\s*月\s*{_NUMBER}|\d{{1,2}}\s*[-./／]\s*\d{{1,2}}"
    rf"|第\s*{_NUMBER}\s*周|(?:周|星期|礼拜)[一二三四五六日天]|[今昨前][天日]"
)


def refuse_undated(kind: str, note: str, *, has_file: bool = False) -> None:
    """An observation sheet says of which days it tells; one that comes as a file says so itself.

    Raises InvalidInput: no day is named.
    """
    if kind != PreparedItem.Kind.OBSERVATION or has_file or _DAY.search(note):
        return
    raise InvalidInput(
        "行为观察表没有写明日期。",
        field="note",
        mend="请写观察的日期，例如：10月9日至12日，课堂与宿舍。",
    )
