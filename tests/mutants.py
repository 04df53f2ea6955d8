"""Sixteen broken promises, each seeded on purpose: the tests named beside it must turn red.

    make test-mutants            all sixteen
    make test-mutants ARGS=3     the third alone

A mutant replaces one exact piece of one of our own files, in a copy of the project, and runs the
tests that guard the promise there, each on a clone of one migrated database. A mutant that
survives, or whose text is no longer found, fails.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests import services, template_database

ROOT: Final = Path(__file__).resolve().parent.parent
_LEFT_BEHIND: Final = shutil.ignore_patterns(".venv", ".git", ".data", ".*_cache", "__pycache__")
#: Seconds for the tests of one mutant; a hang is caught too, it is no pass.
_PATIENCE: Final = 240
#: As many as a small machine has processors.
_AT_ONCE: Final = 2
#: Numbered databases of one Valkey.
_BROKERS: Final = 16
#: What pytest exits with when tests ran and some failed.
_RED: Final = 1


@dataclass(frozen=True)
class Mutant:
    """One promise and how it is broken."""

    promise: str
    file: str
    old: str
    new: str
    tests: Sequence[str]

    def is_at_home(self, root: Path) -> bool:
        """Whether the text to break stands once in its file; the code may have moved on."""
        return (root / self.file).read_text(encoding="utf-8").count(self.old) == 1


MUTANTS: Final = (
    Mutant(
        "a rung is woken once, however many workers race",
        "workflow/escalation.py",
        'due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()',
        "due.filter(pk=pk).first()",
        ["tests/workflow/test_escalation.py", "-k", "racing"],
    ),
    Mutant(
        "no rung is skipped",
        "workflow/escalation.py",
        "_wake_from(escalation, escalation.rung + 1, at=moment, via=via)",
        "_wake_from(escalation, escalation.rung + 2, at=moment, via=via)",
        ["tests/workflow/test_escalation.py", "-k", "silence or outage"],
    ),
    Mutant(
        "the top of the ladder repeats for ever",
        "workflow/rungs.py",
        "(max(after - summit, timedelta()) // self.repeat + 1) * self.repeat",
        "timedelta(days=3650)",
        ["tests/workflow/test_escalation.py", "-k", "top_repeats"],
    ),
    Mutant(
        "a suspected guardian sees nothing",
        "workflow/policies.py",
        "crisis = Q(student__in=viewer.wards) & told & ~Q(against(viewer))",
        "crisis = Q(student__in=viewer.wards) & told",
        ["tests/workflow/test_policies.py", "-k", "suspect_sees_nothing"],
    ),
    Mutant(
        "no guardian sees anything before safe to tell is answered",
        "workflow/policies.py",
        "crisis = Q(student__in=viewer.wards) & told & ~Q(against(viewer))",
        "crisis = Q(student__in=viewer.wards) & ~Q(against(viewer))",
        ["tests/workflow/test_policies.py", "-k", "guardians_see_nothing"],
    ),
    Mutant(
        "the reporter's name stays with three offices",
        "workflow/case_row_policies.py",
        "return super().fields(viewer, obj) - (frozenset() if trusted else REPORTER_FIELDS)",
        "return super().fields(viewer, obj)",
        ["tests/workflow/test_policies.py", "-k", "reporters_name"],
    ),
    Mutant(
        "a deadline in working days skips holidays",
        "workflow/clocks.py",
        "return calendar.add_working_days(day, count)",
        "return day + timedelta(days=count)",
        ["tests/workflow/test_clocks.py", "tests/processes/test_crisis_days.py"],
    ),
    Mutant(
        "what was due is settled before a completion",
        "workflow/engine/runtime.py",
        "    settling = Settling()\n    settle(instance, settling)\n    if complete is not None:",
        "    settling = Settling()\n    if complete is not None:",
        ["tests/processes/test_crisis_duties.py", "-k", "one_second_late"],
    ),
    Mutant(
        "two decisions need two people",
        "workflow/human_tasks.py",
        "    if by.pk in assignment.earlier_eyes(task.case, earlier):",
        "    if False:",
        ["tests/processes/test_crisis.py", "-k", "both_names"],
    ),
    Mutant(
        "a message whose sender died is sent again",
        "workflow/migrations/0060_dispatch_hold.py",
        "leased_until IS NULL OR leased_until <= now())",
        "leased_until IS NULL)",
        ["tests/workflow/test_deliveries.py"],
    ),
    Mutant(
        "a statement is read by those its class is open to",
        "records/cuts.py",
        "return privacy.readable(codes, policies.roles_for(viewer, record), given=given)",
        "return True",
        ["tests/records/test_reading.py", "-k", "about_money_is_for"],
    ),
    Mutant(
        "a record takes effect when both sides have given their word",
        "records/standings.py",
        "if not any(side == Side.SCHOOL for side, _ in words) or not home:",
        "if not any(side == Side.SCHOOL for side, _ in words) and not home:",
        ["tests/records/test_signatures.py", "-k", "both_sides_make"],
    ),
    Mutant(
        "no name of a student or guardian goes to everybody",
        "records/notice_persons.py",
        'yield replace(found, mend=f"{found.mend}{_wording(folded.text, end + 1)}")',
        "continue",
        ["tests/records/test_notice_gate.py", "-k", "is_stopped or longer_name"],
    ),
    Mutant(
        "a forbidden phrase is not handed over for signing",
        "records/language_gate.py",
        "if finding.effect == Effect.BLOCK:",
        "if False:",
        ["tests/records/test_communication.py", "-k", "forbidden"],
    ),
    Mutant(
        "one person alone takes no crisis down",
        "workflow/rerouting.py",
        "if seen.channel == Channel.CRISIS:",
        "if False:",
        ["tests/workflow/test_rerouting.py", "-k", "taken_down_by_one"],
    ),
    Mutant(
        "no rung above an agreed item is skipped",
        "workflow/plan_ladder.py",
        "item.escalation_level = level + 1",
        "item.escalation_level = level + 2",
        ["tests/workflow/test_plan_ladder.py", "-k", "each_rung"],
    ),
)


def run(mutant: Mutant, copy: Path, number: int) -> str:
    """Seed the mutant in `copy`, run its tests, mend it; return what is wrong, or nothing."""
    path = copy / mutant.file
    sound = path.read_text(encoding="utf-8")
    if not mutant.is_at_home(copy):
        return f"the text to break is not (or not once) in {mutant.file}"
    path.write_text(sound.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        # A broken migration must make a database of its own.
        alone = "/migrations/" in mutant.file
        code, output = _pytest(copy, mutant.tests, _BEFORE if alone else _shared(number))
    finally:
        path.write_text(sound, encoding="utf-8")
    if code == _RED and " failed" in output:  # an error of the set-up proves nothing
        return ""
    return f"the tests did not turn red (exit {code})\n{output[-1500:]}"


#: What was set before any service was started.
_BEFORE: Final = dict(os.environ)


def _shared(number: int) -> dict[str, str]:
    """tests.services shares database and broker as among workers."""
    return {**os.environ, "PYTEST_XDIST_WORKER": f"gw{number % _BROKERS}"}


def _pytest(copy: Path, tests: Sequence[str], given: Mapping[str, str]) -> tuple[int, str]:
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**given, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, check=False,
            timeout=_PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return _RED, "1 failed: timed out"
    return done.returncode, done.stdout + done.stderr


def _judge(mutant: Mutant, number: int) -> str:
    """Each mutant has a copy of its own, so that two can be judged side by side."""
    with tempfile.TemporaryDirectory(prefix="sanfang-mutant-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(ROOT, copy, ignore=_LEFT_BEHIND)
        return run(mutant, copy, number)


def main(wanted: Sequence[str]) -> int:
    chosen = [MUTANTS[int(number) - 1] for number in wanted] or list(MUTANTS)
    services.start()
    try:
        template_database.make_template()
        return _judge_all(chosen)
    finally:
        services.pytest_unconfigure()


def _judge_all(chosen: Sequence[Mutant]) -> int:
    survivors = 0
    with ThreadPoolExecutor(_AT_ONCE) as judges:
        judged = judges.map(_judge, chosen, range(len(chosen)))
        for mutant, wrong in zip(chosen, judged, strict=True):
            survivors += bool(wrong)
            verdict = "SURVIVED" if wrong else "caught  "
            sys.stdout.write(f"{verdict}  {mutant.promise}\n{wrong}")
            sys.stdout.flush()
    sys.stdout.write(f"{len(chosen) - survivors} of {len(chosen)} mutants caught\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
