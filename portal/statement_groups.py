"""The sections of a record as a page lays them out: what the trigger asks for and whatever is
written stands open, every other section waits behind one line, so that a page stays short.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from django.forms import BoundField

from portal.statement_rows import Row
from records.models import Statement

Find = Callable[[str], BoundField]

_BESIDE: Final = "、"


def laid_out(rows: Sequence[Row], *, needed: Collection[str], field: Find) -> dict[str, Any]:
    """`open` and `folded` statements in the order of `rows`, and the names of the folded sections.

    A section is folded as a whole, and only while nothing is written and nothing is wrong in it.
    """
    groups = [(row.code, _group(row, field)) for row in rows]
    live = {code for code, one in groups if one["wrong"] or one["words"].value()}
    shown = live | set(needed)
    folded = list(dict.fromkeys(code for code, _ in groups if code not in shown))
    return {
        "open": [one for code, one in groups if code in shown],
        "folded": [one for code, one in groups if code not in shown],
        "names": _BESIDE.join(str(Statement.Section(code).label) for code in folded),
    }


def _group(row: Row, field: Find) -> dict[str, Any]:
    """Words with what belongs to them, folded away unless it is wrong; of those after the first,
    an empty one is folded away as a whole.
    """
    words, about = field(row.words), [field(name) for name in row.about]
    return {
        "words": words,
        "about": about,
        "asks": row.asks,
        "open": any(one.errors for one in about),
        "another": row.label if row.place > 1 and not words.value() else "",
        "wrong": any(one.errors for one in (words, *about)),
    }
