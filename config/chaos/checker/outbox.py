"""I5: every promised text arrived, and arrived again only where a fault explains it.

The gateway knows a message by the key on the wire, uuid5 of school and outbox key: a contract with
receivers, written down here a second time on purpose.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID, uuid5

from config.chaos.checker.books import Books, Fault, Row
from config.chaos.checker.findings import DOUBLED, LOST, Found, Violation

_KEYS: Final = UUID("6b0f5a64-6a4e-4bd1-a0e9-2f6c6b1f5f0e")
#: Seconds that somebody may hold a message, and what a slow machine may add.
_LEASES: Final = {"crisis": 5.0, "routine": 60.0}
_SLACK: Final = 2.0
#: Seconds for which the whole machine must stand still before that explains anything here.
_PAUSE: Final = 2.0
#: Whoever is hit here may have sent without saying so, or said so too late.
_HOLDERS: Final = frozenset(
    {"worker-crisis", "worker-1", "worker-2", "watch", "database", "provider", "machine"}
)
#: How the ledger says that a message will not leave, and whom a case keeps from itself.
_OVER: Final = ("notification.withheld", "notification.undeliverable")
_AGAINST: Final = frozenset({"SUBJECT", "SUSPECT", "ACCUSED", "EXCLUDED"})


def _interrupts(fault: Fault) -> bool:
    """Whether a delivery may have been cut off by it; a short pause of the machine cuts nothing."""
    if fault.victim == "machine" and fault.ended - fault.began < _PAUSE:
        return False
    return fault.victim in _HOLDERS


def wire_key(row: Row) -> str:
    return str(uuid5(_KEYS, f"{row['school_id']}:{row['key']}"))


def texts(books: Books) -> dict[str, Row]:
    """Messages that leave over the gateway, by their key on the wire."""
    rows = books.table("workflow_notification")
    return {wire_key(row): row for row in rows if row["channel"] == "sms"}


def arrivals(books: Books) -> Mapping[str, Sequence[float]]:
    """When each key arrived."""
    found: dict[str, list[float]] = defaultdict(list)
    for line in books.provider:
        found[line["key"]].append(line["at"])
    return found


def check(books: Books) -> Found:
    promised, arrived = texts(books), arrivals(books)
    return len(promised), [
        *_strange(books, promised, arrived),
        *_lost(books, promised, arrived),
        *_doubled(books.faults, promised, arrived),
    ]


def _strange(
    books: Books, promised: Mapping[str, Row], arrived: Mapping[str, Sequence[float]]
) -> Iterator[Violation]:
    """A key that no promise has: the receiver could not know a double by it. What arrived since the
    snapshot was taken may have been promised since.
    """
    strange = arrived.keys() - promised.keys()
    for key in (one for one in strange if min(arrived[one]) <= books.taken_at):
        yield Violation("I5", DOUBLED, "message.unknown_key", key)


def _lost(
    books: Books, promised: Mapping[str, Row], arrived: Mapping[str, Sequence[float]]
) -> Iterator[Violation]:
    for key, row in promised.items():
        if key in arrived:
            continue
        if row["state"] == "SENT":
            yield Violation("I5", LOST, "message.said_sent_never_arrived", str(row["id"]))
        elif row["state"] == "UNDELIVERABLE" and row["lane"] == "crisis":
            yield from _given_up(books, row)


def _given_up(books: Books, row: Row) -> Iterator[Violation]:
    """A text of a crisis that never left: right only for whom the case names itself."""
    told = (event for kind in _OVER for event in books.of_kind(kind))
    why = [e.payload.get("code") for e in told if e.ref("notification") == str(row["id"])]
    named = any(
        (party["case_id"], party["person_id"]) == (row["case_id"], row["recipient_id"])
        and party["part"] in _AGAINST
        for party in books.table("workflow_caseparty")
    )
    if why != ["recipient.barred"] or not named:
        where = f"{row['id']} {row['template']} {why}"
        yield Violation("I5", LOST, "message.given_up", where)


def _doubled(
    faults: Sequence[Fault],
    promised: Mapping[str, Row],
    arrived: Mapping[str, Sequence[float]],
) -> Iterator[Violation]:
    """At most once more for each fault that met its lease."""
    for key, times in arrived.items():
        row = promised.get(key)
        if row is None or len(times) == 1:
            continue
        first, last = min(times), max(times)
        since = first - _LEASES[row["lane"]] - _SLACK
        met = sum(
            _interrupts(fault) and fault.began <= last and fault.ended >= since for fault in faults
        )
        if len(times) > 1 + met:
            where = f"{row['id']} {len(times)} times, {met} faults"
            yield Violation("I5", DOUBLED, "message.sent_without_need", where)
