"""Words of danger in a matter that is a crisis already: those who work it hear at the speed of a
crisis, and a person decides whether the alarm sounds again.
"""

from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from records.models import CommunicationRecord
from tests.factories import MINUTE, World, people_of
from tests.processes.walker import AT_ONCE, FATHER, Walk, begin, follow_all, to_follow_up, triaged
from tests.records.desk import Desk
from tests.workflow.moves import confirm, in_crisis, propose
from workflow import communication, family_words, human_tasks, upgrade_ladder
from workflow.models import Case, Escalation, HumanTask, Notification

pytestmark = pytest.mark.django_db

DANGER = "孩子昨晚说不想活了"
OFFICE = {"duty_officer", "head_of_office"}


def listen(walk: Walk, words: str = DANGER, **more: Any) -> None:
    with tenancy.scope(walk.world.id):
        family_words.listen(words, case_id=walk.case_id, at=walk.at, source="check_in", **more)


def questions(walk: Walk) -> list[HumanTask]:
    with tenancy.scope(walk.world.id):
        asked = HumanTask.objects.filter(case=walk.case_id, name="upgrade_decide", state="OPEN")
        return list(asked)


def told(walk: Walk, **wanted: Any) -> set[str]:
    with tenancy.scope(walk.world.id):
        found = Notification.objects.filter(template="follow_up.danger", **wanted)
        return people_of(walk.world, set(found.values_list("recipient_id", flat=True)))


def decide(walk: Walk, outcome: str, by: str = "duty_officer") -> None:
    human_tasks.complete(
        school_id=walk.world.id, task_id=questions(walk)[0].pk, by=walk.world[by], at=walk.at,
        answer={"outcome": outcome, "reason": "已与心理教师核实"},
    )  # fmt: skip


def handled(world: World, **more: Any) -> Walk:
    """A crisis that the counsellor took over an hour ago."""
    walk = begin(world, **more)
    walk.acknowledge("counsellor")
    walk.triage()
    walk.at += timedelta(hours=1)
    return walk


def test_those_who_work_it_hear_at_the_speed_of_a_crisis(world: World) -> None:
    walk = handled(world)

    listen(walk)

    (task,) = questions(walk)
    assert people_of(world, set(task.candidates)) == OFFICE
    assert (task.form, task.due_at) == ("danger_again_decision", walk.at + 30 * MINUTE)
    for channel in ("in_app", "sms"):
        heard = told(walk, lane="crisis", channel=channel)
        assert heard == OFFICE | {"teacher", "counsellor"}, channel
    assert told(walk) == told(walk, lane="crisis")


def test_no_machine_sounds_the_alarm(world: World) -> None:
    walk = handled(world)
    before = walk.open()

    listen(walk)

    assert walk.open() - {"upgrade_decide"} == before == AT_ONCE
    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED


def test_a_person_sounds_it_and_the_triage_begins_anew(world: World) -> None:
    walk = handled(world)
    listen(walk)
    walk.at += MINUTE

    decide(walk, "crisis")

    assert walk.open() == {"triage"}
    assert walk.ladder().state == Escalation.State.WAITING
    assert walk.ladder().reason == "danger_again"
    assert walk.case.alarm_at == walk.at
    assert [one.actor for one in walk.events("case.danger_again")] == [world["duty_officer"].pk]


def test_or_keeps_the_reason_and_nothing_else_changes(world: World) -> None:
    walk = handled(world)
    listen(walk)

    decide(walk, "watch")

    assert walk.open() == AT_ONCE
    assert walk.case.closed_at is None
    listen(walk)  # said again, asked again
    assert len(questions(walk)) == 1


def test_what_was_said_before_the_last_alarm_sounds_no_other(world: World) -> None:
    walk = handled(world)
    listen(walk)
    walk.at += MINUTE
    walk.again()
    walk.acknowledge()
    walk.triage()
    alarm = walk.case.alarm_at
    walk.at += MINUTE

    decide(walk, "crisis")

    assert walk.case.alarm_at == alarm
    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED


