"""Words of danger about a child, while an open crisis of that child names somebody at school: who
is named neither hears of them nor looks at them, in whatever matter they stand, and somebody does.
"""

from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import NotFound
from parties.models import Student
from tests.factories import MINUTE, World, people_of
from tests.processes.intake_walk import Intake, in_meeting
from tests.processes.notice_walk import sent
from tests.processes.walker import begin
from workflow import family_words, human_tasks, upgrade_ladder
from workflow.errors import ConflictOfInterest
from workflow.models import Case, HumanTask, Notification

pytestmark = pytest.mark.django_db

DANGER = "孩子昨晚说不想活了"
OFFICE = {"duty_officer", "head_of_office"}
TOLD = ("follow_up.danger", "notice.look_now", "matter.undecided", "task.reminder")
NAMED = ["teacher", "duty_officer", "vice_principal"]


def crisis_that_names(world: World, *people: str) -> Case:
    """An open crisis of the child, and whom it names."""
    case_id = begin(world, by="counsellor", key="other").case_id
    with tenancy.scope(world.id):
        case = Case.objects.get(pk=case_id)
        for who in people:
            case.parties.create(
                school=world.school, person=world[who], part="SUSPECT", since=case.opened_at
            )
    return case


def listen(walk: Intake) -> HumanTask:
    with tenancy.scope(walk.world.id):
        family_words.listen(DANGER, case_id=walk.case_id, at=walk.at, source="check_in")
    return question(walk.world)


def question(world: World) -> HumanTask:
    with tenancy.scope(world.id):
        return HumanTask.objects.select_related("case").get(name="upgrade_decide")


def heard(world: World, task: HumanTask, **wanted: Any) -> set[str]:
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(case=task.case_id, **wanted)
        words = rows.filter(template__in=TOLD)
        return people_of(world, set(words.values_list("recipient_id", flat=True)))


def finds(world: World, who: str, task: HumanTask) -> bool:
    with tenancy.scope(world.id):
        return Viewer.load(world[who], at=task.created_at).find(HumanTask, task.pk) is not None


def climb(walk: Any) -> None:
    assert upgrade_ladder.look_due(via="test", at=walk.at + 31 * MINUTE) == 1


@pytest.mark.parametrize("who", NAMED)
def test_in_another_matter_who_is_named_neither_hears_nor_finds_it(world: World, who: str) -> None:
    walk = in_meeting(world)
    crisis_that_names(world, who)

    task = listen(walk)
    climb(walk)

    assert who not in heard(world, task)
    assert world[who].pk not in question(world).candidates
    assert not finds(world, who, task)
    assert people_of(world, set(task.candidates)) == OFFICE - {who}


def test_the_next_post_is_asked_at_once_where_the_whole_office_is_named(world: World) -> None:
    walk = in_meeting(world)
    crisis_that_names(world, *OFFICE)

    task = listen(walk)

    assert people_of(world, set(task.candidates)) == {"vice_principal"}
    assert "vice_principal" in heard(world, task)
    assert not OFFICE & heard(world, task)


@pytest.mark.parametrize("who", NAMED)
def test_nor_in_another_open_crisis_of_the_child(world: World, who: str) -> None:
    walk = begin(world, by="counsellor")
    crisis_that_names(world, who)
    with tenancy.scope(world.id):
        Case.objects.filter(pk=walk.case_id).update(owner=world[who])
        family_words.listen(DANGER, case_id=walk.case_id, at=walk.at, source="check_in")

    task = question(world)
    climb(walk)

    assert who not in heard(world, task)
    assert world[who].pk not in question(world).candidates
    assert not finds(world, who, task)


@pytest.mark.parametrize("who", NAMED)
def test_nor_of_an_answer_to_a_notice(world: World, who: str) -> None:
    """Nor does the matter that it opens exist for them."""
    walk = sent(world)
    crisis_that_names(world, who)

    walk.act("reply", "mother", text=DANGER)
    task = question(world)
    climb(walk)

    assert who not in heard(world, task)
    assert heard(world, task) & OFFICE - {who}
    assert not finds(world, who, task)
    with tenancy.scope(world.id):
        assert Viewer.load(world[who], at=walk.at).find(Case, task.case_id) is None


def test_a_complaint_reaches_the_office_as_ever(world: World) -> None:
    walk = begin(world, by="counsellor")
    crisis_that_names(world, "duty_officer")
    with tenancy.scope(world.id):
        child, named = Student.objects.get(pk=world.student.pk), world["duty_officer"].pk
        assert named in family_words.who_looks(child, danger=False, at=walk.at)
        assert named not in family_words.who_looks(child, danger=True, at=walk.at)


@pytest.mark.parametrize("who", sorted(OFFICE))
def test_who_is_named_after_it_was_asked_has_it_no_longer(world: World, who: str) -> None:
    """Neither to see, nor to do; no reminder, no step of the ladder, and nobody hands it on."""
    walk = in_meeting(world)
    task = listen(walk)
    assert finds(world, who, task)
    (other,) = OFFICE - {who}
    crisis_that_names(world, who)
    before = len(rows_of(world, who, task))

    human_tasks.remind(school_id=world.id, task_id=task.pk, by=world["vice_principal"], at=walk.at)
    with pytest.raises(NotFound):
        human_tasks.complete(
            school_id=world.id, task_id=task.pk, by=world[who], at=walk.at,
            answer={"outcome": "watch", "reason": "没有事"},
        )  # fmt: skip
    human_tasks.claim(school_id=world.id, task_id=task.pk, by=world[other], at=walk.at)
    with pytest.raises(ConflictOfInterest):
        human_tasks.delegate(
            school_id=world.id, task_id=task.pk, by=world[other], to=world[who].pk, at=walk.at
        )
    climb(walk)

    assert not finds(world, who, task)
    assert world[who].pk not in question(world).candidates
    assert len(rows_of(world, who, task)) == before
    assert other in heard(world, task, template="task.reminder")


def rows_of(world: World, who: str, task: HumanTask) -> list[Notification]:
    with tenancy.scope(world.id):
        return list(Notification.objects.filter(recipient=world[who], case=task.case_id))


def test_a_crisis_that_is_over_shuts_nobody_out(world: World) -> None:
    walk = in_meeting(world)
    crisis = crisis_that_names(world, "duty_officer")
    with tenancy.scope(world.id):
        Case.objects.filter(pk=crisis.pk).update(closed_at=walk.at, state="CANCELLED")

    task = listen(walk)

    assert people_of(world, set(task.candidates)) == OFFICE
    assert finds(world, "duty_officer", task)
