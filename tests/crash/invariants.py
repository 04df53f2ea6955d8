"""What must hold whenever everything is at rest, read from the rows and the provider's log alone.

The numbers are those of the project's list of invariants: I1 acknowledged requests have their
event, I2 legal predecessors, I3 effects happen once, I4 due timers fire once, I5 promised messages
arrive, I7 no rung is skipped, I10 no row of another school, I11 no old lease.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import connection

from tests.crash.picture import Camera, Picture, differences, events
from workflow.channels import is_local
from workflow.deliveries import wire_key

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Events = Sequence[Mapping[str, Any]]

#: An event, and the one that must have come before it about the same thing.
_AFTER: Final = {
    "task.claimed": ("task.opened", "task"),
    "escalation.climbed": ("escalation.raised", "escalation"),
    "escalation.acknowledged": ("escalation.raised", "escalation"),
    "escalation.withdrawn": ("escalation.raised", "escalation"),
}
#: Per thing they refer to, these happen once.
_ONCE: Final = {
    "task.opened": "task",
    "task.completed": "task",
    "process.finished": "instance",
    "notification.sent": "notification",
    "escalation.raised": "escalation",
    "escalation.acknowledged": "escalation",
}


class Other:
    """A school next door, which nothing of all this may touch."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._before = camera.take()

    def broken(self) -> list[str]:
        changed = differences(*(
            picture.words(self._before.ids()) for picture in (self._camera.take(), self._before)
        ))  # fmt: skip
        return [f"I10 of another school: {row}" for row in changed]


def broken(picture: Picture, provider: Sequence[str]) -> list[str]:
    """Sentences that begin with the invariant's number; empty when all hold."""
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for table, row in picture.rows:
        rows[table].append(row)
    told = list(events(picture))
    return [
        *_requests(rows, told),
        *_order(told),
        *_once(rows, told),
        *_timers(rows, told),
        *_outbox(rows, provider),
        *_rungs(rows, told),
        *_leases(rows),
    ]


def _refs(event: Mapping[str, Any], kind: str) -> list[str]:
    return [ref.partition(":")[2] for ref in event["refs"] if ref.startswith(f"{kind}:")]


def _referred(told: Events, kind: str, to: str) -> Counter[str]:
    return Counter(ref for event in told if event["kind"] == kind for ref in _refs(event, to))


def _requests(rows: Rows, told: Events) -> Iterator[str]:
    """I1: every report and every answer that is stored has its event, and the other way round."""
    alarmed = {event["subject_id"] for event in told if event["kind"] == "escalation.raised"}
    if silent := {row["case_id"] for row in rows.get("workflow_crisisreport", ())} - alarmed:
        yield f"I1 reports about {len(silent)} cases have woken nobody"
    for table, state, kind, to in (
        ("workflow_humantask", "COMPLETED", "task.completed", "task"),
        ("workflow_notification", "SENT", "notification.sent", "notification"),
        ("workflow_escalation", "ACKNOWLEDGED", "escalation.acknowledged", "escalation"),
    ):
        stored = {row["id"] for row in rows.get(table, ()) if row["state"] == state}
        noted = set(_referred(told, kind, to))
        if stored - noted:
            yield f"I1 {table}: {len(stored - noted)} without {kind}"
        if noted - stored:
            yield f"I1 {table}: {len(noted - stored)} {kind} without its row"
    if len(rows.get("ledger_event", ())) != len(told):
        yield "I1 an event without a body"


def _order(told: Events) -> Iterator[str]:
    """I2: nothing happens before what it follows from."""
    seen: set[tuple[str, str, str]] = set()
    for event in told:
        before, to = _AFTER.get(event["kind"], ("", ""))
        for ref in _refs(event, to) if before else ():
            if (before, to, ref) not in seen:
                yield f"I2 {event['kind']} of {ref} without {before}"
        for kind, name in {("task.opened", "task"), ("task.opened", "instance"),
                           ("escalation.raised", "escalation")}:  # fmt: skip
            if event["kind"] == kind:
                seen |= {(kind, name, ref) for ref in _refs(event, name)}