def test_more_words_add_no_noise_while_it_is_asked(world: World) -> None:
    walk = handled(world)
    listen(walk)
    with tenancy.scope(world.id):
        before = Notification.objects.count()
    walk.at += MINUTE

    listen(walk, "还说要跳楼")
    listen(walk, "今天好多了")

    assert len(questions(walk)) == 1
    with tenancy.scope(world.id):
        assert Notification.objects.count() == before


def test_ordinary_words_ask_nobody(world: World) -> None:
    walk = handled(world)

    listen(walk, "今天已打卡，笑死我了")

    assert questions(walk) == []
    assert told(walk) == set()


def test_silence_climbs(world: World) -> None:
    walk = handled(world)
    listen(walk)

    assert upgrade_ladder.look_due(via="test", at=walk.at + 30 * MINUTE) == 1

    (task,) = questions(walk)
    assert people_of(world, set(task.candidates)) == OFFICE | {"vice_principal"}


def test_before_anybody_took_over_it_is_asked_as_well(world: World) -> None:
    walk = begin(world)

    listen(walk)

    assert told(walk, lane="crisis") == OFFICE | {"teacher"}
    assert walk.ladder().state == Escalation.State.WAITING


@pytest.mark.parametrize("who", ["mother", "father", "student", "mentor", "stranger", "classmate"])
def test_nobody_at_home_or_outside_finds_it(world: World, who: str) -> None:
    walk = handled(world, suspects=FATHER)
    with tenancy.scope(world.id):
        before = Notification.objects.filter(recipient=world[who]).count()

    listen(walk)
    upgrade_ladder.look_due(via="test", at=walk.at + 30 * MINUTE)

    (task,) = questions(walk)
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=walk.at)
        assert viewer.find(HumanTask, task.pk) is None
        assert Notification.objects.filter(recipient=world[who]).count() == before


@pytest.mark.parametrize("who", ["teacher", "counsellor", "duty_officer"])
def test_whom_the_crisis_names_hears_nothing(world: World, who: str) -> None:
    """Also whoever took it over before it named them."""
    walk = handled(world)
    with tenancy.scope(world.id):
        case = Case.objects.get(pk=walk.case_id)
        case.parties.create(school=world.school, person=world[who], part="SUSPECT", since=walk.at)

    listen(walk)

    assert who not in told(walk)
    assert who not in people_of(world, set(questions(walk)[0].candidates))


def test_words_beside_a_record_of_it_name_the_record(world: World) -> None:
    walk = triaged(world)
    desk = Desk(world, walk.at + MINUTE)
    record = desk.offered()
    with tenancy.scope(world.id):
        CommunicationRecord.objects.filter(pk=record.pk).update(case_id=walk.case_id)

    communication.refuse(
        school_id=world.id, record_id=record.pk, by=world["mother"], at=desk.at,
        as_read=desk.mark(record, "mother"), reason=DANGER,
    )  # fmt: skip

    assert [task.about for task in questions(walk)] == [record.pk]
    assert told(walk, lane="crisis") == OFFICE | {"teacher"}


def test_a_crisis_does_not_close_over_words_that_nobody_looked_at(world: World) -> None:
    walk = to_follow_up(world)
    follow_all(walk)
    listen(walk)

    walk.do("close_propose")

    assert "tasks_open" in walk.payloads("closing.refused")[-1]["unmet"]
    decide(walk, "watch")
    walk.do("close_propose")
    walk.do("close_confirm")

    assert walk.case.closed_at is not None


@pytest.mark.usefixtures("channels")
def test_the_question_outlives_the_way_down_to_a_meeting(world: World) -> None:
    walk = in_crisis(world)
    with tenancy.scope(world.id):
        family_words.listen(DANGER, case_id=walk.case_id, at=walk.at, source="check_in")

    confirm(walk, propose(walk))

    assert walk.all_open() == {"meet", "upgrade_decide"}
    with tenancy.scope(world.id):
        task = HumanTask.objects.get(case=walk.case_id, name="upgrade_decide")
    human_tasks.complete(
        school_id=world.id, task_id=task.pk, by=world["duty_officer"], at=walk.at + MINUTE,
        answer={"outcome": "crisis", "reason": "已与班主任核实"},
    )  # fmt: skip
    assert walk.case.channel == "CRISIS"
