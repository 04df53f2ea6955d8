"""The follow-up on the real database: from the plan to the effect that both sides scored."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from django.db.models import F
from django.db.models.functions import Now

from parties import tenancy
from parties.access import Viewer
from records import plans as items
from records.evaluations import Score
from records.models import ActionItem, PlanRound
from tests.factories import CN, World, people_of
from tests.processes.walker import Walk
from tests.records.agreed import MONDAY, agree, draft, entries, meeting
from tests.records.filed import read
from tests.workflow.outbox import events
from tests.workflow.test_plan_ladder import told
from workflow import (
    human_tasks,
    next_contacts,
    openings,
    plan_ladder,
    plans,
    policies,
    processes,
)
from workflow.errors import WrongState
from workflow.models import (
    Case,
    Escalation,
    HumanTask,
    Notification,
    ProcessInstance,
    ScheduledContact,
)

pytestmark = pytest.mark.django_db

CONTACT: Final = {"reached": "phone", "changed": "按时到课", "adjust": "no", "danger": "no"}
EFFECT: Final = {"score": "1", "baseline_now": "两周未缺勤", "worked": "每天一通电话"}
#: 08:00 on the days of the three contacts.
CONTACTS: Final = [datetime(2026, month, day, 8, tzinfo=CN) for month, day in
                   ((10, 26), (11, 9), (12, 7))]  # fmt: skip
CLOSE: Final = {"decision": "close", "reason": "达到约定"}
CLOSE_EARLY: Final = {**CLOSE, "why_open": "全家迁往外地，由新学校接着做"}


@dataclass
class Follow(Walk):
    """A meeting's plan under way."""

    at: datetime = field(default=MONDAY)

    def sweep(self) -> None:
        processes.start_pending(via="test", lane="routine", at=self.at)
        processes.step_due(via="test", lane="routine", at=self.at)
        plan_ladder.look_due(via="test", at=self.at)
        next_contacts.look_due(via="test", at=self.at)

    def until(self, moment: datetime) -> None:
        self.at = moment
        self.sweep()

    def answer(
        self, name: str, answer: dict[str, Any], by: str = "teacher", **changed: Any
    ) -> None:
        human_tasks.complete(
            school_id=self.world.id, task_id=self.task(name).pk, by=self.world[by], at=self.at,
            answer={**answer, **changed},
        )  # fmt: skip

    def contacts(self, **changed: Any) -> "Follow":
        """All three contacts held on their mornings."""
        for moment in CONTACTS:
            self.until(moment)
            self.answer("hold_contact", CONTACT, **changed)
        return self

    def score(self, by: str, value: int) -> None:
        plans.score(
            school_id=self.world.id, case_id=self.case_id, by=self.world[by], at=self.at,
            given=Score(score=value, words="比以前愿意说话了"),
        )  # fmt: skip

    def round(self) -> PlanRound:
        with tenancy.scope(self.world.id):
            return PlanRound.objects.filter(case_id=self.case_id).latest("number")


def followed(world: World) -> Follow:
    """What a meeting agreed on is being done; the follow-up has begun."""
    case = meeting(world)
    with tenancy.scope(world.id):
        openings.begin(Case.objects.get(pk=case), "follow_up", at=MONDAY)
    walk = Follow(world, case)
    walk.sweep()
    return walk


@pytest.fixture
def follow(world: World) -> Follow:
    return followed(world)


def test_the_case_is_accompanied_from_the_first_day(follow: Follow) -> None:
    assert follow.case.state == "FOLLOW_UP"
    assert follow.round().number == 1
    assert follow.open() == set()


def test_a_plan_that_helped_ends_with_both_scores(world: World, follow: Follow) -> None:
    item = agree(world, follow.case_id, draft())[0]
    items.finish(school_id=world.id, item_id=item.pk, by=world["mother"], at=MONDAY, note="做完了")
    follow.contacts()
    assert follow.open() == {"evaluate_effect"}
    assert {name for _, name, _ in told(world, "plan.score")} == {"father", "mother"}

    follow.answer("evaluate_effect", EFFECT)
    follow.score("mother", 2)

    assert follow.case.state == "EVALUATED"
    judged = events(world, "follow_up.judged")[0]["payload"]
    assert (judged["outcome"], judged["school"], judged["family"]) == ("reached", 1, 2)
    follow.answer("close_or_continue", CLOSE)
    assert (follow.case.state, follow.case.closed_at) == ("CLOSED", follow.at)
    assert follow.instance.status == ProcessInstance.State.COMPLETED
    assert follow.round().outcome == "settled"
    assert len(entries(world, "evaluation")) == 2


def test_a_family_that_scored_first_is_neither_asked_nor_waited_for(
    world: World, follow: Follow
) -> None:
    follow.score("mother", 1)
    follow.contacts()
    follow.answer("evaluate_effect", EFFECT)

    assert follow.open() == {"close_or_continue"}
    assert told(world, "plan.score") == []


