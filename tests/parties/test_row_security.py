"""The migration operations, run by the owner on throw-away tables and tried by the app role."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import (
    DatabaseError,
    IntegrityError,
    ProgrammingError,
    connection,
    migrations,
    models,
)

from ledger.guards import POLICY
from parties.row_security import (
    AppendOnly,
    DefinerFunction,
    GrantTables,
    GuardStates,
    IsolateBySchool,
    ReferenceWithinSchool,
)
from parties.tenancy import scope
from tests.tables import APP, Tables, columns, throw_away_tables

HERE, THERE = 101, 202

pytestmark = pytest.mark.django_db(transaction=True)


def to(model: str, *, constraint: bool = False, null: bool = False) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        f"{APP}.{model}",
        models.PROTECT,
        db_constraint=constraint,
        null=null,
        related_name="+",
    )


@pytest.fixture
def tables() -> Iterator[Tables]:
    with throw_away_tables() as made:
        yield made


@pytest.fixture
def wards_and_notes(tables: Tables) -> Tables:
    """Notes are isolated first, although they refer to wards."""
    tables.apply(
        migrations.CreateModel("Ward", columns()),
        migrations.CreateModel("Note", columns(("ward", to("Ward", null=True)))),
        IsolateBySchool("Note"),
        IsolateBySchool("Ward"),
    )
    return tables


def ward(tables: Tables, school_id: int) -> UUID:
    with scope(school_id):
        made: UUID = tables.model("Ward").objects.create(school_id=school_id).pk
    return made


def test_a_reference_inside_the_school_is_accepted(wards_and_notes: Tables) -> None:
    mine = ward(wards_and_notes, HERE)
    note = wards_and_notes.model("Note")

    with scope(HERE):
        note.objects.create(school_id=HERE, ward_id=mine)
        note.objects.create(school_id=HERE, ward_id=None)
        assert note.objects.count() == 2


def test_a_reference_into_another_school_is_refused_at_once(wards_and_notes: Tables) -> None:
    theirs = ward(wards_and_notes, THERE)

    with pytest.raises(IntegrityError, match="same_school"), scope(HERE):
        wards_and_notes.model("Note").objects.create(school_id=HERE, ward_id=theirs)


def test_not_even_the_owner_writes_a_reference_into_another_school(wards_and_notes: Tables) -> None:
    theirs = ward(wards_and_notes, THERE)

    with pytest.raises(IntegrityError, match="same_school"):
        wards_and_notes.scalar(
            "INSERT INTO sample_note (id, school_id, ward_id) VALUES (%s, %s, %s) RETURNING id",
            [uuid4(), HERE, theirs],
        )


def test_an_update_cannot_point_a_reference_into_another_school(wards_and_notes: Tables) -> None:
    theirs = ward(wards_and_notes, THERE)
    note = wards_and_notes.model("Note")

    with scope(HERE):
        note.objects.create(school_id=HERE)

    with pytest.raises(IntegrityError, match="same_school"), scope(HERE):
        note.objects.update(ward_id=theirs)


def test_a_later_field_gets_its_reference_too(wards_and_notes: Tables) -> None:
    wards_and_notes.apply(
        migrations.AddField("Note", "other", to("Ward", null=True)),
        ReferenceWithinSchool("Note", "other"),
    )
    theirs = ward(wards_and_notes, THERE)

    with pytest.raises(IntegrityError, match="other_id_same_school"), scope(HERE):
        wards_and_notes.model("Note").objects.create(school_id=HERE, other_id=theirs)


def test_a_reference_operation_for_an_ordinary_field_is_refused(wards_and_notes: Tables) -> None:
    with pytest.raises(ImproperlyConfigured, match="no foreign key"):
        wards_and_notes.apply(ReferenceWithinSchool("Note", "school_id"))


def test_a_plain_foreign_key_between_tenant_tables_is_refused(tables: Tables) -> None:
    tables.apply(
        migrations.CreateModel("Ward", columns()),
        migrations.CreateModel("Note", columns(("ward", to("Ward", constraint=True)))),
    )

    with pytest.raises(ImproperlyConfigured, match="db_constraint=False"):
        tables.apply(IsolateBySchool("Note"))


@pytest.mark.parametrize("null", [True, False])
def test_a_school_without_a_key_needs_a_reference_that_is_never_empty(
    tables: Tables,
    null: bool,
) -> None:
    rest = [column for column in columns() if column[0] != "school_id"]
    references = [("school", to("School")), ("ward", to("Ward", null=null))]
    tables.apply(
        migrations.CreateModel("School", [("id", models.BigIntegerField(primary_key=True))]),
        migrations.CreateModel("Ward", columns()),
        IsolateBySchool("Ward"),
        migrations.CreateModel("Note", [*rest, *references]),
    )

    if null:
        with pytest.raises(ImproperlyConfigured, match="never empty"):
            tables.apply(IsolateBySchool("Note"))
    else:
        tables.apply(IsolateBySchool("Note"))


def test_a_reference_to_a_table_without_schools_is_a_plain_one(tables: Tables) -> None:
    tables.apply(
        migrations.CreateModel("Word", [("id", models.UUIDField(primary_key=True))]),
        migrations.CreateModel("Note", columns(("word", to("Word")))),
        IsolateBySchool("Note"),
    )

    with pytest.raises(IntegrityError, match="word_id_same_school"), scope(HERE):
        tables.model("Note").objects.create(school_id=HERE, word_id=uuid4())


def test_the_rights_are_exactly_those_named(tables: Tables) -> None:
    tables.apply(
        migrations.CreateModel("Ward", columns()), IsolateBySchool("Ward", rights="SELECT")
    )

    with pytest.raises(ProgrammingError, match="permission denied"):
        ward(tables, HERE)
    with scope(HERE):
        assert tables.model("Ward").objects.count() == 0


def test_isolation_can_be_undone_in_either_order(wards_and_notes: Tables) -> None:
    wards_and_notes.undo(2)

    assert (
        wards_and_notes.scalar(
            "SELECT count(*) FROM pg_policy WHERE polrelid = 'sample_note'::regclass"
        )
        == 0
    )
    assert (
        wards_and_notes.scalar("SELECT relrowsecurity FROM pg_class WHERE relname = 'sample_ward'")
        is False
    )
    assert (
        wards_and_notes.scalar(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conname LIKE 'sample%'"
        )
        == 0
    )


def test_each_isolated_table_has_one_policy_for_all_commands(wards_and_notes: Tables) -> None:
    found = wards_and_notes.scalar(
        "SELECT array_agg(polname::text || polcmd::text) FROM pg_policy"
        " WHERE polrelid = 'sample_ward'::regclass"
    )

    assert found == [f"{POLICY}*"]


@pytest.fixture
def guarded(tables: Tables) -> Tables:
    tables.apply(
        migrations.CreateModel(
            "Door", columns(("state", models.CharField(max_length=10, null=True)))
        ),
        IsolateBySchool("Door"),
        GuardStates("Door", "state", initial={"SHUT"}, legal={("SHUT", "OPEN"), ("OPEN", "SHUT")}),
    )
    return tables


def door(tables: Tables, state: str | None = "SHUT") -> Any:
    with scope(HERE):
        return tables.model("Door").objects.create(school_id=HERE, state=state)


def turn(tables: Tables, state: str | None) -> None:
    with scope(HERE):
        tables.model("Door").objects.update(state=state)


def test_legal_changes_pass(guarded: Tables) -> None:
    made = door(guarded)
    turn(guarded, "OPEN")
    turn(guarded, "OPEN")
    turn(guarded, "SHUT")

    with scope(HERE):
        made.refresh_from_db()
    assert made.state == "SHUT"


@pytest.mark.parametrize("state", ["OPEN", "BROKEN", "", None])
def test_a_row_begins_in_an_initial_state(guarded: Tables, state: str | None) -> None:
    with pytest.raises(IntegrityError, match="illegal state change"):
        door(guarded, state)


@pytest.mark.parametrize("state", ["BROKEN", "", None])
def test_an_illegal_change_is_refused_for_bulk_updates(guarded: Tables, state: str | None) -> None:
    door(guarded)

    with pytest.raises(IntegrityError, match="illegal state change"):
        turn(guarded, state)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE sample_door SET state = 'BROKEN' RETURNING id",
        "INSERT INTO sample_door (id, school_id, state)"
        " SELECT id, school_id, 'SHUT' FROM sample_door"
        " ON CONFLICT (id) DO UPDATE SET state = 'BROKEN' RETURNING id",
        "MERGE INTO sample_door d USING (VALUES (1)) v ON true"
        " WHEN MATCHED THEN UPDATE SET state = 'BROKEN'",
    ],
)
def test_the_owner_and_raw_sql_are_bound_too(guarded: Tables, sql: str) -> None:
    door(guarded)

    with pytest.raises(IntegrityError, match="illegal state change"):
        guarded.scalar(sql)


def test_a_new_guard_replaces_the_old_one_and_comes_back_when_undone(guarded: Tables) -> None:
    old = GuardStates("Door", "state", initial={"SHUT"}, legal={("SHUT", "OPEN")})
    guarded.apply(
        GuardStates("Door", "state", initial={"SHUT"}, legal={("SHUT", "GONE")}, replaces=old)
    )
    door(guarded)
    turn(guarded, "GONE")

    guarded.undo(1)

    door(guarded)
    with pytest.raises(IntegrityError, match="from SHUT to GONE"):
        turn(guarded, "GONE")


def test_undoing_a_guard_leaves_nothing_behind(guarded: Tables) -> None:
    guarded.undo(1)

    assert guarded.scalar("SELECT count(*) FROM pg_proc WHERE proname LIKE 'sample_door%'") == 0
    door(guarded, "OPEN")


@pytest.mark.parametrize("state", ["it's", "a b", "状态", ""])
def test_a_state_that_is_no_code_never_reaches_the_database(tables: Tables, state: str) -> None:
    tables.apply(
        migrations.CreateModel("Door", columns(("state", models.CharField(max_length=10))))
    )

    with pytest.raises(ImproperlyConfigured, match="no state code"):
        tables.apply(GuardStates("Door", "state", initial={state}, legal=set()))


def test_append_only_refuses_what_it_does_not_except(tables: Tables) -> None:
    tables.apply(
        migrations.CreateModel("Ward", columns()),
        IsolateBySchool("Ward"),
        AppendOnly("Ward", but=("DELETE",)),
    )
    made = ward(tables, HERE)

    with pytest.raises(DatabaseError, match="permission denied"), scope(HERE):
        tables.model("Ward").objects.update(school_id=HERE)
    with pytest.raises(IntegrityError, match="append-only"):
        tables.scalar("UPDATE sample_ward SET school_id = 1 RETURNING 1")
    with pytest.raises(IntegrityError, match="append-only"):
        tables.scalar("TRUNCATE sample_ward")
    with scope(HERE):
        assert tables.model("Ward").objects.filter(pk=made).delete()[0] == 1


def test_a_definer_function_sees_what_its_caller_does_not(wards_and_notes: Tables) -> None:
    mine = ward(wards_and_notes, HERE)
    wards_and_notes.apply(
        DefinerFunction(
            "sample_ward_school",
            args="wanted uuid",
            returns="bigint",
            body="SELECT school_id FROM sample_ward WHERE id = wanted",
        )
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sample_ward_school(%s) FROM sample_ward", [mine])
        assert cursor.fetchone() == (0, HERE)


def test_rights_on_a_table_without_schools_can_be_given_and_taken(tables: Tables) -> None:
    tables.apply(
        migrations.CreateModel("Word", [("id", models.UUIDField(primary_key=True))]),
        GrantTables({"sample_word": "SELECT"}),
    )
    assert tables.model("Word").objects.count() == 0
    with pytest.raises(DatabaseError, match="permission denied"):
        tables.model("Word").objects.create(id=uuid4())

    tables.undo(1)

    with pytest.raises(DatabaseError, match="permission denied"):
        tables.model("Word").objects.count()


def test_a_missing_app_role_is_named_before_anything_happens(tables: Tables, settings: Any) -> None:
    tables.apply(migrations.CreateModel("Ward", columns()))
    settings.DATABASE_APP_ROLE = "nobody_made_me"

    with pytest.raises(ImproperlyConfigured, match="nobody_made_me"):
        tables.apply(IsolateBySchool("Ward"))

    assert (
        tables.scalar("SELECT relrowsecurity FROM pg_class WHERE relname = 'sample_ward'") is False
    )


@pytest.mark.parametrize(
    "operation",
    [
        IsolateBySchool("Ward"),
        AppendOnly("Ward"),
        GuardStates("Ward", "state", initial={"A"}, legal={("A", "B")}),
        DefinerFunction("f", args="", returns="int", body="SELECT 1"),
        GrantTables({"sample_ward": "SELECT"}),
    ],
)
def test_each_operation_names_itself(operation: migrations.operations.base.Operation) -> None:
    assert operation.reversible
    assert operation.describe()
    assert operation.migration_name_fragment.isidentifier()
