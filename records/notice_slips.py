"""What stands on the printed slip for a family without a phone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parties.access import Viewer
from records.models import Notice, NoticeReceipt


@dataclass(frozen=True, slots=True)
class SlipValues:
    """One family's slip: the child named, the text as it was sent, and which text it was."""

    receipt_id: UUID
    school: str
    child: str
    school_class: str
    title: str
    body: str
    strength: str
    deadline: datetime | None
    text_hash: str


def slip(*, viewer: Viewer, receipt_id: UUID) -> SlipValues:
    """For whoever calls this family. Inside a scope. Raises NotFound."""
    receipt = viewer.get(NoticeReceipt, receipt_id)
    notice = receipt.notice
    return SlipValues(
        receipt_id=receipt.pk,
        school=notice.school.name,
        child=receipt.student.person.name,
        school_class=receipt.student.school_class.name,
        title=notice.title,
        body=notice.body,
        strength=str(Notice.Strength(notice.strength).label),
        deadline=notice.deadline,
        text_hash=bytes(notice.text_hash or b"").hex(),
    )
