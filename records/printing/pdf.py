"""Sheets on paper. Texts reach the setter as data beside the template, never as its source.

The templates read nothing else: their root is their own folder, they import no packages, and the
moment comes from the watermark, so that the same copy is the same bytes.
"""

import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson
import segno
from django.utils import timezone

from records.printing import fonts, limits, setter, values
from records.printing.documents import (
    FileSheet,
    NoticeSlip,
    NoticeSlips,
    RecordSheet,
    Sheet,
    Watermark,
)
from records.printing.errors import PrintingFailed
from records.printing.fonts import Typeface
from records.printing.letters import printable

#: Seconds for one document; the largest that the limits allow took 13, and 37 on a busy machine.
PATIENCE: Final = 120.0

_TEMPLATE_OF: Final = {
    RecordSheet: "record.typ",
    FileSheet: "file.typ",
    NoticeSlip: "slip.typ",
    NoticeSlips: "slip.typ",
}


def render(sheet: Sheet, *, watermark: Watermark, typeface: Typeface | None = None) -> bytes:
    """The sheet as an A4 document with `watermark` on every page. Not for use inside a scope.

    Args:
        typeface: what to set with; by default what this machine has.

    Raises:
        FontMissing: no Chinese font; the message names the mend.
        TooMuch: more entries or characters than one document holds.
        PrintingFailed: the template broke, or the setter took longer than PATIENCE.
    """
    limits.refuse(sheet)
    typeface = typeface or fonts.installed()
    inputs = {"data": _data(sheet, watermark, typeface), **_pictures(sheet)}
    return _set(inputs, template=_TEMPLATE_OF[type(sheet)], typeface=typeface)


def _data(sheet: Sheet, watermark: Watermark, typeface: Typeface) -> str:
    writing = values.Writing(
        text=lambda text: printable(text, typeface.letters), moment=_moment, day=_day
    )
    look: dict[str, Any] = {
        "serif": typeface.serif,
        "sans": typeface.sans,
        "bold": sorted(typeface.bold),
        "created": watermark.at.astimezone(UTC).timetuple()[:6],
    }
    data = {
        "look": look,
        "watermark": values.plain(watermark, writing),
        "sheet": values.plain(sheet, writing),
    }
    return orjson.dumps(data).decode()


def _pictures(sheet: Sheet) -> dict[str, str]:
    """The QR of each slip, by its place: code0, code1…"""
    slips = sheet.slips if isinstance(sheet, NoticeSlips) else (sheet,)
    return {
        f"code{place}": _picture(slip)
        for place, slip in enumerate(slips)
        if isinstance(slip, NoticeSlip)
    }


def _picture(slip: NoticeSlip) -> str:
    return str(segno.make_qr(slip.code or slip.slip_no, error="m").svg_inline(border=0))


def _set(inputs: dict[str, str], *, template: str, typeface: Typeface) -> bytes:
    command = [sys.executable, "-I", setter.__file__, template, str(typeface.folder)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, file and template names
            command,
            input=orjson.dumps(inputs),
            env={},  # the setter needs none of our keys and addresses
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise PrintingFailed(_FAILED, template=template, reason="timeout") from None
    except subprocess.CalledProcessError as error:
        # What it said stays unread: it may quote the text.
        raise PrintingFailed(_FAILED, template=template, reason=error.returncode) from None
    return done.stdout


_FAILED: Final = "排版失败，没有生成 PDF。可以先导出 JSON，并请系统管理员查看日志。"


def _moment(at: datetime) -> str:
    return f"{_day(timezone.localtime(at))} {timezone.localtime(at):%H:%M}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
