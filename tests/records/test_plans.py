"""Items of an action plan: made, carried out, looked at by somebody else, and let go of."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, LostRace, NotAllowed, NotFound, WrongState
from parties.models import CalendarDay, Placement
from records import plan_times, plan_views, plans
from records.models import ActionItem
from tests.factories import World
from tests.records.agreed import (
    DAY,
    MONDAY,
    agree,
    amend,
    at,
    daily,
    draft,
    entries,
    meeting,
    now,
    one,
)
from tests.workflow.outbox import events

pytestmark = pytest.mark.django_db

Verb = Callable[..., ActionItem]


def do(world: World, verb: Verb, item: ActionItem, by: str, *, day: int = 13, **more: Any) -> Any:
    if verb in (plans.verify, plans.reopen):
        more = {"as_read": looked_at(world, item), **more}
    return verb(school_id=world.id, item_id=item.pk, by=world[by], at=at(day), **more)


def looked_at(world: World, item: ActionItem, by: str = "teacher") -> str:
    """What this person has before them just now."""
    with tenancy.scope(world.id):
        viewer = Viewer.load(world[by], at=at(13))
        return plan_views.mark(plan_views.shown(viewer, viewer.get(ActionItem, item.pk)))


# --- making ---------------------------------------------------------------------------------------


def test_what_was_agreed_becomes_items_in_the_file(world: World) -> None:
    item = one(world)

    assert (item.state, item.next_look_at, item.overdue_from) == (
        "TODO",
        at(23, 17, 30),
        at(23, 17, 30),
    )
    assert item.next_day_at == at(13, 8)
    entry = entries(world, "action_item")[0]
    assert (entry.object_id, entry.party, entry.case_id) == (item.pk, "SCHOOL", item.case_id)
    assert {"HT", "G", "STU"} <= set(entry.readers)
    assert "CM" not in entry.readers


def test_numbers_of_items_cannot_be_counted(world: World) -> None:
    first, second = agree(world, meeting(world), daily(), daily())

    assert first.item_no[:3] == second.item_no[:3] == "XD-"
    assert first.item_no != second.item_no


def test_what_an_item_says_is_sealed_in_the_database(world: World) -> None:
    one(world)
    with tenancy.scope(world.id), connection.cursor() as cursor:
        cursor.execute("SELECT title, measure, target FROM records_actionitem")
        stored = b"".join(bytes(value) for value in cursor.fetchone())

    for word in ("签到", "作业", "完成"):
        assert word.encode() not in stored


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"target": "长" * 501}, "target"),
        ({"owner_party": "POLICE"}, "owner_party"),
        ({"field_class": "PSY"}, "field_class"),
        ({"kind": "MEDIUM"}, "kind"),
        ({"due_at": at(11)}, "due_at"),
        ({"due_at": at(12, 9)}, "due_at"),  # past
        ({"due_at": MONDAY + timedelta(days=800)}, "due_at"),
        ({"recurrence": "FREQ=SECONDLY"}, "recurrence"),
        ({"recurrence": "FREQ=MONTHLY;BYDAY=SU;UNTIL=20261012"}, "recurrence"),
        ({"owner_party": "COMPANY", "field_class": "ECO"}, "field_class"),
        ({"owner_party": "SCHOOL", "field_class": "HLT"}, "owner"),
    ],
)
def test_a_draft_that_is_no_plan_names_the_field_and_the_mend(
    world: World, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        one(world, draft(**changes))

    assert caught.value.field == field
    assert caught.value.mend
    with tenancy.scope(world.id):
        assert not ActionItem.objects.exists()


def close(world: World, *days: int) -> None:
    with tenancy.scope(world.id):
        for day in days:
            CalendarDay.objects.create(
                school=world.school, date=date(2026, 10, day), is_working=False
            )


def test_days_that_all_lie_in_a_holiday_are_none(world: World) -> None:
    close(world, 12, 13, 14, 15, 16)

    with pytest.raises(InvalidInput, match="学校都放假") as caught:
        one(world, daily(due_at=at(18)))
    assert caught.value.field == "recurrence"
    assert "仅上学日" in caught.value.mend
    with tenancy.scope(world.id):
        assert not ActionItem.objects.exists()

    one(world, daily(due_at=at(19, 17, 30)))  # the first day after it
    one(world, draft(recurrence="FREQ=DAILY", due_at=at(18)))  # every day, holidays too


def test_a_saturday_that_is_made_a_school_day_is_one(world: World) -> None:
    with tenancy.scope(world.id):
        CalendarDay.objects.create(school=world.school, date=date(2026, 10, 17), is_working=True)

    item = one(world, daily(starts_on=date(2026, 10, 17), due_at=at(18)))

    assert now(world, item).next_day_at == at(18, 8)


def test_days_that_the_school_took_back_hinder_no_other_change(world: World) -> None:
    item = one(world, daily(due_at=at(16, 17, 30)))
    close(world, 12, 13, 14, 15, 16)

    amend(world, item, target="每天完成，周末不限")

    assert now(world, item).target == "每天完成，周末不限"
    with pytest.raises(InvalidInput, match="学校都放假"):
        amend(world, item, due_at=at(18))


@pytest.mark.parametrize(
    ("party", "owner", "fits"),
    [
        ("FAMILY", "mother", True),
        ("FAMILY", "teacher", False),
        ("FAMILY", "mentor", False),
        ("SCHOOL", "counsellor", True),
        ("SCHOOL", "father", False),
        ("COMPANY", "mentor", True),
        ("COMPANY", "mother", False),
    ],
)
def test_an_owner_belongs_to_the_party(world: World, party: str, owner: str, fits: bool) -> None:
    made = draft(owner_party=party, owner_id=world[owner].pk)
    if fits:
        assert one(world, made).owner_person_id == world[owner].pk
        return
    with pytest.raises(InvalidInput) as caught:
        one(world, made)
    assert caught.value.field == "owner"


def test_a_company_item_belongs_to_the_placement_that_runs(world: World) -> None:
    assert one(world, draft(owner_party="COMPANY")).placement_id == world.placement.pk
    with tenancy.scope(world.id):
        running = Placement.objects.get(pk=world.placement.pk)
        running.end()
        running.save()

    with pytest.raises(InvalidInput, match="没有实习单位"):
        one(world, draft(owner_party="COMPANY"))


def test_the_first_morning_knows_the_turned_round_saturday(world: World) -> None:
    """Friday is closed, Saturday works: what starts on Friday is first looked at on Sunday."""
    with tenancy.scope(world.id):
        for day, working in ((date(2026, 10, 16), False), (date(2026, 10, 17), True)):
            CalendarDay.objects.create(school=world.school, date=day, is_working=working)

    item = one(world, daily(starts_on=date(2026, 10, 16)))

    assert item.next_day_at == at(18, 8)


# --- carrying out ---------------------------------------------------------------------------------


def test_the_family_carries_its_item_out_and_the_teacher_looks(world: World) -> None:
    item = one(world, draft())
    do(world, plans.start, item, "mother")
    do(world, plans.finish, item, "mother", note="两周都签了")

    waiting = now(world, item)
    assert (waiting.state, waiting.done_by, waiting.next_look_at) == (
        "DONE",
        world["mother"],
        at(13),
    )
    do(world, plans.verify, item, "teacher")

    done = now(world, item)
    assert (done.state, done.verified_by, done.next_look_at) == ("VERIFIED", world["teacher"], None)


def test_starting_twice_is_starting_once(world: World) -> None:
    item = one(world, draft())
    do(world, plans.start, item, "mother")
    do(world, plans.start, item, "father")

    assert len(events(world, "plan.item_started")) == 1


def test_a_difficulty_moves_no_deadline_and_no_rung(world: World) -> None:
    item = one(world, draft())
    do(world, plans.block, item, "mother", why="最近上夜班")

    stuck = now(world, item)
    assert (stuck.state, stuck.next_look_at, stuck.due_at) == ("BLOCKED", item.due_at, item.due_at)
    do(world, plans.start, item, "mother")
    assert now(world, item).state == "DOING"


def test_looked_at_and_not_there_yet_goes_on(world: World) -> None:
    item = one(world)
    do(world, plans.finish, item, "mother", note="做完了")
    do(world, plans.reopen, item, "teacher", day=14)

    again = now(world, item)
    assert (again.state, again.done_by, again.next_look_at) == ("DOING", None, item.due_at)
    assert again.next_day_at == at(16, 8)


def test_dropping_needs_a_reason_that_stays(world: World) -> None:
    item = one(world)
    with pytest.raises(InvalidInput):
        do(world, plans.drop, item, "teacher", why=" ")
    do(world, plans.drop, item, "teacher", why="已转为住校")

    gone = now(world, item)
    assert (gone.state, gone.dropped_why) == ("DROPPED", "已转为住校")
    assert (gone.next_look_at, gone.next_day_at) == (None, None)
    with pytest.raises(WrongState):
        do(world, plans.start, item, "mother")


# --- four eyes ------------------------------------------------------------------------------------


def test_the_owner_never_verifies_their_own(world: World) -> None:
    item = one(world, draft(owner_party="SCHOOL", owner_id=world["teacher"].pk))
    do(world, plans.finish, item, "teacher", note="已家访")

    with pytest.raises(NotAllowed):
        do(world, plans.verify, item, "teacher")
    assert (
        do(
            world,
            plans.verify,
            item,
            "grade_leader",
            as_read=looked_at(world, item, "grade_leader"),
        ).state
        == "VERIFIED"
    )


@pytest.mark.parametrize("verb", [plans.verify, plans.reopen])
def test_whoever_looks_names_what_they_looked_at(world: World, verb: Verb) -> None:
    item = one(world, draft())
    do(world, plans.finish, item, "mother", note="做完了")
    read = looked_at(world, item)
    do(world, plans.reopen, item, "teacher")
    do(world, plans.finish, item, "father", note="只做了一半")

    for other in (read, ""):
        with pytest.raises(LostRace):
            do(world, verb, item, "teacher", as_read=other)
    assert now(world, item).state == "DONE"
    assert do(world, verb, item, "teacher").state in ("VERIFIED", "DOING")


def test_what_is_done_at_home_is_verified_by_the_homeroom_teacher(world: World) -> None:
    item = one(world, draft())
    do(world, plans.finish, item, "mother", note="做完了")

    for other in ("father", "student", "grade_leader", "duty_officer", "principal"):
        with pytest.raises(NotAllowed):
            do(world, plans.verify, item, other)
    assert do(world, plans.verify, item, "teacher").verified_by == world["teacher"]


def test_the_database_itself_refuses_an_owner_who_verifies(world: World) -> None:
    item = one(world, draft(owner_party="SCHOOL", owner_id=world["teacher"].pk))
    do(world, plans.finish, item, "teacher", note="已家访")

    with tenancy.scope(world.id), pytest.raises(IntegrityError), transaction.atomic():
        ActionItem.objects.filter(pk=item.pk).update(state="VERIFIED", verified_by=world["teacher"])


@pytest.mark.parametrize("verb", [plans.start, plans.verify])
def test_somebody_without_a_relation_finds_nothing(world: World, verb: Verb) -> None:
    item = one(world)
    for name in ("stranger", "classmate", "deputy", "auditor", "mentor", "counsellor"):
        with pytest.raises(NotFound):
            do(world, verb, item, name)


@pytest.mark.parametrize(("party", "owner"), [("FAMILY", "mother"), ("STUDENT", "student")])
def test_only_the_owners_side_starts_and_finishes(world: World, party: str, owner: str) -> None:
    item = one(world, draft(owner_party=party))
    others = {"mother", "student", "teacher", "grade_leader"} - {owner}
    for other in others:
        with pytest.raises(NotAllowed):
            do(world, plans.finish, item, other, note="完成")

    assert do(world, plans.finish, item, owner, note="完成").done_by == world[owner]


# --- amending -------------------------------------------------------------------------------------


def test_a_new_deadline_begins_the_ladder_anew(world: World) -> None:
    item = one(world, draft())
    with tenancy.scope(world.id):
        ActionItem.objects.update(escalation_level=3)

    amend(world, item, due_at=at(30), target="每天完成，周末不限")

    later = now(world, item)
    assert (later.due_at, later.overdue_from, later.next_look_at) == (at(30), at(30), at(30))
    assert (later.escalation_level, later.target) == (0, "每天完成，周末不限")
    assert events(world, "plan.item_amended")[0]["payload"] == {"fields": ["due_at", "target"]}


def test_a_new_rhythm_counts_from_today(world: World) -> None:
    item = one(world)

    amend(world, item, recurrence="FREQ=WEEKLY;BYDAY=FR")

    assert now(world, item).next_day_at == at(17, 8)


def test_an_amendment_obeys_the_same_limits(world: World) -> None:
    item = one(world)
    with pytest.raises(InvalidInput):
        amend(world, item, due_at=at(13))
    with pytest.raises(NotAllowed):
        amend(world, item, by="mother", target="少一点")


def test_the_end_of_a_case_lets_go_of_what_is_left(world: World) -> None:
    case = meeting(world)
    left, done = agree(world, case, daily(), draft())
    do(world, plans.finish, done, "mother", note="好了")

    with tenancy.scope(world.id):
        plans.drop_rest(case_id=case, at=at(14), why="跟进已结束")

    assert (now(world, left).state, now(world, done).state) == ("DROPPED", "DONE")


def test_events_of_a_plan_hold_codes_and_never_a_word_of_it(world: World) -> None:
    item = one(world, draft())
    do(world, plans.block, item, "mother", why="最近上夜班")

    told = events(world, "plan.item_blocked")[0]
    assert told["payload"] == {}
    assert ["action_item", str(item.pk)] in [list(ref) for ref in told["refs"]] or any(
        str(item.pk) in str(ref) for ref in told["refs"]
    )


def test_the_plan_lasts_no_longer_than_its_days(world: World) -> None:
    item = one(world)
    with tenancy.scope(world.id):
        due = plan_times.due_days(item)

    assert [day.day for day in due] == [12, 13, 14, 15, 16, 19, 20, 21, 22, 23]
    assert due[-1] - due[0] == 11 * DAY
