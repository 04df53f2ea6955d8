"""Outbox. Writing the row and changing the case commit together; sending happens later.

    enqueue --> PENDING --(claim: a lease; send, outside every transaction)--> SENT
                 ^   |
                 +---+ temporary failure: later, with the same key
                     |
                     +--(permanent, or for too long)--> UNDELIVERABLE, an event and an incident

At least once: a worker that dies between sending and marking leaves a lease that runs out, and the
next one sends again *with the same key*, by which the receiver drops the double. For a crisis a
second message is harmless and a missing one is not.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now

from workflow import channels, deliveries, nudge
from workflow.deliveries import Claim
from workflow.models import Notification

logger = logging.getLogger(__name__)

#: Sent side by side, so that a gateway that hangs does not hold up the mail and the inbox.
_AT_ONCE: Final[Mapping[str, int]] = {"crisis": 8, "routine": 2}


@dataclass(frozen=True, slots=True)
class Message:
    """One message to promise. `key` says once and for all which one it is."""

    case_id: UUID | None
    to_id: UUID
    to_role: str
    channel: str
    template: str
    key: str
    lane: str


def enqueue(  # noqa: PLR0913 -- one argument per column
    *,
    school_id: int,
    case_id: UUID | None,
    to_id: UUID,
    to_role: str,
    channel: str,
    template: str,
    key: str,
    lane: str,
    at: datetime,
) -> None:
    """Promise one message. Calling again with the same `key` changes nothing. Inside a scope."""
    message = Message(case_id, to_id, to_role, channel, template, key, lane)
    enqueue_many(school_id=school_id, rows=[message], at=at)


def enqueue_many(*, school_id: int, rows: Sequence[Message], at: datetime) -> None:
    """Promise many messages in one statement. Inside a scope."""
    promised = [
        Notification(
            school_id=school_id,
            case_id=row.case_id,
            recipient_id=row.to_id,
            to_role=row.to_role,
            channel=row.channel,
            template=row.template,
            lane=row.lane,
            key=row.key,
            created_at=at,
            due_at=Now(),  # machine time: it steers workers, not people
        )
        for row in sorted(rows, key=lambda row: row.key)  # equal order: writers never deadlock
    ]
    Notification.objects.bulk_create(promised, ignore_conflicts=True)
    for lane in sorted({row.lane for row in rows}):
        nudge.soon(lane)


def deliver_due(*, lane: str, via: str, limit: int = 200) -> int:
    """Hand over what is due, oldest first; return how many left. Outside of every scope."""
    sent = 0
    sending: dict[Future[None], Claim] = {}
    due = _due(lane, limit)
    if not due:
        return 0
    with ThreadPoolExecutor(_AT_ONCE[lane], thread_name_prefix="send") as senders:
        for claim in _claims(lane, due):
            if claim.envelope is None or channels.is_local(claim.envelope.channel):
                sent += deliveries.settle(claim, claim.failure, via=via)
                continue
            sending[senders.submit(channels.send, claim.envelope)] = claim
            if len(sending) == _AT_ONCE[lane]:
                sent += _settle_finished(sending, via=via)
        while sending:
            sent += _settle_finished(sending, via=via)
    if len(due) == limit:
        nudge.now(lane)
    return sent


def _due(lane: str, limit: int) -> list[tuple[int, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_id, id FROM due_notifications(%s, %s)", [lane, limit])
        return [(int(row[0]), row[1]) for row in cursor.fetchall()]


def _claims(lane: str, due: Sequence[tuple[int, UUID]]) -> Iterator[Claim]:
    """Lease one after the other, each just before it is sent."""
    for school_id, pk in due:
        try:
            claim = deliveries.claim(school_id=school_id, id_=pk, lane=lane)
        except (OperationalError, InterfaceError):
            raise  # the database is gone; what was claimed so far keeps its lease
        except Exception as failure:  # noqa: BLE001 -- one broken row must not hold up the others
            logger.warning("notification.claim_failed id=%s error=%s", pk, type(failure).__name__)
            continue
        if claim is not None:
            yield claim


def _settle_finished(sending: dict[Future[None], Claim], *, via: str) -> int:
    """Wait for at least one sender and write down how it went."""
    finished, _ = wait(sending, return_when=FIRST_COMPLETED)
    sent = 0
    for future in finished:
        failure = future.exception()
        if failure is not None and not isinstance(failure, Exception):
            raise failure
        sent += deliveries.settle(sending.pop(future), failure, via=via)
    return sent
