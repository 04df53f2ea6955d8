"""Every transition of bpmn/crisis.bpmn, with processes that die while it is crossed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from tests.crash.stories import Story, Tally, tell_figures
from tests.factories import MINUTE, NOW
from tests.processes.walker import ANSWERS, DOERS, FATHER, Walk, begin
from workflow import processes
from workflow.reports import Suspect

pytestmark = pytest.mark.django_db(transaction=True)

#: Long enough for a week and a month of the calendar.
_WEEK = timedelta(days=8)
_MONTH = timedelta(days=32)


@dataclass
class Crisis:
    """A crisis under way; what is called `quiet` is done without a crash."""

    story: Story
    walk: Walk

    def do(self, task: str, by: str = "", **answer: Any) -> None:
        told = {**ANSWERS[task], **answer}
        if told.get("agree") == "no":
            told.setdefault("reason", "还需补充")
        self.walk.at += MINUTE
        self.story.do(task, by or DOERS[task], told, case=self.walk.case_id, at=self.walk.at)

    def quiet(self, *tasks: str, **answer: Any) -> None:
        for task in tasks:
            self.walk.do(task, **answer)

    def rest(self, **time: float) -> None:
        self.walk.at += timedelta(**time)
        self.story.rest(self.walk.at)

    def late(self, name: str, **time: float) -> None:
        """Time passes, and the sweep of the steps finds what is due."""
        self.walk.at += timedelta(**time)
        self.story.sweep(name, lambda: processes.step_due(via="beat"), at=self.walk.at)

    def move(self, name: str, act: Callable[[], Any]) -> None:
        self.story.move(name, act, at=self.walk.at)

    def follow(self, wait: timedelta, **answer: Any) -> None:
        """The next follow-up, when its time comes."""
        self.rest(seconds=wait.total_seconds())
        self.quiet("follow_up", **answer)

    def to_quiet_days(self) -> None:
        """Every follow-up but the last is held."""
        while True:
            self.rest(days=32)
            done = len([kind for kind in self.walk.open() if kind == "follow_up"])
            assert done == 1, self.walk.open()
            self.quiet("follow_up")
            if "close_propose" in self.walk.open():
                return


@pytest.fixture
def crisis(story: Story) -> Crisis:
    """Reported and taken over, without a crash so far."""
    return _begun(story)


def _begun(story: Story, *suspects: Suspect) -> Crisis:
    story.at(NOW)
    walk = begin(story.world, suspects=suspects)
    story.rest(NOW)
    walk.at += 4 * MINUTE
    walk.acknowledge()
    return Crisis(story, walk)


def test_the_usual_way_from_the_report_to_the_end(story: Story) -> None:
    walk = story.move("report", lambda: begin(story.world), at=NOW)
    crisis = Crisis(story, walk)
    walk.at += 4 * MINUTE
    crisis.move("acknowledge", walk.acknowledge)
    crisis.do("triage")
    crisis.do("triage_confirm", agree="no")
    crisis.quiet("triage")
    crisis.late("triage is late", minutes=27)
    crisis.quiet("triage_confirm", agree="no")
    crisis.quiet("triage", type="self_harm", colour="blue")
    crisis.do("triage_confirm")
    for task in ("oral_report", "first_report", "written_report", "protect"):
        crisis.do(task)
    crisis.do("call_guardian")
    crisis.do("call_guardian")
    crisis.do("report_decide")
    crisis.do("report_confirm", agree="no")
    crisis.quiet("report_decide")
    crisis.do("report_confirm")
    crisis.do("meeting")
    crisis.do("safety_plan")
    crisis.do("danger_over")
    crisis.do("inform_after")
    crisis.do("final_report")
    crisis.late("a week", days=8)
    crisis.do("follow_up")


def test_bullying_with_another_family_and_a_waiver(story: Story) -> None:
    world = story.world
    with tenancy.scope(world.id):
        bully = world.pupil("bully", world.school_class)
        parent = world.add("other_parent")
        parent.guardian_links.create(school=world.school, student=bully, relation="MOTHER")
    crisis = _begun(story, Suspect(relation="STUDENT", person_id=world["bully"].pk))
    crisis.quiet("triage", type="bullying", suspect_kind="student", serious="yes")
    crisis.do("triage_confirm")
    crisis.quiet("call_guardian")
    crisis.do("call_guardian")
    crisis.do("call_other_side")
    crisis.quiet("report_decide", outcome="not_required", reason="家属已报告")
    crisis.do("report_confirm")
    crisis.do("report_waive", agree="no")
    crisis.quiet("report_decide", outcome="not_required", reason="家属已报告")
    crisis.quiet("report_confirm")
    crisis.do("report_waive")
    crisis.do("bullying_finding")


def test_at_a_company_with_a_guardian_under_suspicion_and_every_clock_missed(story: Story) -> None:
    crisis = _begun(story, *FATHER)
    crisis.quiet("triage", safe_to_tell="no", suspect_kind="guardian", at_company="yes")
    crisis.do("triage_confirm", safe_to_tell="no")
    crisis.late("everything of the first day is late", hours=25)
    crisis.late("still nobody has decided", minutes=15)
    crisis.quiet("report_decide", "report_confirm")
    crisis.late("it is decided", minutes=15)
    crisis.do("call_guardian")
    crisis.do("call_community")
    crisis.do("secure_site")
    crisis.do("meeting_urgent")
    crisis.late("the safety plan is late", hours=25)
    crisis.quiet("safety_plan")
    crisis.do("danger_over", away="yes")
    crisis.late("everything after the danger is late", days=8)
    crisis.do("return_plan")
    crisis.do("return_confirm", agree="no")
    crisis.quiet("return_plan")
    crisis.late("the return is late", days=9)
    crisis.do("return_confirm")
    crisis.do("follow_up", danger="again")
    crisis.walk.at += MINUTE
    story.move("danger again", crisis.walk.again, at=crisis.walk.at, at_least_once=True)


def test_nobody_of_the_family_is_reached_and_the_finding_is_late(story: Story) -> None:
    world = story.world
    with tenancy.scope(world.id):
        world.guardian("grandmother", "GRANDPARENT", delegate_carer=True, contact_priority=99)
    crisis = _begun(story)
    crisis.quiet("triage", type="bullying", colour="yellow")
    crisis.quiet("triage_confirm")
    for _ in range(5):
        crisis.quiet("call_guardian", outcome="no_answer")
    crisis.do("call_guardian", outcome="no_answer")
    crisis.quiet("call_carer", outcome="no_answer")
    crisis.quiet("call_carer", outcome="no_answer")
    crisis.do("call_carer", outcome="no_answer")
    crisis.do("call_community", outcome="no_answer")
    crisis.do("call_police")
    crisis.late("meeting and finding are late", days=11)
    crisis.quiet("meeting", "safety_plan")
    crisis.quiet("danger_over", away="yes")
    crisis.quiet("return_plan")
    crisis.do("return_confirm")


@pytest.mark.parametrize("outcome", ["closed", "transferred", "merged"])
def test_the_end_by_two_people(story: Story, outcome: str) -> None:
    crisis = _begun(story)
    crisis.quiet("triage", colour="blue")
    crisis.quiet("triage_confirm")
    crisis.quiet("call_guardian", "call_guardian", "report_decide", "report_confirm")
    crisis.quiet("oral_report", "first_report", "written_report", "protect", "meeting")
    crisis.quiet("safety_plan", "danger_over", "inform_after", "final_report")
    if outcome != "closed":
        crisis.to_quiet_days()
        crisis.quiet("close_propose", outcome=outcome)
        crisis.do("close_confirm")
        return
    crisis.follow(_WEEK)
    _closed(crisis)


def _closed(crisis: Crisis) -> None:
    """With the last follow-up, and each way in which a closing may come back."""
    while "close_propose" not in crisis.walk.open():
        crisis.late("a month", days=32)
        crisis.do("follow_up")
    crisis.do("close_propose", student_view="")
    crisis.do("close_propose")

    crisis.do("close_confirm", agree="no")
    crisis.quiet("close_propose")
    crisis.late("the second name is late", days=14)
    crisis.do("close_confirm")


def test_every_transition_of_the_diagram_is_survived(
    tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    tell_figures(tally, record_property)
