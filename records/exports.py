"""A whole file, or the part that was asked for, as one sheet that leaves the house.

    collect() inside a scope --> leave it --> records.printing renders

Collecting writes down who took what for which purpose; setting a PDF takes seconds, in which no
transaction may stay open.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db import models
from django.utils import timezone

from ledger import events
from parties.access import Viewer
from parties.errors import NotAllowed
from parties.models import Student
from records import file
from records.file import COMPANY, Entry, Filters
from records.models import FileEntry
from records.printing import documents
from records.printing.documents import FileSheet, StudentLine, Watermark
from records.printing.limits import MOST_ENTRIES


class Purpose(models.TextChoices):
    """What a copy is taken for; it stands on every page."""

    CONVERSATION = "conversation", "沟通准备"
    FEEDBACK = "feedback", "月度反馈"
    CRISIS = "crisis", "危机"
    REVIEW = "review", "复核"
    AID = "aid", "资助"
    STATISTICS = "statistics", "统计"
    INSPECTION = "inspection", "检查"


class Form(models.TextChoices):
    """How the copy is written."""

    PDF = "pdf", "PDF"
    JSON = "json", "JSON"


#: Of what the filters ask, in words; the period stands in the sheet by itself.
_CASE: Final = "仅一个事项"


def collect(
    *, viewer: Viewer, student_id: UUID, filters: Filters, purpose: Purpose, form: Form
) -> tuple[FileSheet, Watermark]:
    """What this reader sees of the file, oldest first, with the mark of the copy. Inside a scope.

    One entry more than a document holds is collected, so that rendering refuses it by name.

    Raises:
        NotFound: no such student, or not for this reader.
        NotAllowed: a company takes no copies of a file.
    """
    student = file.opened(viewer, student_id)
    if file.standing(viewer, student) <= COMPANY:
        raise NotAllowed("企业不能导出学生档案。", student=str(student_id))
    entries, _ = file.page(viewer, student, filters, after=None, limit=MOST_ENTRIES + 1)
    events.append(
        school_id=student.school_id,
        kind="file.exported",
        actor=viewer.person.pk,
        subject=("access", student.pk),
        at=viewer.at,
        payload={
            "rows": len(entries),
            "purpose": purpose.value,
            "form": form.value,
            **file.asked(filters),
        },
    )
    reader = Watermark(reader=viewer.person.name, at=viewer.at, purpose=str(purpose.label))
    return _sheet(viewer, student, filters, entries[::-1]), reader


def _sheet(viewer: Viewer, student: Student, filters: Filters, told: Sequence[Entry]) -> FileSheet:
    today = timezone.localdate(viewer.at)
    first = timezone.localdate(told[0].at) if told else today
    return FileSheet(
        school=student.school.name,
        student=_line(viewer, student),
        start=filters.start or min(first, filters.end or today),
        end=filters.end or max(today, filters.start or today),
        entries=tuple(_entry(entry) for entry in told),
        filters=tuple(_words(filters)),
    )


def _line(viewer: Viewer, student: Student) -> StudentLine:
    number = student.student_no if "student_no" in viewer.fields(student) else ""
    return StudentLine(student.person.name, student.school_class.name, number)


def _entry(entry: Entry) -> documents.Entry:
    return documents.Entry(
        at=entry.at,
        kind=file.kinds()[entry.kind],
        party=_party(entry),
        title=entry.line.title,
        state=entry.line.state,
        body=entry.line.summary,
    )


def _party(entry: Entry) -> str:
    label = str(FileEntry.Party(entry.party).label)
    return label if entry.by is None else f"{label} {entry.by.name}"


def _words(filters: Filters) -> list[str]:
    said = [file.kinds()[filters.kind]] if filters.kind else []
    said += [f"{FileEntry.Party(filters.party).label}录入"] if filters.party else []
    return said + ([_CASE] if filters.case_id else [])


def name_of(student_id: UUID, on: date, form: Form) -> str:
    """What the copy is called; no name of a person, for file names travel in logs."""
    return f"file-{str(student_id)[:8]}-{on:%Y%m%d}.{form.value}"
