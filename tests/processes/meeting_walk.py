"""Walks a meeting through the real engine and the real services, with a clock moved by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from records.meetings import rows
from records.models import CommunicationRecord, Meeting, MeetingSlot
from tests.factories import MINUTE, NOW, World, people_of
from tests.records.meeting_days import keep_calendar, local
from workflow import (
    human_tasks,
    meeting_minutes,
    meeting_replies,
    meetings,
    notifications,
    openings,
    processes,
)
from workflow.models import Case, HumanTask, Notification, ProcessInstance

#: A usual answer per task; a test overrides what it is about.
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "meeting_prepare": {
        "kind": "IN_PERSON", "trigger": "STUDY", "purpose": "两次实训考核未达标，商量怎样帮助",
        "student_wish": "YES",
    },
    "meeting_dossier": {"papers": ["TRANSCRIPT", "ATTENDANCE"], "psy_basis": "none"},
    "meeting_hold": {"outcome": "held"},
    "meeting_minutes": {"read_back": "yes"},
    "meeting_chase": {"outcome": "will_sign"},
    "meeting_copy": {"handed_on": "2026-10-15"},
    "meeting_plan": {"outcome": "none", "reason": "已经解决"},
    "meeting_next_channel": {"next": "close", "reason": "家庭暂不愿意会谈"},
    "meeting_close": {"outcome": "done", "reason": "效果明显，没有新的重点"},
}  # fmt: skip

_LIVE: Final = [HumanTask.State.OPEN, HumanTask.State.CLAIMED]


@dataclass
class MeetingWalk:
    """One meeting under way. `at` moves only when the test says so."""

    world: World
    case_id: UUID
    at: datetime = field(default=NOW)

    @property
    def case(self) -> Case:
        with tenancy.scope(self.world.id):
            return Case.objects.get(pk=self.case_id)

    @property
    def meeting(self) -> Meeting:
        with tenancy.scope(self.world.id):
            meeting = rows.of_case(self.case_id)
            assert meeting is not None
            return meeting

    @property
    def instance(self) -> ProcessInstance:
        with tenancy.scope(self.world.id):
            return ProcessInstance.objects.filter(case=self.case_id, process_key="meeting").latest(
                "created_at"
            )

    def slots(self) -> Sequence[MeetingSlot]:
        with tenancy.scope(self.world.id):
            return rows.on_offer(self.meeting_inside())

    def meeting_inside(self) -> Meeting:
        found = rows.of_case(self.case_id)
        assert found is not None
        return found

    def open(self) -> set[str]:
        with tenancy.scope(self.world.id):
            tasks = HumanTask.objects.filter(case=self.case_id, state__in=_LIVE)
            return set(tasks.values_list("name", flat=True))

    def task(self, name: str) -> HumanTask:
        with tenancy.scope(self.world.id):
            tasks = HumanTask.objects.filter(case=self.case_id, name=name, state__in=_LIVE)
            return tasks.earliest("created_at")

    def do(self, name: str, by: str = "", **answer: Any) -> HumanTask:
        doer = by or ("grade_leader" if name == "meeting_next_channel" else "teacher")
        task = self.task(name)
        return human_tasks.complete(
            school_id=self.world.id,
            task_id=task.pk,
            by=self.world[doer],
            at=self.at,
            as_read=read_mark(self.world, task, by=doer, at=self.at),
            answer={**ANSWERS.get(name, {}), **answer},
        )

    def offer(self, *, first: int = 14, by: str = "teacher", month: int = 10) -> None:
        """Three times on three working days, the last in the evening."""
        moments = [local(first, 10, month=month), local(first + 1, 12, 30, month=month),
                   local(first + 2, 18, month=month)]  # fmt: skip
        lines = {f"slot_{n}_at": moment.isoformat() for n, moment in enumerate(moments, 1)}
        self.do(
            "meeting_offer_slots", by=by, **lines, minutes=45, place_kind="OFFICE",
            place="行政楼 302",
        )  # fmt: skip

    def choose(self, number: int = 1, by: str = "mother") -> None:
        meeting_replies.choose(
            school_id=self.world.id, meeting_id=self.meeting.pk,
            slot_id=self.slots()[number - 1].pk, by=self.world[by], at=self.at,
        )  # fmt: skip

    def change(self, by: str = "mother", words: str = "周三晚上可以") -> None:
        meeting_replies.ask_change(
            school_id=self.world.id, meeting_id=self.meeting.pk, by=self.world[by], at=self.at,
            words=words,
        )  # fmt: skip

    def decline(self, by: str) -> None:
        meeting_replies.decline(
            school_id=self.world.id, meeting_id=self.meeting.pk, by=self.world[by], at=self.at,
            words="",
        )  # fmt: skip

    def call(self, name: str = "meeting_call", outcome: str = "NO_ANSWER", **more: Any) -> None:
        self.do(
            name, outcome=outcome, channel="PHONE", tried_at=self.at.isoformat(),
            note="响铃一分钟", **more,
        )  # fmt: skip

    def visit(
        self,
        outcome: str = "NO_ANSWER",
        companion: str = "counsellor",
        met: str = "",
        **more: Any,
    ) -> None:
        if met:
            more["met"] = str(self.world[met].pk)
        self.do(
            "meeting_visit", outcome=outcome, tried_at=self.at.isoformat(), note="无人应门",
            companion=str(self.world[companion].pk), **more,
        )  # fmt: skip

    def go_to(self, moment: datetime) -> None:
        """Time passes to `moment`, and the sweeps look until nothing moves."""
        assert moment >= self.at
        self.at = moment
        for _ in range(4):
            processes.start_pending(via="test", lane="routine", at=self.at)
            processes.step_due(via="test", lane="routine", at=self.at)
            processes.retry_incidents_due(via="test", at=self.at)

    def wait(self, **time: float) -> None:
        self.go_to(self.at + timedelta(**time))

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """Payloads, oldest first."""
        with tenancy.scope(self.world.id):
            found = Event.objects.filter(subject_type="case", subject_id=self.case_id)
            found = found.filter(kind=kind) if kind else found
            return [orjson.loads(bytes(event.body))["payload"] for event in found.order_by("pk")]

    def missed(self) -> list[str]:
        return [payload["clock"] for payload in self.events("clock.missed")]

    def told(self, template: str) -> set[str]:
        """Who got a message of this template over whatever channel."""
        with tenancy.scope(self.world.id):
            found = Notification.objects.filter(case=self.case_id, template=template)
            return people_of(self.world, set(found.values_list("recipient_id", flat=True)))

    def record(self, state: str = "PENDING_SIGNATURES", standing: str = "SIGNED") -> UUID:
        """Minutes of this case, as the record's own service leaves them."""
        with tenancy.scope(self.world.id):
            made = CommunicationRecord(
                school_id=self.world.id, student=self.world.student, case_id=self.case_id,
                record_no=f"JL-{self.at:%d%H%M%S%f}", trigger="STUDY", started_at=self.at,
                place_kind="OFFICE", author=self.world["teacher"], author_role="HT",
                created_at=self.at,
            )  # fmt: skip
            made.save()
            if state != "DRAFT":
                made.check_language(findings=[])
                made.save()
                made.offer(at=self.at)
                made.save()
            if state == "EFFECTIVE":
                self._effective(made, standing)
        return made.pk

    def sign(self, record: UUID, standing: str = "SIGNED") -> None:
        """The record takes effect; its service says so."""
        with tenancy.scope(self.world.id):
            self._effective(CommunicationRecord.objects.get(pk=record), standing)
        meetings.record_became_effective(school_id=self.world.id, case_id=self.case_id, at=self.at)

    def _effective(self, record: CommunicationRecord, standing: str) -> None:
        record.take_effect(standing=standing, at=self.at)
        record.save()

    def deliver(self) -> None:
        while notifications.deliver_due(lane="routine", via="test"):
            continue