def test_a_silent_family_is_on_file_as_an_attempt_and_no_reproach(
    world: World, follow: Follow
) -> None:
    follow.contacts()
    follow.answer("evaluate_effect", EFFECT)
    follow.until(datetime(2026, 12, 14, 17, 30, tzinfo=CN))

    assert follow.open() == {"close_or_continue"}
    assert len(events(world, "follow_up.family_silent")) == 1
    attempts = [entry for entry in entries(world, "contact_attempt") if entry.party == "SYSTEM"]
    assert [entry.object_id for entry in attempts] == [follow.round().pk]
    told = [entry.line.title for entry in read(world, "mother", kind="contact_attempt")[0]]
    assert told == ["请家长评分"]
    judged = events(world, "follow_up.judged")[0]["payload"]
    assert (judged["outcome"], "family" in judged) == ("reached", False)


@pytest.mark.parametrize(
    ("school", "family", "outcome"),
    [(0, 0, "reached"), (2, -1, "new_round"), (-1, 2, "new_round"), (-2, -2, "new_round")],
)
def test_a_side_that_is_worse_off_asks_for_another_round(
    world: World, follow: Follow, school: int, family: int, outcome: str
) -> None:
    follow.contacts()
    follow.answer("evaluate_effect", EFFECT, score=str(school))
    follow.score("father", family)

    assert events(world, "follow_up.judged")[0]["payload"]["outcome"] == outcome


def test_work_that_is_left_asks_for_another_round(world: World, follow: Follow) -> None:
    agree(world, follow.case_id, draft(due_at=datetime(2026, 12, 31, tzinfo=CN)))
    follow.contacts()
    follow.answer("evaluate_effect", EFFECT)
    follow.score("father", 2)

    assert events(world, "follow_up.judged")[0]["payload"]["outcome"] == "new_round"


def test_another_round_has_contacts_and_scores_of_its_own(world: World, follow: Follow) -> None:
    follow.contacts()
    follow.answer("evaluate_effect", EFFECT, score="-1")
    follow.score("mother", 0)
    follow.answer("close_or_continue", {"decision": "new_round", "reason": "再试一轮"})

    assert (follow.round().number, follow.case.state) == (2, "FOLLOW_UP")
    follow.until(datetime(2026, 12, 21, 8, tzinfo=CN))
    assert follow.open() == {"hold_contact"}
    follow.score("mother", 1)  # of the second round
    with tenancy.scope(world.id):
        assert PlanRound.objects.get(case_id=follow.case_id, number=1).outcome == "new_round"


def test_closing_lets_go_of_what_is_left_and_of_planned_talks(world: World, follow: Follow) -> None:
    late = datetime(2027, 1, 20, 10, tzinfo=CN)
    item = agree(world, follow.case_id, draft(due_at=late))[0]
    with tenancy.scope(world.id):
        case = Case.objects.select_related("student").get(pk=follow.case_id)
        plans.schedule_contact(case=case, due_at=late, focus="复盘", at=MONDAY)
    follow.contacts()
    follow.answer("evaluate_effect", EFFECT)
    follow.score("father", 2)
    follow.answer("close_or_continue", CLOSE_EARLY)

    with tenancy.scope(world.id):
        assert ActionItem.objects.get(pk=item.pk).state == "DROPPED"
        assert ScheduledContact.objects.get().state == "CANCELLED"


# --- danger ---------------------------------------------------------------------------------------


def dangerous(follow: Follow) -> HumanTask:
    follow.until(CONTACTS[0])
    follow.answer("hold_contact", CONTACT, danger="yes")
    return follow.task("upgrade_decide")


def decide(follow: Follow, outcome: str, by: str = "duty_officer") -> None:
    follow.answer("upgrade_decide", {"outcome": outcome, "reason": "已与心理教师商量"}, by=by)


def test_danger_asks_the_office_and_tells_the_teacher_and_is_no_crisis_yet(
    world: World, follow: Follow
) -> None:
    task = dangerous(follow)

    assert people_of(world, set(task.candidates)) == {"duty_officer", "head_of_office"}
    assert {name for _, name, _ in told(world, "follow_up.danger")} == {
        "duty_officer", "head_of_office", "teacher",
    }  # fmt: skip
    assert follow.case.channel == "MEETING"
    assert follow.case.state == "FOLLOW_UP"


def test_a_person_who_says_crisis_makes_it_one_and_the_family_sees_what_it_saw(
    world: World, follow: Follow
) -> None:
    dangerous(follow)
    decide(follow, "crisis")

    case = follow.case
    assert (case.channel, case.shown_channel, case.shown_state) == (
        "CRISIS", "MEETING", "FOLLOW_UP",
    )  # fmt: skip
    with tenancy.scope(world.id):
        assert Escalation.objects.get(case=case.pk).state == "WAITING"
        keys = ProcessInstance.objects.filter(case=case.pk).values_list("process_key", "status")
        assert dict(keys) == {"follow_up": "CANCELLED", "crisis": "PENDING"}
        mother = Viewer.load(world["mother"], at=follow.at)
        shown = policies.face(mother, mother.get(Case, case.pk))
        assert shown["channel"] == "MEETING"
    processes.start_pending(via="test", at=follow.at)
    assert follow.open() == {"acknowledge"}


