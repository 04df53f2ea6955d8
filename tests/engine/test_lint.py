"""Lint lets through what the engine supports, and says of the rest what is wrong and the mend."""

import orjson
import pytest

from tests.engine.diagrams import FORM
from tests.engine.drawn import drawn
from tests.engine.shapes import SHAPES, TIERS
from workflow.engine.lint import Finding, Project, lint

CLOCKS = {"crisis.ack", "feedback"}


def findings(files: dict[str, bytes | str], *only: str) -> list[Finding]:
    """Lint `only` (else all) of these files, next to the form that the test diagrams use."""
    given = {name: data.encode() if isinstance(data, str) else data for name, data in files.items()}
    given.setdefault("forms/choice.json", orjson.dumps(FORM))
    return lint(given, Project.read(given, CLOCKS), only=only or files)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_that_the_engine_supports_passes(shape: str) -> None:
    assert findings({"p.bpmn": drawn(SHAPES[shape]), "t.dmn": TIERS}, "p.bpmn") == []


def test_a_table_that_a_diagram_calls_passes() -> None:
    files = {"p.bpmn": drawn(SHAPES["service_and_table"]), "t.dmn": TIERS}

    assert findings(files) == []
