"""Every transition of bpmn/meeting.bpmn, with processes that die while it is crossed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from parties import tenancy
from records.evaluations import Score
from records.models import CommunicationRecord
from tests.crash.stories import Story, Tally, tell_figures
from tests.factories import MINUTE, NOW
from tests.processes.intake_walk import raised
from tests.processes.meeting_walk import ANSWERS, MeetingWalk
from tests.processes.meeting_walk import begin as begin_quietly
from tests.records.agreed import agree, draft
from tests.records.meeting_days import keep_calendar, local
from workflow import meeting_replies, meetings, plans, processes

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Told:
    """A meeting under way; what `walk` does is done without a crash."""

    story: Story
    walk: MeetingWalk

    def do(self, task: str, by: str = "", **answer: Any) -> None:
        self.walk.at += MINUTE
        doer = by or ("grade_leader" if task == "meeting_next_channel" else "teacher")
        told = {**ANSWERS.get(task, {}), **answer}
        self.story.do(task, doer, told, case=self.walk.case_id, at=self.walk.at)

    def move(self, name: str, act: Callable[[], Any]) -> None:
        self.walk.at += MINUTE
        self.story.move(name, act, at=self.walk.at)

    def late(self, name: str, moment: datetime) -> None:
        self.walk.at = moment
        self.story.sweep(name, lambda: processes.step_due(via="beat", lane="routine"), at=moment)

    def rest(self, moment: datetime) -> None:
        self.walk.at = moment
        self.story.rest(moment)

    def offer(self, first: int) -> None:
        slots = {
            f"slot_{number}_at": local(day, hour, minute).isoformat()
            for number, day, hour, minute in
            ((1, first, 10, 0), (2, first + 1, 12, 30), (3, first + 2, 18, 0))
        }  # fmt: skip
        self.do("meeting_offer_slots", **slots, minutes=45, place_kind="OFFICE", place="302")

    def call(self, task: str = "meeting_call", outcome: str = "NO_ANSWER", **more: Any) -> None:
        tried = {"tried_at": self.walk.at.isoformat(), "note": "响铃一分钟"}
        self.do(task, outcome=outcome, channel="PHONE", **tried, **more)

    def visit(self, outcome: str = "NO_ANSWER") -> None:
        companion = str(self.story.world["counsellor"].pk)
        tried = {"tried_at": self.walk.at.isoformat(), "note": "无人应门"}
        met = {} if outcome == "NO_ANSWER" else {"met": str(self.story.world["mother"].pk)}
        self.do("meeting_visit", outcome=outcome, companion=companion, **met, **tried)

    def choose(self, number: int = 1) -> None:
        slot = self.walk.slots()[number - 1].pk
        self._answer("choose", meeting_replies.choose, slot_id=slot)

    def change(self) -> None:
        self._answer("change", meeting_replies.ask_change, words="周三晚上可以")

    def decline(self) -> None:
        self._answer("decline", meeting_replies.decline, words="")

    def _answer(self, name: str, verb: Callable[..., Any], **more: Any) -> None:
        world, meeting = self.story.world, self.walk.meeting.pk
        self.move(name, lambda: verb(
            school_id=world.id, meeting_id=meeting, by=world["mother"], at=self.walk.at, **more
        ))  # fmt: skip

    def effective(self, record: Any) -> None:
        """Both sides have signed; the process has yet to hear of it."""
        with tenancy.scope(self.story.world.id):
            row = CommunicationRecord.objects.get(pk=record)
            row.take_effect(standing="SIGNED", at=self.walk.at)
            row.save()

    def hear(self) -> None:
        self.move("signed", lambda: meetings.record_became_effective(
            school_id=self.story.world.id, case_id=self.walk.case_id, at=self.walk.at
        ))  # fmt: skip


def begun(story: Story) -> Told:
    story.at(NOW)
    return Told(story, begin_quietly(story.world))


def offered(story: Story) -> Told:
    """Monday the 12th: Wednesday, Thursday and Friday are on offer."""
    told = begun(story)
    told.walk.do("meeting_prepare")
    told.rest(local(12, 9))
    told.walk.do("meeting_dossier")
    told.walk.offer()
    return told


def held(story: Story) -> Told:
    told = offered(story)
    told.walk.choose()
    told.rest(local(14, 10, 50))
    told.walk.do("meeting_hold")
    return told


def reachable(story: Story, *names: str) -> None:
    """Nobody of the family needs paper."""
    with tenancy.scope(story.world.id):
        for number, name in enumerate(names):
            person = story.world[name]
            person.email = f"{name}{number}@family.test"
            person.save()


def test_the_usual_way_with_a_change_a_chase_and_another_round(story: Story) -> None:
    reachable(story, "father")
    story.at(NOW)
    keep_calendar(story.world)
    matter = raised(story.world)
    task = matter.task("choose_channel").pk
    answer = {"channel": "meeting", "reason": "与家长通过电话"}
    story.move("route", lambda: story.answered(task, "teacher", answer, at=NOW), at=NOW)
    told = Told(story, MeetingWalk(story.world, matter.case_id))
    told.do("meeting_prepare")
    told.rest(local(12, 9))
    told.do("meeting_dossier")
    told.offer(14)
    told.choose()
    told.change()
    told.walk.offer(first=19)
    told.walk.choose()
    told.late("the time has come", local(19, 10, 50))
    told.do("meeting_hold")
    record = told.walk.record()
    told.do("meeting_minutes")
    told.late("nobody has signed", local(21, 17, 30))
    told.late("nobody asked about it", local(23, 17, 30))
    told.do("meeting_chase")
    told.effective(record)
    told.hear()
    told.do("meeting_plan")
    told.do("meeting_close", outcome="again")


def test_everything_is_late_and_nobody_answers(story: Story) -> None:
    told = begun(story)
    told.late("nobody prepares", local(10, 1))
    told.walk.do("meeting_prepare")
    told.late("no papers", local(13, 18))
    told.walk.do("meeting_dossier")
    told.late("no times", local(15, 18))
    told.walk.offer(first=20)
    told.late("no answer", local(19, 17, 30))
    told.late("no call", local(21, 18))
    told.call()
    told.late("no second call", local(23, 18))
    told.call("meeting_call_second")
    told.late("no visit", local(28, 18))
    told.visit()
    told.late("nobody says what follows", local(30, 18))
    told.do("meeting_next_channel", next="again")


def test_three_times_nobody_comes_and_a_notice_follows(story: Story) -> None:
    told = offered(story)
    told.rest(local(14, 17, 30))
    told.call(outcome="AGREED", slot="3")
    told.rest(local(16, 18, 50))
    told.late("not held that day", local(17, 0))
    told.do("meeting_hold", outcome="no_show")
    for first in (21, 28):
        told.walk.offer(first=first)
        told.walk.choose()
        told.rest(local(first, 10, 50))
        if first != 28:
            told.walk.do("meeting_hold", outcome="no_show")
    told.do("meeting_hold", outcome="no_show")
    told.do("meeting_next_channel", next="notice")


def test_paper_copies_late_to_the_end(story: Story) -> None:
    told = held(story)
    told.late("no minutes", local(14, 21))
    told.walk.record("EFFECTIVE")
    told.do("meeting_minutes")
    told.late("no copy", local(23, 18))
    told.do("meeting_copy", handed_on="2026-10-23")
    told.late("no plan", local(30, 18))
    told.do("meeting_plan")
    told.late("no end", local(6, 18, month=11))
    told.do("meeting_close")


def test_a_family_that_wants_another_time(story: Story) -> None:
    told = offered(story)
    told.change()
    told.walk.offer(first=19)
    told.rest(local(16, 17, 30))
    assert told.walk.open() == {"meeting_call"}
    told.call(outcome="OTHER_TIME")


def test_a_family_that_is_met_at_its_door(story: Story) -> None:
    told = offered(story)
    told.rest(local(14, 17, 30))
    told.walk.call()
    told.walk.call("meeting_call_second")
    told.visit(outcome="MET")


def test_a_family_that_will_not_come(story: Story) -> None:
    told = offered(story)
    told.walk.decline("father")
    told.decline()
    told.do("meeting_next_channel", next="close")


def test_a_signature_that_nobody_told_of_and_a_plan_that_helps(story: Story) -> None:
    reachable(story, "father")
    world = story.world
    told = held(story)
    record = told.walk.record()
    told.walk.do("meeting_minutes")
    told.effective(record)
    told.late("found at the deadline", local(16, 17, 30))
    agree(world, told.walk.case_id, draft(starts_on=date(2026, 10, 17)), when=told.walk.at)
    told.do("meeting_plan", outcome="planned", reason="")
    for _ in range(3):
        _next_contact(told)
        contact = {"reached": "phone", "changed": "按时到课", "adjust": "no", "danger": "no"}
        told.walk.do("hold_contact", **contact)
    told.walk.do("evaluate_effect", score="1", baseline_now="考核 71 分", worked="补练")
    plans.score(
        school_id=world.id, case_id=told.walk.case_id, by=world["mother"], at=told.walk.at,
        given=Score(score=2, words="愿意说话了"),
    )  # fmt: skip
    told.do(
        "close_or_continue", decision="close", reason="达到约定", why_open="其余的全家自己做下去"
    )


def _next_contact(told: Told) -> None:
    due = told.walk.instance.next_due_at
    assert due is not None
    told.rest(due)


def test_every_transition_of_the_diagram_is_survived(
    tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    tell_figures(tally, record_property)
