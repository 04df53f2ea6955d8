"""What was agreed in a matter about the homeroom teacher is done, looked at and helped with by
those who stand in: the teacher is not there to do it.
"""

from typing import Any

import pytest

from parties import tenancy
from parties.access import Act, Viewer
from parties.models import Absence
from records import plan_making, plan_views, plans
from records.models import ActionItem
from records.plan_making import Plan
from tests.factories import World
from tests.processes.intake_walk import Intake, in_meeting
from tests.records.agreed import DAY, MONDAY, draft
from tests.workflow.test_recusals import recused
from workflow import family_words, human_tasks, next_contacts, plan_talks, plan_waiting
from workflow import plans as workflow_plans
from workflow.errors import InvalidInput
from workflow.models import Case

pytestmark = pytest.mark.django_db

TRAINING = {"owner_party": "SCHOOL", "title": "每周联系家长", "recurrence": ""}
STAND_INS = {"grade_leader", "duty_officer", "head_of_office"}


def met(world: World) -> Intake:
    walk = recused(world)
    walk.choose("meeting", by="grade_leader")
    return walk


def item(walk: Intake, **changes: Any) -> ActionItem:
    with tenancy.scope(walk.world.id):
        [made] = plan_making.create(
            plan=Plan(walk.world.student, walk.case_id), drafts=[draft(**changes)],
            by=walk.world["grade_leader"], at=MONDAY,
        )  # fmt: skip
    return made


def may(walk: Intake, act: Act, made: ActionItem) -> set[str]:
    """Who of the school may, of those who could be asked."""
    asked = STAND_INS | {"teacher", "stranger", "counsellor", "vice_principal"}
    with tenancy.scope(walk.world.id):
        found = set()
        for who in asked:
            viewer = Viewer.load(walk.world[who], at=MONDAY)
            seen = viewer.find(ActionItem, made.pk)
            if seen is not None and viewer.may(act, seen):
                fresh = ActionItem.objects.select_related("student").get(pk=made.pk)
                assert viewer.may(act, fresh)  # also of a row that was read otherwise
                found.add(who)
        return found


def listed(walk: Intake, who: str, kind: Any) -> bool:
    with tenancy.scope(walk.world.id):
        return bool(kind(Viewer.load(walk.world[who], at=MONDAY)).exists())


def done(walk: Intake, made: ActionItem, by: str) -> ActionItem:
    common: dict[str, Any] = {
        "school_id": walk.world.id, "item_id": made.pk, "by": walk.world[by], "at": MONDAY,
    }  # fmt: skip
    plans.start(**common)
    return plans.finish(**common, note="做到了")


def test_what_the_family_did_is_verified_by_who_stands_in(world: World) -> None:
    walk = met(world)
    made = done(walk, item(walk), "mother")

    assert may(walk, Act.VERIFY, made) == STAND_INS
    assert listed(walk, "grade_leader", plan_waiting.to_verify)
    assert not listed(walk, "teacher", plan_waiting.to_verify)
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["grade_leader"], at=MONDAY)
        seen = plan_views.mark(plan_views.shown(viewer, viewer.get(ActionItem, made.pk)))
    plans.verify(
        school_id=world.id, item_id=made.pk, by=world["grade_leader"], at=MONDAY, as_read=seen
    )
    with tenancy.scope(world.id):
        assert ActionItem.objects.get(pk=made.pk).state == "VERIFIED"


def test_what_nobody_at_school_was_named_for_is_theirs(world: World) -> None:
    walk = met(world)
    made = item(walk, **TRAINING)

    assert may(walk, Act.FINISH, made) == STAND_INS
    assert listed(walk, "grade_leader", plan_waiting.own)
    done(walk, made, "grade_leader")
    assert may(walk, Act.VERIFY, made) == STAND_INS - {"grade_leader"}


def test_what_is_stuck_at_home_is_found_by_them(world: World) -> None:
    walk = met(world)
    made = item(walk)
    family_words.block(
        school_id=world.id, item_id=made.pk, by=world["mother"], at=MONDAY, why="家里没有网络"
    )

    assert listed(walk, "grade_leader", plan_waiting.stuck)
    assert not listed(walk, "teacher", plan_waiting.stuck)


def test_nobody_names_the_teacher_as_owner(world: World) -> None:
    walk = met(world)
    given = draft(**{**TRAINING, "owner_id": world["teacher"].pk})

    with pytest.raises(InvalidInput) as refused:
        workflow_plans.make(
            school_id=world.id, student_id=world.student.pk, case_id=walk.case_id,
            by=world["grade_leader"], at=MONDAY, drafts=[given],
        )  # fmt: skip

    assert refused.value.field == "owner"


def test_who_goes_on_reads_what_another_wrote_down_of_a_talk(world: World) -> None:
    """年级组长 was away, so that the office held it; they hold the next."""
    walk, due, at = met(world), MONDAY + 3 * DAY, MONDAY + 2 * DAY
    with tenancy.scope(world.id):
        case = Case.objects.get(pk=walk.case_id)
        next_contacts.schedule(case=case, due_at=due, focus="看作业", at=MONDAY)
        Absence.objects.create(
            school=world.school, person=world["grade_leader"], starts_at=MONDAY, ends_at=due
        )
    assert next_contacts.look_due(via="test", at=at) == 1
    task = walk.task(next_contacts.TASK)
    assert set(task.candidates) == {world["duty_officer"].pk, world["head_of_office"].pk}
    human_tasks.complete(
        school_id=world.id, task_id=task.pk, by=world["duty_officer"], at=at,
        answer={"reached": "phone", "changed": "按时到课", "adjust": "no", "danger": "no"},
    )  # fmt: skip

    with tenancy.scope(world.id):
        [talk] = plan_talks.of_case(Viewer.load(world["grade_leader"], at=due), case)
        assert talk.changed == "按时到课"


def test_where_the_homeroom_teacher_takes_part_it_is_theirs_alone(world: World) -> None:
    walk = in_meeting(world)
    family, school = item(walk), item(walk, **TRAINING)

    assert may(walk, Act.FINISH, school) == {"teacher"}
    assert may(walk, Act.VERIFY, done(walk, family, "mother")) == {"teacher"}
    assert not listed(walk, "grade_leader", plan_waiting.own)
    assert not listed(walk, "grade_leader", plan_waiting.to_verify)
