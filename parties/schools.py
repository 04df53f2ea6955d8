"""The first act in a school's life here: its own row, written inside its own wall."""

from django.db import IntegrityError, connection

from parties import tenancy
from parties.models import School


def found(*, code: str, name: str) -> School:
    """Return the school of `code`, made if it is new; the name is brought up to date."""
    existing = find(code)
    if existing is not None:
        return _written(existing, code, name)
    try:
        return _written(_next_id(), code, name)
    except IntegrityError:  # somebody else founded it at the same moment
        existing = find(code)
        if existing is None:
            raise
        return _written(existing, code, name)


def _written(pk: int, code: str, name: str) -> School:
    with tenancy.scope(pk):
        school, _ = School.objects.update_or_create(pk=pk, code=code, defaults={"name": name})
    return school


def find(code: str) -> int | None:
    """The number of the school of `code`, or None. Works outside a scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT school_by_code(%s)", [code])
        row = cursor.fetchone()
    return None if row is None or row[0] is None else int(row[0])


def all_ids() -> list[int]:
    """Numbers of every school, in order. Works outside a scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM school_ids()")
        return [int(row[0]) for row in cursor.fetchall()]


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_school_id()")
        row = cursor.fetchone()
    if row is None:
        raise RuntimeError("the database gave no number for a new school")
    return int(row[0])
