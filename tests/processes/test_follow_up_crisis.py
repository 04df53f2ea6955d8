"""A follow-up that became a crisis: what goes on afterwards is another round, not the old one."""

from dataclasses import dataclass
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput
from records.models import ActionItem, Evaluation, PlanRound
from tests.factories import HOUR, World
from tests.processes.test_follow_up import (
    CONTACT,
    CONTACTS,
    EFFECT,
    Follow,
    dangerous,
    decide,
    followed,
)
from tests.processes.walker import FATHER, Walk, follow_all, to_safety
from tests.records.agreed import agree, draft
from workflow import openings, plans, rerouting, stabilising
from workflow.closing import UPWARD
from workflow.models import Case, ProcessInstance
from workflow.upgrading import UpgradeInput

pytestmark = pytest.mark.django_db


@dataclass
class Hidden(Follow):
    """The sweeps of a crisis as well."""

    def sweep(self) -> None:
        Walk.sweep(self)
        Follow.sweep(self)


@pytest.fixture
def follow(world: World) -> Hidden:
    calm = followed(world)
    return Hidden(world, calm.case_id, calm.at)


def rounds(follow: Follow) -> list[tuple[int, str]]:
    with tenancy.scope(follow.world.id):
        found = PlanRound.objects.filter(case_id=follow.case_id).order_by("number")
        return list(found.values_list("number", "outcome"))


def judged(follow: Hidden, **triage: str) -> None:
    """Acknowledged, judged and reported: two people may take it down."""
    follow.wait(minutes=1)
    follow.acknowledge("counsellor")
    follow.triage(**{"safe_to_tell": "yes", **triage})
    follow.wait(minutes=5)
    follow.do("call_guardian")
    follow.do_all("report_decide", "report_confirm", *UPWARD)


def calmed(follow: Hidden) -> None:
    """A meeting again, and what it agreed on is being done."""
    common: dict[str, Any] = {"school_id": follow.world.id, "case_id": follow.case_id}
    made = stabilising.propose(
        **common, by=follow.world["counsellor"], at=follow.at, to="MEETING", reason="家长配合"
    )
    stabilising.confirm(
        **common, by=follow.world["duty_officer"], at=follow.at, proposal_id=made.pk
    )
    with tenancy.scope(follow.world.id):
        for meeting in ProcessInstance.objects.filter(case=follow.case_id, process_key="meeting"):
            meeting.cancel(at=follow.at)  # how people get through it is told in test_meeting
            meeting.save()
        case = Case.objects.get(pk=follow.case_id)
        case.tasks.filter(state="OPEN").delete()
        openings.begin(case, "follow_up", at=follow.at)
    follow.wait(minutes=5)


def against_the_father(follow: Hidden) -> None:
    rerouting.upgrade(
        school_id=follow.world.id, case_id=follow.case_id, by=follow.world["teacher"],
        at=follow.at,
        upgrade=UpgradeInput(to="CRISIS", reason="手臂有新伤，说不敢回家", suspects=FATHER),
    )  # fmt: skip
    judged(follow, suspect_kind="guardian")


def waits(follow: Follow, who: str) -> bool:
    with tenancy.scope(follow.world.id):
        viewer = Viewer.load(follow.world[who], at=follow.at)
        return [case.pk for case in plans.awaits_score(viewer)] == [follow.case_id]


def test_after_a_crisis_the_next_contact_is_the_first_of_a_new_round(follow: Hidden) -> None:
    dangerous(follow)
    decide(follow, "crisis")
    assert rounds(follow) == [(1, "")]
    judged(follow)

    calmed(follow)

    assert rounds(follow) == [(1, "upgraded"), (2, "")]
    assert follow.payloads("follow_up.begun")[-1]["round"] == 2
    follow.wait(days=9)
    assert follow.open() == set()
    follow.wait(days=7)
    assert follow.open() == {"hold_contact"}
    follow.answer("hold_contact", CONTACT)
    follow.wait(days=7)
    assert follow.open() == set()


