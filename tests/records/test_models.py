"""The database refuses what must never be false about a record, raw SQL included."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from parties import tenancy
from records.models import CommunicationRecord, Signature, Statement
from tests.factories import NOW, World

pytestmark = pytest.mark.django_db


def drafted(world: World, **values: Any) -> CommunicationRecord:
    """A draft by the homeroom teacher. Inside a scope."""
    return CommunicationRecord.objects.create(
        school_id=world.id,
        student=world.student,
        record_no="JL-1",
        trigger="STUDY",
        started_at=NOW,
        place_kind="OFFICE",
        author=world["teacher"],
        author_role="HT",
        created_at=NOW,
        **values,
    )


def said(world: World, record: CommunicationRecord, **values: Any) -> Statement:
    return Statement.objects.create(
        **{
            "school_id": world.id,
            "student": world.student,
            "record": record,
            "section": "FACT",
            "source": "TEACHER",
            "status": "ONE_SIDED",
            "text": "10月8日实训考核 52 分",
            "entered_by": world["teacher"],
            "at": NOW,
            "place": 1,
            **values,
        }
    )


def signed(world: World) -> tuple[CommunicationRecord, Statement]:
    record = drafted(world)
    statement = said(world, record)
    record.check_language(findings=[])
    record.save()
    record.offer(at=NOW)
    record.content_salt, record.content_hash = b"s" * 32, b"h" * 32
    record.signed_at = NOW
    record.save()
    return record, statement


CHANGES: list[Callable[[CommunicationRecord], dict[str, Any]]] = [
    lambda _: {"started_at": NOW + timedelta(days=1)},
    lambda _: {"trigger": "PRAISE"},
    lambda _: {"next_contact_at": NOW},
    lambda _: {"content_hash": b"x" * 32},
    lambda _: {"signed_at": None},
    lambda record: {"version": record.version + 1},
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_signed_never_changes(
    world: World, change: Callable[[CommunicationRecord], dict[str, Any]]
) -> None:
    with tenancy.scope(world.id):
        record, _ = signed(world)
        with pytest.raises(DatabaseError), transaction.atomic():
            CommunicationRecord.objects.filter(pk=record.pk).update(**change(record))


def test_a_statement_of_a_signed_record_can_neither_change_nor_come_nor_go(world: World) -> None:
    with tenancy.scope(world.id):
        record, statement = signed(world)
        for act in (
            lambda: Statement.objects.filter(pk=statement.pk).update(status="CONFIRMED"),
            lambda: said(world, record, place=2),
            statement.delete,
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()


def test_no_statement_is_ever_deleted_not_even_of_a_draft(world: World) -> None:
    with tenancy.scope(world.id):
        statement = said(world, drafted(world))
        with pytest.raises(DatabaseError), transaction.atomic():
            statement.delete()


def test_only_an_observed_reaction_has_a_code(world: World) -> None:
    with tenancy.scope(world.id):
        record = drafted(world)
        with pytest.raises(IntegrityError), transaction.atomic():
            said(world, record, observed="SILENT")


def test_no_record_is_ever_deleted(world: World) -> None:
    with tenancy.scope(world.id):
        record = drafted(world)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM records_communicationrecord WHERE id = %s", [record.pk])


def test_a_second_version_points_back(world: World) -> None:
    with tenancy.scope(world.id), pytest.raises(IntegrityError), transaction.atomic():
        drafted(world, version=2)


def test_a_psychological_report_needs_a_basis(world: World) -> None:
    with tenancy.scope(world.id):
        record = drafted(world)
        with pytest.raises(IntegrityError), transaction.atomic():
            record.prepared.create(
                school_id=world.id, student=world.student, kind="PSY_REPORT", basis=""
            )


SIGNATURES = {
    "by phone without a second person": {"method": "PHONE"},
    "on paper without a scan": {"method": "PAPER", "witness": "counsellor"},
    "refused without a witness": {"method": "REFUSED"},
    "witnessed by who wrote it down": {"method": "PHONE", "witness": "teacher"},
    "witnessed by the signer": {"method": "REFUSED", "witness": "mother"},
    "in the app by somebody else": {"method": "IN_APP"},
}


@pytest.mark.parametrize("how", SIGNATURES)
def test_a_signature_is_by_oneself_or_witnessed(world: World, how: str) -> None:
    given = dict(SIGNATURES[how])
    with tenancy.scope(world.id):
        record, _ = signed(world)
        witness = given.pop("witness", None)
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.create(
                school_id=world.id,
                student=world.student,
                record=record,
                signer=world["mother"],
                side="FAMILY",
                at=NOW,
                recorded_by=world["teacher"],
                witness=world[witness] if witness else None,
                reason="不同意",
                proof=b"h" * 32,
                **given,
            )
