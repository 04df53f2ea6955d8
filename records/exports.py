"""A whole file, or the part that was asked for, as one sheet that leaves the house.

    collect() inside a scope --> leave it --> records.printing renders

Every entry is a line; a communication record stands behind them whole, as its own copy would show
it to this reader (records/sheets.py): no draft, and nothing of what they know the outline of.
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
from parties.errors import InvalidInput, NotAllowed, WrongState
from parties.models import Student
from records import file, policies, reading, record_copies, sharing, sheets, taken_back
from records.drafts import KIND
from records.file import COMPANY, Entry, Filters
from records.models import CommunicationRecord, Delivery, FileEntry
from records.printing import documents
from records.printing.documents import FileSheet, StudentLine, Watermark
from records.printing.limits import MOST_ENTRIES, MOST_RECORDS
from records.reading import RecordFile


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
    *, viewer: Viewer, student_id: UUID, filters: Filters, purpose: Purpose, form: Form
) -> tuple[FileSheet, Watermark]:
    """What this reader sees of the file, oldest first, with the mark of the copy. Inside a scope.

    One entry or record more than a document holds is collected, so that rendering refuses it by
    name. As many queries for many records as for one, but for the words of what leaves the school.

    Raises:
        NotFound: no such student, or not for this reader.
        NotAllowed: a company takes no copies of a file.
        WrongState: a record that somebody objects to would leave the school.
        InvalidInput: a record with words that may not leave the school (records/sharing.py).
    """
    student = file.opened(viewer, student_id)
    if file.standing(viewer, student) <= COMPANY:
        raise NotAllowed("企业不能导出学生档案。", student=str(student_id))
    entries, _ = file.page(viewer, student, filters, after=None, limit=MOST_ENTRIES + 1)
    found = [] if purpose.counts_only else _records(viewer, entries[::-1])
    if purpose.leaves_school and student.pk not in policies.family_of(viewer):
        _refuse_blocked(found)
    _deliver(viewer, [one.record for one in found])
    events.append(
        school_id=student.school_id,
        kind="file.exported",
        actor=viewer.person.pk,
        subject=("access", student.pk),
        refs=[("record", one.record.pk) for one in found],
        at=viewer.at,
        payload={
            "rows": len(entries),
            "records": len(found),
            "purpose": purpose.value,
            "form": form.value,
            **file.asked(filters),
        },
    )
    reader = Watermark(reader=viewer.person.name, at=viewer.at, purpose=str(purpose.label))
    return _sheet(viewer, student, filters, entries[::-1], found), reader


def _records(viewer: Viewer, told: Sequence[Entry]) -> Sequence[RecordFile]:
    """Records among these entries that this reader could take a copy of, in their order.

    No purpose of such a copy is the reader's own keeping: what was said in confidence stays.
    """
    ids = [entry.object_id for entry in told if entry.kind == KIND]
    known = viewer.rows(CommunicationRecord).in_bulk(ids)
    rows = [known[pk] for pk in ids if pk in known]
    policies.learn(viewer, rows)
    whole = [
        one
        for one in rows
        if taken_back.stands_in(viewer, one) or record_copies.may_copy(viewer.fields(one), one)
    ]
    found = reading.seen_all(viewer, whole[: MOST_RECORDS + 1])
    return [reading.without_confided(viewer, one) for one in found]


def _refuse_blocked(found: Sequence[RecordFile]) -> None:
    for one in found:
        if one.disputed:
            raise WrongState(
                f"沟通记录 {one.record.record_no} 还有异议没有了结，了结之前不能对外提供。"
                "请缩小范围，不含这份记录。",
                record=str(one.record.pk),
            )
        try:
            sharing.refuse_blocked(one)
        except InvalidInput as refused:
            raise InvalidInput(
                f"沟通记录 {one.record.record_no}：{refused}",
                field=f"{one.record.record_no}.{refused.field}",
                mend=refused.mend,
            ) from None


def _deliver(viewer: Viewer, records: Sequence[CommunicationRecord]) -> None:
    """A copy of each reached this reader; noted once, as signatures.deliver does for one."""
    rows = [
        Delivery(
            school_id=record.school_id,
            student_id=record.student_id,
            record=record,
            to=viewer.person,
            how=Delivery.How.EXPORT,
            at=viewer.at,
        )
        for record in records
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def _sheet(
    viewer: Viewer,
    student: Student,
    filters: Filters,
    told: Sequence[Entry],
    found: Sequence[RecordFile],
) -> FileSheet:
    today = timezone.localdate(viewer.at)
    first = timezone.localdate(told[0].at) if told else today
    return FileSheet(
        school=student.school.name,
        student=_line(viewer, student),
        start=filters.start or min(first, filters.end or today),
        end=filters.end or max(today, filters.start or today),
        entries=tuple(_entry(entry) for entry in told),
        filters=tuple(_words(filters)),
        records=tuple(sheets.sheet_of(one, school=student.school.name) for one in found),
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
