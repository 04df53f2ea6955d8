"""How records, objections and attachments stand in a student's file: what they are, never what they
say. Opening one is records/reading.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from parties.access import Viewer
from records import file, policies
from records.file import Line, Source
from records.models import Attachment, CommunicationRecord, Objection


def _records(viewer: Viewer, found: Sequence[CommunicationRecord]) -> Mapping[UUID, Line]:
    """Version and state; why it was written only for whom the record is open beyond its outline."""
    told = policies.content_open(viewer, found)
    return {record.pk: _record(record, why=record.pk in told) for record in found}


def _record(record: CommunicationRecord, *, why: bool) -> Line:
    return Line(
        title=f"沟通记录：{record.get_trigger_display()}" if why else "沟通记录",
        summary=f"第 {record.version} 版",
        state=_state(record),
        extra={"state": str(record.state), **({"trigger": record.trigger} if why else {})},
    )


def _state(record: CommunicationRecord) -> str:
    unsigned = record.standing == CommunicationRecord.Standing.UNSIGNED
    return f"{record.get_state_display()}{'（家长未签）' if unsigned else ''}"


def _objections(_viewer: Viewer, found: Sequence[Objection]) -> Mapping[UUID, Line]:
    return {
        objection.pk: Line(
            title=f"异议：{objection.get_ground_display()}",
            summary=f"希望{objection.get_wish_display()}",
            state=str(objection.get_state_display()),
            extra={"state": str(objection.state), "record": str(objection.record_id)},
        )
        for objection in found
    }


def _attachments(_viewer: Viewer, found: Sequence[Attachment]) -> Mapping[UUID, Line]:
    """No name: a file's name often says what it shows."""
    return {
        attachment.pk: Line(
            title="附件",
            summary=str(attachment.get_redaction_display()),
            state=str(attachment.get_state_display()),
            extra={"media_type": attachment.media_type},
        )
        for attachment in found
    }


def _plain(rows: QuerySet[Any]) -> QuerySet[Any]:
    """A page of records needs whom they are about, and not their authors."""
    return rows.select_related(None).select_related("student__school_class")


def register() -> None:
    file.register("communication", Source("沟通记录", CommunicationRecord, _records, _plain))
    file.register("objection", Source("异议", Objection, _objections))
    file.register("attachment", Source("附件", Attachment, _attachments))
