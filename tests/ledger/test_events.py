"""What an event may hold, what its leaf proves, and that nobody changes it afterwards."""

import hashlib
import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection

from ledger.events import OutsideTransaction, append, insert, leaf_of, prepare, verify
from ledger.models import Event, EventSalt
from ledger.payloads import EventRefused
from parties.tenancy import scope
from tests.owner import owner_connection

HERE, THERE = 101, 202
CASE = UUID(int=7)
MENTOR = UUID(int=9)
AT = datetime(2026, 9, 1, 22, 40, tzinfo=timezone(timedelta(hours=8)))

pytestmark = pytest.mark.django_db(transaction=True)


def record(school_id: int = HERE, **changes: Any) -> Event:
    """Append one event in a scope of its own."""
    with scope(school_id):
        return append(**fields(school_id, **changes))


def fields(school_id: int = HERE, **changes: Any) -> dict[str, Any]:
    return {
        "school_id": school_id,
        "kind": "case.opened",
        "actor": MENTOR,
        "subject": ("case", CASE),
        "at": AT,
    } | changes


def body_of(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(prepare(**fields(**changes)).body)
    return found


def test_an_event_is_stored_as_it_was_returned() -> None:
    made = record(refs=[("student", MENTOR)], payload={"colour": "RED"})

    with scope(HERE):
        stored = Event.objects.get()
    for field in Event._meta.concrete_fields:
        assert getattr(stored, field.attname) == getattr(made, field.attname), field.name
    assert stored.refs == [f"student:{MENTOR}"]


def test_event_and_salt_cost_one_round_trip(django_assert_num_queries: Any) -> None:
    with scope(HERE), django_assert_num_queries(1):
        append(**fields())


def test_the_leaf_recomputes_from_salt_and_bytes() -> None:
    record()

    with scope(HERE):
        event, salt = Event.objects.get(), EventSalt.objects.get()
    expected = hashlib.sha256(b"\x00" + salt.salt + event.body).digest()
    assert bytes(event.leaf) == expected
    assert verify(event, bytes(salt.salt))


def test_every_leaf_of_a_batch_recomputes() -> None:
    with scope(HERE):
        for number in range(20):
            append(**fields(payload={"rung": number}))

    with scope(HERE):
        for salt in EventSalt.objects.select_related("event"):
            assert verify(salt.event, bytes(salt.salt))
        assert EventSalt.objects.count() == 20


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "case.closed"),
        ("actor", None),
        ("subject_type", "student"),
        ("subject_id", MENTOR),
        ("refs", ["student:x"]),
        ("at", AT + timedelta(seconds=1)),
        ("school_id", THERE),
        ("body", b'{"v":1}'),
        ("leaf", b"\x00" * 32),
    ],
)
def test_a_changed_column_does_not_verify(column: str, value: object) -> None:
    event = record()
    with scope(HERE):
        salt = bytes(EventSalt.objects.get().salt)

    setattr(event, column, value)

    assert not verify(event, salt)


def test_another_salt_does_not_verify() -> None:
    assert not verify(record(), b"\x00" * 32)


def test_equal_events_have_different_leaves() -> None:
    assert record().leaf != record().leaf


def test_the_same_facts_give_the_same_bytes() -> None:
    one = prepare(**fields(payload={"b": 1, "a": 2}, at=AT))
    two = prepare(**fields(payload={"a": 2, "b": 1}, at=AT.astimezone(UTC)))

    assert one.body == two.body
    assert one.leaf != two.leaf


def test_a_leaf_is_no_plain_hash_of_salt_and_bytes() -> None:
    assert leaf_of(b"s", b"b") != hashlib.sha256(b"sb").digest()


def test_the_bytes_hold_everything_but_the_row_number() -> None:
    assert body_of(refs=[("student", MENTOR)], payload={"rung": 2}) == {
        "v": 1,
        "school": HERE,
        "kind": "case.opened",
        "actor": str(MENTOR),
        "subject": f"case:{CASE}",
        "refs": [f"student:{MENTOR}"],
        "at": "2026-09-01T14:40:00.000000+00:00",
        "payload": {"rung": 2},
    }


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (-3, -3),
        ("", ""),
        ("RED", "RED"),
        ("crisis.ack", "crisis.ack"),
        ("2026-09-01", "2026-09-01"),
        ("2026-09-01T22:40:00+08:00", "2026-09-01T22:40:00+08:00"),
        ("110", "110"),
        (CASE, str(CASE)),
        (str(CASE), str(CASE)),
        (date(2026, 9, 1), "2026-09-01"),
        (AT, "2026-09-01T14:40:00.000000+00:00"),
        ([1, "A", CASE], [1, "A", str(CASE)]),
        ((), []),
        ("x" * 64, "x" * 64),
    ],
)
def test_ids_and_codes_are_accepted(value: object, stored: object) -> None:
    assert body_of(payload={"value": value})["payload"] == {"value": stored}


