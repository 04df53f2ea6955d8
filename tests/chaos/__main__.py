"""Twelve mistakes, each seeded in every process of a small campaign: the checker must name each.

    make test-chaos-mutants            the sound product first, then all twelve
    make test-chaos-mutants ARGS=3     the third alone

A mistake that is not found, or found by another invariant than the one it breaks, fails; so does a
finding where there is no mistake.
"""

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from config.chaos import front
from config.chaos.options import Options
from tests import services, template_database
from tests.chaos.apps import VARIABLE

MUTATED: Final = "tests.chaos.settings"
PLAIN: Final = "config.settings"


@dataclass(frozen=True)
class Mutant:
    """A mistake of tests.chaos.mistakes, the invariants it breaks, and a campaign that meets it."""

    mistake: str
    broken: frozenset[str]
    kinds: tuple[str, ...]
    faults: int = 8
    narrowed: Mapping[str, Any] = field(default_factory=dict)


#: Seconds between two faults: after an outage people report less often, and must come to it.
_RARE: Final = {"pause": (5.0, 12.0)}
MUTANTS: Final = (
    Mutant("marked_sent_before_sending", frozenset({"I5"}), ("kill_provider",)),
    Mutant("promised_after_the_commit", frozenset({"I3"}), ("kill_web",), faults=16),
    Mutant(
        "lease_never_runs_out",
        frozenset({"I4", "I11"}),
        ("kill_crisis_worker", "kill_watch"),
        narrowed={"latency": 1.0},
    ),
    Mutant(
        "claimed_without_a_second_look",
        frozenset({"I5"}),
        ("second_beat", "flush_broker"),
        narrowed={"latency": 1.0, "calm": 15.0},
    ),
    Mutant(
        "timer_moved_before_its_effect",
        frozenset({"I7"}),
        ("clock_jump", "kill_crisis_worker"),
        faults=14,
    ),
    Mutant("acknowledged_before_the_commit", frozenset({"I1"}), ("kill_web",), faults=16),
    Mutant("key_forgotten", frozenset({"I3"}), ("kill_web",), faults=14, narrowed=_RARE),
    Mutant("another_key_at_each_try", frozenset({"I5"}), ("flush_broker",), faults=2),
    Mutant("missed_rungs_passed_over", frozenset({"I7"}), ("clock_jump",), faults=14),
    Mutant(
        "started_by_the_request_alone",
        frozenset({"I4"}),
        ("kill_web",),
        faults=14,
        narrowed=_RARE,
    ),
    Mutant(
        "work_in_the_message",
        frozenset({"I4", "I5"}),
        ("clock_jump", "flush_broker"),
        faults=16,
        narrowed={"calm": 12.0},
    ),
    Mutant(
        "guardians_let_through",
        frozenset({"I12"}),
        ("flush_broker",),
        faults=4,
        narrowed={"calm": 20.0},
    ),
)
#: The sound product under every kind of fault that the mutants meet.
SOUND: Final = Mutant(
    "",
    frozenset(),
    tuple(sorted({kind for mutant in MUTANTS for kind in mutant.kinds})),
    faults=20,
    narrowed={"latency": 0.2, "patience": 100.0},
)


def run(mutant: Mutant, folder: Path, dump: Path) -> Mapping[str, Any]:
    """One campaign; its JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = MUTATED if mutant.mistake else PLAIN
    os.environ[VARIABLE] = mutant.mistake
    result = folder / f"{mutant.mistake or 'sound'}.json"
    options = Options(
        faults=mutant.faults,
        kinds=mutant.kinds,
        json=str(result),
        dump=str(dump),
        **{"pause": (0.8, 2.0), "patience": 25.0, **mutant.narrowed},
    )
    front.perform(options)
    found: Mapping[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found


def wrong(mutant: Mutant, result: Mapping[str, Any]) -> str:
    """What speaks against the checker; nothing when it judged as it should."""
    if "not_run" in result:
        return f"the campaign did not run: {result['not_run']}"
    found = {violation["invariant"] for violation in result["violations"]}
    if not mutant.mistake:
        return f"found {sorted(found)} in the sound product" if found else ""
    return "" if found & mutant.broken else f"found {sorted(found)}, not {sorted(mutant.broken)}"


def main(wanted: Sequence[str]) -> int:
    chosen = [MUTANTS[int(number) - 1] for number in wanted] or [SOUND, *MUTANTS]
    with tempfile.TemporaryDirectory(prefix="sanfang-chaos-mutants-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        dump = folder / "tables.sql"
        services.start()
        try:
            dump.write_bytes(template_database.dump_template())
        finally:
            services.pytest_unconfigure()
        survivors = [mutant for mutant in chosen if not _judged(mutant, folder, dump)]
    sys.stdout.write(f"{len(chosen) - len(survivors)} of {len(chosen)} judged rightly\n")
    return 1 if survivors else 0


def _judged(mutant: Mutant, folder: Path, dump: Path) -> bool:
    problem = wrong(mutant, run(mutant, folder, dump))
    name = mutant.mistake or "the sound product"
    sys.stdout.write(f"{'WRONG   ' if problem else 'as it should'}  {name}  {problem}\n")
    sys.stdout.flush()
    return not problem


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
