"""回避: a matter about the homeroom teacher goes to others, whatever comes of it."""

from datetime import timedelta
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.models import Absence, GuardianLink, Membership
from parties.roles import Role
from records.meetings.outcomes import Try
from tests.factories import LONG_AGO, NOW, World, people_of
from tests.processes.intake_walk import RED, Intake, raised
from tests.processes.meeting_walk import MeetingWalk
from tests.records.desk import Desk
from workflow import exclusions, human_tasks, meetings
from workflow.errors import InvalidInput, NotAllowed, NotFound
from workflow.models import Case, CaseParty, HumanTask, Matter, Notification

pytestmark = pytest.mark.django_db

FAR = NOW + timedelta(days=30)
ABOUT_THE_TEACHER = "班主任在班会上念了孩子的病历，想谈一谈"


def recused(world: World, **said: Any) -> Intake:
    told = {"words": ABOUT_THE_TEACHER, "trigger": "visit", "needs_family": True, **said}
    return raised(world, **{"by": "mother", "role": Role.G, "recused": True, **told})


def away(walk: Intake) -> set[str]:
    with tenancy.scope(walk.world.id):
        excluded = CaseParty.objects.filter(case=walk.case_id, part=CaseParty.Part.EXCLUDED)
        return people_of(walk.world, set(excluded.values_list("person_id", flat=True)))


def sees(walk: Intake, who: str, model: type[Any] = Case) -> bool:
    with tenancy.scope(walk.world.id):
        rows = Viewer.load(walk.world[who], at=walk.at).rows(model)
        key = "pk" if model is Case else "case"
        return bool(rows.filter(**{key: walk.case_id}).exists())


def test_who_has_the_class_is_excluded_and_the_grade_leader_decides(world: World) -> None:
    walk = recused(world)

    assert away(walk) == {"teacher"}
    assert walk.matter.recused
    assert people_of(world, set(walk.task("choose_channel").candidates)) == {"grade_leader"}
    for model in (Case, Matter, HumanTask):
        assert not sees(walk, "teacher", model)
        assert sees(walk, "grade_leader", model)
    with tenancy.scope(world.id):
        told = Notification.objects.filter(case=walk.case_id).values_list("recipient", flat=True)
        assert "teacher" not in people_of(world, set(told))


def test_without_it_the_homeroom_teacher_decides_as_before(world: World) -> None:
    walk = recused(world, recused=False)

    assert away(walk) == set()
    assert people_of(world, set(walk.task("choose_channel").candidates)) == {"teacher"}


def test_a_substitute_is_kept_away_as_well(world: World) -> None:
    with tenancy.scope(world.id):
        world.add("substitute")
        posts = Membership.objects.filter(person=world["teacher"], role=Role.HT)
        posts.update(substitute=world["substitute"])
        Absence.objects.create(
            school=world.school, person=world["teacher"], starts_at=LONG_AGO, ends_at=FAR
        )

    assert away(recused(world)) == {"teacher", "substitute"}


def test_nobody_hands_it_to_the_teacher(world: World) -> None:
    walk = recused(world)
    task = walk.task("choose_channel")
    common: dict[str, Any] = {"school_id": world.id, "task_id": task.pk, "at": walk.at}
    human_tasks.claim(by=world["grade_leader"], **common)

    with pytest.raises((NotAllowed, InvalidInput)):
        human_tasks.delegate(by=world["grade_leader"], to=world["teacher"].pk, **common)


def test_a_meeting_and_its_record_stay_with_the_others(world: World) -> None:
    walk = recused(world)
    walk.choose("meeting", by="grade_leader")

    assert people_of(world, set(walk.task("meeting_prepare").candidates)) == {"grade_leader"}
    assert not sees(walk, "teacher")
    desk = Desk(world, walk.at)
    record = desk.write(by="grade_leader", case_id=walk.case_id)
    desk.meet(record, "mother", by="grade_leader")
    desk.say(record, by="grade_leader")
    desk.check(record, by="grade_leader")
    desk.offer(record, by="grade_leader")
    for who in ("grade_leader", "mother"):
        desk.sign(record, who)
    assert desk.now(record).state == "EFFECTIVE"
    with pytest.raises(NotFound):
        desk.read(record, "teacher")


