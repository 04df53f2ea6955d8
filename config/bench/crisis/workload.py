"""`bench crisis`: a report comes in; when does the first of its alerts reach the channel?

Reports go through the service that the API calls, into the real outbox; real Celery workers, beat
and watch carry the messages to a gateway that is a process of its own. Ten thousand routine notices
wait all the time, and their worker sends them at 20 ms each. Reports arrive on a schedule (open
loop). Between them the floor sends messages of its own the shortest way there is.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import psycopg
import redis

from config import startup
from config.bench import addresses, cast, measuring
from config.bench.crisis import floor, gateway
from config.bench.crisis.stage import LATE, RATE, Stage
from config.bench.crisis.workers import CRISIS, WATCH, Workers
from parties import clock

BACKLOG: Final = 10_000
P50_TARGET_MS, P99_TARGET_MS = 15.0, 50.0
KILLED_TARGET_S, OFF_TARGET_S = 6.0, 2.0
_SLOTS: Final = 4
_SLOT_SECONDS: Final = 2.0
#: Routine sends a second at most: two at a time, 20 ms each.
_FLOW: Final = 100
_MANY: Final = 5
_WATCH_TAKES_OVER: Final = 2.5

#: Urgent, so that they flow at whatever hour the bench runs.
_FILL: Final = """
INSERT INTO workflow_notification (id, school_id, case_id, recipient_id, to_role, channel, template,
    lane, key, created_at, due_at, tries, state, via,
    urgent)
SELECT gen_random_uuid(), %(school)s, NULL, %(to)s, 'HT', 'sms', 'notice.new', 'routine',
    'backlog:' || n, now(), now(), 0, 'PENDING', '', true
