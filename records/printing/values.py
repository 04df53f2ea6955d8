"""Sheets as the plain trees that JSON and the templates read."""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Writing:
    """How the leaves of a tree are written."""

    text: Callable[[str], str]
    moment: Callable[[datetime], str]
    day: Callable[[date], str]


def plain(value: object, writing: Writing) -> Any:
    """`value` (a sheet or a part of one) as dicts, lists, strings, whole numbers and None.

    Raises:
        TypeError: something that no sheet may hold.
        ValueError: a moment without a zone, which nobody could place.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: plain(getattr(value, part.name), writing) for part in fields(value)}
    if isinstance(value, tuple):
        return [plain(part, writing) for part in value]
    if isinstance(value, str):
        return writing.text(str(value))
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("A printed moment needs a zone.")
        return writing.moment(value)
    if isinstance(value, date):
        return writing.day(value)
    if value is None or isinstance(value, int):
        return value
    raise TypeError(f"A sheet holds no {type(value).__name__}.")
