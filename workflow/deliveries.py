"""One message, one holder at a time: take the leases, and settle what came of each sending.

Both ends are transactions of their own; the sending lies between them and in neither. Neither
waits for the disk: what a power cut takes back is a message sent again, with its key. `tries`
counts the leases ever taken, so it also tells a late answer of an earlier holder from the present.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from ledger import events
from parties import links, tenancy
from parties.models import SignInLink
from records.models import NoticeReceipt
from workflow import calendar_entries, channels, contacts, departures, leases, promises, quiet_hours
from workflow.channels import (
    CalendarEntry,
    ChannelError,
    Envelope,
    PermanentFailure,
    Text,
    texts,
)
from workflow.models import Incident, Notification

logger = logging.getLogger(__name__)

CRISIS: Final = "crisis"
#: How long one worker may hold a message before another may try. Machine time.
LEASES: Final[Mapping[str, timedelta]] = {
    CRISIS: timedelta(seconds=5),
    "routine": timedelta(seconds=60),
}
#: Then we stop and say so. A crisis goes on for a day, one try per lease; routine about as long,
#: because its waits double up to an hour.
MAX_TRIES: Final[Mapping[str, int]] = {CRISIS: 24 * 3600 // 5 + 1, "routine": 30}
#: Long before that somebody is told: a minute of a crisis, half an hour of anything else.
ALARM_AT: Final[Mapping[str, int]] = {CRISIS: 12, "routine": 6}
_LONGEST_WAIT: Final = timedelta(hours=1)

#: The case names the recipient meanwhile, or nobody may tell them. No fault, so no incident.
BARRED: Final = "recipient.barred"
#: What the message says was true when it was promised and is so no more. No fault either.
OUTDATED: Final = "message.outdated"

_ISSUED: Final = SignInLink.State.ISSUED
_SIGN_IN: Final = SignInLink.Purpose.SIGN_IN

_KEYS: Final = UUID("6b0f5a64-6a4e-4bd1-a0e9-2f6c6b1f5f0e")


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker holds, as it was leased: its envelope, or why it has none."""

    row: Notification
    envelope: Envelope | None = None
    failure: PermanentFailure | None = None


def wire_key(school_id: int, key: str) -> str:
    """The outbox key as receivers see it: as lasting, but without the ids that are in it."""
    return str(uuid5(_KEYS, f"{school_id}:{key}"))


def claim(*, school_id: int, ids: Sequence[UUID] | None, lane: str) -> list[Claim]:
    """Lease those of `ids` that are due and free, together; the rest is done, somebody else's, or
    by now too late for tonight. Without `ids`: the message of a crisis that has waited longest.
    """
    with tenancy.scope(school_id, flushed=False) as at:
        lasts = LEASES[lane]
        if ids is None:
            rows = leases.take_next(lasts=lasts)
        else:
            rows = leases.take(ids, lane=lane, lasts=lasts, at=at)
        about = {(row.case, row.stands) for row in rows}
        barred = {it: contacts.unreached(it[0], stands=it[1], at=at) for it in about}
        return [_claimed(row, barred[row.case, row.stands], at=at) for row in rows]


def _claimed(row: Notification, barred: Collection[UUID], *, at: datetime) -> Claim:
    held = Claim(row)
    if row.recipient_id in barred and not promises.stands(row, at=at):
        return replace(held, failure=PermanentFailure(BARRED))
    try:
        return replace(held, envelope=_envelope(row, at=at))
    except PermanentFailure as failure:
        return replace(held, failure=failure)


def settle(held: Claim, failure: Exception | None, *, via: str) -> bool:
    """Write down what came of it; True if the message left and nobody had said so before."""
    with tenancy.scope(held.row.school_id, flushed=failure is not None) as at:
        quiet = failure is None and held.row.tries <= ALARM_AT[held.row.lane]
        if quiet and departures.mark(held.row, at=at, via=via):
            return True
        waiting = Notification.objects.select_for_update(of=("self",)).filter(
            pk=held.row.pk, state=Notification.State.PENDING
        )
        row = waiting.first()
        if row is None:  # our lease ran out, and another holder was faster
            return False
        if failure is None:
            _mark_sent(row, at=at, via=via)
            return True
        _not_sent(row, held.row.tries, failure, at=at, via=via)
        return False


def _not_sent(row: Notification, tries: int, failure: Exception, *, at: datetime, via: str) -> None:
    """`tries` says which holder speaks: only the present one changes when it is tried again."""
    code = failure.code if isinstance(failure, ChannelError) else type(failure).__name__
    logger.warning(
        "notification.not_sent id=%s channel=%s code=%s tries=%d", row.pk, row.channel, code, tries
    )
    if isinstance(failure, PermanentFailure) or tries >= MAX_TRIES[row.lane]:
        _give_up(row, code=code, at=at, via=via)
    elif row.tries == tries:
        _try_later(row, code=code, at=at)


