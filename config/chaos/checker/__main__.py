"""python -m config.chaos.checker FOLDER DATABASE"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from config.chaos.checker import (
    first_notice,
    ladders,
    leaves,
    outbox,
    replay,
    requests,
    secrecy,
    timers,
    walls,
)
from config.chaos.checker.books import Books, opened
from config.chaos.checker.findings import BROKEN, Check, Violation

#: By what each looks at.
CHECKS: Final[Mapping[str, Check]] = {
    "requests": requests.check,
    "events": replay.check,
    "ladders": ladders.check,
    "timers": timers.check,
    "texts": outbox.check,
    "crises": first_notice.check,
    "leaves": leaves.check,
    "rows": walls.check,
    "answers": secrecy.check,
}


def judge(books: Books) -> dict[str, Any]:
    """Every violation, and how many things each check looked at."""
    checked, violations = {}, []
    for name, check in CHECKS.items():
        checked[name], found = check(books)
        violations += [one.as_json() for one in found]
        if not checked[name]:  # a check that looked at nothing has proved nothing
            violations.append(Violation("-", BROKEN, f"nothing_to_check.{name}", "").as_json())
    return {
        "violations": violations,
        "checked": checked,
        "first_notice": first_notice.latencies(books),
        "late_at_rest": books.late,
    }


if __name__ == "__main__":
    with opened(Path(sys.argv[1]), sys.argv[2]) as found_books:
        sys.stdout.write(json.dumps(judge(found_books), ensure_ascii=False))
