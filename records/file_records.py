"""Communication records that go along with a copy of a file, whole: for whom, and when none may.

Inside a scope.
"""

from collections.abc import Sequence
from uuid import UUID

from parties.access import Viewer
from parties.errors import InvalidInput, WrongState
from records import handed_on, policies, reading, record_copies, sharing, taken_back
from records.models import CommunicationRecord, Delivery
from records.reading import RecordFile


def whole(viewer: Viewer, ids: Sequence[UUID], *, leaving: bool) -> Sequence[RecordFile]:
    """Of these records those that this reader could take a copy of, in their order.

    No purpose of such a copy is the reader's own keeping: what was said in confidence stays.
    `leaving`: somebody who is no party to them gets to see them.

    Raises:
        WrongState: one that somebody objects to would leave the school.
        InvalidInput: one with words that may not leave the school (records/sharing.py).
    """
    known = viewer.rows(CommunicationRecord).in_bulk(ids)
    rows = [known[pk] for pk in ids if pk in known]
    policies.learn(viewer, rows)
    own = [one for one in rows if _may_copy(viewer, one)]
    found = [reading.without_confided(viewer, one) for one in reading.seen_all(viewer, own)]
    if leaving:
        _refuse_blocked(found)
        return [handed_on.cut(viewer, one) for one in found]
    return found


def _may_copy(viewer: Viewer, record: CommunicationRecord) -> bool:
    if taken_back.stands_in(viewer, record):
        return True
    return record_copies.may_copy(viewer.fields(record), record)


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


def deliver(viewer: Viewer, found: Sequence[RecordFile], *, purpose: str) -> None:
    """A copy of each reached this reader; noted once, as signatures.deliver does for one."""
    rows = [
        Delivery(
            school_id=one.record.school_id,
            student_id=one.record.student_id,
            record=one.record,
            to=viewer.person,
            how=Delivery.How.EXPORT,
            purpose=purpose,
            at=viewer.at,
        )
        for one in found
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
