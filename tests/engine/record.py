"""Records states of running instances, to be replayed by every later version.

    SANFANG_ENV=development python -m tests.engine.record

Run it once for each codec version, and never again for an old one: what it wrote stands in
databases.
"""

import base64
import json
import zlib
from pathlib import Path

from tests.engine.diagrams import bundle
from tests.engine.driver import Run
from tests.engine.shapes import SHAPES, TIERS
from workflow.engine import codec
from workflow.engine.definitions import load
from workflow.engine.registry import service_task

FOLDER = Path(__file__).parent / "recorded"


def main() -> None:
    service_task("test.note", decides=("said",))(lambda _context, *, who: {"said": who})
    rows = {}
    for shape, xml in SHAPES.items():
        packed = bundle(xml, *([TIERS] if shape == "service_and_table" else []))
        run = Run(load(packed.content))
        if run.open:
            run.complete(run.open[0], x=1, k=[2])
        due = run.outcome.next_due_at
        rows[shape] = {
            "bundle": base64.b64encode(zlib.compress(packed.content)).decode(),
            "state": base64.b64encode(zlib.compress(run.outcome.state)).decode(),
            "open": run.open,
            "due": due.isoformat() if due else None,
        }
    path = FOLDER / f"codec_{codec.VERSION}.json"
    path.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
