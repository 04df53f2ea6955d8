"""The seeded mistakes of `make test-mutants` still fit the code that they break."""

import pytest

from tests.mutants import MUTANTS, ROOT, Mutant

every_mutant = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.promise)


@every_mutant
def test_what_a_mutant_breaks_stands_once_in_the_file_it_names(mutant: Mutant) -> None:
    assert mutant.is_at_home(ROOT)
    assert mutant.new != mutant.old


@every_mutant
def test_the_tests_beside_a_mutant_are_there(mutant: Mutant) -> None:
    files = [name for name in mutant.tests if name.startswith("tests/")]

    assert files
    assert [name for name in files if not (ROOT / name).is_file()] == []
