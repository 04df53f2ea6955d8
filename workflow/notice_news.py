"""Who calls a family hears that it has answered a notice, and so does who wrote the notice: one
message until it is read, not one per answer. The words themselves stand in the list of answers, for
who calls, and nowhere in a message; an author who does not call reads how many there are.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from parties import relations
from parties.access import Viewer
from parties.models import GuardianLink, Person
from parties.roles import Role
from records import notices
from records.models import NoticeReceipt
from workflow import notifications
from workflow.models import Notification
from workflow.notifications import Message

REPLIED: Final = "notice.replied"
#: Who calls the family of a child: the next one where nobody before may see the answer.
_CALLERS: Final = (Role.HT, Role.GL, Role.ME)


def tell_of_reply(receipt: NoticeReceipt, *, by: Person, at: datetime) -> None:
    """Nobody hears of what they wrote down themselves. Inside a scope, the process locked."""
    role, callers = _callers(receipt, at=at)
    people = dict.fromkeys([*callers, *_author(receipt, at=at)])
    case_id = receipt.notice.case_id
    key = f"{REPLIED}:{receipt.notice_id}:"
    unread = Notification.objects.filter(
        key__startswith=key, recipient__in=list(people), read_at=None
    )
    told = {by.pk, *unread.values_list("recipient_id", flat=True)}
    rows = [
        Message(
            case_id=case_id,
            to_id=person,
            to_role=role.value,
            channel="in_app",
            template=REPLIED,
            key=f"{key}{person}:{at.isoformat()}",
            lane="routine",
        )
        for person in people
        if person not in told
    ]
    notifications.enqueue_many(school_id=receipt.school_id, rows=rows, at=at)


def _author(receipt: NoticeReceipt, *, at: datetime) -> list[UUID]:
    """Who wrote the notice, as long as they write to families, and not about the own family."""
    author = receipt.notice.author
    viewer = Viewer.load(author, at=at)
    at_home = receipt.student_id in viewer.kin or receipt.guardian_id == author.pk
    return [author.pk] if viewer.serves(notices.DRAFTERS) and not at_home else []


def _callers(receipt: NoticeReceipt, *, at: datetime) -> tuple[Role, list[UUID]]:
    """Those who may read the answer; nobody of the family, whatever their post."""
    links = GuardianLink.objects.filter(student=receipt.student_id)
    kin = set(links.values_list("guardian_id", flat=True))
    for role in _CALLERS:
        posts = relations.holders(role=role, at=at, student=receipt.student)
        people = relations.able(posts, at=at, excluded=kin)
        seeing = [one.pk for one in people if _sees(one, receipt, at=at)]
        if seeing:
            return role, seeing
    return Role.HT, []


def _sees(person: Person, receipt: NoticeReceipt, *, at: datetime) -> bool:
    return Viewer.load(person, at=at).find(NoticeReceipt, receipt.pk) is not None
