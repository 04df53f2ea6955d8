"""Why a file is not taken. `code` and `reason` are part of the API: add new ones, never rename."""

from enum import StrEnum

from parties.errors import InvalidInput


class Reason(StrEnum):
    """What stands in `context["reason"]`; the sentences beside it are for people."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_COMPLEX = "too_complex"
    WRONG_TYPE = "wrong_type"
    MISMATCH = "mismatch"
    BROKEN = "broken"
    ANIMATED = "animated"
    ENCRYPTED = "encrypted"
    ACTIVE_CONTENT = "active_content"
    TWO_IN_ONE = "two_in_one"
    MALWARE = "malware"
    HIDDEN_TRACK = "hidden_track"
    BAD_AREA = "bad_area"


class UploadRefused(InvalidInput):
    """The file cannot be kept; nothing of it was stored."""

    code = "upload.refused"

    def __init__(
        self, message: str, *, reason: Reason, mend: str, field: str = "file", **context: int | str
    ) -> None:
        super().__init__(message, field=field, mend=mend, reason=reason.value, **context)
        self.reason = reason