def read_mark(world: World, task: HumanTask, *, by: str, at: datetime) -> str:
    """What whoever does the task has read just now."""
    with tenancy.scope(world.id):
        return meeting_minutes.mark(Viewer.load(world[by], at=at), task)


def begin(world: World, *, routed: bool = True) -> MeetingWalk:
    """A meeting about the student, decided on Friday the 9th at 22:40."""
    keep_calendar(world)
    with tenancy.scope(world.id):
        case = openings.open_(
            school_id=world.id, channel="MEETING", process="meeting", by=world["teacher"], at=NOW,
            student=world.student, kind="study",
        )  # fmt: skip
        if routed:
            case.route(channel="MEETING", kind="study")
            case.save()
    processes.start_now(world.id, case.pk, at=NOW)
    return MeetingWalk(world, case.pk)


def prepared(world: World) -> MeetingWalk:
    """On Monday the papers are ready and times can be offered."""
    walk = begin(world)
    walk.do("meeting_prepare")
    walk.go_to(local(12, 9))
    walk.do("meeting_dossier")
    return walk


def offered(world: World) -> MeetingWalk:
    """Wednesday 14th 10:00, Thursday 12:30 and Friday 18:00 are on offer."""
    walk = prepared(world)
    walk.offer()
    return walk


def agreed(world: World) -> MeetingWalk:
    walk = offered(world)
    walk.at += 10 * MINUTE
    walk.choose()
    return walk


def held(world: World) -> MeetingWalk:
    """Wednesday the 14th at 10:50 the meeting is over."""
    walk = agreed(world)
    walk.go_to(local(14, 10, 50))
    walk.do("meeting_hold")
    return walk
