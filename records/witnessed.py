"""A guardian's word as two members of staff bring it: what they say of it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """A guardian's word that a member of staff writes down, beside a second one who was there."""

    signer: UUID
    method: str
    witness: UUID
    #: The mark of what was read back, or of what the paper says.
    as_read: str
    reason: str = ""
    note: str = ""
    #: Of a paper: the page that was signed.
    scan: UUID | None = None
    #: Of a paper: another guardian, whose word is written down already, signed on the same sheet.
    same_sheet: bool = False
    #: Of a paper: where its original lies, e.g. 3号柜／2026-2册.
    kept_at: str = ""
    #: Of a paper that carries one: the short mark that is printed on it.
    printed: str = ""
