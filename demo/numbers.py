"""Numbers that check out and belong to nobody: unassigned districts, a block of invented phones."""

from datetime import date
from typing import Final

#: A province that exists with a district that does not.
_DISTRICT: Final = "429900"
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def resident_id(born: date, serial: int) -> str:
    """身份证号 of GB 11643; an odd serial is a man."""
    body = f"{_DISTRICT}{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def credit_code(serial: int) -> str:
    """统一社会信用代码 of GB 32100 for an invented company."""
    body = f"91{_DISTRICT}MADEM{serial:03d}X"
    total = sum(_USCC.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return body + _USCC[-total % 31]


def phone(block: int, serial: int) -> str:
    """199 0000 xxxx to 199 0009 xxxx, a block for each group of people."""
    return f"1990000{serial:04d}" if block == 0 else f"199000{block}{serial:04d}"
