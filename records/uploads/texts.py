"""Plain text: UTF-8 without anything that steers a terminal, a browser or the reading direction."""

import re
import unicodedata
from typing import Final

from parties import legible
from records.uploads.errors import Reason, UploadRefused
from records.uploads.kinds import Cleaned, Kind

_SPACING: Final = frozenset("\t\n\r\f")
#: They turn the direction of what follows, so that a line reads other than it is written.
_DIRECTIONS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_text(data: bytes) -> Cleaned:
    """UTF-8 with lines ending at `\\n`; raises UploadRefused for other encodings and controls, and
    where nothing can be read.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UploadRefused(
            "文本不是 UTF-8 编码。",
            reason=Reason.WRONG_TYPE,
            mend="请在记事本中“另存为”，编码选 UTF-8。",
        ) from None
    if any(unicodedata.category(sign) == "Cc" and sign not in _SPACING for sign in text):
        raise UploadRefused(
            "文本里有控制字符，不是普通文本。",
            reason=Reason.WRONG_TYPE,
            mend="请把文字复制到新的文本文件，或打印为 PDF。",
        )
    _refuse_blank(text)
    lines = _DIRECTIONS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return Cleaned(Kind.TEXT, lines.encode())


def refuse_blank(data: bytes) -> None:
    """Raises UploadRefused where nothing can be read in it, whatever it is called."""
    try:
        _refuse_blank(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return  # not a text that is blank


def _refuse_blank(text: str) -> None:
    if not legible.said(text):
        raise UploadRefused(
            "文件是空的：里面只有空格或换行，没有文字。",
            reason=Reason.EMPTY,
            mend="请写好内容，保存后再重新选择。",
        )
