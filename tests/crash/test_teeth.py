"""Products with one promise broken: each must turn these tests red.

Victims and restarts are forks, so what is patched here is patched in them too.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from ledger import events
from parties import tenancy
from parties.models import Person
from tests.crash.stories import Sites, Story, Tally
from tests.factories import MINUTE, NOW
from tests.processes.walker import Walk, begin
from workflow import cases, channels, deliveries, escalation, notifications, steps
from workflow.deliveries import Claim
from workflow.engine import store
from workflow.notifications import Message

pytestmark = pytest.mark.django_db(transaction=True)


class Nowhere(Sites):
    """No line is new: processes die at the ends of transactions alone, which is enough here."""

    def __init__(self) -> None:
        """Needs no folder."""

    def new(self, site: str) -> bool:
        return not site


@pytest.fixture
def tally() -> Tally:
    return Tally("crisis", Nowhere())


@pytest.fixture
def walk(story: Story) -> Walk:
    story.at(NOW)
    walk = begin(story.world)
    walk.at += MINUTE
    return walk


def survives(story: Story, walk: Walk) -> None:
    story.move("acknowledge", walk.acknowledge, at=walk.at)


def test_the_product_as_it_is_survives(story: Story, walk: Walk) -> None:
    survives(story, walk)


def test_a_commit_before_the_outbox_is_written(
    story: Story, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = store.write

    def hasty(change: store.Write) -> None:
        write(replace(change, messages=()))
        transaction.on_commit(lambda: _tell(change))

    monkeypatch.setattr(store, "write", hasty)
    with pytest.raises(AssertionError, match="half done: missing: workflow_notification"):
        survives(story, walk)


def _tell(change: store.Write) -> None:
    rows = [
        Message(change.instance.case_id, message.recipient, message.to_role, message.channel,
                message.template, message.key, message.lane)
        for message in change.messages
    ]  # fmt: skip
    with tenancy.scope(change.instance.school_id):
        notifications.enqueue_many(school_id=change.instance.school_id, rows=rows, at=change.at)


def test_a_step_in_two_transactions(
    story: Story, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = steps.take

    def apart(*, school_id: int, case_id: UUID, by: Person, at: datetime) -> None:
        later: list[Mapping[str, Any]] = []
        with monkeypatch.context() as patch:
            patch.setattr(steps, "take", lambda **move: later.append(move))
            honest(school_id=school_id, case_id=case_id, by=by, at=at)
        with tenancy.scope(school_id):
            for move in later:
                take(**move)

    honest = cases.acknowledge
    monkeypatch.setattr(cases, "acknowledge", apart)
    with pytest.raises(AssertionError, match=r"half done: .*workflow_processinstance"):
        survives(story, walk)


def test_an_effect_before_the_claim(
    story: Story, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rung is told of before the escalation is claimed and moved."""
    climb = escalation._climb

    def eager(school_id: int, pk: UUID, *, at: datetime | None, via: str) -> bool:
        with tenancy.scope(school_id) as now:
            events.append(school_id=school_id, kind="escalation.announced", actor=None,
                          subject=("case", walk.case_id), at=now, payload={})  # fmt: skip
        return climb(school_id, pk, at=at, via=via)

    story.rest(walk.at)
    monkeypatch.setattr(escalation, "_climb", eager)
    with pytest.raises(AssertionError, match="half done: too much: ledger_event"):
        story.sweep("climb", lambda: escalation.climb_due(via="beat"), at=NOW + 10 * MINUTE)


def test_a_message_marked_as_sent_before_it_is(
    story: Story, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "_dispatch", _marked_first(deliveries.settle))
    with pytest.raises(AssertionError, match=r"I5 .* reached its provider 0 times"):
        story.pending("deliver", lambda: notifications.deliver_due(lane="crisis", via="beat"))


def _marked_first(settle: Callable[..., bool]) -> Callable[..., int]:
    def dispatch(claim: Claim, _senders: object, *, via: str) -> int:
        done = settle(claim, claim.failure, via=via)
        if claim.envelope is not None and claim.envelope.channel != "in_app":
            channels.send(claim.envelope)
        return int(done)

    return dispatch
