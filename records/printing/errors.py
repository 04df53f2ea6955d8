"""Errors of printing. `code` is part of the API: add new ones, never rename."""

from typing import ClassVar

from parties.errors import InvalidInput, SanfangError


class FontMissing(SanfangError):
    """No Chinese font on this machine; `mend` says what to install. JSON can still be had."""

    code: ClassVar[str] = "printing.font_missing"
    status: ClassVar[int] = 503

    def __init__(self, message: str, *, mend: str) -> None:
        super().__init__(f"{message}{mend}")
        self.mend = mend


class TooMuch(InvalidInput):
    """More than one document holds; a shorter period gives several."""

    code: ClassVar[str] = "printing.too_much"


class PrintingFailed(SanfangError):
    """The template broke. What the setter said is left out: it may quote the text itself."""

    code: ClassVar[str] = "printing.failed"
