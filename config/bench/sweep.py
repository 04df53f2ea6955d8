"""`bench sweep`: a thousand due timers among a million open ones.

The timers are those of plans under way (bpmn/follow_up.bpmn): when one fires, the next talk opens
for whoever is its homeroom teacher. Claiming is measured against the bare question of the index;
running them all, as several workers at once do, against the clock; and a sweep that finds nothing.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import connection

from config.bench import addresses, cast, copies, measuring
from config.bench.cast import Cast
from config.bench.clients import Arm, Clients
from config.bench.measuring import Rounds
from parties import clock, tenancy
from workflow import openings, processes, sweeps
from workflow.models import ProcessInstance

OPEN: Final = 1_000_000
DUE: Final = 1_000
WORKERS: Final = 4
CLAIM_TARGET: Final = 4.0
DONE_TARGET_S: Final = 2.0
EMPTY_TARGET_MS: Final = 3.0
#: How often a thousand are run where there is time; once where there is little.
_ALL_AT_ONCE: Final = 3
_TIME_ENOUGH_S: Final = 10.0
#: Of the time: A/A, then claims, and empty sweeps among them.
_CHECK: Final = 0.1

_FLOOR: Final = """
SELECT school_id, id, next_due_at FROM workflow_processinstance
WHERE status = 'RUNNING' AND next_due_at <= %(at)s AND process_key <> 'crisis'
ORDER BY next_due_at, id LIMIT %(n)s
"""

_FILL: Final = """
INSERT INTO workflow_processinstance (id, school_id, case_id, definition_id, process_key, status,
    state, next_due_at, version, budgets_spent, created_at, started_at)
SELECT gen_random_uuid(), i.school_id, i.case_id, i.definition_id, i.process_key, 'RUNNING',
    '\\x00', %(after)s::timestamptz + n * interval '1 second', 1, 0, i.created_at, i.started_at
