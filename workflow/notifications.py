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
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

import orjson
from django.db import InterfaceError, OperationalError

from ledger import together
from workflow import channels, deliveries, due_rows, nudge, quiet_hours
from workflow.deliveries import Claim
from workflow.senders import Outcome, Senders

logger = logging.getLogger(__name__)

#: On their way side by side. A crisis wakes a few dozen people at most; routine may wait.
_AT_ONCE: Final[Mapping[str, int]] = {"crisis": 32, "routine": 2}
#: Leased together. A lease of a minute must outlive the slowest sends of all eight.
_LEASED: Final[Mapping[str, int]] = {"crisis": 32, "routine": 8}
#: Leased before those: the first alert is on its way while the others are made ready.
_FIRST: Final[Mapping[str, int]] = {"crisis": 1}
#: Seconds by which what only waits in the app stands behind what rings of the same event.
_BEHIND: Final = 0.001
#: Seconds between two looks for new messages while others are on their way, and for how long.
_LOOK_AGAIN: Final = 0.2
_KEEP_LOOKING: Final = 5.0


#: In one order, so that two writers never wait for each other. Machine time steers workers.
_PROMISE: Final = b"""
INSERT INTO workflow_notification (id, school_id, case_id, recipient_id, to_role, channel,
    template, lane, key, created_at, due_at, tries, state, via, stands, urgent)
SELECT gen_random_uuid(), m.school_id, m.case_id, m.recipient_id, m.to_role, m.channel,
    m.template, m.lane, m.key, m.at,
    statement_timestamp() + make_interval(secs => m.delay), 0, 'PENDING', '', m.stands,
    m.urgent
FROM json_to_recordset(%s::json) AS m(school_id bigint, case_id uuid, recipient_id uuid,
    to_role text, channel text, template text, lane text, key text, at timestamptz, delay float8,
    stands boolean, urgent boolean)
ORDER BY m.key
ON CONFLICT (school_id, key) DO NOTHING
"""


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
    #: Rings at night too, although it is routine: somebody may be in danger.
    urgent: bool = False
    #: Of a case that stands still for them, after an answer of their family (meeting_stillness).
    stands: bool = False


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
    if not rows:
        return
    lanes = sorted({row.lane for row in rows})
    told = next((nudge.CHANNEL for lane in lanes if nudge.channel_of(lane)), "")
    behind = 0.0 if all(channels.is_local(row.channel) for row in rows) else _BEHIND
    messages = orjson.dumps([_columns(school_id, row, at, behind) for row in rows]).decode()
    with together.in_one_statement():
        together.put(_PROMISE, [messages], notify=told)
    for lane in lanes:
        nudge.soon(lane, notified=True)


def _columns(school_id: int, row: Message, at: datetime, behind: float) -> dict[str, object]:
    """What may not ring at night waits for the morning, and what never rings `behind` seconds."""
    wait = quiet_hours.wait(channel=row.channel, lane=row.lane, at=at, urgent=row.urgent)
    return {
        "school_id": school_id,
        "case_id": row.case_id,
        "recipient_id": row.to_id,
        "to_role": row.to_role,
        "channel": row.channel,
        "template": row.template,
        "lane": row.lane,
        "key": row.key,
        "at": at,
        "stands": row.stands,
        "urgent": row.urgent,
        "delay": wait.total_seconds() + (behind if channels.is_local(row.channel) else 0.0),
    }


def deliver_due(*, lane: str, via: str, limit: int = 200, heard_of: int | None = None) -> int:
    """Hand over what is due, oldest first; return how many left. Outside of every scope.

    While some are on their way it keeps looking for new ones: a gateway that hangs holds up its
    own messages only. `heard_of`: the school whose commit woke the caller; its first message is on
    its way before anything else is asked.
    """
    sent = 0
    with Senders(_AT_ONCE[lane]) as senders:
        for claim in _leased(lane, heard_of, None) or () if heard_of is not None else ():
            sent += _dispatch(claim, senders, via=via)
        due = _due(lane, limit)
        started, taken = time.monotonic(), len(due)
        while due or senders.busy:
            for claims in _claims(lane, due):
                for claim in sorted(claims, key=_needs_nobody):
                    sent += _dispatch(claim, senders, via=via)
            sent += _settle(senders.finished(within=_LOOK_AGAIN), via=via)
            fresh = time.monotonic() - started < _KEEP_LOOKING and taken < limit
            due = _due(lane, limit - taken) if fresh and senders.busy else []
            taken += len(due)
    if taken == limit:
        nudge.now(lane)
    return sent


def _needs_nobody(claim: Claim) -> bool:
    """Whether it is settled here, without anybody outside: after those that are."""
    return claim.envelope is None or channels.is_local(claim.envelope.channel)


def _dispatch(claim: Claim, senders: Senders, *, via: str) -> int:
    """Settle at once what needs nobody outside; give the rest to a sender."""
    if claim.envelope is None or channels.is_local(claim.envelope.channel):
        return deliveries.settle(claim, claim.failure, via=via)
    sent = 0
    while senders.full:
        sent += _settle(senders.finished(within=_LOOK_AGAIN), via=via)
    senders.send(claim, claim.envelope)
    return sent


def _settle(outcomes: Iterable[Outcome], *, via: str) -> int:
    return sum(deliveries.settle(claim, failure, via=via) for claim, failure in outcomes)


def _due(lane: str, limit: int) -> list[tuple[int, UUID]]:
    return due_rows.found("SELECT school_id, id FROM due_notifications(%s, %s)", [lane, limit])


def _claims(lane: str, due: Sequence[tuple[int, UUID]]) -> Iterator[list[Claim]]:
    """Lease a few together, just before they are sent; of one school each."""
    for school_id, rows in groupby(due, key=itemgetter(0)):
        for ids in _portions([pk for _, pk in rows], lane):
            claims = _leased(lane, school_id, ids)
            if claims is not None:
                yield claims
            elif len(ids) > 1:  # one broken row must not hold up the others
                yield from filter(None, (_leased(lane, school_id, [pk]) for pk in ids))


def _leased(lane: str, school_id: int, ids: Sequence[UUID] | None) -> list[Claim] | None:
    """None: it could not be done, and none of them is leased."""
    try:
        return deliveries.claim(school_id=school_id, ids=ids, lane=lane)
    except (OperationalError, InterfaceError):
        raise  # the database is gone; what was claimed so far keeps its lease
    except Exception as failure:  # noqa: BLE001 -- see _claims
        error = type(failure).__name__
        which = ",".join(map(str, ids or ()))
        logger.warning("notification.claim_failed ids=%s error=%s", which, error)
        return None


def _portions(ids: Sequence[UUID], lane: str) -> Iterator[Sequence[UUID]]:
    first, size = _FIRST.get(lane, 0), _LEASED[lane]
    if first:
        yield ids[:first]
    yield from (ids[begin : begin + size] for begin in range(first, len(ids), size))