def test_no_contact_is_held_while_the_crisis_lasts(follow: Hidden) -> None:
    dangerous(follow)
    decide(follow, "crisis")
    follow.wait(minutes=1)
    follow.acknowledge("counsellor")
    for moment in CONTACTS[1:]:
        follow.until(moment)

        assert "hold_contact" not in follow.open()


def test_danger_of_the_old_round_proposes_nothing_in_the_new_one(follow: Hidden) -> None:
    dangerous(follow)
    decide(follow, "crisis")
    judged(follow)
    calmed(follow)

    for _ in range(3):
        while "hold_contact" not in follow.open():
            follow.wait(days=1)
        follow.answer("hold_contact", CONTACT)
    follow.answer("evaluate_effect", EFFECT)
    follow.score("mother", 1)

    assert follow.payloads("follow_up.judged")[-1]["outcome"] == "reached"


def test_a_plan_ends_as_upgraded_with_the_crisis_that_took_it_over(follow: Hidden) -> None:
    dangerous(follow)
    decide(follow, "crisis")
    follow.wait(minutes=1)
    follow.acknowledge("counsellor")
    follow.triage(safe_to_tell="yes")
    to_safety(follow)
    follow.do_all("danger_over", "inform_after", "final_report")
    follow_all(follow)

    follow.do_all("close_propose", "close_confirm")

    assert follow.case.state == Case.State.CLOSED
    assert rounds(follow) == [(1, "upgraded")]


def test_a_father_who_is_left_out_of_the_new_meeting_keeps_what_he_had(follow: Hidden) -> None:
    item = agree(follow.world, follow.case_id, draft())[0]
    follow.at += HOUR
    against_the_father(follow)
    calmed(follow)
    later = agree(follow.world, follow.case_id, draft(), when=follow.at)[0]

    with tenancy.scope(follow.world.id):
        for who, known in (("father", {item.pk}), ("mother", {item.pk, later.pk})):
            viewer = Viewer.load(follow.world[who], at=follow.at)
            assert {one.pk for one in viewer.rows(ActionItem)} == known, who


def test_a_father_whom_the_crisis_named_is_asked_for_his_score_as_before(follow: Hidden) -> None:
    follow.contacts()
    assert (waits(follow, "father"), waits(follow, "mother")) == (True, True)
    follow.at += HOUR
    against_the_father(follow)
    assert waits(follow, "father")

    calmed(follow)

    assert (waits(follow, "father"), waits(follow, "mother")) == (True, False)
    follow.score("father", -1)
    assert not waits(follow, "father")
    with tenancy.scope(follow.world.id):
        made = Evaluation.objects.get()
        assert (made.plan_round, made.side) == (1, "FAMILY")


def test_his_score_of_the_old_round_ends_no_waiting_of_the_new_one(follow: Hidden) -> None:
    follow.at += HOUR
    against_the_father(follow)
    calmed(follow)
    for _ in range(3):
        while "hold_contact" not in follow.open():
            follow.wait(days=1)
        follow.answer("hold_contact", CONTACT)
    assert (waits(follow, "father"), waits(follow, "mother")) == (False, True)
    follow.answer("evaluate_effect", EFFECT)

    follow.score("father", -2)
    assert follow.open() == set()
    follow.score("mother", 1)

    assert follow.open() == {"close_or_continue"}
    assert follow.payloads("follow_up.judged")[-1]["family"] == 1


def test_a_father_who_knows_of_no_round_scores_none(follow: Hidden) -> None:
    against_the_father(follow)  # at the moment at which the first one began
    calmed(follow)

    with pytest.raises(InvalidInput, match="还没有行动计划"):  # as where there is none
        follow.score("father", -2)

    follow.score("mother", 1)  # he has not spoken for the family
    with tenancy.scope(follow.world.id):
        made = Evaluation.objects.get()
    assert (made.plan_round, made.score) == (2, 1)  # what runs after the crisis
