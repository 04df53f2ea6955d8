"""What a family's answer to a notice may mean: a hint for people, who decide with one tap."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from parties.roles import Role
from records import notices, signs
from records.models import NoticeReceipt
from workflow import danger_signs, family_words, notifications
from workflow.notifications import Message

logger = logging.getLogger(__name__)

_NEWS: Final = "case.news"


def tell(receipt: NoticeReceipt, text: str, *, at: datetime) -> None:
    """Danger: homeroom teacher and 德育处 on duty now, and a question that somebody must answer. A
    complaint: 德育处. Never the family. Words begun in an earlier answer count with this one.
    """
    found = signs.read_on(receipt.reply.removesuffix(text.strip()), text)
    if not found.red and not found.complaint:
        return
    danger = bool(found.red)
    told = family_words.who_looks(receipt.student, danger=danger, at=at)
    case_id = receipt.notice.case_id
    if danger:
        case_id = _asked(receipt, frozenset(told), at=at) or case_id
    rows = _messages(receipt, told, case_id=case_id, danger=danger, at=at)
    notifications.enqueue_many(school_id=receipt.school_id, rows=rows, at=at)
    notices.record(
        "danger.hinted" if danger else "complaint.hinted",
        receipt.notice,
        by=None,
        at=at,
        refs=[("receipt", receipt.pk)],
        told=len(rows),
    )


def tell_again(receipt: NoticeReceipt, text: str, *, at: datetime) -> None:
    """The same words sent again within minutes are a phone that got no answer, and everybody was
    told. Where somebody has answered their question since, the family says them anew.
    """
    if danger_signs.answered_since(receipt):
        tell(receipt, text, at=at)


def _messages(
    receipt: NoticeReceipt,
    told: Mapping[UUID, Role],
    *,
    case_id: UUID | None,
    danger: bool,
    at: datetime,
) -> list[Message]:
    return [
        Message(
            case_id=case_id,
            to_id=person,
            to_role=role.value,
            channel="in_app",
            template=family_words.LOOK_NOW if danger else _NEWS,
            key=f"hint:{receipt.pk}:{at.isoformat()}:{person}",
            lane="crisis" if danger else "routine",
        )
        for person, role in told.items()
    ]


def _asked(receipt: NoticeReceipt, told: frozenset[UUID], *, at: datetime) -> UUID | None:
    """The child's matter with the question on it. No fault in asking costs a family its words, or
    those who look their message.
    """
    try:
        with transaction.atomic():
            return danger_signs.ask(receipt=receipt, at=at, told=told).case_id
    except Exception:
        logger.exception("notice.danger_not_asked id=%s", receipt.pk)
        return None