def test_the_teacher_comes_along_to_no_home(world: World) -> None:
    """Neither beside the family's door, where somebody names them by hand, nor at the table."""
    begun = recused(world)
    begun.choose("meeting", by="grade_leader")
    walk, by = MeetingWalk(world, begun.case_id), "grade_leader"
    with pytest.raises(InvalidInput):
        walk.do("meeting_prepare", by=by, people=[str(world["teacher"].pk)])
    walk.do("meeting_prepare", by=by)
    visit = Try(
        person=None, channel="HOME_VISIT", outcome="NO_ANSWER", tried_at=walk.at, note="无人应门",
        companion=world["teacher"].pk,
    )  # fmt: skip

    with pytest.raises(InvalidInput) as refused:
        meetings.record_attempt(
            school_id=world.id, case_id=walk.case_id, by=world[by], at=walk.at, tried=visit
        )

    assert refused.value.field == "companion"


def test_a_crisis_does_not_bring_the_teacher_in(world: World) -> None:
    walk = recused(world, words=f"{RED}，班主任说他装病")

    walk.choose("crisis", by="grade_leader", safe_now="NO")

    assert away(walk) == {"teacher"}
    assert not sees(walk, "teacher")
    with tenancy.scope(world.id):
        called = Notification.objects.filter(case=walk.case_id, lane="crisis")
        assert called.exists()
        assert not called.filter(recipient=world["teacher"]).exists()
        case = Case.objects.get(pk=walk.case_id)
        assert world["teacher"].pk in exclusions.excluded_people(case)


def test_a_teacher_of_this_family_is_not_shut_out_at_home(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.filter(guardian=world["father"]).update(guardian=world["teacher"])

    assert away(recused(world)) == set()


def test_who_was_of_this_family_is_a_teacher_like_any_other(world: World) -> None:
    """A link that has ended gives no right at home, and so nothing to keep open there."""
    with tenancy.scope(world.id):
        link = GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=world["teacher"],
            relation="OTHER", contact_priority=9,
        )  # fmt: skip
        link.end()
        link.save()

    walk = recused(world)

    assert away(walk) == {"teacher"}
    assert not sees(walk, "teacher")


def test_a_homeroom_teacher_cannot_ask_for_it(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        raised(world, recused=True)

    assert refused.value.field == "recused"
    with tenancy.scope(world.id):
        assert not Case.objects.exists()


def test_what_is_added_later_is_not_read_by_who_was_to_stay_away(world: World) -> None:
    """A matter that the teacher reads, and then one that they must not: two, both ways."""
    common: dict[str, Any] = {"at": NOW, "words": "想谈一谈孩子的情况"}
    first = recused(world, recused=False, key="first", **common)
    second = recused(world, key="second", **{**common, "words": "班主任也在场，不方便说"})
    third = recused(world, key="third", **{**common, "words": "还想补充一点"})

    assert second.case_id != first.case_id
    assert third.case_id == second.case_id
    assert not sees(second, "teacher", Matter)
    with tenancy.scope(world.id):
        assert "不方便说" not in Matter.objects.get(case=first.case_id).words


def test_what_is_added_after_a_change_of_teacher_is_kept_from_the_new_one(world: World) -> None:
    """The first matter is about who had the class before, and theirs to decide who has it now."""
    common: dict[str, Any] = {"at": NOW, "words": "想谈一谈孩子的情况"}
    first = recused(world, key="first", **common)
    with tenancy.scope(world.id):
        Membership.objects.filter(person=world["teacher"], role=Role.HT).update(ends_at=NOW)
        world.staff("successor", Role.HT, school_class=world.school_class)
    second = recused(world, key="second", **{**common, "words": "新班主任也在场，不方便说"})

    assert second.case_id != first.case_id
    assert away(second) == {"successor"}
    assert not sees(second, "successor", Matter)
