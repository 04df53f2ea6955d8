"""Words of danger beside a record without a matter, or whose matter is closed: a question with a
clock, on a matter of the child that nobody at home finds.
"""

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from parties import tenancy
from parties.access import Viewer
from records.models import CommunicationRecord, Signature
from tests.factories import MINUTE, NOW, World, people_of
from tests.records import agreed as plan
from tests.records.desk import Desk
from tests.workflow.moves import together
from workflow import communication, family_words, human_tasks, upgrade_ladder, upgrade_requests
from workflow.models import Case, CrisisReport, HumanTask, Notification

pytestmark = pytest.mark.django_db

DANGER = "孩子昨晚说不想活了"
OFFICE = {"duty_officer", "head_of_office"}


def refuse(desk: Desk, record: CommunicationRecord, words: str = DANGER) -> None:
    communication.refuse(
        school_id=desk.world.id, record_id=record.pk, by=desk.world["mother"], at=desk.at,
        as_read=desk.mark(record, "mother"), reason=words,
    )  # fmt: skip


def refused(world: World) -> CommunicationRecord:
    desk = Desk(world, NOW)
    record = desk.offered()
    refuse(desk, record)
    return record


def questions(world: World, state: str = "OPEN") -> list[HumanTask]:
    with tenancy.scope(world.id):
        found = HumanTask.objects.filter(name="upgrade_decide", state=state)
        return list(found.select_related("case"))


def told(world: World, template: str, **wanted: Any) -> set[str]:
    with tenancy.scope(world.id):
        found = Notification.objects.filter(template=template, **wanted)
        return people_of(world, set(found.values_list("recipient_id", flat=True)))


def decide(world: World, outcome: str) -> None:
    human_tasks.complete(
        school_id=world.id, task_id=questions(world)[0].pk, by=world["duty_officer"],
        at=NOW + MINUTE, answer={"outcome": outcome, "reason": "母亲在记录旁写的话很具体"},
    )  # fmt: skip


# --- in no matter ---------------------------------------------------------------------------------


def test_they_are_a_question_with_a_clock_on_a_matter_of_the_child(world: World) -> None:
    record = refused(world)

    (task,) = questions(world)
    assert people_of(world, set(task.candidates)) == OFFICE
    assert (task.about, task.due_at) == (record.pk, NOW + 30 * MINUTE)
    case = task.case
    assert (case.student_id, case.kind, case.shown_channel) == (
        world.student.pk, "words_danger", "",
    )  # fmt: skip
    assert told(world, "notice.look_now", lane="crisis", case=case.pk) == {
        "duty_officer", "teacher",
    }  # fmt: skip


def test_silence_climbs(world: World) -> None:
    refused(world)

    assert upgrade_ladder.look_due(via="test", at=NOW + 30 * MINUTE) == 1
    assert upgrade_ladder.look_due(via="test", at=NOW + 60 * MINUTE) == 1

    (task,) = questions(world)
    assert people_of(world, set(task.candidates)) == OFFICE | {"vice_principal", "principal"}
    assert told(world, "matter.undecided") >= OFFICE | {"vice_principal", "principal"}


def test_crisis_is_the_same_matter(world: World) -> None:
    refused(world)
    asked = questions(world)[0].case_id

    decide(world, "crisis")

    with tenancy.scope(world.id):
        assert Case.objects.get(channel="CRISIS").pk == asked
        assert "母亲在记录旁写的话很具体" in CrisisReport.objects.get(case=asked).observed


def test_watch_closes_the_matter(world: World) -> None:
    refused(world)

    decide(world, "watch")

    (task,) = questions(world, "COMPLETED")
    assert (task.case.state, task.case.closed_at) == ("CLOSED", NOW + MINUTE)


def test_more_words_beside_the_same_record_ask_once_until_it_is_answered(world: World) -> None:
    desk, record = Desk(world, NOW), refused(world)
    say = partial(
        family_words.listen, DANGER, case_id=None, source="objection", about=desk.now(record)
    )

    with tenancy.scope(world.id):
        say(at=NOW + MINUTE)
    assert len(questions(world)) == 1
    decide(world, "watch")
    with tenancy.scope(world.id):
        say(at=NOW + 2 * MINUTE)
    assert len(questions(world)) == 1


def test_a_fault_in_asking_loses_no_words_and_no_message(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(upgrade_requests, "CLOCK", "no.such.clock")
        refused(world)

    assert told(world, "notice.look_now", lane="crisis") == {"duty_officer", "teacher"}
    with tenancy.scope(world.id):
        assert Signature.objects.get(signer=world["mother"]).reason == DANGER
        assert not Case.objects.filter(kind="words_danger").exists()


@pytest.mark.parametrize("who", ["mother", "father", "student", "mentor", "stranger", "classmate"])
def test_nobody_at_home_or_outside_finds_it(world: World, who: str) -> None:
    refused(world)
    upgrade_ladder.look_due(via="test", at=NOW + 30 * MINUTE)

    (task,) = questions(world)
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[who], at=NOW + 60 * MINUTE)
        assert viewer.find(Case, task.case_id) is None
        assert viewer.find(HumanTask, task.pk) is None
        assert not Notification.objects.filter(recipient=world[who], case=task.case_id).exists()


# --- in a closed matter ---------------------------------------------------------------------------


def closed(world: World, *shut_out: str) -> UUID:
    case = plan.meeting(world)
    with tenancy.scope(world.id):
        row = Case.objects.get(pk=case)
        row.settle(at=plan.MONDAY)
        row.save()
        for name in shut_out:
            row.parties.create(
                school=world.school, person=world[name], part="SUSPECT", since=plan.MONDAY
            )
    return case


def listen(world: World, case: UUID, **more: Any) -> None:
    with tenancy.scope(world.id):
        family_words.listen(DANGER, case_id=case, at=plan.MONDAY, source="objection", **more)


def test_a_closed_matter_stays_closed_and_the_child_gets_another(world: World) -> None:
    case = closed(world)

    listen(world, case)
    listen(world, case)

    (task,) = questions(world)
    assert (task.about, task.case.kind, task.case.student_id) == (
        case, "words_danger", world.student.pk,
    )  # fmt: skip
    assert told(world, "notice.look_now", lane="crisis") == OFFICE | {"teacher"}
    with tenancy.scope(world.id):
        assert Case.objects.get(pk=case).state == "CLOSED"
    assert upgrade_ladder.look_due(via="test", at=plan.MONDAY + 30 * MINUTE) == 1


def test_beside_a_record_of_a_closed_matter_the_question_is_about_the_record(world: World) -> None:
    record = Desk(world, NOW).offered()

    listen(world, closed(world), about=record)

    assert [task.about for task in questions(world)] == [record.pk]


def test_whom_the_closed_matter_shut_out_neither_hears_nor_sees(world: World) -> None:
    case = closed(world, "teacher", "duty_officer")

    listen(world, case)
    upgrade_ladder.look_due(via="test", at=plan.MONDAY + 30 * MINUTE)

    (task,) = questions(world)
    assert people_of(world, set(task.candidates)) == {"head_of_office", "vice_principal"}
    with tenancy.scope(world.id):
        for name in ("teacher", "duty_officer"):
            assert not Notification.objects.filter(recipient=world[name], case=task.case_id)
            viewer = Viewer.load(world[name], at=plan.MONDAY)
            assert viewer.find(Case, task.case_id) is None
    assert not {"teacher", "duty_officer"} & told(world, "notice.look_now")


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_ask_once(world: World) -> None:
    case = closed(world)

    assert set(together(*[partial(listen, world, case)] * 3)) == {""}

    assert len(questions(world)) == 1
