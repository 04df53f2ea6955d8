"""归档 and 封存: what becomes of a record when nobody works with it any more.

    EFFECTIVE --archive--> ARCHIVED      handover, graduation: read as before, signed no more
    SUPERSEDED, ARCHIVED, UNDER_OBJECTION --seal--> SEALED

Of a sealed version only the outline is left, but for 德育处, the auditor, and the family and
student it is about; what 德育处 wrote, a vice principal reads as well (records/policies.py).
Inside a scope.
"""

from enum import StrEnum
from typing import Final
from uuid import UUID

from django_fsm import can_proceed

from parties import legible
from parties.access import Act, Viewer
from parties.errors import InvalidInput, WrongState
from records import disputes
from records.models import CommunicationRecord, Objection, Sealing
from records.record_rows import lock, saved

State = CommunicationRecord.State

_SHORTEST_REASON: Final = 5  # characters
#: Somebody other than 德育处 has the next word: the author, or whoever objected.
_UNHEARD: Final = (Objection.State.FILED, Objection.State.ANSWERED)


class Why(StrEnum):
    """What a record is archived for: a code in the event."""

    HANDOVER = "handover"
    GRADUATION = "graduation"
    SETTLED = "settled"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    Why.HANDOVER: "班主任交接",
    Why.GRADUATION: "学生毕业",
    Why.SETTLED: "事项已了结",
}


def archive(viewer: Viewer, *, record_id: UUID, why: str) -> CommunicationRecord:
    """Put it away; again changes nothing. Objecting to it stays possible.

    Raises NotFound, NotAllowed; WrongState: not effective, or an objection to one of its versions
    is open; InvalidInput: no such occasion.
    """
    record = lock(viewer, record_id, Act.ARCHIVE)
    if why not in set(Why):
        raise InvalidInput("没有选择归档的原因。", field="why", mend="请从给出的选项中选择。")
    if record.state == State.ARCHIVED:
        return record
    if not can_proceed(record.archive):
        raise WrongState("只有已生效的记录可以归档。", state=str(record.state))
    if disputes.is_open(record):
        raise WrongState("还有异议没有了结，不能归档。", state=str(record.state))
    record.archive()
    return saved(record, viewer, "record.archived", why=why)


def seal(viewer: Viewer, *, record_id: UUID, reason: str) -> CommunicationRecord:
    """Close a version to its former readers, for good; again changes nothing.

    Raises NotFound, NotAllowed; WrongState: it is still in use, its words stand in a next version
    that is unfinished, or an objection to it or to one before it waits for its author or filer;
    InvalidInput: no reason.
    """
    record = lock(viewer, record_id, Act.SEAL)
    if record.state == State.SEALED:
        return record
    _refuse_in_use(record)
    if legible.length(reason) < _SHORTEST_REASON:
        raise InvalidInput("没有写理由。", field="reason", mend="请写明为什么封存这份记录。")
    record.seal()
    made = Sealing.objects.create(
        school_id=record.school_id,
        student_id=record.student_id,
        record=record,
        by=viewer.person,
        at=viewer.at,
        reason=reason.strip(),
    )
    return saved(record, viewer, "record.sealed", refs=[("sealing", made.pk)])


def _refuse_in_use(record: CommunicationRecord) -> None:
    if not can_proceed(record.seal):
        raise WrongState(
            "只有已归档、已有新版本或争议中的记录可以封存，请先归档。", state=str(record.state)
        )
    if CommunicationRecord.objects.filter(previous=record, state__in=disputes.UNFINISHED).exists():
        raise WrongState(
            "新版本还没有定稿，里面有同样的内容；请等它生效，或先放弃它，再封存。",
            state=str(record.state),
        )
    upto = disputes.objections_to(record).filter(record__version__lte=record.version)
    if upto.filter(state__in=_UNHEARD).exists():
        raise WrongState("异议还在等记录人或提出人答复，不能封存。", state=str(record.state))
