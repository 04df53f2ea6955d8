"""Phones and e-mail addresses in the one form in which they are stored, sent to and looked up."""

import re
from typing import Final

from parties.crypto import blind_index

_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,63}")
_LONGEST: Final = 254
#: Mainland numbers are written without a country code.
_HOME: Final = "86"
#: Typed with the code but without "+".
_MOBILE_FROM_HOME: Final = re.compile(r"861[3-9][0-9]{9}")


def phone(raw: str) -> str:
    """`raw` as "+" country code and number (E.164), or "" when it cannot be dialled."""
    compact = re.sub(r"[\s.()（）\-‐-―−]", "", raw.translate(_HALF_WIDTH))
    international = re.sub(r"^(00|\+)", "", compact)
    if international == compact and not _MOBILE_FROM_HOME.fullmatch(compact):
        international = f"{_HOME}{compact.removeprefix('0')}"
    international = re.sub(r"^860", _HOME, international)
    return f"+{international}" if re.fullmatch(r"[1-9][0-9]{7,14}", international) else ""


def email(raw: str) -> str:
    """`raw` in small letters, or "" when it is no address."""
    address = raw.strip().casefold()
    return address if _EMAIL.fullmatch(address) and len(address) <= _LONGEST else ""


def index_of(raw: str) -> bytes | None:
    """The look-up key of a phone or an e-mail address as typed; None when it is neither."""
    if "@" in raw:
        return blind_index(None, "email", email(raw)) if email(raw) else None
    return blind_index(None, "phone", phone(raw)) if phone(raw) else None


_HALF_WIDTH: Final = {
    **{0xFF10 + digit: 0x30 + digit for digit in range(10)},
    0xFF0B: 0x2B,
    0xFF08: 0x28,
    0xFF09: 0x29,
    0xFF0D: 0x2D,
}
