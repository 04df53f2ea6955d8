"""Which point of a consensus an item comes from: its student's, offered, read by whoever asks."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from parties.access import Viewer
from parties.errors import InvalidInput
from parties.models import Student
from records import taken_back
from records.models import ActionItem, CommunicationRecord, Statement

State = CommunicationRecord.State

_CONSENSUS: Final = Statement.Section.CONSENSUS
_UNFINISHED: Final = (State.DRAFT, State.CHECKED)
_NO_MORE: Final = (*_UNFINISHED, State.SUPERSEDED, State.SEALED, State.DISCARDED)


def point(viewer: Viewer | None, student: Student, wanted: UUID | None) -> Statement | None:
    """The point that an item is made from, if it names one. Inside a scope.

    Raises InvalidInput: not a consensus of this student's records, not offered yet, or one that
    the viewer may not read: all the same.
    """
    if wanted is None:
        return None
    found = None if viewer is None else _read(viewer, wanted)
    if found is None or found.student_id != student.pk or found.section != _CONSENSUS:
        raise InvalidInput(
            "没有这条共识。",
            field="from_consensus",
            mend="请从该生已交双方签字的沟通记录的“双方共识”中选择，或留空。",
        )
    return found


def of_case(viewer: Viewer, case_id: UUID) -> list[Statement]:
    """Points that items of this case may come from: the latest versions', in order."""
    rows = viewer.rows(Statement).filter(
        record__case_id=case_id, section=_CONSENSUS, withdrawn_at=None
    )
    offered = rows.exclude(record__state__in=_NO_MORE).select_related("record")
    found = offered.order_by("record__created_at", "place", "pk")
    return [one for one in found if "text" in viewer.fields(one)]


def shown(viewer: Viewer, item: ActionItem) -> Mapping[str, Any] | None:
    """The record, its version and the words; None where the reader may not read them."""
    if item.from_consensus_id is None:
        return None
    found = _read(viewer, item.from_consensus_id)
    if found is None:
        return None
    return {
        "statement": str(found.pk),
        "record": str(found.record_id),
        "record_no": found.record.record_no,
        "version": found.record.version,
        "text": found.text,
    }


def _read(viewer: Viewer, statement_id: UUID) -> Statement | None:
    found = viewer.find(Statement, statement_id) or _kept(viewer, statement_id)
    if found is None or found.withdrawn_at is not None or "text" not in viewer.fields(found):
        return None
    return None if found.record.state in _UNFINISHED else found


def _kept(viewer: Viewer, statement_id: UUID) -> Statement | None:
    """As a guardian still has it whose record was taken back since."""
    said = Statement.objects.filter(pk=statement_id).first() if viewer.wards else None
    record = None if said is None else viewer.find(CommunicationRecord, said.record_id)
    text = None if record is None else taken_back.of(viewer, record)
    if record is None or text is None:
        return None
    still, statements, _ = taken_back.put_back(record, text)
    for one in statements:
        if one.pk == statement_id:
            one.record = still
            return one
    return None
