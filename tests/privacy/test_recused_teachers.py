"""A mother asks the school to talk about the homeroom teacher, without that teacher: nothing the
teacher can ask is answered differently, while it is raised, met about, written down and agreed on.

The same school before and after: every id is the same, so every byte must be.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from parties import clock, tenancy
from parties.models import Membership
from parties.roles import Role
from records import plan_making
from records.complaints import Complaint
from records.models import CommunicationRecord
from records.plan_making import Plan
from tests.api.callers import member
from tests.api.plan_stories import today
from tests.factories import LONG_AGO, World, people_of
from tests.privacy.observers import Answer, Ids, Observer, differences
from tests.privacy.test_two_worlds import deliver, phone
from tests.processes.intake_walk import Intake, raised
from tests.records.desk import Desk
from workflow import record_objections, rerouting
from workflow.models import HumanTask, Notification
from workflow.upgrading import UpgradeInput

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("channels")]

WORDS = "班主任在班会上念了孩子的成绩，想谈一谈"


def asked(world: World) -> Intake:
    return raised(
        world, by="mother", role=Role.G, words=WORDS, trigger="visit", needs_family=True,
        recused=True, at=clock.now() - timedelta(hours=2),
    )  # fmt: skip


def met(walk: Intake) -> CommunicationRecord:
    """The grade leader takes it to a meeting and writes down what was said; both sides sign."""
    walk.choose("meeting", by="grade_leader")
    walk.at += timedelta(hours=1)
    desk, by = Desk(walk.world, walk.at), "grade_leader"
    record = desk.write(by=by, case_id=walk.case_id)
    desk.meet(record, "mother", by=by)
    desk.say(record, "家长说班主任念了成绩。", by=by)
    desk.check(record, by=by)
    desk.offer(record, by=by)
    for who in (by, "mother"):
        desk.sign(record, who)
    return record


def agreed(walk: Intake) -> UUID:
    """The school does something, and so does the mother, from today on."""
    world = walk.world
    given = [today(), today(title="年级组每周联系家长", owner_party="SCHOOL", recurrence="")]
    with tenancy.scope(world.id):
        made = plan_making.create(
            plan=Plan(world.student, walk.case_id), drafts=given, by=world["grade_leader"],
            at=walk.at,
        )  # fmt: skip
    return made[1].pk


def upgraded(walk: Intake) -> None:
    rerouting.upgrade(
        school_id=walk.world.id, case_id=walk.case_id, by=walk.world["grade_leader"],
        at=clock.now(), upgrade=UpgradeInput(to="CRISIS", reason="孩子说不想活了", safe_now="NO"),
    )  # fmt: skip


def known(walk: Intake, **more: UUID) -> Ids:
    """The ids of the matter, a task and a message of it."""
    with tenancy.scope(walk.world.id):
        task = HumanTask.objects.filter(case=walk.case_id).earliest("created_at")
        told = Notification.objects.filter(case=walk.case_id).order_by("pk").first()
    message = task.pk if told is None else told.pk
    return replace(Ids(walk.case_id, task.pk, message, walk.world.student.pk), **more)


def check(seen: Observer, calm: dict[str, Answer], real: Ids, stage: str) -> None:
    deliver()
    found = differences(calm, seen.asks(real))
    assert not found, "\n".join([stage, *found])


def test_the_teacher_learns_not_one_byte(world: World) -> None:
    seen = Observer(member(world, "teacher"))
    absent = Ids.absent(world.student.pk)
    seen.asks(absent)  # what asking changes is changed
    calm, quiet = seen.asks(absent), phone(world, "teacher")

    walk = asked(world)
    check(seen, calm, known(walk), "raised")
    record = met(walk)
    real = known(walk, record=record.pk, target=record.pk)
    check(seen, calm, real, "met")
    item = agreed(walk)
    check(seen, calm, replace(real, item=item, target=item), "agreed")
    upgraded(walk)
    check(seen, calm, real, "upgraded")
    assert phone(world, "teacher") == quiet


def test_not_even_as_who_judges_objections(world: World) -> None:
    """The teacher heads 德育处 as well: an objection is for the others of that office."""
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["head_of_office"]).update(head=False)
        Membership.objects.create(
            school=world.school, person=world["teacher"], role=Role.ME, head=True,
            starts_at=LONG_AGO,
        )  # fmt: skip
    seen = Observer(member(world, "teacher"))
    absent = Ids.absent(world.student.pk)
    seen.asks(absent)
    calm, quiet = seen.asks(absent), phone(world, "teacher")
    walk = asked(world)
    record = met(walk)

    objection = record_objections.object_to(
        school_id=world.id, record_id=record.pk, by=world["mother"], at=walk.at,
        complaint=Complaint(ground="DISCLOSURE", wish="CORRECT", words="这句不该写给别人看。"),
    )  # fmt: skip

    real = known(walk, record=record.pk, target=objection.pk, objection=objection.pk)
    check(seen, calm, real, "objected")
    assert phone(world, "teacher") == quiet
    with tenancy.scope(world.id):
        told = Notification.objects.filter(template="objection.routed")
        assert people_of(world, set(told.values_list("recipient", flat=True))) == {
            "duty_officer", "head_of_office",
        }  # fmt: skip


def test_without_the_wish_the_teacher_sees_it(world: World) -> None:
    """The same story makes a difference where nobody is kept away: the comparison can fail."""
    seen = Observer(member(world, "teacher"))
    calm: dict[str, Any] = seen.asks(Ids.absent(world.student.pk))

    walk = raised(
        world, by="mother", role=Role.G, words=WORDS, trigger="visit", needs_family=True,
        at=clock.now() - timedelta(hours=2),
    )  # fmt: skip

    assert differences(calm, seen.asks(known(walk)))
