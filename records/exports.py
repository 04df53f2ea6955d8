"""A whole file, or the part that was asked for, as sheets that leave the house.

    collect() a volume inside a scope --> leave it --> records.printing renders

Every entry is a line; a communication record stands behind them whole, as its own copy would show
it to this reader (records/sheets.py): no draft, and nothing of what they know the outline of. What
is longer than one document comes in volumes (records/volumes.py), to a machine also in one piece
(records/file_streams.py).
Collecting writes down who took what for which purpose; setting a PDF takes seconds, in which no
transaction may stay open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import models
from django.utils import timezone

from ledger import events
from parties.access import Viewer
from parties.errors import NotAllowed
from parties.models import Student
from parties.roles import Role
from records import file, file_records, policies, sheets, volumes
from records.drafts import KIND
from records.file import COMPANY, Entry, Filters
from records.models import FileEntry
from records.printing import documents
from records.printing.documents import FileSheet, StudentLine, Watermark


class Purpose(models.TextChoices):
    """What a copy is taken for; it stands on every page."""

    CONVERSATION = "conversation", "沟通准备"
    FEEDBACK = "feedback", "月度反馈"
    CRISIS = "crisis", "危机"
    REVIEW = "review", "复核"
    AID = "aid", "资助"
    STATISTICS = "statistics", "统计"
    INSPECTION = "inspection", "检查"

    @property
    def leaves_school(self) -> bool:
        """Whether somebody who is no party to the records gets to see the copy."""
        return self not in (Purpose.CRISIS, Purpose.REVIEW, Purpose.STATISTICS)

    @property
    def counts_only(self) -> bool:
        """Whether nobody needs the words."""
        return self == Purpose.STATISTICS


class Form(models.TextChoices):
    """How the copy is written."""

    PDF = "pdf", "PDF"
    JSON = "json", "JSON"


#: Of what the filters ask, in words; the period stands in the sheet by itself.
_CASE: Final = "仅一个事项"


def collect(
    *,
    viewer: Viewer,
    student_id: UUID,
    filters: Filters,
    purpose: Purpose,
    form: Form,
    volume: int = 1,
) -> tuple[FileSheet, Watermark]:
    """One volume of what this reader sees of the file, oldest first, with the mark of the copy.

    As many queries for many records as for one, but for the words of what leaves the school.
    Inside a scope.

    Raises:
        NotFound: no such student, or not for this reader.
        NotAllowed: a company takes no copies of a file, nor does an auditor.
        WrongState: a record that somebody objects to would leave the school.
        InvalidInput: a record with words that may not leave the school; no such volume.
    """
    student = taken_by(viewer, student_id)
    whole = not purpose.counts_only
    cut, entries, there = volumes.cut(viewer, student, filters, whole_records=whole, number=volume)
    ids = [entry.object_id for entry in entries if whole and entry.kind == KIND]
    found = file_records.whole(viewer, ids, leaving=leaves(viewer, student, purpose))
    file_records.deliver(viewer, found, purpose=purpose.value)
    taken = [one.record.pk for one in found]
    what = Taken(filters, purpose, form, rows=len(entries), records=taken)
    note(viewer, student, what, **_of_how_many(cut))
    sheet = replace(
        cover(viewer, student, filters, begins=there.begins),
        entries=lines_of(entries, words=tells_words(viewer, student, purpose)),
        records=tuple(sheets.sheet_of(one, school=student.school.name) for one in found),
        volume=cut,
    )
    return sheet, mark(viewer, purpose)


def _of_how_many(cut: documents.Volume) -> dict[str, int]:
    """Which volume it is; nothing of a file that is but one."""
    return {"volume": cut.number, "volumes": cut.of} if cut.of > 1 else {}


def count(*, viewer: Viewer, student_id: UUID, filters: Filters, purpose: Purpose) -> int:
    """How many volumes a copy takes. Inside a scope. Raises NotFound, NotAllowed."""
    student = taken_by(viewer, student_id)
    whole = not purpose.counts_only
    return volumes.extent(viewer, student, filters, whole_records=whole).volumes


def taken_by(viewer: Viewer, student_id: UUID) -> Student:
    """The student of whom this reader may take a copy. Raises NotFound, NotAllowed."""
    student = file.opened(viewer, student_id)
    if not may_take(viewer, student):
        raise NotAllowed("企业和审计员不能导出学生档案。", student=str(student_id))
    return student


def may_take(viewer: Viewer, student: Student) -> bool:
    """A company takes no copy, and an auditor reads and takes nothing along."""
    return not file.standing(viewer, student) <= COMPANY | {Role.AUD}


def leaves(viewer: Viewer, student: Student, purpose: Purpose) -> bool:
    """Whether the copy leaves the school; what a family takes is its own."""
    return purpose.leaves_school and student.pk not in policies.family_of(viewer)


def tells_words(viewer: Viewer, student: Student, purpose: Purpose) -> bool:
    """Whether lines come with a family's own words. What leaves the school may come into the hands
    of the other parent, who reads none of it, and figures need none.
    """
    return not (purpose.counts_only or leaves(viewer, student, purpose))


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken: this part, for this purpose, in this form."""

    filters: Filters
    purpose: Purpose
    form: Form
    rows: int
    records: Sequence[UUID]


