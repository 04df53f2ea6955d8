"""A copy of one record to hand over: its sheet, for one reader and one purpose.

It carries who took it, when and what for on every page; that it was taken is an event and a
delivery. Rendering stands outside of the scope.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from parties import tenancy
from parties.access import Viewer
from parties.errors import NotAllowed, WrongState
from parties.models import Person
from records import as_read, handed_on, policies, reading, sharing, signatures
from records.models import CommunicationRecord
from records.printing import as_json, pdf
from records.printing import documents as paper
from records.printing.documents import Watermark
from records.reading import RecordFile
from records.record_rows import note
from records.sheets import sheet_of

State = CommunicationRecord.State

_UNFINISHED: Final = (State.DRAFT, State.CHECKED, State.DISCARDED)


class Purpose(StrEnum):
    """What a copy is for: a code in the event, a label in the watermark."""

    KEEP = "keep"
    TALK = "talk"
    SIGN = "sign"
    REVIEW = "review"
    AUTHORITY = "authority"

    @property
    def label(self) -> str:
        return _PURPOSES[self]

    @property
    def leaves_school(self) -> bool:
        """Whether somebody who is no party to the record gets to see the copy."""
        return self in (Purpose.TALK, Purpose.AUTHORITY)

    @property
    def is_handed_on(self) -> bool:
        """Whether the paper comes into other hands: a guardian signs on it, too."""
        return self.leaves_school or self is Purpose.SIGN


_PURPOSES: Final = {
    Purpose.KEEP: "本人留存",
    Purpose.TALK: "沟通使用",
    Purpose.SIGN: "纸质签字",
    Purpose.REVIEW: "复核使用",
    Purpose.AUTHORITY: "依法提供",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """A document to hand over, under a name that gives away no person."""

    name: str
    media_type: str
    data: bytes


_FORMATS: Final[dict[str, tuple[str, Callable[..., bytes]]]] = {
    "pdf": ("application/pdf", pdf.render),
    "json": ("application/json", as_json.render),
}
FORMATS: Final = tuple(_FORMATS)


def export(
    *, school_id: int, by: Person, at: datetime, record_id: UUID, form: str, purpose: Purpose
) -> Copy:
    """A copy of one version for one reader; `form` is one of FORMATS. Not for use inside a scope.

    Raises NotFound; NotAllowed for who may only know that there is one; WrongState for a draft,
    and for what leaves the school during an objection; InvalidInput for words that may not leave
    it (records/sharing.py); FontMissing, TooMuch, PrintingFailed.
    """
    media_type, render = _FORMATS[form]
    with tenancy.scope(school_id):
        viewer = Viewer.load(by, at=at)
        file = _copied(viewer, record_id, purpose)
        record = file.record
        note(record, "record.exported", viewer, form=form, purpose=purpose.value)
        signatures.deliver(record, to=by, how="EXPORT", viewer=viewer, purpose=purpose.value)
        told = handed_on.cut(viewer, file) if purpose.is_handed_on else file
        sheet = sheet_of(told, school=record.school.name)
        if purpose is Purpose.SIGN:
            sheet = replace(sheet, details=(*sheet.details, _marked(file)))
    mark = Watermark(reader=by.name, at=at, purpose=purpose.label)
    name = f"{record.record_no}-v{record.version}.{form}"
    return Copy(name, media_type, render(sheet, watermark=mark))


def _marked(file: RecordFile) -> paper.Labelled:
    """Whoever writes the signature on this paper down names it (records/signatures.py)."""
    return paper.Labelled("文字标记", as_read.short(as_read.mark(file)))


def _copied(viewer: Viewer, record_id: UUID, purpose: Purpose) -> RecordFile:
    """What this copy may hold. Raises as export()."""
    file = reading.read(viewer, record_id)
    record = file.record
    if "next_focus" not in file.fields:
        raise NotAllowed("您只能知道有这份记录，不能取得副本。", act="export")
    if record.state in _UNFINISHED:
        raise WrongState("草稿不能导出，请先交双方签字。", state=str(record.state))
    if purpose is not Purpose.KEEP:
        file = reading.without_confided(viewer, file)
    if purpose.leaves_school and not policies.is_at_home(viewer, record):
        sharing.refuse_disputed(file)
        sharing.refuse_blocked(file)
    return file


def may_copy(fields: frozenset[str], record: CommunicationRecord) -> bool:
    """Whether who reads these fields of it may take a copy: no outline, no draft."""
    return "next_focus" in fields and record.state not in _UNFINISHED
