"""Task data is control flow: small flat decisions under flat names, nothing else.

Answers, texts and files live in Django tables. What is flat can be merged name by name when
branches join, and expressions need neither attributes nor subscripts to read it.
"""

import math
import re
from collections.abc import Mapping
from typing import Final

from workflow.engine.errors import ProcessInvalid

Scalar = None | bool | int | float | str
Flat = Scalar | list[Scalar]

#: A name an expression may use: `<bpmn id>_<property>`.
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,119}\Z")

_MAX_TEXT: Final = 200  # characters; enough for an id or a code, too short for a story
_MAX_ITEMS: Final = 100
_MAX_INT: Final = 2**53  # what JSON readers agree on
#: Half a character cannot be stored: the step would fail when its state is saved.
_HALF: Final = re.compile(r"[\ud800-\udfff]")


def flat(value: object, *, name: str) -> Flat:
    """Return `value` unchanged if it may become task data, else raise ProcessInvalid."""
    if isinstance(value, list | tuple):
        if len(value) > _MAX_ITEMS:
            raise ProcessInvalid(f"“{name}” 的列表超过 {_MAX_ITEMS} 项。", name=name)
        return [_scalar(item, name=name) for item in value]
    return _scalar(value, name=name)


def flat_names(prefix: str, values: Mapping[str, object]) -> dict[str, Flat]:
    """Decisions of one element under the names by which expressions know them."""
    return {f"{prefix}_{key}": flat(value, name=f"{prefix}_{key}") for key, value in values.items()}


def _scalar(value: object, *, name: str) -> Scalar:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < _MAX_INT:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, str) and len(value) <= _MAX_TEXT and not _HALF.search(value):
        return str(value)
    raise ProcessInvalid(
        f"“{name}” 不是简短的值（文字、数字、是否），不能进入流程数据。", name=name
    )