FROM generate_series(1, %(count)s) AS n
"""


def run(
    *,
    seconds: float,
    tell: Callable[[str], None],
    open_cases: int | None = None,  # noqa: ARG001 -- of the workloads of cases
) -> dict[str, Any]:
    """Start everything, fill the backlog, report, kill a worker, and take the broker away."""
    people = cast.found("BENCHCRISIS", at=clock.now())
    with ExitStack() as undo:
        owner = undo.enter_context(psycopg.connect(addresses.owner(), autocommit=True))
        here = undo.enter_context(gateway.running())
        to = people.staff["HT"].pk
        bare = undo.enter_context(floor.running(school_id=people.school.pk, to=to, url=here.url))
        logs = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="sanfang-crisis-")))
        tell(f"正在写入 {BACKLOG} 条待发的常规通知，启动工作进程……")
        count = BACKLOG + int(_FLOW * (seconds + 120))
        owner.execute(_FILL, {"school": people.school.pk, "to": to, "count": count})
        owner.execute("VACUUM ANALYZE workflow_notification")
        sms = {"SMS_GATEWAY_URL": here.url, "SMS_GATEWAY_SECRET": "whsec_" + "YmVuY2g=" * 4}
        workers = Workers(env=sms, logs=logs, undo=undo)
        workers.start()
        stage = Stage(people, here, bare, owner)
        stage.await_listener()
        stage.await_sweeps()
        return {"workload": "crisis", **_measured(stage, workers, seconds, tell=tell)}


def _measured(
    stage: Stage, workers: Workers, seconds: float, *, tell: Callable[[str], None]
) -> dict[str, Any]:
    stage.settled([stage.report(time.monotonic()) for _ in range(2)])  # everything is loaded
    stage.bare(1 / RATE)
    stage.promises.clear()
    startup.spare_what_stays()  # as every web process does
    rounds = max(2, round(seconds / _SLOTS / _SLOT_SECONDS))
    length = seconds / rounds / _SLOTS
    for number in range(1, rounds + 1):
        for slot in (stage.product, stage.bare, stage.bare, stage.product):
            slot(length)
        tell(f"  第 {number}/{rounds} 轮：{len(stage.reports[-1])} 份报告，积压 {stage.backlog()}")
    waits = [stage.settled(reports) for reports in stage.reports]
    result = _result(stage, waits)
    result |= {"rounds": rounds, "slots": rounds * _SLOTS, "backlog_least": stage.backlog()}
    result["killed_s"] = _killed(stage, workers)
    tell(f"  持有租约的进程被杀：{result['killed_s']:.2f} 秒后再次送出")
    workers.begin_watch()
    stage.await_listener()
    result["broker_off_s"] = [round(one, 3) for one in _broker_off(stage)]
    tell(f"  消息代理关闭：{result['broker_off_s']} 秒")
    result["met"] = _met(result)
    return result


def _met(result: Mapping[str, Any]) -> bool:
    return bool(
        result["p50_ms"] <= P50_TARGET_MS
        and result["p99_ms"] <= P99_TARGET_MS
        and result["killed_s"] <= KILLED_TARGET_S
        and max(result["broker_off_s"]) <= OFF_TARGET_S
        and result["backlog_least"] >= BACKLOG
    )


def _result(stage: Stage, waits: list[list[float]]) -> dict[str, Any]:
    arrivals = stage.gateway.arrivals
    floors = _floors(stage)
    pairs = [(waits[n] + waits[n + 1], floors[n] + floors[n + 1]) for n in range(0, len(waits), 2)]
    ratios = [statistics.median(bare) / statistics.median(ours) for ours, bare in pairs]
    halves = [statistics.median(waits[n]) / statistics.median(waits[n + 1]) for n in (0, 2)]
    everything = [one for slot in waits for one in slot]
    since = [
        min(report.waited_since_commit(arrivals), LATE) for slot in stage.reports for report in slot
    ]
    return {
        "ratio_to_floor": round(statistics.median(ratios), 4),
        "ratio_to_naive": None,
        "ci": [round(edge, 4) for edge in measuring.interval(ratios)],
        "a_to_a": round(statistics.median(halves), 4),
        **measuring.latency(everything),
        "since_commit": measuring.latency(since),
        "floor_ms": measuring.latency([one for slot in floors for one in slot]),
        "reports_per_s": RATE,
        "target_p50_ms": P50_TARGET_MS,
        "target_p99_ms": P99_TARGET_MS,
        "target_killed_s": KILLED_TARGET_S,
        "target_broker_off_s": OFF_TARGET_S,
    }


def _floors(stage: Stage) -> list[list[float]]:
    """How long the bare way took, by slot."""
    arrivals = stage.gateway.arrivals
    return [
        [min(arrivals[key]) - due for key, due in slot if key in arrivals]
        for slot in stage.promises
    ]


def _killed(stage: Stage, workers: Workers) -> float:
    """Seconds from the report to the second sending, when the first one's sender was killed."""
    workers.freeze(CRISIS[1])
    stage.gateway.hold(on=True)
    report = stage.report(time.monotonic())
    stage.settled([report])
    for name in (CRISIS[0], WATCH):  # whichever of the two holds it
        workers.kill(name)
    stage.gateway.hold(on=False)
    workers.thaw(CRISIS[1])
    arrivals, again = stage.gateway.arrivals, 2
    until = time.monotonic() + LATE
    while time.monotonic() < until:
        times = [
            sorted(arrivals[key]) for key in report.keys if len(arrivals.get(key, [])) >= again
        ]
        if times:
            return round(min(one[1] for one in times) - report.due, 3)
        stage.gateway.read(seconds=0.1)
    return LATE


def _broker_off(stage: Stage) -> list[float]:
    """Seconds of the very first report after the broker died, and of some later ones."""
    broker = redis.Redis.from_url(os.environ["REDIS_URL"])
    broker.shutdown(nosave=True)
    reports = [stage.report(time.monotonic())]
    time.sleep(_WATCH_TAKES_OVER)
    for _ in range(_MANY):
        reports.append(stage.report(time.monotonic()))
        time.sleep(1 / RATE)
    return stage.settled(reports)
