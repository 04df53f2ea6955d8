"""Keys of many new people at once: as good as keys made one by one, and as forgetful."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties import keyring
from parties.errors import KeyUnavailable
from parties.models import Person, School
from parties.tenancy import scope
from tests.parties.sealed_rows import HERE, PHONE, new_root_key, read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_keys(settings: Any) -> None:
    settings.SANFANG_ROOT_KEY = new_root_key()
    settings.SANFANG_INDEX_KEY = new_root_key()
    keyring.forget()
    with scope(HERE):
        School.objects.create(pk=HERE, code="here", name="示范职校")


def people(count: int) -> list[Person]:
    return [Person(school_id=HERE, name="林同学", phone=PHONE) for _ in range(count)]


def save(made: list[Person]) -> int:
    """How many statements it took."""
    subjects = {person.pk for person in made}
    with (
        scope(HERE),
        CaptureQueriesContext(connection) as seen,
        keyring.new_subjects(HERE, subjects),
    ):
        Person.objects.bulk_create(made)
    return len(seen)


def save_and_fail(made: list[Person]) -> None:
    with scope(HERE), keyring.new_subjects(HERE, {person.pk for person in made}):
        Person.objects.bulk_create(made)
        raise ZeroDivisionError


def test_each_person_has_a_key_of_their_own_that_can_be_destroyed() -> None:
    one, other = made = people(2)
    save(made)
    with scope(HERE):
        keyring.destroy_subject_key(HERE, one.pk)
    assert read(other) == PHONE
    with pytest.raises(KeyUnavailable):
        read(one)


def test_many_people_cost_as_many_statements_as_two() -> None:
    for _ in range(2):  # the school's own key is made, then remembered
        save(people(1))
    assert save(people(50)) == save(people(2))


def test_a_key_from_a_transaction_that_was_rolled_back_is_never_used_again() -> None:
    (lost,) = made = people(1)
    with pytest.raises(ZeroDivisionError):
        save_and_fail(made)
    with scope(HERE):
        lost.save(force_insert=True)
    keyring.forget()
    assert read(lost) == PHONE


def test_a_subject_with_a_key_keeps_it() -> None:
    subject = uuid4()
    with scope(HERE):
        first = keyring.subject_key(HERE, subject)
    with scope(HERE), keyring.new_subjects(HERE, {subject}):
        assert keyring.subject_key(HERE, subject) == first


def test_nobody_at_all_needs_no_key() -> None:
    with (
        scope(HERE),
        CaptureQueriesContext(connection) as seen,
        keyring.new_subjects(HERE, set()),
    ):
        pass
    assert len(seen) == 0