def _once(rows: Rows, told: Events) -> Iterator[str]:
    """I3: one effect per case and step."""
    for kind, to in _ONCE.items():
        for ref, times in _referred(told, kind, to).items():
            if times > 1:
                yield f"I3 {kind} of {ref} {times} times"
    for table, columns in (
        ("workflow_notification", ("key",)),
        ("workflow_humantask", ("instance_id", "engine_id")),
        ("workflow_zeroreport", ("case_id", "day")),
    ):
        for values, times in _counted(rows.get(table, ()), columns).items():
            if times > 1 and all(values):
                yield f"I3 {table} {values} {times} times"


def _counted(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row[column] for column in columns) for row in rows)


def _timers(rows: Rows, told: Events) -> Iterator[str]:
    """I4: at rest no timer is due, and none has fired twice."""
    now = _now()
    for row in rows.get("workflow_processinstance", ()):
        if row["status"] == "RUNNING" and row["next_due_at"] and now(row["next_due_at"]):
            yield f"I4 {row['process_key']} has not fired what was due at {row['next_due_at']}"
    for row in rows.get("workflow_escalation", ()):
        if row["state"] == "WAITING" and now(row["due_at"]):
            yield f"I4 an escalation has not climbed at {row['due_at']}"
    fired = Counter(
        (*_refs(event, "instance"), event["body"]["payload"]["element"],
         event["body"]["payload"]["due_at"])
        for event in told if event["kind"] == "timer.fired"
    )  # fmt: skip
    for timer, times in fired.items():
        if times > 1:
            yield f"I4 timer {timer} fired {times} times"


def _now() -> Callable[[str], bool]:
    """Whether a moment that a row tells has come, in school time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(school_now())::text")
        [(text,)] = cursor.fetchall()
    return lambda moment: moment <= str(text).strip('"')


def _outbox(rows: Rows, provider: Sequence[str]) -> Iterator[str]:
    """I5: what was promised left at least once, and only doubles by its key were left over."""
    left = Counter(provider)
    for row in rows.get("workflow_notification", ()):
        if row["state"] == "PENDING":
            yield f"I5 {row['template']} over {row['channel']} still waits"
        if row["state"] == "SENT" and not is_local(row["channel"]):
            times = left.pop(wire_key(row["school_id"], row["key"]), 0)
            if not 1 <= times <= 2:
                what = f"{row['template']} over {row['channel']}"
                yield f"I5 {what} reached its provider {times} times"
    if left:
        yield f"I5 {len(left)} messages left that nobody promised"


def _rungs(rows: Rows, told: Events) -> Iterator[str]:
    """I7: each ladder has woken or passed every rung from where it began to where it stands."""
    for row in rows.get("workflow_escalation", ()):
        mine = [event for event in told if row["id"] in _refs(event, "escalation")]
        raised = [e for e in mine if e["kind"] == "escalation.raised"]
        if len(raised) != 1:
            yield f"I7 a ladder was raised {len(raised)} times"
            continue
        began = raised[0]["body"]["payload"]["rung"]
        stood = {began} | {
            event["body"]["payload"]["rung"] for event in mine
            if event["kind"] in {"escalation.climbed", "escalation.rung_skipped",
                                 "escalation.raised_higher"}
        }  # fmt: skip
        higher = any(event["kind"] == "escalation.raised_higher" for event in mine)
        if not higher and set(range(began, row["rung"] + 1)) - stood:
            yield f"I7 a ladder stands on rung {row['rung']} and passed only {sorted(stood)}"


def _leases(rows: Rows) -> Iterator[str]:
    """I11: at rest nobody holds what they have not settled."""
    held = [
        row
        for row in rows.get("workflow_notification", ())
        if row["state"] == "PENDING" and row["leased_until"]
    ]
    if held:
        yield f"I11 {len(held)} leases are left"
