"""Whether a text says anything: signs that nobody sees are not words.

What can be read is kept as it was written; only a text of nothing but spaces, joiners, fillers and
the like counts as no text.
"""

import unicodedata
from typing import Final

#: By their category letters and signs, and yet nothing is seen of them: fillers, an empty pattern,
#: a note without its head.
_UNSEEN: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")


def said(text: str) -> str:
    """The text without the room around it; empty where nothing can be read."""
    return text.strip() if any(map(_is_seen, text)) else ""


def length(text: str) -> int:
    """How many signs of it count: those that are seen, and the spaces between them."""
    return sum(sign.isspace() or _is_seen(sign) for sign in said(text))


def _is_seen(sign: str) -> bool:
    """Neither space nor control, nor one that only joins, parts, turns or marks others."""
    return unicodedata.category(sign)[0] not in "ZCM" and sign not in _UNSEEN
