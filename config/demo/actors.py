"""How the people of the story act: signed in as themselves, through tasks that are theirs."""

from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from config.demo import facts
from config.demo.facts import Facts
from config.demo.stage import NeverHappened, Stage
from config.demo.visitor import Unexpected, Visitor
from parties import tenancy
from workflow.models import CrisisReport

CN: Final = ZoneInfo("Asia/Shanghai")
_BY_LINK: Final = frozenset({"father", "mother", "other_father", "silent_parent", "mentor"})
_MAY_STOP: Final = ("head", "grade_leader", "duty", "counsellor", "vice_principal", "principal")


class Actors:
    """Everybody's sessions, and what the record says so far."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.cast = stage.cast
        self._sessions: dict[str, Visitor] = {}

    def stop_again(self, clock: str) -> None:
        """A missed clock raises the ladder once more; one of those it woke answers."""
        stage = self.stage

        def missed() -> bool:
            found = self.facts().of("clock.missed")
            return any(event.payload.get("clock") == clock for event in found)

        stage.wait(clock, missed)
        stage.later(2)
        woken = set(self.facts().of("escalation.woken")[-1].ref("person"))
        parts = [part for part in _MAY_STOP if self.cast[part].id in woken]
        if not parts:
            raise NeverHappened(f"{clock}: nobody who may answer was woken")
        self.session(parts[0]).post(f"cases/{stage.case_id}/acknowledge")
        stage.tick()

    def upward(self, task: str) -> None:
        self.do(
            "vice_principal",
            task,
            outcome="done",
            authority="区教育局",
            reported_at=self.clock(),
            receiver="值班室",
            receipt_no="SB-2026-1009",
        )

    def do(self, part: str, task: str, **answer: Any) -> str:
        """Find the task among one's own, open it, do it; returns whom it was about."""
        visitor = self.session(part)

        def mine() -> list[str]:
            found = visitor.get("tasks?state=OPEN&limit=100")["results"]
            case = str(self.stage.case_id)
            return [
                one["id"] for one in found if one["name"] == task and one.get("case", case) == case
            ]

        self.stage.wait(f"task.{task}", mine)
        task_id = mine()[0]
        opened = visitor.get(f"tasks/{task_id}")
        read = {"as_read": opened["as_read"]} if "as_read" in opened else {}
        visitor.post(f"tasks/{task_id}/complete", {"answer": answer, **read})
        self.stage.tick()
        return str(opened.get("about", {}).get("id", ""))

    def session(self, part: str) -> Visitor:
        """Signed in once, as their kind does: staff and student by password, family by link."""
        if part not in self._sessions:
            member = self.cast[part]
            by_link = part in _BY_LINK
            open_ = self.stage.link_session if by_link else self.stage.password_session
            self._sessions[part] = open_(member)
        return self._sessions[part]

    def rungs(self) -> list[int]:
        return [int(event.payload["rung"]) for event in self.facts().of("escalation.woken")]

    def facts(self) -> Facts:
        if not self.stage.cases:
            raise Unexpected("no case yet")
        return facts.read(school_id=self.cast.school_id, cases=self.stage.cases)

    def case_of(self, receipt_no: str) -> UUID:
        with tenancy.scope(self.cast.school_id):
            return CrisisReport.objects.values_list("case_id", flat=True).get(receipt_no=receipt_no)

    def clock(self) -> str:
        return self.stage.pace.now().astimezone(CN).isoformat(timespec="seconds")
