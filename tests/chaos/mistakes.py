"""Twelve mistakes that an honest programmer might make in this code, each a patch of our functions.

A window that a kill must hit is held open a little longer than it would be by itself: the mistake
is the window, and a campaign of ten faults must find it in a minute instead of an hour.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from celery import current_task
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from parties import tenancy
from parties.access import Viewer
from workflow import (
    cases,
    channels,
    deliveries,
    escalation,
    notifications,
    policies,
    processes,
    reporting,
    reports,
    rungs,
    sweeps,
    waking,
)
from workflow.channels import Envelope
from workflow.deliveries import Claim
from workflow.models import Escalation, Notification
from workflow.notifications import Message
from workflow.reports import Receipt, Said
from workflow.senders import Senders

#: Seconds.
OPEN_WINDOW = 0.8
LONG_GRACE = timedelta(minutes=2)


def marked_sent_before_sending() -> None:
    def dispatch(claim: Claim, senders: Senders, *, via: str) -> int:
        sent = deliveries.settle(claim, claim.failure, via=via)
        if claim.envelope is not None and not channels.is_local(claim.envelope.channel):
            senders.send(claim, claim.envelope)
        return sent

    notifications._dispatch = dispatch


def promised_after_the_commit() -> None:
    sound = notifications.enqueue_many

    def enqueue_many(*, school_id: int, rows: Sequence[Message], at: datetime) -> None:
        def promise() -> None:
            time.sleep(OPEN_WINDOW)
            with tenancy.scope(school_id):
                sound(school_id=school_id, rows=rows, at=at)

        transaction.on_commit(promise)

    notifications.enqueue_many = enqueue_many


def lease_never_runs_out() -> None:
    sound = deliveries.claim

    def claim(*, school_id: int, ids: Sequence[UUID] | None, lane: str) -> list[Claim]:
        with tenancy.scope(school_id):
            wanted = _next(lane) if ids is None else ids
            never = Notification.objects.filter(pk__in=wanted, leased_until=None)
            free = list(never.values_list("pk", flat=True))
        return sound(school_id=school_id, ids=free, lane=lane)

    deliveries.claim = claim


def claimed_without_a_second_look() -> None:
    """What was due when the list was read may be somebody else's by now."""

    def claim(*, school_id: int, ids: Sequence[UUID] | None, lane: str) -> list[Claim]:
        with tenancy.scope(school_id) as at:
            due = Notification.objects.filter(pk__in=_next(lane) if ids is None else ids)
            due.update(tries=F("tries") + 1, leased_until=Now() + deliveries.LEASES[lane])
            rows = list(due.select_related("recipient", "case"))
            return [deliveries._claimed(row, (), at=at) for row in rows]

    deliveries.claim = claim


def _next(lane: str) -> list[UUID]:
    """What a listener takes that was told of the school alone; its lease is not looked at."""
    waiting = Notification.objects.filter(lane=lane, state=Notification.State.PENDING)
    due = waiting.filter(due_at__lte=Now()).order_by("due_at", "pk")
    return list(due.values_list("pk", flat=True)[:1])


def timer_moved_before_its_effect() -> None:
    def climb(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
        with tenancy.scope(school_id) as now:
            due = Escalation.objects.filter(state=Escalation.State.WAITING, due_at__lte=at or now)
            found = due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if found is None:
                return False
            ladder, rung = rungs.parse(found.ladder), found.rung + 1
            upcoming = ladder.next_due(rung, raised_at=found.raised_at, after=at or now)
            found.climb(rung=rung, due_at=upcoming)
            found.save()
        time.sleep(OPEN_WINDOW)
        with tenancy.scope(school_id) as now:
            waking.wake(found, ladder.rung(rung), rung, at=at or now, via=via)
            escalation._record("escalation.climbed", found, at=at or now, rung=rung, via=via)
        return True

    escalation._climb = climb


def acknowledged_before_the_commit() -> None:
    sound_receive, sound_number = cases._receive, reports.receipt_no
    promised = threading.local()

    def number(at: datetime, *, prefix: str = "WJ") -> str:
        return getattr(promised, "number", "") or sound_number(at, prefix=prefix)

    def receive(
        school_id: int, identify: Callable[[datetime], Said]
    ) -> tuple[Receipt, UUID | None]:
        with tenancy.scope(school_id) as at:
            said = identify(at)
        known = cases._known(school_id, said.request_key)
        if known is not None:
            return known, None
        slip = sound_number(at)

        def store() -> None:
            time.sleep(OPEN_WINDOW)
            promised.number = slip
            sound_receive(school_id, lambda _: said)
            connection.close()

        threading.Thread(target=store).start()
        return Receipt(uuid4(), slip, at, repeated=False), None

    reports.receipt_no, cases._receive = number, receive


def key_forgotten() -> None:
    """Every try is a report of its own."""

    def request_key(*_given: Any, **_named: Any) -> str:
        return f"key:{uuid4().hex}"

    reporting.request_key = request_key
    _start_slowly()


def another_key_at_each_try() -> None:
    sound = deliveries._envelope

    def envelope(row: Notification, *, at: datetime) -> Envelope:
        sealed = sound(row, at=at)
        return replace(sealed, key=f"{sealed.key}:{row.tries}")

    deliveries._envelope = envelope


def missed_rungs_passed_over() -> None:
    """After an outage straight to the rung whose time it is."""

    def climb(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
        with tenancy.scope(school_id) as now:
            moment = at or now
            due = Escalation.objects.filter(state=Escalation.State.WAITING, due_at__lte=moment)
            found = due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if found is None:
                return False
            ladder = rungs.parse(found.ladder)
            reached = sum(one.offset <= moment - found.raised_at for one in ladder.rungs) - 1
            start = max(reached, found.rung + 1)
            rung = escalation._wake_from(found, start, at=moment, via=via)
            escalation._record("escalation.climbed", found, at=moment, rung=rung, via=via)
            return True

    escalation._climb = climb


def started_by_the_request_alone() -> None:
    def start_pending(**_given: Any) -> int:
        return 0

    processes.start_pending = start_pending
    _start_slowly()


def work_in_the_message() -> None:
    """The beat only says that it is alive, and the watch, which flapped, waits for long.

    Whoever loses a message loses the work.
    """
    sound, sound_silence = sweeps.run, sweeps.silence

    def run(lane: str, *, via: str) -> dict[str, int]:
        if current_task and current_task.name.startswith("workflow.sweep_"):
            sweeps._beat(lane, via)
            return {}
        return sound(lane, via=via)

    def silence(lane: str, *, driver: str) -> timedelta:
        found = sound_silence(lane, driver=driver)
        return found if found > LONG_GRACE else timedelta()

    sweeps.run, sweeps.silence = run, silence


def guardians_let_through() -> None:
    def as_family(self: policies.CasePolicy, viewer: Viewer) -> Q:
        return Q(student__in=viewer.wards)

    policies.CasePolicy._as_family = as_family  # type: ignore[method-assign]


def _start_slowly() -> None:
    """Between the commit and the answer a process is started; that takes a moment longer here."""
    sound = processes.start_now

    def start_now(school_id: int, case_id: UUID, **more: Any) -> None:
        time.sleep(OPEN_WINDOW)
        sound(school_id, case_id, **more)

    processes.start_now = start_now
