"""Plays one scenario from an empty stage to the review, and keeps the stage up for visitors."""

import logging
import os
import secrets
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx
from django.db import Error as DatabaseError

from config import endings
from config.demo import cast as casting
from config.demo import evidence, facts, school, traces
from config.demo.evidence import Evidence
from config.demo.narrator import Narrator
from config.demo.options import BROKEN, KEPT, Options, failed, write_json
from config.demo.outside import Outside
from config.demo.pace import Pace
from config.demo.processes import Ended, Processes
from config.demo.promises import Promises
from config.demo.scenario import Scenario
from config.demo.scenarios import SCENARIOS
from config.demo.stage import NeverHappened, Stage, login_of
from config.demo.visitor import Unexpected
from config.demo.voice import say
from config.demo.words import PARTS
from parties import tenancy
from parties.errors import SanfangError
from workflow import sweeps

logger = logging.getLogger(__name__)

READY_SECONDS: Final = 60.0
#: The driver is at work when its heartbeat is younger than this.
STEADY_SECONDS: Final = 1.2
#: Between two looks at what visitors do.
_QUIET_SECONDS: Final = 0.2
_MODESTY: Final = 5
_REFUSALS: Final = (
    DatabaseError,
    Ended,
    NeverHappened,
    SanfangError,
    Unexpected,
    casting.Miscast,
    httpx.HTTPError,
    school.NotOurs,
    school.Unreadable,
)


def main(arguments: list[str]) -> int:
    """Returns KEPT or BROKEN."""
    logging.getLogger().setLevel(logging.ERROR)
    endings.unwind(SystemExit(BROKEN), on=(signal.SIGTERM,))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the outer process
    options = Options.unpacked(arguments[0])
    scenario = SCENARIOS[options.scenario]
    with ExitStack() as undo:
        try:
            stage = _set(options, scenario, undo)
        except _REFUSALS as refused:
            return _failed(options, f"stage: {type(refused).__name__}", str(refused))
        status = _play(scenario(stage))
        if not options.leave:
            _stay(stage)
    return status


def _set(options: Options, scenario: type[Scenario], undo: ExitStack) -> Stage:
    """School and processes, ready for the first line."""
    outside = Outside(secret=secrets.token_urlsafe(32))
    undo.callback(outside.close)
    pace = Pace(speed=options.speed)
    school_id = school.open_doors(pace, begins=scenario.begins)
    processes = Processes(
        env=outside.env(),
        logs=Path(os.environ["DEMO_LOGS"]),
        port=int(os.environ["DEMO_PORT"]),
    )
    undo.callback(processes.stop)
    say("正在启动网站、危机通道与常规通道的工作进程、定时器、守望进程……")
    processes.start()
    os.nice(_MODESTY)  # who tells the story must not slow down who lives it
    say("正在导入演示学校（demo/）……")
    school.fill()
    pace.begin(scenario.begins)
    password = secrets.token_urlsafe(9)
    with tenancy.scope(school_id) as at:
        cast = scenario.cast_of(school_id=school_id, at=at)
        school.give_passwords(cast, password)
    _await_ready(options, processes)
    pace.begin(scenario.begins)
    narrator, promises = Narrator(cast), Promises(scenario.promises)
    return Stage(options, cast, pace, processes, outside, narrator, promises, password)


def _await_ready(options: Options, processes: Processes) -> None:
    """The web answers, and whoever drives this run sweeps steadily."""
    deadline = time.monotonic() + READY_SECONDS
    waiting = {"网站": _web_answers, "巡查": _is_driven}
    while waiting:
        name, ready = next(iter(waiting.items()))
        if ready(options, processes):
            say(f"  {name}已就绪")
            del waiting[name]
            continue
        if time.monotonic() > deadline:
            raise NeverHappened(f"{name} 在 {READY_SECONDS:g} 秒内没有就绪")
        processes.check()
        time.sleep(0.1)


def _web_answers(options: Options, processes: Processes) -> bool:  # noqa: ARG001
    try:
        address = f"http://127.0.0.1:{processes.port}/sign-in"
        return httpx.get(address, timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _is_driven(options: Options, processes: Processes) -> bool:  # noqa: ARG001
    """Without a broker, `watch` takes the routine lane only after its longer grace."""
    driver = options.driver
    if sweeps.silence(sweeps.CRISIS, driver=driver).total_seconds() > STEADY_SECONDS:
        return False
    routine = sweeps.silence(sweeps.ROUTINE, driver=driver).total_seconds()
    return not options.broker or routine < READY_SECONDS


def _play(scenario: Scenario) -> int:
    try:
        scenario.play()
    except _REFUSALS as stopped:
        sentence = f"story: {type(stopped).__name__}: {stopped}"
        say(f"场景中断：{sentence}")
    else:
        sentence = ""
    return _conclude(scenario, sentence)


def _conclude(scenario: Scenario, stopped: str) -> int:
    """Hold the record against the promises; write and tell the result."""
    stage = scenario.stage
    result: dict[str, object] = {"events": [], "notifications": []}
    if stage.cases:
        found = facts.read(school_id=stage.cast.school_id, cases=stage.cases)
        record = _evidence(scenario, found)
        scenario.review(record)
        evidence.review(record)
        result = dict(facts.as_json(found, stage.cast))
    broken = [*([stopped] if stopped else []), *stage.promises.broken()]
    write_json(stage.options.json, {"ok": not broken, "broken": broken, **result})
    say("\n承诺核对：")
    for line in stage.promises.summary():
        say(line)
    return BROKEN if broken else KEPT


def _evidence(scenario: Scenario, found: facts.Facts) -> Evidence:
    stage = scenario.stage
    return Evidence(
        promises=stage.promises,
        options=stage.options,
        cast=stage.cast,
        facts=found,
        postbox=stage.outside.postbox,
        links=f"{stage.base}/l/",
        unspoken=scenario.unspoken,
        web_log=stage.processes.log("web"),
        logs=stage.processes.logs,
        outbox=traces.outbox(stage.cast.school_id),
    )


def _stay(stage: Stage) -> None:
    """For visitors, until Ctrl-C. School time runs as time does."""
    stage.pace.walk()
    say(f"\n您可以看看：\n  接口文档  {stage.base}/api/v1/docs\n  手机页面  {stage.base}/")
    for member, url in school.sign_in_links(stage.cast):
        say(f"  {PARTS[member.part]}：一次性登录链接 {url}")
    logins = "、".join(login_of(member) for member in school.with_password(stage.cast))
    say(f"  也可用密码登录，密码 {stage.password}，账号 {logins}")
    say("按 Ctrl-C 结束。您做的每一件事也会在这里讲出来。\n")
    while True:
        stage.tick()
        time.sleep(_QUIET_SECONDS)


def _failed(options: Options, code: str, sentence: str) -> int:
    say(sentence)
    write_json(options.json, failed(code))
    return BROKEN
