"""How records, objections and attachments stand in a student's file: what they are, never what they
say. Opening one is records/reading.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from parties.access import Viewer
from parties.models import Student
from records import disputes, file, item_stillness, policies, record_parts, taken_back, walls
from records.file import Line, Source
from records.file_entries import NOTICE_REPLY
from records.file_stillness import still_there
from records.models import (
    ActionItem,
    Attachment,
    CommunicationRecord,
    NoticeReceipt,
    Objection,
    Participant,
)
from records.stillness import as_it_stood

RECORD: Final = "communication"
#: The files of an item of a plan have a page together.
EVIDENCE: Final = "evidence"


def _records(
    viewer: Viewer, found: Sequence[CommunicationRecord], present: Sequence[Participant]
) -> Mapping[UUID, Line]:
    """Version and state; why, by whom and in which case it was written only for whom the record is
    open beyond its outline.
    """
    told = policies.content_open(viewer, found, present)
    shown = [record for record in found if walls.shut_since(record) is None]
    shown += _as_they_stood(viewer, [one for one in found if walls.shut_since(one) is not None])
    return {record.pk: _record(record, why=record.pk in told) for record in shown}


def _as_they_stood(
    viewer: Viewer, found: Sequence[CommunicationRecord]
) -> Sequence[CommunicationRecord]:
    """Records that the reader has from before they were shut out of what followed."""
    if not found:
        return []
    parts, still = record_parts.gather(found), []
    for record in found:
        one, known = as_it_stood(viewer, record, parts[record.pk])
        one.__dict__["disputed"] = known.disputed
        still.append(one)
    return still


def _record(record: Any, *, why: bool) -> Line:
    return Line(
        title=f"沟通记录：{record.get_trigger_display()}" if why else "沟通记录",
        summary=f"第 {record.version} 版",
        state=_state(record),
        extra={
            "state": str(record.state),
            "disputed": bool(record.disputed),
            **({"trigger": record.trigger} if why else {}),
        },
        names_author=why,
        names_case=why,
    )


def _state(record: Any) -> str:
    unsigned = record.standing == CommunicationRecord.Standing.UNSIGNED
    disputed = record.disputed and record.state != CommunicationRecord.State.UNDER_OBJECTION
    state = record.get_state_display()
    return f"{state}{'（家长未签）' if unsigned else ''}{'（异议中）' if disputed else ''}"


def _filed(viewer: Viewer, _student: Student) -> QuerySet[Objection]:
    """With whether this reader still finds the record: whom a matter names may not."""
    record = viewer.rows(CommunicationRecord).filter(pk=OuterRef("record_id"))
    told = viewer.rows(Objection).select_related(None).only("ground", "wish", "state", "record_id")
    return told.annotate(opens=Exists(record))


def _objections(_viewer: Viewer, found: Sequence[Any]) -> Mapping[UUID, Line]:
    """Needs objections of _filed."""
    return {
        objection.pk: Line(
            title=f"异议：{objection.get_ground_display()}",
            summary=f"希望{objection.get_wish_display()}",
            state=str(objection.get_state_display()),
            extra={"state": str(objection.state), "record": str(objection.record_id)},
            within=(RECORD, objection.record_id) if objection.opens else None,
        )
        for objection in found
    }


def _attachments(viewer: Viewer, found: Sequence[Attachment]) -> Mapping[UUID, Line]:
    """No name: a file's name often says what it shows. By whom, and in which case, for whom its
    record is open beyond its outline. Needs files of _files_of_those.
    """
    closed = _of_outlines(viewer, found)
    unknown = _replaced_unseen(viewer, found)
    still = still_there(viewer, found)
    return {
        attachment.pk: Line(
            title="附件",
            summary=str(attachment.get_redaction_display()),
            state=(
                str(Attachment.State.STORED.label)
                if attachment.pk in still
                else _of_file(attachment, replaced=attachment.pk not in unknown)
            ),
            extra={"media_type": attachment.media_type},
            names_author=attachment.pk not in closed,
            names_case=attachment.pk not in closed,
            within=_home_of(attachment),
        )
        for attachment in found
    }


def _of_outlines(viewer: Viewer, found: Sequence[Attachment]) -> frozenset[UUID]:
    """Of these files those of whose record this member of staff reads the outline alone."""
    ids = {one.record_id for one in found if one.record_id is not None}
    if not ids or not viewer.is_staff:
        return frozenset()
    records = list(viewer.rows(CommunicationRecord).filter(pk__in=ids))
    told = policies.content_open(viewer, records)
    return frozenset(one.pk for one in found if one.record_id in ids - told)


def _home_of(attachment: Attachment) -> tuple[str, UUID] | None:
    """A file is seen through its record or its item alone, so whoever has its line may open that.

    A scan that came back on paper lies with the receipt that this reader has of its notice.
    """
    if attachment.record_id is not None:
        return RECORD, attachment.record_id
    if attachment.item_id is not None:
        return EVIDENCE, attachment.item_id
    receipt = attachment.__dict__["receipt"]
    return None if receipt is None else (NOTICE_REPLY, receipt)


def _not_put_aside(viewer: Viewer, _student: Student) -> QuerySet[CommunicationRecord]:
    there = ~Q(state=CommunicationRecord.State.DISCARDED)
    return viewer.rows(CommunicationRecord).filter(there | taken_back.stands(viewer))


def _replaced_unseen(viewer: Viewer, found: Sequence[Attachment]) -> frozenset[UUID]:
    """Evidence that others replaced after its item stood still for this guardian."""
    gone = [one for one in found if one.superseded_by is not None and one.item_id is not None]
    gone = [one for one in gone if one.uploaded_by_id != viewer.person.pk]
    if not gone or not viewer.wards:
        return frozenset()
    rows = viewer.rows(ActionItem).filter(pk__in={one.item_id for one in gone})
    items = {item.pk: item for item in rows}
    return frozenset(
        one.pk
        for one in gone
        if one.item_id in items
        and item_stillness.beyond(viewer, items[one.item_id], one.superseded_at)
    )


def _of_file(attachment: Attachment, *, replaced: bool) -> str:
    stored = attachment.state == Attachment.State.STORED
    if replaced and stored and attachment.superseded_by is not None:
        return "已由新文件替换"
    return str(attachment.get_state_display())


def _files_of_those(viewer: Viewer, _student: Student) -> QuerySet[Attachment]:
    gone = CommunicationRecord.objects.filter(state=CommunicationRecord.State.DISCARDED)
    gone = gone.exclude(taken_back.stands(viewer))
    scanned = viewer.rows(NoticeReceipt).filter(scan=OuterRef("pk")).order_by("pk")
    rows = viewer.rows(Attachment).exclude(record_id__in=gone.values("pk"))
    return rows.annotate(receipt=Subquery(scanned.values("pk")[:1]))


def _plain(rows: QuerySet[Any]) -> QuerySet[Any]:
    """A page of records needs the banner of each, and neither their authors nor what was edited."""
    plain = rows.select_related(None).defer("edits", "language_check", "content_salt")
    told: QuerySet[Any] = plain.annotate(disputed=Exists(disputes.open_ones()))
    return told


def register() -> None:
    file.register(
        RECORD,
        Source(
            "沟通记录",
            CommunicationRecord,
            _records,
            _plain,
            rows=_not_put_aside,
            opens_by_policy=True,
            beside=policies.took_part,
        ),
    )
    file.register("objection", Source("异议", Objection, _objections, rows=_filed))
    file.register("attachment", Source("附件", Attachment, _attachments, rows=_files_of_those))