def note(viewer: Viewer, student: Student, taken: Taken, **volume: int) -> None:
    """One event for each document."""
    events.append(
        school_id=student.school_id,
        kind="file.exported",
        actor=viewer.person.pk,
        subject=("access", student.pk),
        refs=[("record", pk) for pk in taken.records],
        at=viewer.at,
        payload={
            "rows": taken.rows,
            "records": len(taken.records),
            "purpose": taken.purpose.value,
            "form": taken.form.value,
            **volume,
            **file.asked(taken.filters),
        },
    )


def mark(viewer: Viewer, purpose: Purpose) -> Watermark:
    return Watermark(reader=viewer.person.name, at=viewer.at, purpose=str(purpose.label))


def cover(
    viewer: Viewer, student: Student, filters: Filters, *, begins: datetime | None
) -> FileSheet:
    """The sheet without its entries and records; `begins`: of the oldest entry of all volumes."""
    today = timezone.localdate(viewer.at)
    first = today if begins is None else timezone.localdate(begins)
    return FileSheet(
        school=student.school.name,
        student=_line(viewer, student),
        start=filters.start or min(first, filters.end or today),
        end=filters.end or max(today, filters.start or today),
        entries=(),
        filters=tuple(_words(filters)),
    )


def _line(viewer: Viewer, student: Student) -> StudentLine:
    number = student.student_no if "student_no" in viewer.fields(student) else ""
    return StudentLine(student.person.name, student.school_class.name, number)


def lines_of(entries: Sequence[Entry], *, words: bool) -> tuple[documents.Entry, ...]:
    """`words`: with those of a family (tells_words)."""
    return tuple(_line_of(entry, words=words) for entry in entries)


def _line_of(entry: Entry, *, words: bool) -> documents.Entry:
    return documents.Entry(
        at=entry.at,
        kind=file.kinds()[entry.kind],
        party=_party(entry),
        title=entry.line.title,
        state=entry.line.state,
        body=entry.line.whole if words else entry.line.summary,
    )


def _party(entry: Entry) -> str:
    label = str(FileEntry.Party(entry.party).label)
    return label if entry.by is None else f"{label} {entry.by.name}"


def _words(filters: Filters) -> list[str]:
    said = [file.kinds()[filters.kind]] if filters.kind else []
    said += [f"{FileEntry.Party(filters.party).label}录入"] if filters.party else []
    return said + ([_CASE] if filters.case_id else [])


def name_of(student_id: UUID, on: date, form: Form, *, part: documents.Volume | None = None) -> str:
    """What the copy is called; no name of a person, for file names travel in logs."""
    volume = f"-{part.number}of{part.of}" if part is not None and part.of > 1 else ""
    return f"file-{str(student_id)[:8]}-{on:%Y%m%d}{volume}.{form.value}"
