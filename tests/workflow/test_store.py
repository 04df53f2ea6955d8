"""One step is one statement: all of it is there afterwards, or nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, transaction

from ledger import events
from ledger.models import Event, EventSalt
from parties import tenancy
from tests.factories import MINUTE, NOW, World
from tests.processes.walker import Walk, begin
from workflow.engine import store
from workflow.engine.errors import StateUnreadable
from workflow.engine.store import Locked, NewMessage, NewTask, Write
from workflow.models import HumanTask, Notification, ProcessDefinition, ProcessInstance

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk(world: World) -> Walk:
    """Started; `acknowledge` is open."""
    return begin(world)


def locked(walk: Walk) -> Locked:
    """The instance, held by the test's transaction."""
    found = store.lock(ProcessInstance.objects.get(case=walk.case_id).pk)
    assert found is not None
    return found


def event(walk: Walk, kind: str, **codes: Any) -> events.PreparedEvent:
    return events.prepare(
        school_id=walk.world.id, kind=kind, actor=None, subject=("case", walk.case_id),
        refs=[("instance", uuid4()), ("task", uuid4())], at=NOW + MINUTE, payload=codes,
    )  # fmt: skip


def task(walk: Walk, **change: Any) -> NewTask:
    usual: dict[str, Any] = {
        "id": uuid4(), "engine_id": uuid4().hex, "name": "probe", "title": "试", "form": "",
        "roles": ["ME", "VP"], "candidates": [walk.world["principal"].pk], "about": None,
        "four_eyes_of": "", "clock": "", "due_at": None,
    }  # fmt: skip
    return NewTask(**{**usual, **change})


def message(walk: Walk, key: str, **change: Any) -> NewMessage:
    usual: dict[str, Any] = {
        "id": uuid4(), "recipient": walk.world["principal"].pk, "to_role": "PR",
        "channel": "in_app", "template": "task.new", "lane": "crisis", "key": key,
    }  # fmt: skip
    return NewMessage(**{**usual, **change})


def change(instance: Locked, **more: Any) -> Write:
    assert instance.definition_id is not None
    usual: dict[str, Any] = {
        "instance": instance, "at": NOW + MINUTE, "status": "RUNNING", "state": b"new",
        "definition_id": instance.definition_id, "next_due_at": NOW + 2 * MINUTE,
        "budgets_spent": 3,
    }  # fmt: skip
    return Write(**{**usual, **more})


def test_one_statement_writes_state_tasks_events_and_messages(walk: Walk) -> None:
    new = task(walk, about=walk.world["father"].pk, clock="crisis.triage", due_at=NOW)
    with tenancy.scope(walk.world.id):
        held = locked(walk)
        gone = HumanTask.objects.get(name="acknowledge").engine_id
        store.write(
            change(
                held, cancelled=[gone], cancel_reason="deadline", tasks=[new],
                events=[event(walk, "probe.made", n=1), event(walk, "probe.ended", n=2)],
                messages=[message(walk, "k1")],
            )
        )  # fmt: skip

    with tenancy.scope(walk.world.id):
        instance = ProcessInstance.objects.get(pk=held.id)
        opened = HumanTask.objects.get(pk=new.id)
        ended = HumanTask.objects.get(name="acknowledge")
        told = Notification.objects.get(key="k1")
    assert (bytes(instance.state or b""), instance.version) == (b"new", held.version + 1)
    assert (instance.next_due_at, instance.budgets_spent) == (NOW + 2 * MINUTE, 3)
    assert (opened.roles, opened.candidates) == (["ME", "VP"], [walk.world["principal"].pk])
    assert (opened.about, opened.clock, opened.due_at) == (
        walk.world["father"].pk, "crisis.triage", NOW,
    )  # fmt: skip
    assert (ended.state, ended.cancel_reason) == ("CANCELLED", "deadline")
    assert ended.ended_at == NOW + MINUTE
    assert (told.recipient_id, told.state) == (walk.world["principal"].pk, "PENDING")
    assert walk.kinds()[-2:] == ["probe.made", "probe.ended"]


def test_every_leaf_of_the_statement_recomputes_with_its_salt(walk: Walk) -> None:
    with tenancy.scope(walk.world.id):
        made = [event(walk, "probe.made", n=n) for n in range(5)]
        store.write(change(locked(walk), events=made))

        rows = list(Event.objects.filter(kind="probe.made").order_by("pk"))
        salts = {row.event_id: bytes(row.salt) for row in EventSalt.objects.filter(event__in=rows)}
        assert len(rows) == len(salts) == 5
        assert all(events.verify(row, salts[row.pk]) for row in rows)
        assert not events.verify(rows[0], salts[rows[1].pk])