FROM workflow_processinstance i, generate_series(1, %(count)s) AS n WHERE i.id = %(id)s
"""


@dataclass
class Stage:
    """One plan to copy, and the moment at which its timer is due."""

    school_id: int
    case_id: UUID
    due: datetime
    owner: psycopg.Connection[Any]
    bare: psycopg.Connection[Any]

    @property
    def before(self) -> datetime:
        return self.due - timedelta(seconds=1)

    def product(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT school_id, id FROM due_steps('routine', %s, %s)", [self.due, DUE]
            )
            return self._counted(len(cursor.fetchall()))

    def floor(self) -> str:
        with self.bare.transaction():
            self.bare.execute("SELECT set_config('app.school', %s, true)", [str(self.school_id)])
            given = {"at": self.due, "n": DUE}
            return self._counted(len(self.bare.execute(_FLOOR, given, prepare=True).fetchall()))

    def empty(self) -> str:
        if processes.step_due(via="bench", lane=sweeps.ROUTINE, at=self.before):
            raise RuntimeError("something was due before its time")
        return "empty"

    def add_due(self) -> None:
        """DUE more plans whose timer is due."""
        with copies.unguarded(self.owner):
            made = copies.make(self.owner, self.case_id, DUE)
        self.owner.execute(
            "UPDATE workflow_processinstance SET next_due_at = %s WHERE id = ANY(%s)",
            [self.due, [instance_id for _, instance_id in made]],
        )

    def left(self) -> int:
        found = self.owner.execute(
            "SELECT count(*) FROM workflow_processinstance"
            " WHERE school_id = %s AND status = 'RUNNING' AND next_due_at <= %s",
            [self.school_id, self.due],
        ).fetchone()
        return int(found[0]) if found else 0

    def workers(self) -> Mapping[str, Arm]:
        """Built in each worker process."""

        def work(_job: object) -> str:
            while processes.step_due(via="bench", lane=sweeps.ROUTINE, at=self.due):
                pass
            return "done"

        return {"work": work, "warm": lambda _job: self.empty()}

    def _counted(self, found: int) -> str:
        if found != DUE:
            raise RuntimeError(f"{found} timers were due, not {DUE}")
        return "claim"


def run(
    *, seconds: float, tell: Callable[[str], None], open_cases: int | None = None
) -> dict[str, Any]:
    """Fill, claim by turns, look in vain, and let everything due run."""
    count = OPEN if open_cases is None else open_cases
    with (
        psycopg.connect(addresses.owner(), autocommit=True) as owner,
        psycopg.connect(addresses.app(), autocommit=True) as bare,
    ):
        stage = _prepared(owner, bare, count, tell=tell)
        _warm(stage)
        arms = {"product": stage.product, "floor": stage.floor}
        same = _same_twice(stage, seconds=seconds * _CHECK)
        tell(f"  A/A：{same:.3f}")
        rounds = measuring.measure(arms, seconds=seconds * (0.8 - _CHECK), tell=tell)
        nothing = measuring.slot("empty", stage.empty, seconds * 0.2)
        times = _ALL_AT_ONCE if seconds >= _TIME_ENOUGH_S else 1
        done = _run_all(stage, times, tell=tell)
    return {
        "workload": "sweep",
        **_result(rounds, nothing.took["empty"], done),
        "a_to_a": round(same, 4),
        "open": count,
        "due": DUE,
        "workers": WORKERS,
    }


def _warm(stage: Stage) -> None:
    """Everything is loaded and prepared."""
    for arm in (stage.product, stage.floor, stage.empty):
        for _ in range(8):
            arm()


def _same_twice(stage: Stage, *, seconds: float) -> float:
    return measuring.same_twice(
        lambda length: measuring.slot("product", stage.product, length), seconds=seconds
    )


def _prepared(
    owner: psycopg.Connection[Any],
    bare: psycopg.Connection[Any],
    count: int,
    *,
    tell: Callable[[str], None],
) -> Stage:
    tell(f"正在写入 {count} 个未到期的定时……")
    at = clock.now()
    plan = _plan(cast.found("BENCHSWEEP", at=at), at=at)
    if plan.next_due_at is None:
        raise RuntimeError("the plan waits for nothing")
    _multiply(plan, owner, count)
    stage = Stage(plan.school_id, plan.case_id, plan.next_due_at, owner, bare)
    stage.add_due()
    owner.execute("VACUUM ANALYZE workflow_processinstance")
    return stage


def _plan(people: Cast, *, at: datetime) -> ProcessInstance:
    """A plan that was agreed and waits for its first date."""
    with tenancy.scope(people.school.pk):
        case = openings.open_(
            school_id=people.school.pk,
            channel="MEETING",
            process="follow_up",
            by=people.staff["HT"],
            at=at,
            student=people.student,
            kind="study",
        )
        case.route(channel="MEETING", kind="study")
        case.save()
    processes.start_now(people.school.pk, case.pk, at=at)
    with tenancy.scope(people.school.pk):
        return ProcessInstance.objects.get(case=case)


def _multiply(plan: ProcessInstance, owner: psycopg.Connection[Any], count: int) -> None:
    """`count` plans that wait as this one does."""
    with copies.unguarded(owner):
        ((_, other),) = copies.make(owner, plan.case_id, 1)
        given = {"after": plan.next_due_at, "count": count, "id": other}
        owner.execute(_FILL, given)
    # The plan itself is what is copied: it must not run.
    owner.execute(
        "UPDATE workflow_processinstance SET next_due_at = NULL WHERE id = ANY(%s)",
        [[plan.pk, other]],
    )


def _run_all(stage: Stage, times: int, *, tell: Callable[[str], None]) -> list[float]:
    """Seconds until everything due has run, each time a thousand."""
    took = []
    with Clients(stage.workers, WORKERS) as clients:
        clients.slot("warm", list(range(WORKERS)), 1.0)
        for number in range(1, times + 1):
            if number > 1:
                stage.add_due()
            begun = time.monotonic()
            clients.slot("work", list(range(WORKERS)), 0.1)
            took.append(time.monotonic() - begun)
            if stage.left():
                raise RuntimeError(f"{stage.left()} timers are left")
            tell(f"  {DUE} 个到期定时全部执行：{took[-1]:.2f} 秒（第 {number} 次）")
    return took


def _result(rounds: Rounds, nothing: list[float], done: list[float]) -> dict[str, Any]:
    ratios = rounds.ratios("product", "floor")
    ratio = measuring.quantile(ratios, 0.5)
    times = {arm: rounds.took(arm)["claim"] for arm in ("product", "floor")}
    empty = measuring.latency(nothing)
    best = measuring.quantile(done, 0.5)
    return {
        "ratio_to_floor": round(ratio, 4),
        "ratio_to_naive": None,
        "ci": [round(edge, 4) for edge in measuring.interval(ratios)],
        **measuring.latency(times["product"]),
        "floor_ms": measuring.latency(times["floor"]),
        "claim_times_floor": round(1 / ratio, 3),
        "empty_ms": empty,
        "all_done_s": [round(one, 3) for one in done],
        "target_claim_times_floor": CLAIM_TARGET,
        "target_all_done_s": DONE_TARGET_S,
        "target_empty_ms": EMPTY_TARGET_MS,
        "met": 1 / ratio <= CLAIM_TARGET
        and best <= DONE_TARGET_S
        and empty["p50_ms"] <= EMPTY_TARGET_MS,
        "rounds": len(rounds.rounds),
        "slots": rounds.slots,
    }
