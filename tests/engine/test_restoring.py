"""An instance that was stored and restored at every step is the instance that never was."""

import pytest

from tests.engine.diagrams import bundle
from tests.engine.shapes import SHAPES, TIERS
from tests.engine.walks import walk


@pytest.mark.parametrize("shape", SHAPES)
def test_a_restored_instance_is_the_one_in_memory(shape: str) -> None:
    """Random decisions, orders, signals and clock jumps; every fourth walk parses afresh."""
    tables = [TIERS] if shape == "service_and_table" else []
    walks = [walk(bundle(SHAPES[shape], *tables), seed) for seed in range(20)]

    assert sum(done.steps for done in walks) > 20
    assert any(done.finished for done in walks)
