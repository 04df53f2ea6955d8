"""Words of staff around a meeting: guests and a company's mentor read them as the family does."""

from collections.abc import Mapping
from typing import Final

from parties.errors import InvalidInput
from parties.models import Student
from records import language_gate, sensitivity
from records.language import Field

_MEND: Final = (
    "请概括地写，如“商量近期的学习安排”；经济、健康、家庭方面的话请写进会谈记录，单独一条。"
)


def refuse(texts: Mapping[str, str], *, student: Student, field: Field = Field.NARRATIVE) -> None:
    """Texts by field judge nobody, name no other student, and say nothing of a class of its own.

    Raises InvalidInput: the field, and what to write.
    """
    language_gate.refuse_forbidden(texts, student=student, field=field)
    sensitivity.refuse_special(texts, mend=_MEND)


def refuse_withheld(field: str, text: str) -> None:
    """Words that a company reads. Raises InvalidInput: the field, and what to write."""
    found = sorted(sensitivity.withheld(text), key=lambda code: code.value)
    if found:
        kinds = "、".join(str(code.label) for code in found)
        raise InvalidInput(
            f"这里涉及“{kinds}”，企业会看到这个地点。",
            field=field,
            mend="请只写楼号、房间号或会议号。",
        )
