"""Walks a crisis through the real engine with a clock that the test moves by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from ledger.models import Event
from parties import tenancy
from parties.roles import Role
from tests.factories import MINUTE, NOW, World, people_of
from workflow import cases, escalation, human_tasks, processes, zero_reports
from workflow.models import Case, Escalation, HumanTask, ProcessInstance
from workflow.reports import ReportInput, Suspect

_UPWARD: Final = {
    "outcome": "done", "authority": "区教育局", "receiver": "值班室",
    "reported_at": "2026-10-09T23:00:00+08:00",
}  # fmt: skip

#: A usual answer per task; a test overrides what it is about.
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "triage": {
        "type": "domestic_violence", "colour": "red", "safe_to_tell": "yes",
        "suspect_kind": "none", "at_company": "no", "serious": "no", "reason": "两处新伤",
    },
    "triage_confirm": {"agree": "yes", "safe_to_tell": "yes"},
    "call_guardian": {"outcome": "reached", "channel": "phone"},
    "call_other_side": {"outcome": "reached", "channel": "phone"},
    "call_carer": {"outcome": "reached", "channel": "phone"},
    "call_community": {"outcome": "reached", "channel": "phone"},
    "call_police": {"outcome": "reached", "channel": "phone"},
    "report_decide": {
        "outcome": "reported", "authority": "police", "number": "110", "receiver": "值班民警",
        "receipt_no": "J-1", "reported_at": "2026-10-09T22:55:00+08:00",
    },
    "report_confirm": {"agree": "yes"},
    "report_waive": {"agree": "yes", "reason": "已由医院报告"},
    "oral_report": {**_UPWARD, "receipt_no": "K-1"},
    "first_report": {**_UPWARD, "receipt_no": "S-1"},
    "written_report": {**_UPWARD, "receipt_no": "S-2"},
    "protect": {"measures": ["escorted"], "companion": "心理教师"},
    "secure_site": {
        "site_safe": "yes", "work_stopped": "yes", "insurer_told": "yes", "others_checked": "yes",
    },
    "meeting_urgent": {
        "held_at": "2026-10-10T10:00:00+08:00", "participants": ["me", "psy"],
        "assessment": "需要陪护", "decisions": "安全计划",
    },
    "meeting": {
        "held_at": "2026-10-12T10:00:00+08:00", "participants": ["me", "psy"],
        "assessment": "需要陪护", "decisions": "安全计划",
    },
    "safety_plan": {
        "watch_person": "班主任", "not_alone": "宿舍", "means": "收起刀具",
        "contact_hours": "每日两次", "teachers_script": "先倾听", "student_agreed": "yes",
    },
    "danger_over": {"away": "no", "basis": "连续两周平稳"},
    "inform_after": {"told": "told", "whom": ["guardian"], "what": "已告知公安"},
    "return_plan": {
        "support": "弹性作息", "medical_read_by": "psy", "guardian_agreed": "yes",
        "starts_on": "2026-10-20",
    },
    "return_confirm": {"agree": "yes"},
    "final_report": {
        "receipt_no": "S-9", "authority": "教育局", "reported_at": "2026-10-20T10:00:00+08:00",
        "summary": "已妥善处置",
    },
    "follow_up": {
        "danger": "none", "met_on": "2026-10-20", "how": "talk", "observed": "按时到课",
    },
    "bullying_finding": {
        "result": "bullying", "committee": ["principal", "me"], "own_guardian_heard": "yes",
        "other_guardian_heard": "yes", "facts": "三次，有记录", "appeal_told": "yes",
    },
    "close_propose": {
        "outcome": "closed", "reason": "各项条件已满足", "student_view": "好多了",
        "guardian_view": "放心", "effect_school": 2, "lesson": "首报要更快",
    },
    "close_confirm": {"agree": "yes"},
    "zero_report": {"changed": "no"},
}  # fmt: skip

#: Who usually does it.
DOERS: Final = {
    "triage": "duty_officer", "triage_confirm": "counsellor", "call_guardian": "teacher",
    "call_other_side": "duty_officer", "call_carer": "teacher", "call_community": "duty_officer",
    "call_police": "duty_officer", "report_decide": "duty_officer",
    "report_confirm": "vice_principal", "report_waive": "principal",
    "oral_report": "vice_principal", "first_report": "vice_principal",
    "written_report": "vice_principal", "protect": "duty_officer", "secure_site": "mentor",
    "meeting_urgent": "duty_officer", "meeting": "duty_officer", "safety_plan": "counsellor",
    "danger_over": "counsellor", "inform_after": "duty_officer", "return_plan": "counsellor",
    "return_confirm": "teacher", "final_report": "vice_principal", "follow_up": "counsellor",
    "bullying_finding": "principal", "close_propose": "duty_officer",
    "close_confirm": "vice_principal", "zero_report": "duty_officer",
}  # fmt: skip

FATHER: Final = (Suspect(relation="FATHER"),)

#: What waits at once after a red triage.
AT_ONCE: Final = {
    "call_guardian", "report_decide", "oral_report", "first_report", "written_report", "protect",
    "meeting_urgent",
}  # fmt: skip

_LIVE: Final = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]


@dataclass
class Walk:
    """One crisis under way. `at` moves only when the test says so."""

    world: World
    case_id: UUID
    at: datetime = field(default=NOW)

    @property
    def case(self) -> Case:
        with tenancy.scope(self.world.id):
            return Case.objects.get(pk=self.case_id)

    @property
    def instance(self) -> ProcessInstance:
        with tenancy.scope(self.world.id):
            return ProcessInstance.objects.filter(case=self.case_id).latest("created_at")

    def open(self) -> set[str]:
        """Names of the tasks that wait now, the ladder's calls and daily reports left out."""
        return self.all_open() - {"wake_call", "zero_report"}

    def all_open(self) -> set[str]:
        with tenancy.scope(self.world.id):
            tasks = HumanTask.objects.filter(case=self.case_id, state__in=_LIVE)
            return set(tasks.values_list("name", flat=True))

    def task(self, name: str) -> HumanTask:
        with tenancy.scope(self.world.id):
            tasks = HumanTask.objects.filter(case=self.case_id, name=name, state__in=_LIVE)
            return tasks.earliest("created_at")

    def do(self, name: str, by: str = "", **answer: Any) -> HumanTask:
        """Complete the task `name` now, with the usual answer and what the test changes in it."""
        if answer.get("agree") == "no":
            answer.setdefault("reason", "还需补充")
        return human_tasks.complete(
            school_id=self.world.id,
            task_id=self.task(name).pk,
            by=self.world[by or DOERS[name]],
            at=self.at,
            answer={**ANSWERS[name], **answer},
        )

    def do_all(self, *names: str) -> None:
        for name in names:
            self.do(name)

    def acknowledge(self, by: str = "duty_officer") -> None:
        cases.acknowledge(
            school_id=self.world.id, case_id=self.case_id, by=self.world[by], at=self.at
        )

    def triage(self, **answer: Any) -> None:
        """Both halves, with one opinion about telling."""
        self.do("triage", **answer)
        safe = answer.get("safe_to_tell", "yes")
        self.do("triage_confirm", safe_to_tell=safe)

    def again(self, by: str = "counsellor") -> None:
        cases.danger_again(
            school_id=self.world.id, case_id=self.case_id, by=self.world[by], at=self.at
        )

    def sweep(self) -> None:
        """What beat does once."""
        processes.start_pending(via="test", at=self.at)
        escalation.climb_due(via="test", at=self.at)
        processes.step_due(via="test", at=self.at)
        zero_reports.miss_due(via="test", at=self.at)
        processes.retry_incidents_due(via="test", at=self.at)

    def wait(self, **time: float) -> None:
        """Let time pass, then sweep until nothing moves at this moment."""
        self.at += timedelta(**time)
        for _ in range(4):
            self.sweep()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events()]

    def events(self, kind: str = "") -> list[Event]:
        with tenancy.scope(self.world.id):
            found = Event.objects.filter(subject_type="case", subject_id=self.case_id)
            if kind:
                found = found.filter(kind=kind)
            return list(found.order_by("pk"))

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        return [orjson.loads(bytes(event.body))["payload"] for event in self.events(kind)]

    def ladder(self) -> Escalation:
        with tenancy.scope(self.world.id):
            return Escalation.objects.filter(case=self.case_id).latest("raised_at")

    def candidates(self, name: str) -> set[str]:
        return people_of(self.world, set(self.task(name).candidates))


