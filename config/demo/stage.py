"""The stage: processes, clock and narrator together, and the ways in which a story waits.

Single-threaded: while it waits it narrates and sees that every process still runs.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from config.demo.cast import Cast, Member
from config.demo.narrator import Narrator, say
from config.demo.options import Options
from config.demo.outside import Outside
from config.demo.pace import NEAR, Pace, due_moments
from config.demo.postbox import Received
from config.demo.processes import Processes
from config.demo.promises import Promises
from config.demo.visitor import Visitor

TICK_SECONDS: Final = 0.1
#: Longest machine time for anything that must follow by itself.
PATIENCE_SECONDS: Final = 30.0


class NeverHappened(Exception):
    """The story waited for something that did not come. Says for what."""


@dataclass
class Stage:
    """Everything a scenario needs to act, to wait and to check.

    `cases` are the matters of the story, in the order in which they were opened.
    """

    options: Options
    cast: Cast
    pace: Pace
    processes: Processes
    outside: Outside
    narrator: Narrator
    promises: Promises
    password: str
    cases: list[UUID] = field(default_factory=list)

    @property
    def case_id(self) -> UUID:
        """The matter that the story began with. Raises NeverHappened before there is one."""
        if not self.cases:
            raise NeverHappened("case")
        return self.cases[0]

    def tick(self) -> None:
        self.processes.check()
        self.narrator.pump()
        time.sleep(TICK_SECONDS)

    def wait(self, what: str, happened: Callable[[], object]) -> None:
        """Until `happened`; raises NeverHappened after PATIENCE_SECONDS."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            if time.monotonic() > deadline:
                raise NeverHappened(what)
            self.tick()
        self.narrator.pump()

    def until(self, moment: datetime) -> None:
        """Let school time reach `moment`: at speed, or in leaps where nothing is due."""
        self.pace.run()
        while (now := self.pace.now()) < moment:
            ahead = self._next(now, moment)
            if ahead is not None and ahead - now > NEAR:
                self.pace.leap(ahead)
            self.tick()
        self.pace.walk()
        self.narrator.pump()

    def later(self, minutes: float) -> None:
        """People take their time: `minutes` of school time."""
        self.until(self.pace.now() + timedelta(minutes=minutes))

    def _next(self, now: datetime, moment: datetime) -> datetime | None:
        """The next due moment, at most `moment`; None while something overdue is not done yet."""
        due = due_moments(self.cast.school_id, self.cases)
        if due and due[0] <= now:
            return None
        return min([moment, *due])

    def password_session(self, member: Member) -> Visitor:
        """Staff and students sign in with a password."""
        visitor = Visitor(self.base)
        visitor.sign_in(login=login_of(member), password=self.password)
        return visitor

    def link_session(self, member: Member) -> Visitor:
        """Guardians ask for a link by phone; it comes as a real text message."""
        before = len(self.outside.postbox.to(member.phone))
        Visitor(self.base).post("links", {"contact": member.phone})

        def links() -> list[Received]:
            texts = self.outside.postbox.to(member.phone)[before:]
            return [text for text in texts if text.link(self.base)]

        self.wait(f"link.{member.part}", links)
        visitor = Visitor(self.base)
        visitor.open_link(links()[-1].link(self.base))
        return visitor

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.processes.port}"

    def say(self, sentence: str) -> None:
        say(self.pace.now(), sentence)


def login_of(member: Member) -> str:
    """Logins of the demo school say the part; they name nobody."""
    return f"demo-{member.part.replace('_', '-')}"