def test_a_person_who_says_watch_changes_nothing(world: World, follow: Follow) -> None:
    dangerous(follow)
    decide(follow, "watch")

    assert (follow.case.channel, follow.case.state) == ("MEETING", "FOLLOW_UP")
    assert events(world, "upgrade.decided")[0]["payload"]["outcome"] == "watch"
    follow.until(CONTACTS[1])
    assert follow.open() == {"hold_contact"}


def test_danger_twice_is_one_question(world: World, follow: Follow) -> None:
    dangerous(follow)
    follow.until(CONTACTS[1])
    follow.answer("hold_contact", CONTACT, danger="yes")

    with tenancy.scope(world.id):
        assert HumanTask.objects.filter(name="upgrade_decide").count() == 1


def test_danger_in_any_contact_proposes_an_upgrade_at_the_end(world: World, follow: Follow) -> None:
    follow.until(CONTACTS[0])
    follow.answer("hold_contact", CONTACT, danger="yes")
    for moment in CONTACTS[1:]:
        follow.until(moment)
        follow.answer("hold_contact", CONTACT)
    follow.answer("evaluate_effect", EFFECT)
    follow.score("mother", 2)

    assert events(world, "follow_up.judged")[0]["payload"]["outcome"] == "upgrade"


# --- who does it ----------------------------------------------------------------------------------


def test_family_members_never_get_tasks_of_the_follow_up(world: World, follow: Follow) -> None:
    follow.contacts()
    follow.answer("evaluate_effect", EFFECT)
    follow.score("mother", 1)
    with tenancy.scope(world.id):
        asked = {pk for task in HumanTask.objects.all() for pk in task.candidates}

    assert people_of(world, asked) == {"teacher"}


def test_a_score_after_the_end_is_refused_kindly(world: World, follow: Follow) -> None:
    follow.contacts()
    follow.answer("evaluate_effect", EFFECT)
    follow.score("mother", 1)
    follow.answer("close_or_continue", CLOSE)

    with pytest.raises(WrongState, match="已经评过分"):
        follow.score("father", 1)


# --- the next talk --------------------------------------------------------------------------------


TALK_AT: Final = datetime(2026, 10, 20, 16, tzinfo=CN)


@pytest.fixture
def planned(world: World, follow: Follow) -> UUID:
    with tenancy.scope(world.id):
        case = Case.objects.select_related("student").get(pk=follow.case_id)
        made = plans.schedule_contact(case=case, due_at=TALK_AT, focus="看看作业", at=MONDAY)
        again = plans.schedule_contact(case=case, due_at=TALK_AT, focus="同一次", at=MONDAY)
        assert made.pk == again.pk
    return made.pk


def state_of(world: World, pk: UUID) -> str:
    with tenancy.scope(world.id):
        return str(ScheduledContact.objects.get(pk=pk).state)


def test_the_next_talk_opens_by_itself_the_morning_before(
    world: World, follow: Follow, planned: UUID
) -> None:
    follow.until(datetime(2026, 10, 19, 7, 59, tzinfo=CN))
    assert follow.open() == set()

    follow.until(datetime(2026, 10, 19, 8, tzinfo=CN))

    task = follow.task("next_contact")
    assert (task.due_at, people_of(world, set(task.candidates))) == (TALK_AT, {"teacher"})
    assert told(world, "plan.contact_soon") == [("plan.contact_soon", "teacher", "in_app")]
    follow.until(datetime(2026, 10, 19, 9, tzinfo=CN))
    assert len(told(world, "plan.contact_soon")) == 1


def test_a_talk_that_was_held_is_held(world: World, follow: Follow, planned: UUID) -> None:
    follow.until(datetime(2026, 10, 19, 8, tzinfo=CN))
    follow.answer("next_contact", CONTACT)

    assert state_of(world, planned) == "HELD"
    follow.until(TALK_AT + timedelta(days=7))
    assert told(world, "plan.contact_missed") == []


def test_a_talk_that_was_missed_is_told_and_may_still_be_held(
    world: World, follow: Follow, planned: UUID
) -> None:
    follow.until(datetime(2026, 10, 19, 8, tzinfo=CN))
    follow.until(datetime(2026, 10, 21, 17, 30, tzinfo=CN))

    assert state_of(world, planned) == "MISSED"
    assert [name for _, name, _ in told(world, "plan.contact_missed")] == ["grade_leader"]
    follow.answer("next_contact", CONTACT)
    assert state_of(world, planned) == "HELD"


def test_a_family_that_is_asked_at_night_is_rung_in_the_morning(
    world: World, follow: Follow
) -> None:
    for moment in CONTACTS:
        follow.until(moment)
        follow.at = moment.replace(hour=22)
        follow.answer("hold_contact", CONTACT)

    with tenancy.scope(world.id):
        waits = Notification.objects.filter(template="plan.score").annotate(
            wait=F("due_at") - Now()
        )
        found = {(row.channel, round(row.wait.total_seconds() / 3600)) for row in waits}
    assert found == {("in_app", 0), ("sms", 9)}
