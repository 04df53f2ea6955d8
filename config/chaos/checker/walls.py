"""I10: no row of one school names an object of another, in no column and no list of ids."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from psycopg import sql

from config.chaos.checker.books import Books, Row
from config.chaos.checker.findings import BROKEN, Found, Violation

_COLUMNS = """
SELECT c.table_name, array_agg(c.column_name::text) AS columns FROM information_schema.columns c
WHERE c.table_schema = 'public'
    AND (c.data_type = 'uuid' OR c.data_type = 'ARRAY' AND c.udt_name = '_uuid')
    AND EXISTS (SELECT 1 FROM information_schema.columns s WHERE s.table_schema = 'public'
        AND s.table_name = c.table_name AND s.column_name = 'school_id')
GROUP BY c.table_name ORDER BY c.table_name
"""


def check(books: Books) -> Found:
    tables = {row["table_name"]: row["columns"] for row in books.rows(_COLUMNS)}
    content = {name: _read(books, name, columns) for name, columns in tables.items()}
    homes = {
        row["id"]: row["school_id"] for rows in content.values() for row in rows if "id" in row
    }
    looked = sum(len(rows) for rows in content.values())
    return looked, [
        *(found for name, rows in content.items() for found in _strayed(name, rows, homes)),
        *_references(books, homes),
    ]


def _read(books: Books, table: str, columns: list[str]) -> list[Row]:
    wanted = sql.SQL(", ").join(map(sql.Identifier, ["school_id", *columns]))
    query = sql.SQL("SELECT {} FROM {}").format(wanted, sql.Identifier(table))
    return books.database.execute(query).fetchall()


def _strayed(table: str, rows: list[Row], homes: Mapping[UUID, int]) -> Iterator[Violation]:
    for row in rows:
        for column, value in row.items():
            if column != "school_id" and _foreign(value, row["school_id"], homes):
                where = f"{table} {row.get('id', '')}"
                yield Violation("I10", BROKEN, f"wall.crossed.{table}.{column}", where)


def _references(books: Books, homes: Mapping[UUID, int]) -> Iterator[Violation]:
    for event in books.events:
        named = [UUID(ref.partition(":")[2]) for ref in event.refs]
        if _foreign([event.case, event.actor, *named], event.school, homes):
            yield Violation("I10", BROKEN, "wall.crossed.event", str(event.id))


def _foreign(value: Any, school: int, homes: Mapping[UUID, int]) -> bool:
    ids = value if isinstance(value, list) else [value]
    return any(homes.get(one, school) != school for one in ids if one is not None)
