"""Row-level security and the scope around it. These tests commit for real, but for one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from parties.models import Person, School
from parties.tenancy import current_school, scope

HERE, THERE = 101, 202

pytestmark = pytest.mark.django_db(transaction=True)


def open_school(school_id: int) -> None:
    with scope(school_id):
        School.objects.create(pk=school_id, code=f"s{school_id}", name="示范职校")


@pytest.fixture(autouse=True)
def two_schools() -> None:
    for school_id in (HERE, THERE):
        open_school(school_id)


def enrol(school_id: int, name: str = "林同学") -> Person:
    with scope(school_id):
        return Person.objects.create(school_id=school_id, name=name)


def names(school_id: int) -> list[str]:
    with scope(school_id):
        return list(Person.objects.order_by("name").values_list("name", flat=True))


def test_outside_a_scope_no_row_exists() -> None:
    enrol(HERE)

    assert list(Person.objects.all()) == []
    assert School.objects.count() == 0


def test_another_schools_rows_do_not_exist() -> None:
    mine, theirs = enrol(HERE, "甲"), enrol(THERE, "乙")

    with scope(HERE):
        assert list(Person.objects.all()) == [mine]
        assert not Person.objects.filter(pk=theirs.pk).exists()
        assert list(School.objects.values_list("pk", flat=True)) == [HERE]


def test_a_row_for_another_school_is_refused() -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), scope(HERE):
        Person.objects.create(school_id=THERE, name="越界")

    assert names(THERE) == []


def test_a_row_cannot_be_moved_to_another_school() -> None:
    person = enrol(HERE)

    with pytest.raises(ProgrammingError, match="row-level security"), scope(HERE):
        Person.objects.filter(pk=person.pk).update(school_id=THERE)

    assert names(HERE) == ["林同学"]


def test_changing_or_deleting_another_schools_row_touches_nothing() -> None:
    theirs = enrol(THERE)

    with scope(HERE):
        assert Person.objects.filter(pk=theirs.pk).update(name="改") == 0
        assert Person.objects.filter(pk=theirs.pk).delete() == (0, {})

    assert names(THERE) == ["林同学"]


def test_outside_a_scope_nothing_can_be_written() -> None:
    with pytest.raises(ProgrammingError, match="row-level security"):
        Person.objects.create(school_id=HERE, name="无域")

    assert names(HERE) == []


def test_the_school_is_forgotten_after_the_commit() -> None:
    with scope(HERE):
        assert current_school() == HERE

    assert current_school() is None


def test_the_school_is_forgotten_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), scope(HERE):
        raise ZeroDivisionError

    assert current_school() is None
    assert School.objects.count() == 0


def test_a_database_error_does_not_leave_the_school_behind() -> None:
    with pytest.raises(DatabaseError), scope(HERE), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")

    assert current_school() is None


def test_scopes_do_not_nest() -> None:
    with scope(HERE), pytest.raises(RuntimeError, match="durable"), scope(THERE):
        pytest.fail("a scope opened inside another")


def test_a_scope_does_not_open_inside_another_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"), scope(HERE):
        pytest.fail("a scope opened inside a transaction")


def test_a_school_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid literal"), scope("1 OR 1=1"):  # type: ignore[arg-type]
        pytest.fail("a scope opened for a text")


def test_a_scope_yields_the_databases_time() -> None:
    with scope(HERE) as at:
        assert at.utcoffset() is not None
        assert abs(datetime.now(UTC) - at) < timedelta(seconds=30)


@pytest.mark.django_db(transaction=False)
def test_inside_a_test_cases_transaction_the_school_is_forgotten_too() -> None:
    """A test case keeps one transaction open, so the setting would outlive the scope in it."""
    with scope(HERE):
        assert current_school() == HERE

    assert connection.in_atomic_block
    assert current_school() is None
    assert Person.objects.count() == 0


def test_eight_threads_in_two_schools_never_see_each_other() -> None:
    def work(number: int) -> set[str]:
        school_id = (HERE, THERE)[number % 2]
        seen: set[str] = set()
        try:
            for turn in range(15):
                enrol(school_id, f"{school_id}-{number}-{turn}")
                seen.update(name.split("-")[0] for name in names(school_id))
                assert Person.objects.count() == 0
        finally:
            connection.close()
        return seen

    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(work, range(8)))

    assert answers == [{str(HERE)}, {str(THERE)}] * 4
    assert len(names(HERE)) == len(names(THERE)) == 60


@pytest.mark.parametrize(
    "sql",
    [
        "SET ROLE sanfang_owner",
        "SET SESSION AUTHORIZATION sanfang_owner",
        "SET session_replication_role = replica",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "ALTER TABLE parties_person DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE parties_person NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE parties_person ADD COLUMN backdoor text",
        "ALTER TABLE ledger_event DISABLE TRIGGER ALL",
        "DROP POLICY one_school ON parties_person",
        "CREATE POLICY all_schools ON parties_person USING (true)",
        "DROP TABLE parties_person",
        "TRUNCATE parties_person CASCADE",
        "CREATE TABLE public.mine (id int)",
        "CREATE OR REPLACE FUNCTION public.school_now() RETURNS timestamptz"
        " LANGUAGE sql AS 'SELECT now()'",
        "ALTER FUNCTION public.school_now() SECURITY INVOKER",
        "INSERT INTO parties_schoolclock VALUES (101, now(), now(), 60)",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_the_app_role_cannot_take_down_a_wall(sql: str) -> None:
    with pytest.raises(DatabaseError), scope(HERE), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_app_role_is_plain() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False, False)


def test_every_definer_function_has_a_fixed_search_path_is_not_compiled_and_not_public() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, coalesce(array_to_string(proconfig, ';'), ''),"
            " has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
        functions = cursor.fetchall()

    assert "school_now" in {name for name, _, _ in functions}
    for name, settings, public in functions:
        assert settings == "search_path=pg_catalog, public, pg_temp;jit=off", name
        assert not public, name


@pytest.mark.parametrize("flushed", [True, False])
def test_in_a_scope_the_server_looks_up_by_keys_and_compiles_nothing(flushed: bool) -> None:
    asked = (
        "SELECT current_setting('jit'), current_setting('random_page_cost'),"
        " current_setting('plan_cache_mode'), current_setting('synchronous_commit')"
    )
    with scope(HERE, flushed=flushed), connection.cursor() as cursor:
        cursor.execute(asked)
        inside = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute(asked)
        outside = cursor.fetchone()

    assert inside == ("off", "1.1", "force_generic_plan", "on" if flushed else "off")
    assert outside == ("on", "4", "auto", "on")


def test_a_temporary_table_does_not_shadow_what_a_definer_function_reads() -> None:
    with scope(HERE), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE parties_schoolclock ON COMMIT DROP AS SELECT"
            " now() AS anchor_machine, timestamptz '2001-01-01' AS anchor_school, 1.0 AS rate"
        )
        cursor.execute("SELECT extract(year FROM school_now())")
        assert cursor.fetchone() != (2001,)
