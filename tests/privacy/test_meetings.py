"""A guardian who must not be met: a meeting about the child changes not one byte for them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from parties.models import Restriction
from records.models import MeetingInvitee
from tests.api.meeting_stories import on_offer
from tests.factories import LONG_AGO, World
from tests.privacy.observers import Ids, differences
from tests.privacy.test_two_worlds import deliver, observer, phone
from tests.processes.meeting_walk import MeetingWalk
from tests.processes.walker import FATHER, Walk
from workflow import rerouting, stabilising
from workflow.closing import UPWARD
from workflow.models import HumanTask, Notification
from workflow.upgrading import UpgradeInput

pytestmark = pytest.mark.django_db(transaction=True)

OUTSIDE = ["father", "classmate", "stranger", "mentor", "data_admin", "company", "other_head"]


def real_ids(walk: MeetingWalk) -> Ids:
    meeting = walk.meeting.pk
    with tenancy.scope(walk.world.id):
        task = HumanTask.objects.filter(case=walk.case_id).earliest("created_at")
        message = Notification.objects.filter(case=walk.case_id, channel="in_app").first()
        assert message is not None
        return Ids(walk.case_id, task.pk, message.pk, walk.world.student.pk, meeting=meeting,
                   target=meeting)  # fmt: skip


@pytest.mark.parametrize("kind", ["NO_MEETING", "NO_CONTACT", "DO_NOT_TELL"])
def test_a_meeting_that_goes_on_without_him_does_not_exist(
    world: World, other_school: World, kind: str
) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"], kind=kind,
            starts_at=LONG_AGO,
        )  # fmt: skip
    # Only the father's eyes change with the kind of restriction.
    watching = OUTSIDE if kind == "NO_MEETING" else ["father"]
    seen = {who: observer(world, other_school, who) for who in watching}
    nothing = Ids.absent(world.student.pk)
    before = {who: (one.asks(nothing), phone(world, who)) for who, one in seen.items()}

    walk = on_offer(world)
    walk.choose(1)
    walk.change()
    deliver()

    leaks: list[str] = []
    for who, one in seen.items():
        calm, quiet = before[who]
        found = differences(calm, one.asks(real_ids(walk)))
        leaks += [f"{who}: {line}" for line in found]
        leaks += [f"{who}: phone"] if phone(world, who) != quiet else []
    assert not leaks, "\n".join(leaks)
    assert walk.told("meeting.called_off") == {"mother", "student", "teacher"}
    with tenancy.scope(world.id):
        kept_away = MeetingInvitee.objects.get(part="MUST_NOT")
        assert (kept_away.person_id, kept_away.reason) == (world["father"].pk, kind)


def test_the_same_eyes_do_notice_what_they_may_see(world: World, other_school: World) -> None:
    """The comparison has teeth: the mother's answers differ."""
    mother = observer(world, other_school, "mother")
    before = mother.asks(Ids.absent(world.student.pk))

    walk = on_offer(world)
    deliver()

    found = differences(before, mother.asks(real_ids(walk)))
    assert any("GET /meetings/" in line for line in found)
    assert any("page get /meetings/" in line for line in found)
    assert any(line.startswith("GET /cases") for line in found)


def test_an_agreed_date_stands_before_a_suspected_father_as_it_stood(
    world: World, other_school: World
) -> None:
    """A date that vanished would tell him; so would a refusal when he goes on answering."""
    walk = on_offer(world)
    walk.choose(1)
    deliver()
    ids, father = real_ids(walk), observer(world, other_school, "father")
    father.asks(ids)  # what reading once changes, it changes here
    before, quiet = father.asks(ids), phone(world, "father")
    assert before["GET /meetings/{meeting_id}"][0] == 200

    rerouting.upgrade(
        school_id=world.id, case_id=walk.case_id, by=world["teacher"], at=clock.now(),
        upgrade=UpgradeInput(to="CRISIS", reason="手臂有新伤", suspects=FATHER),
    )  # fmt: skip
    deliver()

    assert differences(before, father.asks(ids)) == []
    assert phone(world, "father") == quiet
    walk.change(by="father")


def unsafe(crisis: Walk) -> None:
    """Telling raises danger: the crisis orders that the father is told nothing."""
    crisis.triage(suspect_kind="guardian", safe_to_tell="no")
    crisis.wait(minutes=5)


def begun_again(crisis: Walk) -> None:
    """Two people take it down; the school begins a new meeting, with the mother alone."""
    crisis.triage(suspect_kind="guardian", safe_to_tell="yes")
    crisis.wait(minutes=5)
    crisis.do("call_guardian")
    crisis.do_all("report_decide", "report_confirm", *UPWARD)
    crisis.acknowledge()
    common: dict[str, Any] = {
        "school_id": crisis.world.id, "case_id": crisis.case_id, "at": crisis.at,
    }  # fmt: skip
    made = stabilising.propose(
        **common, by=crisis.world["counsellor"], to="MEETING", reason="家长配合"
    )
    stabilising.confirm(**common, by=crisis.world["duty_officer"], proposal_id=made.pk)
    MeetingWalk(crisis.world, crisis.case_id, crisis.at).wait(minutes=5)


def agreed_three_days_ago(world: World) -> MeetingWalk:
    walk = on_offer(world, ago=timedelta(days=3))
    walk.choose(1)
    deliver()
    return walk


def named(walk: MeetingWalk) -> Walk:
    """An hour later the case becomes a crisis that names the father."""
    walk.at += timedelta(hours=1)
    rerouting.upgrade(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world["teacher"], at=walk.at,
        upgrade=UpgradeInput(to="CRISIS", reason="手臂有新伤", suspects=FATHER),
    )  # fmt: skip
    crisis = Walk(walk.world, walk.case_id, walk.at)
    crisis.wait(minutes=10)
    crisis.acknowledge()
    return crisis


@pytest.mark.parametrize("happens", [unsafe, begun_again])
def test_the_date_he_knows_stands_before_him_whatever_follows(
    world: World, other_school: World, happens: Callable[[Walk], None]
) -> None:
    walk = agreed_three_days_ago(world)
    ids, father = real_ids(walk), observer(world, other_school, "father")
    father.asks(ids)
    before, quiet = father.asks(ids), phone(world, "father")
    assert before["GET /meetings/{meeting_id}"][0] == 200

    happens(named(walk))
    deliver()

    assert differences(before, father.asks(ids)) == []
    assert phone(world, "father") == quiet


def test_a_date_set_aside_is_off_for_everybody_else(world: World, other_school: World) -> None:
    walk = agreed_three_days_ago(world)
    meeting = walk.meeting.pk
    begun_again(named(walk))
    deliver()

    mother = observer(world, other_school, "mother")
    for person in ("mother", "teacher"):
        answer = observer(world, other_school, person).caller.get(f"/meetings/{meeting}").json()
        assert (answer["state"], answer["agreed"]) == ("CANCELLED", None), person
    assert mother.client.get(f"/meetings/{meeting}/calendar").status_code == 404
    assert "mother" in walk.told("meeting.called_off")
    assert "father" not in walk.told("meeting.called_off")


def test_his_answer_to_a_date_set_aside_moves_no_later_meeting(
    world: World, other_school: World
) -> None:
    walk = agreed_three_days_ago(world)
    meeting = walk.meeting.pk
    begun_again(named(walk))
    again = MeetingWalk(world, walk.case_id, walk.at + timedelta(hours=1))
    waiting = again.open()

    answer = observer(world, other_school, "father").caller.post(
        f"/meetings/{meeting}/change", {"words": "下周晚上"}
    )

    assert answer.status_code == 200
    assert again.open() == waiting
