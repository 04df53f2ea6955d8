"""I4: what was due has fired, once. I9: one zero report a day. I11: no lease outlives itself.

Asked once the product has come to rest. What is still due is late; it was forgotten if nobody does
it while the checker asks again.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from config.chaos.checker.books import Books, Row
from config.chaos.checker.findings import BROKEN, DOUBLED, LOST, Found, Violation

#: What was due five seconds ago and has not been done. School time runs as machine time meanwhile.
_OVERDUE: Final[Mapping[str, str]] = {
    "ladder": """SELECT id, school_now() - due_at AS late FROM workflow_escalation
        WHERE state = 'WAITING' AND due_at < school_now() - interval '5 seconds'""",
    "process": """SELECT id, school_now() - next_due_at AS late FROM workflow_processinstance
        WHERE status = 'RUNNING' AND next_due_at < school_now() - interval '5 seconds'""",
    "start": """SELECT id, school_now() - created_at AS late FROM workflow_processinstance i
        WHERE status = 'PENDING'
        AND NOT EXISTS (SELECT 1 FROM workflow_incident WHERE instance_id = i.id
            AND state = 'OPEN' AND retry_at > school_now())""",
    "zero_report": """SELECT id, school_now() - due_at AS late FROM workflow_zeroreport
        WHERE state = 'DUE' AND due_at < school_now() - interval '5 seconds'""",
    "reminder": """SELECT id, school_now() - due_at AS late FROM workflow_humantask
        WHERE state IN ('OPEN', 'CLAIMED') AND due_at < school_now() - interval '5 seconds'
            AND (reminded_at IS NULL OR reminded_at < due_at)""",
    "message": """SELECT id, now() - due_at AS late FROM workflow_notification
        WHERE state = 'PENDING' AND due_at < now() - interval '5 seconds'
            AND (leased_until IS NULL OR leased_until < now())""",
}
_LEASES: Final = {"crisis": timedelta(seconds=5), "routine": timedelta(seconds=60)}
#: Events that one timer may cause once.
_ONCE: Final = (
    ("task.overdue", "task"),
    ("zero_report.missed", "zero_report"),
    ("zero_report.given", "zero_report"),
)
_CLOSED_DAYS: Final = frozenset({"GIVEN", "MISSED"})


def check(books: Books) -> Found:
    looked = len(books.table("workflow_humantask")) + len(books.table("workflow_escalation"))
    return looked, [*_forgotten(books), *_twice(books), *_days(books), *_leases(books)]


def _forgotten(books: Books) -> Iterator[Violation]:
    for what, sql in _OVERDUE.items():
        found = books.rows(sql)
        undone = books.undone(sql, found)
        for row in found:
            if row not in undone:
                books.late[what] = max(books.late.get(what, 0.0), row["late"].total_seconds())
        for row in undone:
            where = f"{row['id']} late by {row['late']}"
            yield Violation("I4", LOST, f"{what}.due_and_forgotten", where)


def _twice(books: Books) -> Iterator[Violation]:
    for kind, ref in _ONCE:
        moments: dict[str, list[str]] = defaultdict(list)
        for event in books.of_kind(kind):
            moments[event.ref(ref)].append(f"{event.at:%Y-%m-%dT%H:%M:%S}")
        for pk, said in moments.items():
            if len(said) > 1:
                yield Violation("I4", DOUBLED, f"{kind}.twice", f"{pk} at {' '.join(said)}")


def _days(books: Books) -> Iterator[Violation]:
    """Between two days of one case no day is missing, unless the reports were stopped meanwhile."""
    cases: dict[UUID, list[Row]] = defaultdict(list)
    for row in books.table("workflow_zeroreport"):
        cases[row["case_id"]].append(row)
    for case, rows in cases.items():
        rows.sort(key=lambda row: row["day"])
        for earlier, later in pairwise(rows):
            apart = (later["day"] - earlier["day"]).days
            if apart == 0:
                yield Violation("I9", DOUBLED, "zero_report.two_on_one_day", str(case))
            elif apart > 1 and earlier["state"] in _CLOSED_DAYS:
                where = f"{case} {earlier['day']} {later['day']}"
                yield Violation("I9", LOST, "zero_report.day_missing", where)


def _leases(books: Books) -> Iterator[Violation]:
    (now,) = books.rows("SELECT now() AS now")
    for row in books.table("workflow_notification"):
        if row["state"] == "PENDING" and row["leased_until"] is not None:
            yield from _lease(row, now["now"])


def _lease(row: Row, now: Any) -> Iterator[Violation]:
    length = _LEASES[row["lane"]]
    if row["leased_until"] > now + length:
        yield Violation("I11", BROKEN, "lease.too_long", str(row["id"]))
    if row["leased_until"] < now - length:
        yield Violation("I11", LOST, "lease.ran_out_and_nobody_came", str(row["id"]))