@pytest.mark.parametrize(
    "value",
    [
        "张三",
        "he said he would jump",
        "x" * 65,
        "a\nb",
        "13800138000",
        "+8613800138000",
        "138-0013-8000",
        "11010519491231002X",
        "20260901",
        13800138000,
        1.5,
        b"bytes",
        {"nested": 1},
        ["A", "张三"],
        [["A"]],
        object(),
        datetime(2026, 9, 1),  # noqa: DTZ001 - without a zone on purpose
    ],
)
def test_names_numbers_and_text_are_refused(value: object) -> None:
    with pytest.raises(EventRefused) as refusal:
        prepare(**fields(payload={"value": value}))

    assert "张三" not in str(refusal.value)
    assert "138" not in str(refusal.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "opened"},
        {"kind": "Case.opened"},
        {"kind": "case opened"},
        {"kind": "案件.开启"},
        {"kind": "case." + "x" * 64},
        {"kind": "case.opened\n"},
        {"subject": ("Case", CASE)},
        {"subject": ("case", "7")},
        {"refs": [("家长", CASE)]},
        {"at": datetime(2026, 9, 1)},  # noqa: DTZ001 - without a zone on purpose
        {"payload": {"姓名": 1}},
        {"payload": {"Name": 1}},
    ],
)
def test_what_is_no_event_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(EventRefused):
        prepare(**fields(**changes))


def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction):
        append(**fields())


def test_an_event_goes_when_its_change_is_rolled_back() -> None:
    with suppress(ZeroDivisionError), scope(HERE):
        append(**fields())
        raise ZeroDivisionError

    with scope(HERE):
        assert Event.objects.count() == EventSalt.objects.count() == 0


def test_a_prepared_event_can_be_written_later() -> None:
    event = prepare(**fields())

    with scope(HERE):
        insert(event)
        assert bytes(Event.objects.get().leaf) == event.leaf


def test_another_schools_events_do_not_exist() -> None:
    record(THERE)

    with scope(HERE):
        assert Event.objects.count() == EventSalt.objects.count() == 0


def test_an_event_for_another_school_is_refused() -> None:
    with pytest.raises(DatabaseError, match="row-level security"), scope(HERE):
        append(**fields(THERE))


def test_a_salt_belongs_to_an_event_of_its_school() -> None:
    event = record(THERE)
    with scope(THERE):
        EventSalt.objects.all().delete()

    with pytest.raises(IntegrityError, match="same_school"), scope(HERE):
        EventSalt.objects.create(event_id=event.pk, school_id=HERE, salt=b"s")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_event SET kind = 'case.closed'",
        "DELETE FROM ledger_event",
        "TRUNCATE ledger_event CASCADE",
        "UPDATE ledger_eventsalt SET salt = ''",
        "TRUNCATE ledger_eventsalt",
    ],
)
class TestNobodyChangesHistory:
    def test_not_the_app(self, sql: str) -> None:
        record()

        with (
            pytest.raises(DatabaseError, match="permission denied"),
            scope(HERE),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)

    def test_not_the_owner(self, sql: str) -> None:
        record()

        with (
            owner_connection() as owner,
            pytest.raises(IntegrityError, match="append-only"),
            owner.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_erasure_destroys_a_salt_and_leaves_the_event() -> None:
    event = record()

    with scope(HERE):
        EventSalt.objects.filter(event=event).delete()

    with scope(HERE):
        assert Event.objects.get() == event
        assert not EventSalt.objects.exists()


def test_events_of_one_subject_stand_together_in_an_index() -> None:
    """In their order. What the planner takes for a table of few rows says nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'event_by_subject'")
        (found,) = cursor.fetchall()

    assert found[0].endswith("(school_id, subject_type, subject_id, id)")
