"""Each invariant, broken on purpose in a real database, turns the checker red; a true story not."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import psycopg
import pytest
from pytest_django import Settings

from config.chaos import diary
from config.chaos.checker import books as reading
from config.chaos.checker.__main__ import judge
from config.chaos.checker.books import Books, Fault, faults, opened
from config.chaos.checker.first_notice import allowance
from config.chaos.diary import Line
from tests.chaos.story import CANARY, Story, broken, told
from tests.factories import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)

Verdict = set[tuple[str, str]]

_COLUMNS = "school_id, kind, actor, subject_type, subject_id, refs, at, body, leaf"
_AGAIN = f"INSERT INTO ledger_event ({_COLUMNS}) SELECT {_COLUMNS} FROM ledger_event"  # noqa: S608
#: Salts hold on to their events, so an event is hidden by its kind.
_HIDE = "UPDATE ledger_event SET kind = 'hidden.away' WHERE"
_RUNG = "(convert_from(body, 'UTF8')::jsonb -> 'payload' ->> 'rung')"

#: What is done to the database, and what must be said of it.
BREAKS: dict[str, tuple[tuple[str, ...], tuple[str, str]]] = {
    "an acknowledged report has no event": (
        (f"{_HIDE} kind = 'case.opened'",),
        ("I1", "lost"),
    ),
    "nobody's acknowledgement is on file": (
        (f"{_HIDE} kind = 'escalation.acknowledged'",),
        ("I1", "lost"),
    ),
    "a state that no event explains": (
        ("UPDATE workflow_escalation SET state = 'WITHDRAWN' WHERE state = 'WAITING'",),
        ("I2", "broken"),
    ),
    "a task ended without its event": (
        (f"{_HIDE} kind = 'task.completed'",),
        ("I2", "lost"),
    ),
    "a message sent twice": (
        (f"{_AGAIN} WHERE kind = 'notification.sent' LIMIT 1",),
        ("I3", "doubled"),
    ),
    "a task opened twice": (
        (f"{_AGAIN} WHERE kind = 'task.opened' LIMIT 1",),
        ("I3", "doubled"),
    ),
    "somebody woken whom no message was promised": (
        ("DELETE FROM workflow_notification WHERE key LIKE 'ladder:%:in_app'",),
        ("I3", "lost"),
    ),
    "one request, two reports": (
        ("UPDATE workflow_crisisreport SET receipt_no = 'WJ-TWICE' WHERE request_key = 'a'",),
        ("I3", "doubled"),
    ),
    "a ladder that nobody climbs": (
        (
            "UPDATE workflow_escalation SET due_at = now() - interval '1 minute'"
            " WHERE state = 'WAITING'",
        ),
        ("I4", "lost"),
    ),
    "a process that never started": (
        ("UPDATE workflow_processinstance SET status = 'PENDING'",),
        ("I4", "lost"),
    ),
    "a rung woken before its moment": (
        (
            "UPDATE ledger_event SET at = at - interval '5 minutes'"
            " WHERE kind = 'escalation.climbed'",
        ),
        ("I4", "doubled"),
    ),
    "one deadline, two reminders": (
        (f"{_AGAIN} WHERE kind = 'task.overdue' LIMIT 1",),
        ("I4", "doubled"),
    ),
    "a rung that was left out": (
        (f"{_HIDE} kind LIKE 'escalation.%' AND {_RUNG} = '1'",),
        ("I7", "skipped"),
    ),
    "a rung woken twice": (
        (f"{_AGAIN} WHERE kind = 'escalation.woken' AND {_RUNG} = '0'",),
        ("I3", "doubled"),
    ),
    "a timer moved without its effect": (
        ("UPDATE workflow_escalation SET rung = rung + 1 WHERE state = 'WAITING'",),
        ("I7", "skipped"),
    ),
    "a leaf of other bytes": (
        ("UPDATE ledger_event SET leaf = sha256('x') WHERE kind = 'case.opened'",),
        ("I8", "broken"),
    ),
    "a column that says something else": (
        ("UPDATE ledger_event SET actor = gen_random_uuid() WHERE kind = 'case.opened'",),
        ("I8", "broken"),
    ),
    "a salt that is gone": (("DELETE FROM ledger_eventsalt",), ("I8", "lost")),
    "a day without a zero report": (
        (
            "UPDATE workflow_zeroreport SET state = 'MISSED'",
            "INSERT INTO workflow_zeroreport (id, school_id, case_id, day, due_at, state, changed,"
            " note) SELECT gen_random_uuid(), school_id, case_id, day + 2,"
            " due_at + interval '2 days', 'DUE', changed, note FROM workflow_zeroreport",
        ),
        ("I9", "lost"),
    ),
    "a name from another school": (
        (
            "UPDATE workflow_humantask t SET about = p.id FROM parties_person p"
            " WHERE p.school_id <> t.school_id",
        ),
        ("I10", "broken"),
    ),
    "a lease that ran out unseen": (
        (
            "UPDATE workflow_notification SET state = 'PENDING', sent_at = NULL,"
            " leased_until = now() - interval '1 hour'",
        ),
        ("I11", "lost"),
    ),
    "a lease that never ends": (
        (
            "UPDATE workflow_notification SET state = 'PENDING', sent_at = NULL,"
            " leased_until = now() + interval '1 hour'",
        ),
        ("I11", "broken"),
    ),
}


@pytest.fixture
def story(world: World, settings: Settings) -> Story:
    build_world()  # another school, or no wall could be crossed
    return told(world, settings)


def verdict(books: Books) -> Verdict:
    return {(one["invariant"], one["harm"]) for one in judge(books)["violations"]}


def test_every_break_in_the_database_is_named(story: Story) -> None:
    with broken() as database:
        found = judge(story.books(database))
    assert found["violations"] == []
    assert min(found["checked"].values()) > 0

    unseen = {}
    for name, (statements, expected) in BREAKS.items():
        with broken(*statements) as database:
            said = verdict(story.books(database))
        if expected not in said:
            unseen[name] = said
    assert unseen == {}


Change = Callable[[Story], Story]

#: What a diary says otherwise, and what must be said of it.
TALES: dict[str, tuple[Change, tuple[str, str]]] = {
    "a request that was never answered": (
        lambda story: replace(story, requests=story.requests[:-1]),
        ("I1", "broken"),
    ),
    "a text that never arrived": (
        lambda story: replace(story, provider=story.provider[1:]),
        ("I5", "lost"),
    ),
    "a text that arrived twice without need": (
        lambda story: replace(story, provider=[*story.provider, story.provider[0]]),
        ("I5", "doubled"),
    ),
    "a text under a key that nobody promised": (
        lambda story: replace(story, provider=[*story.provider, {"at": 0.0, "key": "x"}]),
        ("I5", "doubled"),
    ),
    "a first notice that came late": (
        lambda story: replace(
            story, provider=[{**line, "at": line["at"] + 60} for line in story.provider]
        ),
        ("I6", "broken"),
    ),
    "a mother who read what was reported": (
        lambda story: replace(story, answers=[{**story.answers[0], "text": f"{CANARY}a"}]),
        ("I12", "broken"),
    ),
    "a mother who saw the case": (
        lambda story: replace(story, answers=[{**story.answers[0], "text": str(story.taken)}]),
        ("I12", "broken"),
    ),
    "nothing was recorded at all": (
        lambda story: replace(story, answers=[]),
        ("-", "broken"),
    ),
}


def test_every_tale_that_does_not_fit_is_named(story: Story) -> None:
    unseen = {}
    for name, (change, expected) in TALES.items():
        with broken() as database:
            said = verdict(change(story).books(database))
        if expected not in said:
            unseen[name] = said

    assert unseen == {}


_ONE: Final = """(SELECT id FROM workflow_notification
    WHERE channel = 'sms' AND lane = 'crisis' AND case_id IS NOT NULL ORDER BY id LIMIT 1)"""
_GIVEN_UP: Final = (
    "UPDATE workflow_notification SET state = 'UNDELIVERABLE', sent_at = NULL"  # noqa: S608
    f" WHERE id = {_ONE}"
)
_NAMED: Final = (
    "INSERT INTO workflow_caseparty (id, school_id, case_id, person_id, part, since)"  # noqa: S608
    " SELECT gen_random_uuid(), school_id, case_id, recipient_id, 'SUSPECT', now()"
    f" FROM workflow_notification WHERE id = {_ONE}"
)


def _said_why(code: str) -> str:
    return (
        "UPDATE ledger_event SET kind = 'notification.withheld', body = convert_to(jsonb_set("  # noqa: S608
        "convert_from(body, 'UTF8')::jsonb, '{payload,code}',"
        f" '\"{code}\"')::text, 'UTF8')"
        f" WHERE kind = 'notification.sent' AND 'notification:' || {_ONE} = ANY(refs)"
    )


def test_a_text_of_a_crisis_is_kept_back_from_whom_it_names_alone(story: Story) -> None:
    def said(*statements: str) -> bool:
        with broken(_GIVEN_UP, *statements) as database:
            books = replace(story, provider=[]).books(database)
            found = [one for one in judge(books)["violations"] if one["what"] == "message.given_up"]
        return bool(found)

    assert said()
    assert said(_said_why("recipient.barred"))
    assert said(_said_why("http.422"), _NAMED)
    assert not said(_said_why("recipient.barred"), _NAMED)


def test_a_fault_that_met_the_lease_explains_one_more_text(story: Story) -> None:
    twice = replace(story, provider=[*story.provider, story.provider[0]])
    thrice = replace(story, provider=[*story.provider, *[story.provider[0]] * 2])
    moment = story.provider[0]["at"]
    killed = Fault("worker-crisis", moment - 1, moment)

    def said(tale: Story, *happened: Fault) -> Verdict:
        with broken() as database:
            books = tale.books(database)
            books.faults = happened
            return verdict(books)

    assert said(twice, killed) == set()
    assert said(twice, Fault("beat", moment - 1, moment)) == {("I5", "doubled")}
    assert said(twice, Fault("worker-crisis", 0.0, 1.0)) == {("I5", "doubled")}
    assert said(thrice, killed) == {("I5", "doubled")}
    assert said(twice, Fault("machine", moment - 3, moment)) == set()
    assert said(twice, Fault("machine", moment - 1, moment)) == {("I5", "doubled")}


def test_a_first_notice_may_wait_for_the_fault_to_be_over() -> None:
    assert allowance([], 10.0, 11.0) == 12.0
    assert allowance([Fault("web", 0.0, 1.0)], 10.0, 11.0) == 12.0
    assert allowance([Fault("web", 10.5, 14.0)], 10.0, 11.0) == 20.0
    chain = [Fault("web", 10.5, 14.0), Fault("database", 19.0, 21.0), Fault("beat", 40.0, 41.0)]
    assert allowance(chain, 10.0, 11.0) == 27.0


def test_faults_are_read_with_their_ends() -> None:
    lines: list[Line] = [
        {"at": 5.0, "fault": 1, "kind": "kill_web", "victim": "web", "began": 4.0},
        {"at": 6.0, "stall": 0.5},
        {"at": 7.0, "fault": 2, "kind": "kill_beat", "victim": "beat", "began": 6.9},
        {"at": 9.0, "over": 1},
    ]

    assert faults(lines) == [
        Fault("web", 4.0, 9.0),
        Fault("machine", 5.5, 6.0),
        Fault("beat", 6.9, float("inf")),
    ]


# --- the product goes on while it is looked at ----------------------------------------------------


def test_what_was_promised_after_the_look_is_no_strange_text(story: Story) -> None:
    def said(at: float) -> bool:
        tale = replace(story, provider=[*story.provider, {"at": at, "key": "x"}])
        with broken() as database:
            books = replace(tale.books(database), taken_at=5_000.0)
            return ("I5", "doubled") in verdict(books)

    assert said(4_999.0)
    assert not said(5_001.0)


def test_the_gateways_diary_is_read_after_the_snapshot(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a message says of itself cannot be newer than the diary that has to bear it out."""
    address = os.environ["DATABASE_OWNER_URL"]

    def read(path: Path) -> list[Line]:
        if path.name == diary.PROVIDER:  # a worker marks one more as sent, just now
            with psycopg.connect(address) as worker:
                worker.execute("UPDATE workflow_notification SET tries = tries + 100")
        return []

    monkeypatch.setattr(diary, "read", read)
    with opened(tmp_path, address) as books:
        tries = {row["tries"] for row in books.table("workflow_notification")}

    assert story.provider
    assert max(tries) < 100


_LATE: Final = (
    "UPDATE workflow_escalation SET due_at = school_now() - interval '8 seconds'"
    " WHERE state = 'WAITING'"
)


def test_what_is_late_at_rest_counts_once_nobody_does_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.01)

    def said(*, done: bool) -> tuple[bool, dict[str, float]]:
        with broken(_LATE) as database:
            books = story.books(database)
            books.again = lambda sql: [] if done else books.rows(sql)
            return ("I4", "lost") in verdict(books), books.late

    assert said(done=False) == (True, {})
    forgotten, late = said(done=True)
    assert not forgotten
    assert 8 <= late["ladder"] < 60