def _envelope(row: Notification, *, at: datetime) -> Envelope:
    """Raises PermanentFailure when this message must not or cannot leave."""
    if row.tries > MAX_TRIES[row.lane]:  # its workers died with it, one after the other
        raise PermanentFailure("notification.gave_up")
    return Envelope(
        key=wire_key(row.school_id, row.key),
        channel=row.channel,
        address=channels.address_of(row.channel, row.recipient),
        to_role=row.to_role,
        template=row.template,
        text=_text(row),
        calendar=_calendar(row, at=at),
    )


def _calendar(row: Notification, *, at: datetime) -> CalendarEntry | None:
    """Every channel drops an outdated date; only mail carries the entry itself."""
    if row.template not in texts.CALENDAR_TEMPLATES:
        return None
    to = str(row.recipient.email)
    entry = calendar_entries.of(
        row.key, row.template, address=to, to_role=row.to_role, at=at, stands=row.stands
    )
    if entry is None:
        raise PermanentFailure(OUTDATED)
    return entry if row.channel == "email" else None


def _text(row: Notification) -> Text:
    text = texts.of(row.template, row.recipient.language)
    if row.template not in texts.LINK_TEMPLATES:
        return text
    link_id = UUID(row.key.split(":")[1])
    link = _known_link(link_id)
    if link is not None and (link.done or (link.state != _ISSUED and link.purpose != _SIGN_IN)):
        raise PermanentFailure(OUTDATED)  # answered or opened meanwhile, or what it opens is gone
    if link is None or link.state != _ISSUED or link.over:
        raise PermanentFailure("link.expired")
    return replace(text, link=links.url(link_id), sender=row.school.name)


def _known_link(link_id: UUID) -> Any:
    """The link, whether it is over, and whether all that it asks for is done: in one question."""
    settled = NoticeReceipt.objects.filter(pk=OuterRef("target_id"), settled_at__isnull=False)
    known = SignInLink.objects.filter(pk=link_id).annotate(
        over=Q(expires_at__lte=Now()), done=Q(Exists(settled), purpose=SignInLink.Purpose.NOTICE)
    )
    return known.first()


def _mark_sent(row: Notification, *, at: datetime, via: str) -> None:
    row.mark_sent(at=at, via=via)
    row.save(update_fields=["state", "sent_at", "via"])
    events.insert(departures.sent(row, at=at, via=via))
    if row.tries > ALARM_AT[row.lane]:
        for incident in _incidents(row, "notification.failing"):
            incident.resolve(at=at)
            incident.save(update_fields=["state", "resolved_at"])


def _try_later(row: Notification, *, code: str, at: datetime) -> None:
    """A crisis is tried again after each lease, everything else less and less often."""
    delay = LEASES[row.lane]
    if row.lane != CRISIS:
        delay = min(delay * 2 ** (row.tries - 1), _LONGEST_WAIT)
        then = at + delay
        delay += quiet_hours.wait(channel=row.channel, lane=row.lane, at=then, urgent=row.urgent)
    Notification.objects.filter(pk=row.pk).update(due_at=Now() + delay, leased_until=None)
    if row.tries == ALARM_AT[row.lane]:
        _record("notification.delayed", row, at=at, code=code, tries=row.tries)
        _open_incident(row, "notification.failing", code=code, at=at)


def withhold(row: Notification, *, code: str, at: datetime, via: str) -> None:
    """Never to be sent, and nobody's fault: an event, no incident. Inside a scope, row locked."""
    row.give_up()
    row.save(update_fields=["state"])
    _record("notification.withheld", row, at=at, via=via, code=code)


def _give_up(row: Notification, *, code: str, at: datetime, via: str) -> None:
    if code in (BARRED, OUTDATED):
        withhold(row, code=code, at=at, via=via)
        return
    row.give_up()
    row.save(update_fields=["state"])
    _record("notification.undeliverable", row, at=at, via=via, code=code, tries=row.tries)
    _open_incident(row, "notification.undeliverable", code=code, at=at)


def _incidents(row: Notification, kind: str) -> list[Incident]:
    if row.case_id is None:
        return []
    found = Incident.objects.select_for_update(of=("self",)).filter(
        case_id=row.case_id, code=kind, element=_place(row), state=Incident.State.OPEN
    )
    return list(found)


def _open_incident(row: Notification, kind: str, *, code: str, at: datetime) -> None:
    """Visible to the leaders until somebody has dealt with it. Without a case the event must do."""
    if row.case_id is None:
        logger.error("%s id=%s channel=%s code=%s", kind, row.pk, row.channel, code)
        return
    Incident.objects.get_or_create(
        school_id=row.school_id,
        case_id=row.case_id,
        instance=None,
        code=kind,
        element=_place(row),
        state=Incident.State.OPEN,
        defaults={"opened_at": at, "error_type": code},
    )


def _place(row: Notification) -> str:
    return f"{row.channel}:{row.to_role}"


def _record(kind: str, row: Notification, *, at: datetime, **payload: str | int) -> None:
    events.insert(departures.of(row, kind, at=at, **payload))
