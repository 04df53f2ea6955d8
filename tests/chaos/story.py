"""A small true story in the database, with the diaries that a campaign would have kept of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from pytest_django import Settings

from config.chaos.checker.books import Books
from config.chaos.diary import Line
from parties import clock, tenancy
from parties.models import Person
from parties.roles import Role
from tests.factories import MINUTE, World
from tests.receivers import SECRET, gateway
from workflow import cases, escalation, human_tasks, notifications, zero_reports
from workflow.models import Case
from workflow.reports import Receipt, ReportInput

CANARY = "canary0123456789"
#: Machine time of the diaries: a text that leaves at once.
ASKED, ANSWERED, ARRIVED = 1000.0, 1000.2, 1000.3


@dataclass
class Story:
    """Two crises: `taken` climbed two rungs and was taken over, `waiting` still waits."""

    world: World
    taken: UUID
    waiting: UUID
    requests: list[Line]
    answers: list[Line]
    provider: list[Line]

    def books(self, database: psycopg.Connection[dict[str, Any]]) -> Books:
        return Books(
            database,
            requests=list(self.requests),
            answers=list(self.answers),
            provider=list(self.provider),
        )


def told(world: World, settings: Settings) -> Story:
    """Live it through the product's own services."""
    now = clock.now()
    with gateway() as here:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET = here.url, SECRET
        slips = [report(world, key) for key in ("a", "b")]
        notifications.deliver_due(lane="crisis", via="test")
        climbed = ladder_of(world, slips[0])
        for minutes in (11, 21):
            escalation._catch_up(world.id, climbed, at=now + minutes * MINUTE, via="test")
        duty, taken = world["duty_officer"], slips[0].case_id
        cases.acknowledge(school_id=world.id, case_id=taken, by=duty, at=now + 22 * MINUTE)
        human_tasks.remind_due(via="test", at=now + 40 * MINUTE)
        with tenancy.scope(world.id):
            zero_reports.begin(case=Case.objects.get(pk=taken), at=now)
        notifications.deliver_due(lane="crisis", via="test")
        provider: list[Line] = [{"at": ARRIVED, "key": key} for key in list(here.keys())]
    requests = [
        line
        for slip, key in zip(slips, ("a", "b"), strict=True)
        for line in exchange(key, "crisis", world["teacher"], receipt_no=slip.receipt_no)
    ]
    requests += exchange("c", "acknowledge", duty, case=str(taken))
    mother = str(world["mother"].pk)
    answers: list[Line] = [{"at": ANSWERED, "person": mother, "path": "cases", "text": "{}"}]
    return Story(world, taken, slips[1].case_id, requests, answers, provider)


def report(world: World, key: str) -> Receipt:
    return cases.report_crisis(
        school_id=world.id,
        reporter=world["teacher"],
        role=Role.HT,
        at=clock.now(),
        report=ReportInput(
            student_id=world.student.pk, who="", observed=CANARY, safe_now="UNKNOWN"
        ),
        request_key=key,
    )


def ladder_of(world: World, slip: Receipt) -> UUID:
    with tenancy.scope(world.id):
        found = Case.objects.get(pk=slip.case_id).escalations.get()
        return UUID(str(found.pk))


def exchange(key: str, kind: str, person: Person, **said: str) -> list[Line]:
    """What a client writes down of one request: asking, and the answer."""
    asked = {"at": ASKED, "asked": key, "kind": kind, "person": str(person.pk), **said}
    if kind == "crisis":
        asked["canary"] = f"{CANARY}{key}"
    return [asked, {"at": ANSWERED, "answered": key, "kind": kind, "status": 201, "body": said}]


@contextmanager
def broken(*statements: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """The owner's view of a database in which `statements` were done; nothing of it stays.

    Only the owner of the tables can switch their guards off, in test code alone.
    """
    address = os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(address, row_factory=dict_row) as database:
        for table in ("ledger_event", "ledger_eventsalt", *GUARDED):
            database.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            done = database.execute(statement)
            assert done.rowcount, f"changed nothing: {statement}"
        yield database
        database.rollback()


GUARDED = (
    "workflow_escalation",
    "workflow_notification",
    "workflow_humantask",
    "workflow_zeroreport",
    "workflow_processinstance",
    "workflow_crisisreport",
)
