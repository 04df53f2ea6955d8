"""A school is founded once, however often and by however many at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from parties import schools, tenancy
from parties.models import School, SchoolClass

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8


def test_a_new_school_gets_its_row_inside_its_own_wall() -> None:
    made = schools.found(code="WH-1", name="武汉一职")

    assert School.objects.count() == 0  # outside a scope nobody sees it
    with tenancy.scope(made.pk):
        assert list(School.objects.values_list("code", "name")) == [("WH-1", "武汉一职")]


def test_founding_again_changes_the_name_and_nothing_else() -> None:
    first = schools.found(code="WH-1", name="旧名")

    again = schools.found(code="WH-1", name="新名")

    assert again.pk == first.pk
    assert schools.all_ids() == [first.pk]
    with tenancy.scope(first.pk):
        assert School.objects.get().name == "新名"


def test_two_codes_are_two_schools_that_do_not_see_each_other() -> None:
    here, there = (schools.found(code=code, name="同名") for code in ("A", "B"))

    assert here.pk != there.pk
    with tenancy.scope(here.pk):
        SchoolClass.objects.create(school=here, code="1", name="一班", grade="2024")
        assert list(School.objects.all()) == [here]
    with tenancy.scope(there.pk):
        assert not SchoolClass.objects.exists()


@pytest.mark.parametrize("code", ["A", "", "a' OR '1'='1", "学"])
def test_an_unknown_code_is_nobodys(code: str) -> None:
    assert schools.find(code) is None


def test_a_code_is_told_apart_by_its_letters() -> None:
    upper, lower = schools.found(code="WH", name="大"), schools.found(code="wh", name="小")

    assert (schools.find("WH"), schools.find("wh")) == (upper.pk, lower.pk)


def test_who_races_to_found_one_school_founds_one() -> None:
    together = Barrier(AT_ONCE)

    def one(_: int) -> int:
        together.wait()
        try:
            return schools.found(code="RACE", name="同一所").pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        numbers = set(pool.map(one, range(AT_ONCE)))

    assert len(numbers) == 1
    assert schools.all_ids() == sorted(numbers)


def test_no_number_is_given_twice() -> None:
    together = Barrier(AT_ONCE)

    def one(number: int) -> int:
        together.wait()
        try:
            return schools.found(code=f"N{number}", name="各自一所").pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        numbers = list(pool.map(one, range(AT_ONCE)))

    assert schools.all_ids() == sorted(set(numbers))
    assert len(set(numbers)) == AT_ONCE
