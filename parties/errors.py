"""Errors a caller can anticipate. `code` is part of the API: add new ones, never rename."""

from typing import ClassVar


class SanfangError(Exception):
    """Base class. `context` carries ids and codes only, it is logged and sent to clients."""

    code: ClassVar[str] = "sanfang.error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, **context: int | str) -> None:
        super().__init__(message)
        self.context = context


class NotAllowed(SanfangError):
    """The person sees the object, but holds no role that permits this act."""

    code = "access.not_allowed"
    status = 403


class NotFound(SanfangError):
    """Absent, or invisible to this person: nobody can tell the two apart."""

    code = "access.not_found"
    status = 404


class WrongState(SanfangError):
    """The object has moved on; the caller should reload and decide again."""

    code = "state.wrong"
    status = 409


class LostRace(WrongState):
    """Somebody changed it in between: `yours` is the version that was read, `current` the newer."""

    code = "state.lost_race"


class InvalidInput(SanfangError):
    """What was sent cannot be accepted: `field` says where, `mend` says what to do."""

    code = "input.invalid"
    status = 422

    def __init__(self, message: str, *, field: str, mend: str, **context: int | str) -> None:
        super().__init__(message, **context)
        self.field = field
        self.mend = mend


class CursorInvalid(SanfangError):
    """The mark of a page is cut, edited, borrowed, or of another list."""

    code = "cursor.invalid"
    status = 400


class NotSignedIn(SanfangError):
    """Login, link or key opens nothing: wrong, spent, expired or unknown look the same."""

    code = "sign_in.refused"
    status = 401


class LinkWithdrawn(NotSignedIn):
    """What a one-time link is for was taken back, and nobody has to do anything."""

    code = "sign_in.link_withdrawn"
    status = 410


class TooMany(SanfangError):
    """Too many tries; `context["retry_after"]` says for how many seconds to wait."""

    code = "sign_in.too_many"
    status = 429


class TamperedValue(SanfangError):
    """An encrypted value was changed, or moved to another row, column or school."""

    code = "crypto.tampered"


class KeyUnavailable(SanfangError):
    """The key of an encrypted value was destroyed, or no configured root key opens it."""

    code = "crypto.key_unavailable"


class DrillRefused(SanfangError):
    """School time may be moved in drills only."""

    code = "clock.drill_refused"
    status = 409