def begin(
    world: World, *, by: str = "teacher", suspects: tuple[Suspect, ...] = (), key: str = "walk"
) -> Walk:
    """A crisis about the student, reported at NOW."""
    receipt = cases.report_crisis(
        school_id=world.id,
        reporter=world[by],
        role=Role.HT,
        at=NOW,
        report=ReportInput(
            student_id=world.student.pk,
            who="",
            observed="手臂有新伤，说不敢回家",
            safe_now="NO",
            suspects=suspects,
        ),
        request_key=key,
    )
    return Walk(world, receipt.case_id)


def triaged(world: World, *, suspects: tuple[Suspect, ...] = (), **answer: Any) -> Walk:
    """Acknowledged after four minutes and triaged after ten."""
    walk = begin(world, suspects=suspects)
    walk.at += 4 * MINUTE
    walk.acknowledge()
    walk.at += 6 * MINUTE
    walk.triage(**answer)
    return walk


def to_safety(walk: Walk, *, meeting: str = "meeting_urgent") -> None:
    """Everything that is urgent is done; the danger lasts."""
    walk.do_all("call_guardian", "call_guardian", "report_decide", "report_confirm")
    walk.do_all("oral_report", "first_report", "written_report", "protect", meeting, "safety_plan")


def to_follow_up(world: World, *, colour: str = "red", **answer: Any) -> Walk:
    """The danger is over, the family informed, the final report given."""
    walk = triaged(world, colour=colour, **answer)
    to_safety(walk, meeting="meeting_urgent" if colour in {"red", "orange"} else "meeting")
    walk.do_all("danger_over", "inform_after", "final_report")
    return walk


def follow_all(walk: Walk) -> int:
    """Hold every follow-up when its time comes; how many there were."""
    held = 0
    for _ in range(300):
        if "close_propose" in walk.open():
            break
        walk.wait(days=1)
        if "follow_up" in walk.open():
            walk.do("follow_up")
            held += 1
    return held
