"""Our own decision tables: UNIQUE is unique, other policies are refused, results are flat."""

import pytest

from tests.engine.conftest import context
from tests.engine.diagrams import chain, definition, rule, simple, table, user
from tests.engine.driver import Run
from workflow.engine.errors import ProcessInvalid, TableAmbiguous

ASKING = simple(user("a"), rule("br", "tier"), user("b"), chain("s", "a", "br", "b", "e"))


def answer(x: object, rows: dict[str, str], policy: str = "UNIQUE") -> object:
    run = Run(definition(ASKING, table("tier", "a_x", rows, policy=policy)))
    run.complete("a", x=x)
    return run.data("b")["br_tier"]


def test_the_one_rule_that_matches_answers() -> None:
    rows = {">= 2": '"high"', "< 2": '"low"'}

    assert answer(3, rows) == "high"
    assert answer(1, rows) == "low"


def test_no_rule_answers_none() -> None:
    assert answer(0, {">= 2": '"high"'}) is None


def test_two_rules_of_a_unique_table_are_an_error_and_not_the_first_match() -> None:
    with pytest.raises(TableAmbiguous):
        answer(3, {">= 2": '"high"', ">= 3": '"higher"'})


def test_collect_answers_all_in_the_order_of_the_rules() -> None:
    rows = {">= 2": '"high"', ">= 3": '"higher"', "< 2": '"low"'}

    assert answer(3, rows, policy="COLLECT") == ["high", "higher"]


@pytest.mark.parametrize("policy", ["FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER"])
def test_a_policy_that_would_silently_mean_first_match_is_refused(policy: str) -> None:
    with pytest.raises(ProcessInvalid):
        definition(ASKING, table("tier", "a_x", {">= 2": '"high"'}, policy=policy))


def test_a_table_that_is_not_in_the_bundle_is_refused() -> None:
    with pytest.raises(ProcessInvalid):
        definition(ASKING)


def test_a_rule_with_a_missing_cell_is_refused() -> None:
    broken = table("tier", "a_x", {">= 2": '"high"'}).replace(
        '<inputEntry id="i0"><text>&gt;= 2</text></inputEntry>', ""
    )
    with pytest.raises(ProcessInvalid):
        definition(ASKING, broken)


def test_a_step_names_the_table_task_when_it_fails() -> None:
    run = Run(definition(ASKING, table("tier", "a_x", {">= 2": '"high"'})))

    with pytest.raises(ProcessInvalid) as caught:
        run.complete("a")  # None cannot be compared
    assert caught.value.__notes__ == ["bpmn element: br"]
    assert run.restored().script_engine.context == context()
