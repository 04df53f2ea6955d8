"""Two worlds that differ only in hidden entries: the same pages and cursors, byte for byte.

The same school before and after hidden things are entered above, between and below what a party may
see; ids are the same, so every byte must be, but for the random part of a sealed cursor.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from records.file import Filters
from tests.api.callers import Caller, member
from tests.factories import NOW, World
from tests.records.filed import CRISIS, UNROUTED, case, many

pytestmark = pytest.mark.django_db(transaction=True)

READERS = ("mother", "father", "student")
QUERIES = ("", "&kind=case", "&party=SCHOOL", "&from=2026-10-01&to=2026-10-09", "&party=FAMILY")
_CURSOR = re.compile(rb'("next":")([^"]+)"')


def pages(caller: Caller, world: World, query: str, limit: int) -> Iterator[tuple[bytes, Any, str]]:
    """Body without the random cursor, headers, and the cursor itself, to the end of the file."""
    cursor = ""
    while True:
        path = f"/students/{world.student.pk}/file?limit={limit}&cursor={cursor}{query}"
        answer = caller.get(path)
        assert answer.status_code == 200, answer.content
        following = json.loads(answer.content)["next"]
        body = _CURSOR.sub(lambda found: found[1] + b"-" * len(found[2]), answer.content)
        headers = {k: v for k, v in answer.headers.items() if k not in {"Date", "Set-Cookie"}}
        yield body, headers, following or ""
        if following is None:
            return
        cursor = following


def everything(world: World, who: str) -> list[tuple[bytes, Any, Any]]:
    """Every page in several sizes, and the place that each cursor holds."""
    caller, found = member(world, who), []
    with tenancy.scope(world.id):
        cursors = Filters().cursors(Viewer.load(world[who], at=NOW), world.student.pk)
    for query in QUERIES:
        for limit in (1, 3, 100) if query == "" else (3,):
            for body, headers, cursor in pages(caller, world, query, limit):
                place = cursors.open(cursor) if query == "" else len(cursor)
                found.append((body, headers, place))
    return found


def hide(world: World) -> None:
    """Above, between, at the very moments, and below."""
    for kind in (CRISIS, UNROUTED):
        many(world, 12, since=NOW + timedelta(minutes=3), **kind)
        many(world, 12, since=NOW - timedelta(seconds=30), **kind)
        case(world, at=NOW - timedelta(days=300), **kind)


def test_hidden_entries_change_not_one_byte_of_any_page(world: World) -> None:
    with tenancy.scope(world.id):
        many(world, 10)
    before = {who: everything(world, who) for who in READERS}

    with tenancy.scope(world.id):
        hide(world)

    for who in READERS:
        assert everything(world, who) == before[who], who


def test_the_same_comparison_sees_what_may_be_seen(world: World) -> None:
    with tenancy.scope(world.id):
        many(world, 10)
    before = everything(world, "teacher")

    with tenancy.scope(world.id):
        case(world, at=NOW - timedelta(seconds=30), **CRISIS)

    assert everything(world, "teacher") != before
