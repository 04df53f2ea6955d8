"""A part of a campaign: rounds of faults under load; all is mended after each, checked at last."""

import json
import logging
import os
import secrets
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.db import connections

from config import devstack
from config.chaos import crew, diary, quiet, school, verdict
from config.chaos.crew import Crew
from config.chaos.diary import Diary
from config.chaos.faults import Faults
from config.chaos.ground import Ground
from config.chaos.options import ROUND, Options
from config.chaos.pulse import Pulse
from config.demo.options import write_json
from config.demo.processes import free_port
from config.demo.voice import say
from config.servers import SUPERUSER

#: So many times faster than the machine does school time run while there is load.
PACE: Final = 20.0
#: So much school time passes at the end of a round with nobody at work: what falls due then, no
#: request brings to anybody's mind.
LULL: Final = timedelta(minutes=31)
READY_SECONDS: Final = 90.0
TICK_SECONDS: Final = 0.02
#: Between two tries to find somebody who can be hit.
_AGAIN_SECONDS: Final = 0.1
_SCHOOLS: Final = ("QA", "QB")


class NotReady(Exception):
    """A process of the campaign did not come up, or ended by itself. Says which."""


def main(options: Options, stack: devstack.Stack) -> int:
    """Run, and write the result; returns the exit status."""
    logging.getLogger().setLevel(logging.ERROR)
    with ExitStack() as undo:
        run = Campaign(options, stack, undo)
        run.open()
        while run.faults.done < options.faults:
            run.round(min(ROUND, options.faults - run.faults.done))
        write_json(options.json, run.check())
    return 0


class Campaign:
    """One campaign on services that were started for it."""

    def __init__(self, options: Options, stack: devstack.Stack, undo: ExitStack) -> None:
        if stack.data is None or stack.postgres is None:
            raise ValueError("a campaign runs on throw-away data only")
        self.options = options
        self.folder = Path(options.logs) if options.logs else stack.data / "chaos"
        self.folder.mkdir(parents=True)
        self.watching = stack.postgres.url(SUPERUSER, devstack.DATABASE)
        self.port = free_port(favourite=False)
        self._undo = undo
        secret, gateway = secrets.token_urlsafe(32), free_port(favourite=False)
        env = {**os.environ, **stack.env(owner=False), **_outside(self.port, gateway, secret)}
        self.crew = Crew(env=env, logs=self.folder, port=self.port, watching=self.watching)
        undo.callback(self.crew.stop)
        self.ground = Ground(stack, self.crew)
        self._diary = Diary(self.folder / diary.FAULTS)
        self.faults = Faults(self.ground, self._diary, seed=options.seed, kinds=options.kinds)
        log = str(self.folder / diary.PROVIDER)
        latency = str(options.latency)
        self.crew.add(crew.PROVIDER, "-m", "config.chaos.provider", str(gateway), log, latency)
        self.rounds = 0

    def open(self) -> None:
        """Two schools, and every process at work."""
        say("正在建立两所演练学校，启动全部进程……")
        casts = [school.found(code=code, password=secrets.token_urlsafe(9)) for code in _SCHOOLS]
        words = json.dumps([cast.as_json() for cast in casts])
        (self.folder / "casts.json").write_text(words, encoding="utf-8")
        self.ground.set_clock(school.BEGINS, rate=1.0)
        connections.close_all()
        for name in (crew.PROVIDER, *crew.PRODUCT):
            self.crew.start(name)
        self._await({crew.PROVIDER, *crew.PRODUCT})
        pulse = Pulse(self._diary)
        self._undo.callback(pulse.stop)

    def round(self, count: int) -> None:
        """`count` faults under load; then everything is mended and comes to rest."""
        self.rounds += 1
        self.ground.pace(PACE)
        seed = f"{self.options.seed}:{self.rounds}"
        base = f"http://127.0.0.1:{self.port}"
        self.crew.add(crew.LOAD, "-m", "config.chaos.load", base, str(self.folder), seed)
        said = self._said()
        self.crew.start(crew.LOAD)
        self._await_first_request(said)
        self._pass(self.options.calm)
        goal = self.faults.done + count
        while self.faults.done < goal:
            if self.faults.happen():
                self._pass(self.faults.between(self.options.pause))
            else:
                self._pass(_AGAIN_SECONDS)
        say(f"  已发生 {self.faults.done} 次故障，正在恢复并等待平静……")
        self._settle()

    def check(self) -> dict[str, Any]:
        """Ask the checker, a program of its own."""
        facts = verdict.ask(self.folder, self.watching)
        return verdict.result(facts, seed=self.options.seed, kinds=self.faults.counts)

    def _settle(self) -> None:
        self.faults.mend_all()
        self._await_whole()
        self.ground.pace(1.0)
        status = self.crew.end(crew.LOAD, grace=self.options.patience)
        if status:
            say(f"  有请求一直没有得到答复（{status}），日志 {self.crew.log(crew.LOAD)}")
        self.ground.jump(LULL)
        patience = self.options.patience
        left = quiet.settled(
            lambda: quiet.left(self.watching), lambda: self._pass(0.5), patience=patience
        )
        if left != 0:
            say(f"  没有平静下来：{quiet.told(left, patience=patience)}")

    def _said(self) -> int:
        requests = self.folder / diary.REQUESTS
        return requests.stat().st_size if requests.exists() else 0

    def _await_first_request(self, said: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while self._said() == said:
            if time.monotonic() > deadline or not self.crew.runs(crew.LOAD):
                raise NotReady(f"没有人能登录，日志 {self.crew.log(crew.LOAD)}")
            self._pass(_AGAIN_SECONDS)

    def _await_whole(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.faults.whole:
            if time.monotonic() > deadline:
                raise NotReady("故障后有进程没有恢复")
            self._pass(_AGAIN_SECONDS)

    def _await(self, names: set[str]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        waiting = set(names)
        while waiting := {name for name in waiting if not self.crew.fit(name)}:
            gone = [name for name in waiting if not self.crew.runs(name)]
            if gone or time.monotonic() > deadline:
                raise NotReady(f"{'、'.join(sorted(gone or waiting))} 没有就绪")
            time.sleep(_AGAIN_SECONDS)

    def _pass(self, seconds: float) -> None:
        """Let time pass; what is due is mended meanwhile."""
        until = time.monotonic() + seconds
        while True:
            self.faults.tick()
            self.crew.revive()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(TICK_SECONDS, left))


def _outside(port: int, gateway: int, secret: str) -> dict[str, str]:
    """How the product is called, and whom it may call: a provider of our own, and nobody else."""
    return {
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SMS_GATEWAY_URL": f"http://127.0.0.1:{gateway}/sms",
        "SMS_GATEWAY_SECRET": secret,
        "EMAIL_HOST": "",
    }
