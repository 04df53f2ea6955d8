"""What one school's database says, in words that two runs share: rows without chance and machine.

New ids, salts and sealed values differ from run to run, machine time never stands still; who drove
a step, and at which try a message left, may differ after a crash. Everything else must be equal,
row by row.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.db import connection

from parties import tenancy

Row = tuple[str, str]

_UUID: Final = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}")
#: Machine time, and what counts tries or names the driver.
_DROPPED: Final[Mapping[str, frozenset[str]]] = {
    "workflow_notification": frozenset({"due_at", "leased_until", "tries", "via"}),
    "": frozenset({"id", "event_id"}),
}
_PAYLOAD: Final = frozenset({"via", "tries"})
#: Not of a school's own making.
_LEFT_OUT: Final = frozenset({"parties_schoolclock", "ledger_eventsalt"})


class Camera:
    """Takes pictures of one school over the connection of the process that uses it."""

    def __init__(self, school_id: int, tables: Sequence[str]) -> None:
        self._school = school_id
        self._sql = " UNION ALL ".join(
            f"SELECT '{name}', to_jsonb(t)::text FROM {name} t"  # noqa: S608 -- the catalogue's names
            for name in tables
            if name not in _LEFT_OUT
        )

    def take(self) -> "Picture":
        with tenancy.scope(self._school), connection.cursor() as cursor:
            cursor.execute(self._sql)
            return Picture([(str(table), json.loads(row)) for table, row in cursor.fetchall()])


class Picture:
    def __init__(self, rows: Sequence[tuple[str, dict[str, Any]]]) -> None:
        self.rows = rows

    def ids(self) -> frozenset[str]:
        """Every id that stands anywhere."""
        text = json.dumps([row for _, row in self.rows])
        return frozenset(found[0] for found in _UUID.finditer(text))

    def words(self, known: frozenset[str]) -> Counter[Row]:
        """The rows in common words; ids that are not `known` are new, and all alike."""
        return Counter(
            (table, _UUID.sub(lambda found: _name(found[0], known), _text(table, row)))
            for table, row in self.rows
        )


def differences(found: Counter[Row], wanted: Counter[Row]) -> list[str]:
    """Row by row: columns of a row that is like no other, or a whole row too much or missing."""
    surplus, missing = sorted((found - wanted).elements()), sorted((wanted - found).elements())
    told = []
    for table, row in surplus:
        likeness = [other for other in missing if other[0] == table]
        if not likeness:
            told.append(f"too much: {table} {row}")
            continue
        like = min(likeness, key=lambda other: len(_columns(row, other[1])))
        missing.remove(like)
        told.append(f"differs: {table} {_columns(row, like[1])}")
    return told + [f"missing: {table} {row}" for table, row in missing]


def _columns(found: str, wanted: str) -> dict[str, tuple[Any, Any]]:
    one, other = json.loads(found), json.loads(wanted)
    return {name: (one[name], other.get(name)) for name in one if one[name] != other.get(name)}


def _name(id_: str, known: frozenset[str]) -> str:
    return id_ if id_ in known else "new"


def _text(table: str, row: Mapping[str, Any]) -> str:
    dropped = _DROPPED.get(table, frozenset()) | _DROPPED[""]
    kept = {
        name: _event(value) if (table, name) == ("ledger_event", "body") else _plain(value)
        for name, value in row.items()
        if name not in dropped or (not isinstance(value, int | type(None)) and name == "id")
    }
    return json.dumps(kept, sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("\\x"):
        return "bytes"
    if isinstance(value, list):
        return sorted(value, key=str)
    return value


def _event(body: str) -> Any:
    told = json.loads(bytes.fromhex(body.removeprefix("\\x")))
    told["payload"] = {
        name: value for name, value in told["payload"].items() if name not in _PAYLOAD
    }
    return told


def events(picture: Picture) -> Iterator[dict[str, Any]]:
    """The ledger's events in order, with their bodies opened."""
    rows = [row for table, row in picture.rows if table == "ledger_event"]
    for row in sorted(rows, key=lambda row: int(row["id"])):
        yield {**row, "body": json.loads(bytes.fromhex(row["body"].removeprefix("\\x")))}
