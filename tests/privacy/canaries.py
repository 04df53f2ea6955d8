"""A crisis told in words that occur nowhere else, so that every place they reach can be found."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import redis
from django.apps import apps
from django.db import connection

from parties import clock, crypto, tenancy
from parties.models import Person
from tests.api.callers import Caller, member
from tests.factories import World
from tests.owner import owner_connection
from tests.processes.walker import ANSWERS, Walk
from workflow import human_tasks, notifications

REPORT_FIELDS: Final = ("who", "observed", "place", "with_whom", "injuries")


@dataclass
class Canaries:
    """Words by what they stand for. `crisis` are words about what happened."""

    crisis: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> dict[str, str]:
        return {**self.crisis, **self.names, **self.phones}

    def word(self, about: str) -> str:
        return self.crisis.setdefault(about, f"zx{secrets.token_hex(7)}")

    def told(self, value: Any, about: str) -> Any:
        """An answer whose every free text is a canary; codes and moments stay."""
        if isinstance(value, dict):
            return {name: self.told(one, f"{about}.{name}") for name, one in value.items()}
        return self.word(about) if isinstance(value, str) and not value.isascii() else value


def found(words: Mapping[str, str], text: bytes) -> list[str]:
    """What of `words` is in `text`: plain, as hex (bytea), or escaped (JSON, HTML entities)."""
    return [
        about
        for about, word in words.items()
        if word.encode() in text or word.encode().hex().encode() in text
    ]


def rename(world: World, canaries: Canaries) -> None:
    """Everybody gets a name and a number that say where they went. Before anything is sent."""
    with tenancy.scope(world.id):
        for number, who in enumerate(sorted(world.people)):
            person = Person.objects.get(pk=world[who].pk)
            person.name = canaries.names.setdefault(f"name of {who}", f"zn{secrets.token_hex(7)}")
            person.phone = canaries.phones.setdefault(
                f"phone of {who}", f"+86177{secrets.randbelow(10**5):05d}{number:03d}"
            )
            person.phone_index = crypto.blind_index(None, "phone", person.phone)
            person.save()
            world.people[who] = person


def deliver() -> None:
    for lane in ("crisis", "routine"):
        while notifications.deliver_due(lane=lane, via="test"):
            continue


def tell(world: World, canaries: Canaries) -> Walk:
    """From the report over HTTP to the daily reports, handed on, sent back, and alarmed again."""
    reporter = member(world, "stranger")
    _stumble(reporter, canaries)
    answer = reporter.post(
        "/crises",
        {
            "student": str(world.student.pk),
            "safe_now": "NO",
            "suspects": [{"relation": "FATHER"}],
            **{name: canaries.word(name) for name in REPORT_FIELDS},
        },
        Idempotency_Key="canary",
    )
    assert answer.status_code == 201, answer.content
    walk = Walk(world, _only_case(world), clock.now())
    walk.wait(minutes=61)
    walk.acknowledge()
    _do(walk, canaries, "triage", **_choices("triage"))
    _send_back(walk, canaries, "triage_confirm", to="triage")
    for name in ("triage", "triage_confirm", "report_decide", "report_confirm"):
        _do(walk, canaries, name, **_choices(name))
    for name in ("call_guardian", "oral_report", "protect", "meeting_urgent", "safety_plan"):
        if name in walk.open():
            _do(walk, canaries, name)
    walk.wait(hours=24)
    if "zero_report" in walk.all_open():
        walk.do("zero_report", changed="yes", note=canaries.word("zero_report.note"))
    walk.again()
    deliver()
    return walk


def _choices(name: str) -> dict[str, str]:
    chosen = {"triage": {"suspect_kind": "guardian", "safe_to_tell": "no"}}
    return chosen.get(name, {"safe_to_tell": "no"} if name == "triage_confirm" else {})


def _do(walk: Walk, canaries: Canaries, name: str, **choices: str) -> None:
    walk.do(name, **{**canaries.told(ANSWERS[name], name), **choices})


def _send_back(walk: Walk, canaries: Canaries, name: str, *, to: str) -> None:
    human_tasks.return_(
        school_id=walk.world.id, task_id=walk.task(name).pk, by=walk.world["counsellor"], to=to,
        reason=canaries.word("return.reason"), at=walk.at,
    )  # fmt: skip


def _stumble(caller: Caller, canaries: Canaries) -> None:
    """Requests that are refused say much, and none of it may be repeated to a log."""
    word = canaries.word("mistake")
    caller.get(f"/students?q={word}")
    caller.get(f"/cases?{word}={word}")
    caller.post("/crises", {"observed": word, "safe_now": word, "who": word, word: word})
    caller.send("post", "/crises", f'{{"observed": "{word}'.encode())
    caller.post("/links", {"contact": word})
    caller.post("/session", {"login": word, "password": word})


def _only_case(world: World) -> Any:
    with tenancy.scope(world.id):
        return apps.get_model("workflow", "Case").objects.get().pk


def database_rows() -> Iterator[tuple[str, bytes]]:
    """Every row of every table as the owner reads it, without a key: what a stolen disk says."""
    with owner_connection() as owner, owner.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 -- our own tables
            for (row,) in cursor.fetchall():
                yield table, row.encode()


def broker_values(broker: redis.Redis) -> bytes:
    """Every value the broker holds; its bodies are JSON in JSON, once in base64."""
    return b"\n".join(value for key in broker.scan_iter() for value in _values(broker, key))


def _values(broker: Any, key: bytes) -> list[bytes]:
    kind = broker.type(key).decode()
    if kind == "list":
        return list(broker.lrange(key, 0, -1))
    if kind == "set":
        return list(broker.smembers(key))
    return [broker.get(key) or b""] if kind == "string" else [broker.dump(key) or b""]
