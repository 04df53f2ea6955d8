"""Late is never silent: owner, HT, GL, ME; each rung once, in order, by working days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from django.db import connections

from parties import tenancy
from parties.access import Viewer
from parties.models import CalendarDay, CompanyMember, Membership, Restriction
from parties.roles import Role
from records import item_rows, plan_views, plans
from records.models import ActionItem
from tests.factories import HOUR, LONG_AGO, World, people_of
from tests.records.agreed import at, draft, now, one
from tests.workflow.outbox import events
from workflow import clocks, family_words, plan_ladder
from workflow.channels import texts
from workflow.models import Notification

pytestmark = pytest.mark.django_db

#: Friday 16 October, end of the working day; Saturday and Sunday follow.
FRIDAY = at(16, 17, 30)
STAFF = {"teacher", "grade_leader", "duty_officer", "head_of_office", "principal"}


def late(world: World, **changes: object) -> ActionItem:
    """An item of the family that falls due on Friday evening."""
    return one(world, draft(due_at=FRIDAY, **changes))


def look(moment: datetime) -> int:
    return plan_ladder.look_due(via="test", at=moment)


def stuck(
    world: World, item: ActionItem, when: datetime, *, by: str = "mother", why: str = "上夜班"
) -> None:
    family_words.block(school_id=world.id, item_id=item.pk, by=world[by], at=when, why=why)


def told(world: World, template: str = "") -> list[tuple[str, str, str]]:
    """Template, person and channel of every message, oldest first."""
    with tenancy.scope(world.id):
        rows = Notification.objects.order_by("created_at", "template", "key")
        names = {person.pk: name for name, person in world.people.items()}
        found = [(row.template, names[row.recipient_id], row.channel) for row in rows]
    return [row for row in found if template in ("", row[0])]


def rungs(world: World) -> list[tuple[int, str]]:
    return [
        (event["payload"]["rung"], event["payload"]["to"])
        for event in events(world, "plan.overdue")
    ]


def test_nothing_is_said_before_the_deadline(world: World) -> None:
    late(world)

    assert look(FRIDAY - timedelta(seconds=1)) == 0
    assert told(world) == []


def test_the_family_hears_first_and_by_phone(world: World) -> None:
    late(world)

    assert look(FRIDAY) == 1

    assert {name for _, name, _ in told(world)} == {"father", "mother"}
    assert {channel for *_, channel in told(world)} == {"in_app", "sms"}


def test_each_rung_is_told_once_on_its_working_day(world: World) -> None:
    late(world)
    for hours in range(24 * 7):
        look(FRIDAY + timedelta(hours=hours))

    assert rungs(world) == [(0, "FAMILY"), (1, "HT"), (2, "GL"), (3, "ME")]
    moments = [
        datetime.fromisoformat(event["at"]).astimezone(FRIDAY.tzinfo)
        for event in events(world, "plan.overdue")
    ]
    assert [(moment.day, moment.hour, moment.minute) for moment in moments] == [
        (16, 17, 30), (19, 17, 30), (20, 17, 30), (21, 17, 30),
    ]  # fmt: skip
    assert {name for _, name, _ in told(world, "plan.overdue")} == STAFF - {"principal"}


def test_working_days_follow_the_turned_round_calendar(world: World) -> None:
    """Saturday is a working day, Monday a holiday: HT on Saturday, GL on Tuesday."""
    with tenancy.scope(world.id):
        for day, working in ((17, True), (19, False)):
            CalendarDay.objects.create(
                school=world.school, date=date(2026, 10, day), is_working=working
            )
    item = late(world)

    look(FRIDAY)
    assert now(world, item).next_look_at == at(17, 17, 30)
    look(at(17, 17, 30))
    assert now(world, item).next_look_at == at(20, 17, 30)


def test_at_the_top_it_repeats_every_week_for_ever(world: World) -> None:
    late(world)
    for hours in range(0, 24 * 28, 6):
        look(FRIDAY + timedelta(hours=hours))

    assert rungs(world)[3:] == [(3, "ME"), (4, "ME"), (5, "ME"), (6, "ME")]


def test_an_outage_climbs_every_rung_in_order(world: World) -> None:
    late(world)

    assert look(at(30)) == 4

    assert rungs(world) == [(0, "FAMILY"), (1, "HT"), (2, "GL"), (3, "ME")]
    assert look(at(30)) == 0


def test_the_night_is_quiet_and_the_morning_is_not(world: World) -> None:
    one(world, draft(due_at=at(16, 21, 30)))

    for moment in (at(16, 21, 30), at(16, 23), at(17, 3), at(17, 6, 59)):
        assert look(moment) == 0
    assert look(at(17, 7)) == 1


@pytest.mark.parametrize("state", ["VERIFIED", "DROPPED"])
def test_what_is_over_climbs_no_more(world: World, state: str) -> None:
    item = late(world)
    school, when = world.id, at(15)
    if state == "DROPPED":
        plans.drop(school_id=school, item_id=item.pk, by=world["teacher"], at=when, why="转学")
    else:
        plans.finish(school_id=school, item_id=item.pk, by=world["mother"], at=when, note="好了")
        with tenancy.scope(school):
            viewer = Viewer.load(world["teacher"], at=when)
            seen = plan_views.shown(viewer, viewer.get(ActionItem, item.pk))
        read = plan_views.mark(seen)
        plans.verify(school_id=school, item_id=item.pk, by=world["teacher"], at=when, as_read=read)

    assert look(at(30)) == 0
    assert told(world) == []


def test_what_is_done_asks_to_be_verified_and_asks_again(world: World) -> None:
    item = late(world)
    plans.finish(school_id=world.id, item_id=item.pk, by=world["mother"], at=at(15), note="做完了")

    assert look(at(15)) == 1
    assert told(world) == [("plan.verify", "teacher", "in_app")]
    assert look(at(20)) == 0
    assert look(at(22)) == 1
    assert told(world, "plan.overdue") == []


def test_whoever_said_it_is_done_is_not_asked_to_verify_it(world: World) -> None:
    item = late(world, owner_party="SCHOOL", owner_id=world["teacher"].pk)
    plans.finish(school_id=world.id, item_id=item.pk, by=world["teacher"], at=at(15), note="已联系")
    look(at(15))

    assert "teacher" not in {name for _, name, _ in told(world)}
    assert told(world, "plan.verify") != []


def test_a_difficulty_reaches_the_teacher_before_the_deadline(world: World) -> None:
    item = late(world)
    stuck(world, item, at(13))
    look(at(14))

    assert told(world) == [("plan.blocked", "teacher", "in_app")]
    look(FRIDAY)
    assert rungs(world) == [(0, "FAMILY")]


def test_a_second_difficulty_is_heard_like_the_first(world: World) -> None:
    item = late(world)
    stuck(world, item, at(13))
    look(at(13, 11))
    plans.start(school_id=world.id, item_id=item.pk, by=world["mother"], at=at(14))
    stuck(world, item, at(15), why="这周夜班更多")
    look(at(15, 11))

    assert told(world) == [("plan.blocked", "teacher", "in_app")] * 2


def test_a_difficulty_after_the_deadline_is_heard_and_hurries_no_rung(world: World) -> None:
    item = late(world)
    look(FRIDAY)
    stuck(world, item, FRIDAY + HOUR)
    look(FRIDAY + HOUR)

    assert told(world, "plan.blocked") == [("plan.blocked", "teacher", "in_app")]
    assert rungs(world) == [(0, "FAMILY")]


def test_whoever_says_it_is_stuck_is_not_told_so_by_the_school(world: World) -> None:
    item = late(world, owner_party="SCHOOL", owner_id=world["teacher"].pk)
    stuck(world, item, at(13), by="teacher")

    assert told(world) == [("plan.blocked", "grade_leader", "in_app")]


def test_what_nobody_verifies_is_heard_by_one_more_each_week(world: World) -> None:
    item = late(world)
    plans.finish(school_id=world.id, item_id=item.pk, by=world["mother"], at=at(15), note="做完了")
    for day in (15, 22, 29):
        look(at(day))

    names = [name for _, name, _ in told(world, "plan.verify")]
    assert names.count("teacher") == 3
    assert names.count("grade_leader") == 2
    assert names.count("duty_officer") == names.count("head_of_office") == 1
    assert [
        (event["payload"]["rung"], event["payload"]["to"])
        for event in events(world, "plan.unverified")
    ] == [(1, ["GL"]), (2, ["GL", "ME"])]


def test_new_evidence_is_looked_at_and_hurries_no_rung(world: World) -> None:
    item = late(world)
    plans.finish(school_id=world.id, item_id=item.pk, by=world["mother"], at=at(15), note="做完了")
    look(at(15))
    with tenancy.scope(world.id):
        ActionItem.objects.filter(pk=item.pk).update(next_look_at=at(16))
    look(at(16))

    assert [name for _, name, _ in told(world, "plan.verify")] == ["teacher"] * 2


def test_nobody_is_asked_to_verify_their_own_on_any_rung(world: World) -> None:
    item = late(world, owner_party="SCHOOL", owner_id=world["grade_leader"].pk)
    by = world["grade_leader"]
    plans.finish(school_id=world.id, item_id=item.pk, by=by, at=at(15), note="已联系")
    look(at(15))
    look(at(29))

    assert "grade_leader" not in {name for _, name, _ in told(world, "plan.verify")}
    assert "duty_officer" in {name for _, name, _ in told(world, "plan.verify")}


def test_what_goes_on_after_the_look_climbs_from_its_owner(world: World) -> None:
    item = late(world)
    look(at(19, 17, 30))
    plans.finish(school_id=world.id, item_id=item.pk, by=world["mother"], at=at(20), note="做完了")
    look(at(28))
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=at(28))
        read = plan_views.mark(plan_views.shown(viewer, viewer.get(ActionItem, item.pk)))
    plans.reopen(
        school_id=world.id, item_id=item.pk, by=world["teacher"], at=at(28, 12), as_read=read
    )
    look(at(28, 12))

    assert rungs(world)[-1] == (0, "FAMILY")


def test_a_barred_guardian_is_not_reminded(world: World) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["father"],
            kind=Restriction.Kind.NO_CONTACT, starts_at=LONG_AGO,
        )  # fmt: skip
    late(world)
    look(FRIDAY)

    assert {name for _, name, _ in told(world)} == {"mother"}


def test_the_guardian_who_took_it_on_is_reminded_alone(world: World) -> None:
    late(world, owner_id=world["father"].pk)
    look(FRIDAY)

    assert {name for _, name, _ in told(world)} == {"father"}


def test_a_company_hears_of_its_own_item_and_of_no_other(world: World) -> None:
    late(world, owner_party="COMPANY")
    late(world)
    look(FRIDAY)
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(recipient=world["mentor"])
        assert sorted(rows.values_list("channel", flat=True)) == ["in_app", "sms"]


def test_a_mentor_who_left_hears_nothing(world: World) -> None:
    late(world, owner_party="COMPANY")
    with tenancy.scope(world.id):
        CompanyMember.objects.update(ends_at=at(13))
    look(FRIDAY)

    assert told(world) == []
    assert events(world, "plan.overdue")[0]["payload"]["told"] == 0
    look(at(19, 17, 30))
    assert told(world)[0][1] == "teacher"  # never silent


@pytest.mark.parametrize(("away", "instead"), [(False, "teacher"), (True, "grade_leader")])
def test_what_somebody_who_left_took_on_is_the_class_teachers(
    world: World, *, away: bool, instead: str
) -> None:
    late(world, owner_party="SCHOOL", owner_id=world["duty_officer"].pk)
    gone = ["duty_officer", "teacher"] if away else ["duty_officer"]
    with tenancy.scope(world.id):
        people = [world[name] for name in gone]
        Membership.objects.filter(person__in=people).update(ends_at=at(13))
    look(FRIDAY)

    assert told(world) == [("plan.due", instead, "in_app")]
    assert events(world, "plan.overdue")[0]["payload"]["told"] == 1


def test_a_rung_with_nobody_passes_to_the_next(world: World) -> None:
    with tenancy.scope(world.id):
        Membership.objects.filter(role__in=[Role.HT, Role.GL]).update(ends_at=at(13))
    late(world)
    look(at(19, 17, 30))

    assert {name for _, name, _ in told(world, "plan.overdue")} == {
        "duty_officer", "head_of_office",
    }  # fmt: skip


def test_no_message_says_what_it_is_about(world: World) -> None:
    templates = ["plan.due", "plan.day", "plan.overdue", "plan.blocked", "plan.verify"]
    for template in templates:
        for language in ("zh", "en"):
            line = texts.of(template, language).line
            assert "{" not in line
            assert all(word not in line for word in ("作业", "资助", "旷", "处分", "罚"))


def test_one_broken_item_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = late(world), late(world)
    record = item_rows.record

    def fail_for_one(kind: str, item: ActionItem, **more: object) -> None:
        if item.pk == broken.pk:
            raise RuntimeError
        record(kind, item, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(item_rows, "record", fail_for_one)

    assert look(FRIDAY) == 1
    assert (now(world, fine).escalation_level, now(world, broken).escalation_level) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_four_racing_sweeps_tell_each_rung_once(world: World) -> None:
    late(world)

    def work(_: int) -> int:
        try:
            return look(at(30))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert sum(pool.map(work, range(4))) == 4

    assert rungs(world) == [(0, "FAMILY"), (1, "HT"), (2, "GL"), (3, "ME")]
    with tenancy.scope(world.id):
        ids = set(Notification.objects.values_list("recipient_id", flat=True))
    assert people_of(world, ids) == {"father", "mother"} | STAFF - {"principal"}


def test_a_school_may_set_its_own_pace(world: World) -> None:
    with tenancy.scope(world.id):
        book = clocks.load(world.id)

    assert {name for name in book.clocks if name.startswith("plan.overdue")} == {
        "plan.overdue_ht", "plan.overdue_gl", "plan.overdue_me", "plan.overdue_again",
    }  # fmt: skip
