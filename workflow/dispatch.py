"""The dispatcher after a restore: held, until a person has looked at what it would send.

A restored outbox is a past one: much of what it promises has long arrived. So a restore leaves a
hold on both lanes, and `due_notifications`, through which workers, beat and watch alike find what
to send, finds nothing in a held lane. Releasing asks for the moment at which the lost system
stopped: what had come due by then may have been sent and is not sent again, what came due later
cannot have been. Crisis first.

    release(lane="crisis", before=...)   what is old becomes UNDELIVERABLE with "dispatch.stale"
    release(lane="crisis", before=None)  everything goes out; receivers drop doubles by their key
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from ledger import events
from parties import schools, tenancy
from parties.errors import WrongState
from workflow import channels, deliveries
from workflow.models import DispatchHold, Notification

LANES: Final = ("crisis", "routine")
#: Due before the lost system stopped, so it may have been sent. No fault, so no incident.
STALE: Final = "dispatch.stale"
VIA: Final = "release"

#: For the restore, after the rows and in their transaction. One moment of the backup, twice.
HOLD_SQL: Final = """
INSERT INTO public.workflow_dispatchhold (id, lane, backup_at, held_at)
SELECT gen_random_uuid(), lane, {backup_at}, clock_timestamp()
FROM unnest(ARRAY['crisis', 'routine']) AS lane
ON CONFLICT (lane) WHERE released_at IS NULL
DO UPDATE SET backup_at = excluded.backup_at, held_at = excluded.held_at;
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages of one kind that wait: how many, and how many were due before the backup."""

    lane: str
    channel: str
    template: str
    count: int
    old: int


def held() -> Mapping[str, datetime]:
    """Lanes that stand still, with the moment of the backup they come from. Empty as a rule."""
    holds = DispatchHold.objects.filter(released_at=None).order_by("lane")
    return dict(holds.values_list("lane", "backup_at"))


def waiting() -> Sequence[Waiting]:
    """What would go out of the held lanes, by kind; counts only. Outside of every scope."""
    found: dict[tuple[str, str, str], list[int]] = {}
    holds = held()
    for school_id in schools.all_ids():
        with tenancy.scope(school_id):
            rows = Notification.objects.filter(state=Notification.State.PENDING, lane__in=holds)
            for lane, channel, template, due_at in rows.values_list(
                "lane", "channel", "template", "due_at"
            ):
                counts = found.setdefault((lane, channel, template), [0, 0])
                counts[0] += 1
                counts[1] += due_at < holds[lane]
    return [Waiting(*kind, *counts) for kind, counts in sorted(found.items())]


def release(owner: BaseDatabaseWrapper, *, lane: str, before: datetime | None) -> int:
    """Let `lane` go again; how many messages will not be sent. Outside of every scope.

    owner: the owner's connection; the app role may not touch a hold.
    before: machine time; what was due earlier is withheld, except for the inbox in the app, which
        rings nobody. None sends everything.

    A crash on the way leaves the lane held; doing it again goes on where it stopped.

    Raises:
        WrongState: the lane is not held, or it is the routine one and crisis is still held.
    """
    holds = held()
    if lane not in holds:
        raise WrongState("这个通道没有暂停派发。", lane=lane)
    if lane != LANES[0] and LANES[0] in holds:
        raise WrongState("先恢复危机通道，再恢复常规通道。", lane=lane)
    hold = DispatchHold.objects.get(lane=lane, released_at=None)
    ids = schools.all_ids()
    withheld = {pk: _withhold(pk, lane, before) if before else 0 for pk in ids}
    for school_id, count in withheld.items():
        with tenancy.scope(school_id) as at:
            events.append(
                school_id=school_id,
                kind="dispatch.released",
                actor=None,
                subject=("dispatch_hold", hold.pk),
                at=at,
                payload={"lane": lane, "before": before, "withheld": count},
            )
    _end(owner, hold, before)
    return sum(withheld.values())


def _end(owner: BaseDatabaseWrapper, hold: DispatchHold, before: datetime | None) -> None:
    with owner.cursor() as cursor:
        cursor.execute(
            "UPDATE workflow_dispatchhold SET released_at = clock_timestamp(), sent_before = %s"
            " WHERE id = %s AND released_at IS NULL",
            [before, hold.pk],
        )


def now() -> datetime:
    """Machine time, which holds and due messages go by; never moved by a drill."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    at = row[0] if row else None
    if not isinstance(at, datetime):
        raise TypeError("clock_timestamp() answered no moment")
    return at


def _withhold(school_id: int, lane: str, before: datetime) -> int:
    with tenancy.scope(school_id) as at:
        rows = Notification.objects.select_for_update(of=("self",)).filter(
            state=Notification.State.PENDING, lane=lane, due_at__lt=before
        )
        outside = [row for row in rows.order_by("pk") if not channels.is_local(row.channel)]
        for row in outside:
            deliveries.withhold(row, code=STALE, at=at, via=VIA)
        return len(outside)
