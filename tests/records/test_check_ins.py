"""签到: today's or yesterday's turn, done or excused, once; and how far an item has got."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from django.db import connections

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from parties.models import CalendarDay
from records import check_ins, plans
from records.check_ins import Progress
from records.models import ActionItem, ItemCheckIn
from tests.factories import World
from tests.records.agreed import amend, at, daily, draft, entries, marks, now, one
from tests.workflow.outbox import events

pytestmark = pytest.mark.django_db


def sign(
    world: World, item: ActionItem, day: int, *, by: str = "mother", on: int = 0, excuse: str = ""
) -> ItemCheckIn:
    """Check in on that day of October, for the day `on` (else the same)."""
    chosen = date(2026, 10, on) if on else None
    return check_ins.check_in(
        school_id=world.id,
        item_id=item.pk,
        by=world[by],
        at=at(day, 20),
        day=chosen,
        excuse=excuse,
    )


def progress(world: World, item: ActionItem, when: datetime) -> Progress:
    with tenancy.scope(world.id):
        return check_ins.progress(now_in_scope(item), at=when)


def now_in_scope(item: ActionItem) -> ActionItem:
    return ActionItem.objects.get(pk=item.pk)


def test_one_tap_is_todays_turn_and_starts_the_item(world: World) -> None:
    item = one(world)

    sign(world, item, 12)

    assert marks(world, item) == {12: "DONE"}
    assert now(world, item).state == "DOING"


def test_two_taps_are_one(world: World) -> None:
    item = one(world)
    first, second = sign(world, item, 12), sign(world, item, 12, by="father")

    assert first.pk == second.pk
    assert len(events(world, "plan.day_marked")) == 1


def test_yesterday_may_be_added_and_nothing_else(world: World) -> None:
    item = one(world)

    sign(world, item, 14, on=13)

    assert marks(world, item) == {13: "DONE"}
    for wrong in (12, 15, 16):
        with pytest.raises(InvalidInput) as caught:
            sign(world, item, 14, on=wrong)
        assert caught.value.field == "day"


def test_midnight_is_the_schools_own(world: World) -> None:
    """00:30 on the 14th in Shanghai is the 13th in UTC."""
    item = one(world)
    check_ins.check_in(school_id=world.id, item_id=item.pk, by=world["mother"], at=at(14, 0, 30))

    assert marks(world, item) == {14: "DONE"}


def test_on_a_day_off_there_is_nothing_to_sign(world: World) -> None:
    with tenancy.scope(world.id):
        for day, working in ((16, False), (17, True)):
            CalendarDay.objects.create(
                school=world.school, date=date(2026, 10, day), is_working=working
            )
    item = one(world)

    with pytest.raises(InvalidInput, match="不用签到"):
        sign(world, item, 16)
    sign(world, item, 17)  # 调休: a Saturday at school

    assert marks(world, item) == {17: "DONE"}


def test_an_item_done_once_needs_no_check_in(world: World) -> None:
    with pytest.raises(InvalidInput, match="不用每天签到"):
        sign(world, one(world, draft()), 12)


def test_an_item_that_is_over_takes_none(world: World) -> None:
    item = one(world)
    plans.drop(school_id=world.id, item_id=item.pk, by=world["teacher"], at=at(13), why="转学")

    with pytest.raises(WrongState):
        sign(world, item, 13)


@pytest.mark.parametrize(
    ("party", "signs", "refused"),
    [
        ("FAMILY", "father", ("student", "teacher")),
        ("STUDENT", "student", ("mother", "teacher")),
        ("COMPANY", "mentor", ("mother", "teacher")),
    ],
)
def test_each_side_signs_its_own(
    world: World, party: str, signs: str, refused: tuple[str, ...]
) -> None:
    item = one(world, daily(owner_party=party))
    for name in refused:
        with pytest.raises(NotAllowed):
            sign(world, item, 12, by=name)
    for name in ("stranger", "classmate"):
        with pytest.raises(NotFound):
            sign(world, item, 12, by=name)

    sign(world, item, 12, by=signs)

    assert marks(world, item) == {12: "DONE"}


# --- excuses --------------------------------------------------------------------------------------


def test_an_excuse_is_kept_sealed_and_may_become_a_check_in(world: World) -> None:
    item = one(world)
    row = sign(world, item, 12, excuse="孩子发烧")
    assert (row.state, row.excuse) == ("EXCUSED", "孩子发烧")

    sign(world, item, 12)

    assert marks(world, item) == {12: "DONE"}
    with pytest.raises(WrongState):
        sign(world, item, 12, excuse="又不算了")


def test_a_missed_day_can_be_mended_the_day_after(world: World) -> None:
    item = one(world)
    with tenancy.scope(world.id):
        item = ActionItem.objects.select_related("student", "placement").get(pk=item.pk)
        assert check_ins.mark_missed(item, date(2026, 10, 12), at=at(13, 8), via="test")
        assert not check_ins.mark_missed(item, date(2026, 10, 12), at=at(13, 8), via="test")

    sign(world, item, 13, on=12, excuse="上夜班")

    assert marks(world, item) == {12: "EXCUSED"}


def test_a_company_gets_no_history_and_the_school_reads_no_excuse_of_health(world: World) -> None:
    work = one(world, daily(owner_party="COMPANY"))
    health = one(world, daily(field_class="HLT"))
    sign(world, work, 12, by="mentor")
    sign(world, health, 12, excuse="复诊")
    with tenancy.scope(world.id):
        company = Viewer.load(world["mentor"], at=at(12))
        teacher = Viewer.load(world["teacher"], at=at(12))
        mother = Viewer.load(world["mother"], at=at(12))
        row = ItemCheckIn.objects.select_related("item__student").get(item=health.pk)

        assert not company.rows(ItemCheckIn).exists()
        assert "excuse" not in teacher.fields(row)
        assert "excuse" in mother.fields(row)


# --- progress -------------------------------------------------------------------------------------


def test_progress_counts_what_is_due_so_far(world: World) -> None:
    item = one(world)
    sign(world, item, 12)
    sign(world, item, 13, excuse="加班")
    sign(world, item, 14)

    found = progress(world, item, at(15))

    assert (found.total, found.so_far, found.done, found.excused) == (10, 4, 2, 1)
    assert (found.streak, found.today_due, found.today, found.yesterday_open) == (
        2, True, "", False,
    )  # fmt: skip


def test_a_weekend_breaks_no_streak(world: World) -> None:
    item = one(world)
    for day in (15, 16, 19):
        sign(world, item, day)

    assert progress(world, item, at(19, 21)).streak == 3


def test_a_forgotten_day_is_open_until_tomorrow_ends(world: World) -> None:
    item = one(world)
    sign(world, item, 12)

    assert progress(world, item, at(14)).yesterday_open
    assert progress(world, item, at(14)).streak == 0
    sign(world, item, 14, on=13)
    assert progress(world, item, at(14)).streak == 2


def test_another_rule_takes_no_done_day_away(world: World) -> None:
    """Monday and Wednesday were done; on Tuesdays alone it goes on."""
    item = one(world, daily(recurrence="FREQ=DAILY;COUNT=3"))
    sign(world, item, 12)
    sign(world, item, 14, on=13, excuse="加班")
    sign(world, item, 14)

    amend(world, item, recurrence="FREQ=WEEKLY;BYDAY=TU")

    found = progress(world, item, at(14, 21))
    assert (found.total, found.so_far, found.done, found.streak) == (4, 3, 2, 2)
    assert (found.today, found.today_due) == ("DONE", False)
    sign(world, item, 20)
    assert progress(world, item, at(20, 21)).streak == 3


# --- the file -------------------------------------------------------------------------------------


def test_the_file_has_one_entry_a_week_and_not_one_a_day(world: World) -> None:
    item = one(world)
    for day in (12, 13, 14, 15, 16, 19, 20):
        sign(world, item, day)

    found = entries(world, "plan_checkin")

    assert len(found) == 2
    with tenancy.scope(world.id):
        firsts = ItemCheckIn.objects.filter(pk__in=[entry.object_id for entry in found])
        assert sorted(row.day.day for row in firsts) == [12, 19]
    assert {entry.party for entry in found} == {"FAMILY"}


@pytest.mark.django_db(transaction=True)
def test_four_phones_at_once_sign_one_day_once(world: World) -> None:
    item = one(world)

    def tap(number: int) -> None:
        try:
            sign(world, item, 12, by=("mother", "father")[number % 2])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(tap, range(4)))

    assert marks(world, item) == {12: "DONE"}
    assert len(events(world, "plan.day_marked")) == 1
    assert len(entries(world, "plan_checkin")) == 1
