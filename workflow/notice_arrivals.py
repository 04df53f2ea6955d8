"""Which messages of a notice have arrived: each receipt by the link that was made for it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Func, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Cast

from parties.models import SignInLink
from records.models import Notice, NoticeReceipt
from workflow.models import Notification

#: The message that carries a link out of the house.
LINK_TEMPLATE: Final = "notice.link"


def note_delivered(notice: Notice, *, at: datetime) -> int:
    """Receipts whose own text message or mail has arrived by now: a guardian of two children gets
    one for each, and one that arrived says nothing of the other.
    """
    if notice.case_id is None:
        return 0
    waiting = NoticeReceipt.objects.filter(
        notice=notice, state=NoticeReceipt.State.PENDING, pk__in=_arrived(notice.case_id)
    )
    return waiting.update(state=NoticeReceipt.State.DELIVERED, delivered_at=at)


def delivered(notice: Notice, *, students: Collection[UUID]) -> frozenset[UUID]:
    """Of these children, those of whom some guardian got it, as of now: never which one, for that
    would tell whom an order kept out.
    """
    known = NoticeReceipt.objects.filter(notice=notice, student__in=students)
    got = ~Q(state__in=[NoticeReceipt.State.PENDING, NoticeReceipt.State.UNREACHED])
    if notice.case_id is not None:
        got |= Q(pk__in=_arrived(notice.case_id))
    return frozenset(known.filter(got).values_list("student_id", flat=True))


def _arrived(case_id: UUID) -> QuerySet[SignInLink, Any]:
    """Receipts whose own link the provider of messages has taken."""
    sent = Notification.objects.filter(
        case_id=case_id,
        state=Notification.State.SENT,
        channel__in=["sms", "email"],
        template=LINK_TEMPLATE,
    )
    arrived = SignInLink.objects.filter(
        pk__in=sent.annotate(link=_link_in_key()).values("link"),
        purpose=SignInLink.Purpose.NOTICE,
    )
    return arrived.values("target_id")


def _link_in_key() -> Cast:
    """The link that a message carries, out of its key (see notice_sending)."""
    return Cast(Func(F("key"), Value(":"), Value(2), function="split_part"), UUIDField())
