"""Every transition of bpmn/follow_up.bpmn, with processes that die while it is crossed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pytest

from parties import tenancy
from records.evaluations import Score
from tests.crash.stories import Story, Tally, tell_figures
from tests.crash.test_meeting import held
from tests.factories import MINUTE
from tests.processes.test_follow_up import CLOSE, CONTACT, CONTACTS, EFFECT, Follow
from tests.records.agreed import MONDAY, agree, draft, meeting
from tests.records.meeting_days import local
from workflow import openings, plans, processes
from workflow.handlers import follow_up
from workflow.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS: Final = {
    "hold_contact": CONTACT, "evaluate_effect": EFFECT, "close_or_continue": CLOSE,
    "adjust_plan": {"what": "改为隔日签到"}, "office_decides": {"conclusion": "改由年级跟进"},
}  # fmt: skip
DAY: Final = timedelta(days=1)


@dataclass
class Told:
    """A follow-up under way; what `walk` does is done without a crash."""

    story: Story
    walk: Follow

    def do(self, task: str, by: str = "teacher", **answer: Any) -> None:
        self.walk.at += MINUTE
        told = {**ANSWERS[task], **answer}
        self.story.do(task, by, told, case=self.walk.case_id, at=self.walk.at)

    def quiet(self, task: str, by: str = "teacher", **answer: Any) -> None:
        self.walk.at += MINUTE
        self.walk.answer(task, {**ANSWERS[task], **answer}, by)

    def late(self, name: str, **time: float) -> None:
        self.walk.at += timedelta(**time)
        self._sweep(name)

    def contact(self) -> None:
        """The morning of the next one."""
        due = self.walk.instance.next_due_at
        assert due is not None
        self.walk.at = due
        self._sweep("a contact")

    def _sweep(self, name: str) -> None:
        self.story.sweep(
            name, lambda: processes.step_due(via="beat", lane="routine"), at=self.walk.at
        )

    def rest(self, **time: float) -> None:
        self.walk.at += timedelta(**time)
        self.story.rest(self.walk.at)

    def score(self, value: int) -> None:
        world = self.story.world
        self.walk.at += MINUTE
        self.story.move("the family scores", lambda: plans.score(
            school_id=world.id, case_id=self.walk.case_id, by=world["mother"], at=self.walk.at,
            given=Score(score=value, words="比以前愿意说话了"),
        ), at=self.walk.at)  # fmt: skip

    def contacts(self, *, last: str = "quiet") -> None:
        for moment in CONTACTS:
            self.walk.at = moment
            self.story.rest(moment)
            hold = getattr(self, last if moment == CONTACTS[-1] else "quiet")
            hold("hold_contact")


@pytest.fixture
def told(story: Story) -> Told:
    """What a meeting agreed on is being done; the follow-up has begun."""
    story.at(MONDAY)
    case = meeting(story.world)
    with tenancy.scope(story.world.id):
        openings.begin(Case.objects.get(pk=case), "follow_up", at=MONDAY)
    story.rest(MONDAY)
    return Told(story, Follow(story.world, case))


def test_a_meeting_makes_a_plan(story: Story) -> None:
    before = held(story)
    before.walk.record("EFFECTIVE")
    before.walk.do("meeting_minutes")
    if "meeting_copy" in before.walk.open():
        before.walk.do("meeting_copy", handed_on="2026-10-14")
    agree(story.world, before.walk.case_id, draft(starts_on=date(2026, 10, 15)),
          when=local(14, 10, 51))  # fmt: skip
    before.do("meeting_plan", outcome="planned", reason="")


def test_contacts_with_danger_and_both_scores(told: Told) -> None:
    told.contact()
    told.late("the contact is late", days=4)
    told.do("hold_contact", danger="yes", adjust="yes")
    told.do("adjust_plan")
    told.contact()
    told.do("hold_contact")
    told.contact()
    told.do("hold_contact")
    told.score(2)
    told.late("the school has not scored", days=8)
    told.do("evaluate_effect")
    told.late("nobody has decided", days=9)
    told.do("close_or_continue")


def test_a_family_that_scored_first_and_an_upgrade(told: Told) -> None:
    told.score(1)
    told.contacts(last="do")
    told.quiet("evaluate_effect")
    told.do("close_or_continue", decision="upgrade", reason="情况变差")


def test_a_silent_family_and_rounds_until_the_office_decides(told: Told) -> None:
    told.contacts()
    told.quiet("evaluate_effect")
    told.late("the family is silent", days=9)
    told.do("close_or_continue", decision="new_round", reason="再试一轮")


def test_after_the_last_round_the_office_decides(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_up, "MOST_ROUNDS", 1)
    told.contacts()
    told.quiet("evaluate_effect")
    told.score(1)
    told.do("close_or_continue", decision="new_round", reason="再试一轮")
    told.do("office_decides", by="duty_officer")


def test_every_transition_of_the_diagram_is_survived(
    tally: Tally, record_property: Callable[[str, object], None]
) -> None:
    tell_figures(tally, record_property)
