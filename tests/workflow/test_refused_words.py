"""Words of danger are heard although the act that they came with is refused; the act stays so."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from ledger.models import Event
from parties import tenancy
from parties.errors import NotAllowed, NotFound, SanfangError, WrongState
from records.models import ItemCheckIn, MeetingReply
from tests.factories import MINUTE, NOW, World, people_of
from tests.processes.meeting_walk import offered
from tests.records import agreed as plan
from tests.records.desk import Desk
from tests.workflow.moves import together
from tests.workflow.refusing_doors import (
    DOORS,
    Door,
    answering,
    at_item,
    beside,
    changing,
    declining,
    done,
    excusing,
    stuck,
)
from workflow import family_words, human_tasks, meeting_replies, upgrade_requests
from workflow.models import Case, HumanTask, Notification

pytestmark = pytest.mark.django_db

DANGER = "孩子昨晚说不想活了，我要陪着他"
CALM = "那天我要上夜班"
OFFICE = {"duty_officer", "head_of_office"}
each_door = pytest.mark.parametrize(("door", "refusal"), DOORS.items())


def questions(world: World, *states: str) -> list[HumanTask]:
    with tenancy.scope(world.id):
        found = HumanTask.objects.filter(name="upgrade_decide").select_related("case")
        return list(found.filter(state__in=states or ("OPEN",)))


def told(world: World, template: str) -> list[str]:
    """Each as often as they were told in the app."""
    with tenancy.scope(world.id):
        found = Notification.objects.filter(template=template, channel="in_app")
        names = [people_of(world, {pk}) for pk in found.values_list("recipient_id", flat=True)]
        return sorted(name for (name,) in names)


def decide(world: World) -> None:
    (task,) = questions(world)
    human_tasks.complete(
        school_id=world.id, task_id=task.pk, by=world["duty_officer"],
        at=task.created_at + MINUTE, answer={"outcome": "watch", "reason": "已与母亲通话"},
    )  # fmt: skip


# --- heard, once ----------------------------------------------------------------------------------


@each_door
def test_they_are_heard_and_the_refusal_is_the_same(
    world: World, door: Door, refusal: type[SanfangError]
) -> None:
    say = door(world)
    with pytest.raises(refusal) as calm:
        say(CALM)
    assert questions(world) == []

    with pytest.raises(refusal) as refused:
        say(DANGER, after=MINUTE)

    (task,) = questions(world)
    assert people_of(world, set(task.candidates)) == OFFICE
    assert told(world, "follow_up.danger") == sorted({*OFFICE, "teacher"})
    assert task.case.channel == "MEETING"  # a person decides
    assert (type(refused.value), str(refused.value)) == (type(calm.value), str(calm.value))


@each_door
def test_a_second_tap_is_heard_no_more(
    world: World, door: Door, refusal: type[SanfangError]
) -> None:
    say = door(world)
    with pytest.raises(refusal):
        say(DANGER)
    decide(world)
    with pytest.raises(refusal):
        say(DANGER, after=2 * MINUTE)
    assert questions(world) == []

    with pytest.raises(refusal):
        say("他又说不想活了", after=3 * MINUTE)
    assert len(questions(world)) == 1


def test_the_same_words_of_another_day_are_new(world: World) -> None:
    say = stuck(world)
    with pytest.raises(WrongState):
        say(DANGER)
    decide(world)

    with pytest.raises(WrongState):
        say(DANGER, after=timedelta(hours=20))

    assert len(questions(world)) == 1


@each_door
@pytest.mark.parametrize("who", ["stranger", "classmate"])
def test_a_stranger_rings_nobody(
    world: World, door: Door, refusal: type[SanfangError], who: str
) -> None:
    say = door(world)

    with pytest.raises((NotFound, NotAllowed)):
        say(DANGER, by=who)

    assert questions(world) == []


@pytest.mark.parametrize("door", [declining, changing, stuck, excusing, done])
def test_nor_does_the_student_whose_act_it_is_not(world: World, door: Door) -> None:
    say = door(world)

    with pytest.raises((NotFound, NotAllowed)):
        say(DANGER, by="student")

    assert questions(world) == []


def test_nothing_of_the_refused_act_is_kept(world: World) -> None:
    for say in (declining(world), excusing(world)):
        with pytest.raises(WrongState):
            say(DANGER)

    with tenancy.scope(world.id):
        assert not MeetingReply.objects.filter(kind="DECLINED").exists()
        assert ItemCheckIn.objects.get().state == "DONE"
        body = b"".join(bytes(row.body) for row in Event.objects.filter(kind="words.heard"))
        assert DANGER.encode() not in body


def test_a_fault_in_hearing_changes_no_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    say = stuck(world)
    monkeypatch.setattr(upgrade_requests, "CLOCK", "no.such.clock")

    with pytest.raises(WrongState):
        say(DANGER)

    assert questions(world) == []


# --- the second tap of an act that succeeded ------------------------------------------------------


def test_what_was_heard_with_the_act_is_not_heard_with_its_second_tap(world: World) -> None:
    walk = offered(world)
    decline = answering(walk, meeting_replies.decline)
    decline(DANGER)
    decide(world)

    decline(DANGER, after=MINUTE)
    walk.choose(by="father")
    decline(DANGER, after=2 * MINUTE)

    assert questions(world) == []
    assert len(questions(world, "COMPLETED")) == 1


def test_stuck_tapped_twice_is_heard_once(world: World) -> None:
    item = plan.one(world, plan.draft())
    say = at_item(world, item, family_words.block, "why")
    say(DANGER)
    decide(world)

    say(DANGER, after=MINUTE)

    assert questions(world) == []


# --- where there is no open matter ----------------------------------------------------------------


def close(world: World) -> UUID:
    with tenancy.scope(world.id):
        case = Case.objects.get(channel="MEETING")
        case.settle(at=plan.MONDAY)
        case.save()
        return case.pk


def test_in_a_closed_matter_the_child_gets_another(world: World) -> None:
    say, case = stuck(world), close(world)

    for minute in range(2):
        with pytest.raises(WrongState):
            say(DANGER, after=minute * MINUTE)

    (task,) = questions(world)
    assert (task.about, task.case.kind) == (case, "words_danger")
    assert told(world, "notice.look_now") == sorted({*OFFICE, "teacher"})
    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="danger.hinted").count() == 1


def test_beside_a_record_of_no_matter(world: World) -> None:
    desk = Desk(world, NOW)
    record = desk.offered()
    desk.sign(record, "mother")
    say = beside(desk, record, "refuse")

    with pytest.raises(WrongState):
        say(DANGER)

    (task,) = questions(world)
    assert (task.about, task.case.kind) == (record.pk, "words_danger")
    assert told(world, "notice.look_now") == ["duty_officer", "teacher"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_closed", [False, True])
def test_taps_at_once_are_heard_once(world: World, is_closed: bool) -> None:
    say = stuck(world)
    if is_closed:
        close(world)

    assert set(together(*[partial(say, DANGER)] * 3)) == {"state.wrong"}

    assert len(questions(world)) == 1
    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="words.heard").count() == 1
