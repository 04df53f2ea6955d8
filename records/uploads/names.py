"""The name shown for a file. The sender's name is only a hint: no path is ever made of it."""

import re
import unicodedata
from typing import Final

from records.uploads.kinds import ENDINGS, Kind

#: Characters before the ending.
LONGEST_STEM: Final = 80
_NAMELESS: Final = "附件"
#: Control, format (text direction, zero width), surrogate, private, unassigned.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_RESERVED: Final = re.compile(r'[<>:"|?*%;`$&\x7f]')
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
#: "2026.11.3谈话" has a dot and no ending.
_ENDING: Final = re.compile(r"\.([A-Za-z0-9]{1,8})[\s.]*\Z")
#: A longer name is cut before anything else looks at it.
_LONGEST_HEARD: Final = 1_000


def safe_name(declared: str, *, kind: Kind) -> str:
    """A name that is safe to show and to download under; its ending is that of the content."""
    last = re.split(r"[/\\]", declared[-_LONGEST_HEARD:])[-1]
    visible = "".join(
        " " if unicodedata.category(sign) in {"Zl", "Zp"} or sign in "\t\r\n" else sign
        for sign in unicodedata.normalize("NFC", last)
        if sign in "\t\r\n" or unicodedata.category(sign) not in _INVISIBLE
    )
    stem, dot, ending = visible.rpartition(".")
    if not dot or ending.strip().lower() not in _known_endings():
        stem = visible
    stem = " ".join(_RESERVED.sub("_", stem).split())[:LONGEST_STEM].strip(". ")
    if _DEVICES.match(stem):
        stem = f"_{stem}"
    return f"{stem or _NAMELESS}.{ENDINGS[kind][0]}"


def ending_of(declared: str) -> str:
    """The ending of the last part, in lower case; empty where what follows its dot is none."""
    found = _ENDING.search(declared[-_LONGEST_HEARD:])
    return found[1].lower() if found else ""


def _known_endings() -> frozenset[str]:
    return frozenset(ending for endings in ENDINGS.values() for ending in endings)
