"""Writes that leave together are the writes that would have left one by one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from ledger import events, together
from ledger.models import Event, EventSalt
from parties.tenancy import scope
from tests.factories import NOW

HERE = 101
CASE = UUID(int=7)
PERSON = UUID(int=9)
INTO = b"""
INSERT INTO workflow_heartbeat (lane, driver, beat_at) VALUES (%s, %s, now())
"""

pytestmark = pytest.mark.django_db(transaction=True)


def said(number: int) -> None:
    events.append(
        school_id=HERE,
        kind="case.opened",
        actor=PERSON if number % 2 else None,
        subject=("case", CASE),
        refs=[("person", PERSON)],
        at=NOW,
        payload={"rung": number, "words": ["a", "b"]},
    )


def lanes() -> Sequence[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lane FROM workflow_heartbeat ORDER BY lane")
        return [lane for (lane,) in cursor.fetchall()]


def test_rows_and_events_are_one_statement(django_assert_num_queries: Any) -> None:
    with scope(HERE), django_assert_num_queries(1), together.in_one_statement():
        assert together.put(INTO, ["one", "test"])
        assert together.put(INTO, ["two", "test"])
        said(1)
    assert lanes() == ["one", "two"]


def test_the_events_are_those_of_before_in_their_order() -> None:
    with scope(HERE):
        for number in range(9):
            said(number)
        with together.in_one_statement():
            for number in range(9):
                said(number)
        kept = list(Event.objects.order_by("pk"))
        salts = dict(EventSalt.objects.values_list("event_id", "salt"))

    apart, joined = kept[:9], kept[9:]
    assert [event.body for event in joined] == [event.body for event in apart]
    assert [event.refs for event in joined] == [event.refs for event in apart]
    assert all(events.verify(event, bytes(salts[event.pk])) for event in kept)
    assert len(set(salts.values())) == 18


def test_what_is_promised_is_heard_of_once(broker: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("LISTEN heard")
    with scope(HERE), together.in_one_statement():
        together.put(INTO, ["one", "test"], notify="heard")
        together.put(INTO, ["two", "test"], notify="heard")
    raw: Any = connection.connection
    assert [notice.channel for notice in raw.notifies(timeout=1, stop_after=2)] == ["heard"]
    with connection.cursor() as cursor:
        cursor.execute("UNLISTEN heard")


def write(*lanes: str) -> None:
    """An event and a row for each of `lanes`; a lane without a name is an error of the caller."""
    with together.in_one_statement():
        said(1)
        for lane in lanes:
            together.put(INTO, [lane, "test"])
            if not lane:
                raise LookupError


def test_after_an_error_nothing_is_sent(django_assert_num_queries: Any) -> None:
    with scope(HERE), django_assert_num_queries(0), pytest.raises(LookupError):
        write("one", "")
    assert lanes() == []
    assert not together.put(INTO, ["two", "test"]), "a block stayed open"


def test_one_that_is_refused_takes_all_with_it() -> None:
    with pytest.raises(IntegrityError), scope(HERE):
        write("one", "one")
    assert lanes() == []
    with scope(HERE):
        assert not Event.objects.exists()


def test_a_savepoint_inside_is_a_mistake() -> None:
    """It could not take back what has not been sent."""
    with (
        pytest.raises(RuntimeError, match="savepoint"),
        scope(HERE),
        together.in_one_statement(),
        transaction.atomic(),
    ):
        together.put(INTO, ["one", "test"])


def test_the_outermost_of_two_blocks_counts(django_assert_num_queries: Any) -> None:
    with scope(HERE), django_assert_num_queries(1), together.in_one_statement():
        with together.in_one_statement():
            together.put(INTO, ["one", "test"])
        together.put(INTO, ["two", "test"])
    assert lanes() == ["one", "two"]


def test_an_empty_block_asks_nothing(django_assert_num_queries: Any) -> None:
    with scope(HERE), django_assert_num_queries(0), together.in_one_statement():
        pass