def test_events_of_a_whole_walk_verify(walk: Walk) -> None:
    walk.acknowledge()
    walk.triage()
    with tenancy.scope(walk.world.id):
        rows = list(Event.objects.all())
        salts = dict(EventSalt.objects.values_list("event_id", "salt"))
        assert len(rows) > 15
        assert [row.kind for row in rows if not events.verify(row, bytes(salts[row.pk]))] == []


def test_a_message_key_is_promised_once(walk: Walk) -> None:
    with tenancy.scope(walk.world.id):
        for _ in range(2):
            store.write(change(locked(walk), messages=[message(walk, "same")]))
            assert Notification.objects.filter(key="same").count() == 1


def test_nobody_to_ask_is_an_empty_list(walk: Walk) -> None:
    nobody = task(walk, candidates=[])
    with tenancy.scope(walk.world.id):
        store.write(change(locked(walk), tasks=[nobody]))

        assert HumanTask.objects.get(pk=nobody.id).candidates == []


def test_a_moved_instance_is_not_overwritten(walk: Walk) -> None:
    with tenancy.scope(walk.world.id):
        stale = locked(walk)
        store.write(change(stale))

        with pytest.raises(StateUnreadable), transaction.atomic():
            store.write(change(stale, state=b"lost", tasks=[task(walk)]))

        row = ProcessInstance.objects.get(pk=stale.id)
        assert (bytes(row.state or b""), row.version) == (b"new", stale.version + 1)
        assert not HumanTask.objects.filter(name="probe").exists()


@pytest.mark.parametrize("fault", ["task", "message", "event", "status"])
def test_a_fault_in_any_part_leaves_nothing_half_written(walk: Walk, fault: str) -> None:
    made = event(walk, "probe.made")
    parts: dict[str, Any] = {
        "tasks": [task(walk)], "messages": [message(walk, "k")], "events": [made],
    }  # fmt: skip
    wrong: dict[str, dict[str, Any]] = {
        "task": {"tasks": [task(walk), task(walk, name="x" * 101)]},
        "message": {"messages": [message(walk, "k2", recipient=uuid4())]},
        "event": {"events": [made, replace(made, kind="x" * 65)]},
        "status": {"status": "PENDING"},
    }
    before = walk.kinds()

    with tenancy.scope(walk.world.id):
        held = locked(walk)
    with pytest.raises((DatabaseError, psycopg.Error)), tenancy.scope(walk.world.id):
        store.write(change(held, **{**parts, **wrong[fault]}))

    with tenancy.scope(walk.world.id):
        row = ProcessInstance.objects.get(pk=held.id)
        assert (row.version, bytes(row.state or b"")) == (held.version, held.state)
        assert not HumanTask.objects.filter(name="probe").exists()
        assert not Notification.objects.filter(key__in=["k", "k2"]).exists()
    assert walk.kinds() == before


def test_finishing_writes_the_end_and_only_then(walk: Walk) -> None:
    with tenancy.scope(walk.world.id):
        store.write(change(locked(walk)))
        assert ProcessInstance.objects.get(case=walk.case_id).ended_at is None
        done = change(locked(walk), status="COMPLETED", next_due_at=None)
        store.write(replace(done, at=NOW + timedelta(hours=1)))

        row = ProcessInstance.objects.get(case=walk.case_id)
    assert (row.status, row.ended_at) == ("COMPLETED", NOW + timedelta(hours=1))
    assert row.started_at == NOW


def test_a_task_that_somebody_finished_is_not_cancelled_afterwards(walk: Walk) -> None:
    with tenancy.scope(walk.world.id):
        done = HumanTask.objects.get(name="acknowledge")
        done.complete(by=walk.world["principal"], at=NOW)
        done.save()
        store.write(change(locked(walk), cancelled=[done.engine_id], cancel_reason="deadline"))

        done.refresh_from_db()
    assert (done.state, done.cancel_reason) == ("COMPLETED", "")


def test_the_same_bundle_is_published_once(walk: Walk) -> None:
    with tenancy.scope(walk.world.id):
        first = ProcessDefinition.objects.get(process_key="crisis")
    begin(walk.world, key="another")

    with tenancy.scope(walk.world.id):
        assert ProcessDefinition.objects.filter(process_key="crisis").get().pk == first.pk


def test_there_is_nothing_to_lock_where_nothing_is(walk: Walk, world: World) -> None:
    with tenancy.scope(world.id):
        assert store.lock(uuid4()) is None
