"""What a school should know before its first export, and not in front of a waiting parent."""

from typing import Any

from django.core import checks

from records.printing import fonts
from records.printing.errors import FontMissing


@checks.register(checks.Tags.files, deploy=True)
def chinese_can_be_printed(**_: Any) -> list[checks.CheckMessage]:
    """W001 no Chinese font: PDF is refused, everything else works."""
    try:
        fonts.installed()
    except FontMissing as error:
        return [
            checks.Warning("没有中文字体，PDF 导出将被拒绝。", hint=error.mend, id="records.W001")
        ]
    return []
