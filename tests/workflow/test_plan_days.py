"""The morning after a day of which nobody spoke: a kind reminder, and a talk when it goes on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connections

from parties import tenancy
from parties.access import Viewer
from parties.models import CalendarDay
from records import check_ins, plan_amending, plans
from records.models import ActionItem
from tests.factories import World, people_of
from tests.records.agreed import at, daily, entries, marks, meeting, now, one
from tests.workflow.outbox import events
from tests.workflow.test_plan_ladder import told
from workflow import human_tasks, plan_days, task_files
from workflow.models import HumanTask

pytestmark = pytest.mark.django_db

TALK = {"reached": "phone", "changed": "最近上夜班", "adjust": "no", "danger": "no"}


def look(moment: datetime) -> int:
    return plan_days.miss_due(via="test", at=moment)


def sign(world: World, item: ActionItem, day: int, excuse: str = "") -> None:
    check_ins.check_in(
        school_id=world.id, item_id=item.pk, by=world["mother"], at=at(day, 20), excuse=excuse
    )


def talks(world: World) -> list[HumanTask]:
    with tenancy.scope(world.id):
        return talks_now()


def talks_now() -> list[HumanTask]:
    return list(HumanTask.objects.filter(name="plan_talk").order_by("created_at", "pk"))


def test_the_owner_hears_at_eight_the_next_morning(world: World) -> None:
    item = one(world)

    assert look(at(13, 7, 59)) == 0
    assert look(at(13, 8)) == 1

    assert marks(world, item) == {12: "MISSED"}
    assert {(template, name) for template, name, _ in told(world)} == {
        ("plan.day", "mother"), ("plan.day", "father"),
    }  # fmt: skip
    assert now(world, item).next_day_at == at(14, 8)


def test_a_late_sweep_does_not_ring_at_night(world: World) -> None:
    item = one(world)

    assert look(at(13, 21)) == look(at(14, 6, 59)) == 0
    assert look(at(14, 8)) == 2
    assert marks(world, item) == {12: "MISSED", 13: "MISSED"}


@pytest.mark.parametrize("excuse", ["", "孩子发烧"])
def test_a_day_that_was_spoken_of_is_left_alone(world: World, excuse: str) -> None:
    item = one(world)
    sign(world, item, 12, excuse=excuse)

    assert look(at(13, 8)) == 0
    assert told(world) == []
    assert now(world, item).next_day_at == at(14, 8)


def test_a_day_on_which_the_school_closed_after_all_was_not_missed(world: World) -> None:
    """停课 is entered on the very day, when its morning after already stands in the row."""
    item = one(world)
    assert now(world, item).next_day_at == at(13, 8)
    with tenancy.scope(world.id):
        CalendarDay.objects.create(school=world.school, date=date(2026, 10, 12), is_working=False)

    assert look(at(13, 8)) == 0

    assert marks(world, item) == {}
    assert told(world) == []
    assert now(world, item).next_day_at == at(14, 8)
    assert look(at(14, 8)) == 1
    assert marks(world, item) == {13: "MISSED"}


def opened_late(world: World, day: int) -> None:
    """调休 is entered when that day is over."""
    with tenancy.scope(world.id):
        CalendarDay.objects.create(school=world.school, date=date(2026, 10, day), is_working=True)


def progress(world: World, item: ActionItem, moment: datetime) -> check_ins.Progress:
    with tenancy.scope(world.id):
        return check_ins.progress(ActionItem.objects.get(pk=item.pk), at=moment)


def test_a_day_that_became_a_school_day_late_was_not_missed(world: World) -> None:
    item = one(world)
    for day in (12, 13, 14, 15, 16):
        sign(world, item, day)
    look(at(19, 7, 30))
    before = progress(world, item, at(19, 9))

    opened_late(world, 17)

    assert look(at(19, 8)) == 0
    assert progress(world, item, at(19, 9)) == before
    assert before.streak == 5
    assert look(at(20, 8)) == 1
    assert marks(world, item) == {**dict.fromkeys(range(12, 17), "DONE"), 19: "MISSED"}
    after = progress(world, item, at(20, 9))
    assert (after.total, after.so_far, after.missed) == (before.total, before.so_far + 1, 1)


def test_a_day_that_became_a_school_day_late_may_be_signed_and_then_counts(world: World) -> None:
    item = one(world)
    for day in (12, 13, 14, 15, 16):
        sign(world, item, day)
    look(at(17, 8))
    opened_late(world, 17)

    check_ins.check_in(
        school_id=world.id,
        item_id=item.pk,
        by=world["mother"],
        at=at(18, 9),
        day=date(2026, 10, 17),
    )

    found = progress(world, item, at(18, 9))
    assert (found.total, found.done, found.streak) == (11, 6, 6)


def test_two_missed_days_and_one_that_nobody_knew_of_are_no_talk(world: World) -> None:
    item = one(world)
    for day in (12, 13, 14, 15):
        sign(world, item, day)
    look(at(19, 8))
    opened_late(world, 17)

    look(at(20, 8))

    assert marks(world, item) == {
        **dict.fromkeys(range(12, 16), "DONE"),
        16: "MISSED",
        19: "MISSED",
    }
    assert talks(world) == []


def test_a_new_deadline_before_the_look_leaves_yesterday_to_be_looked_at(world: World) -> None:
    """Moved at half past seven, while yesterday waits for eight o'clock."""
    item = one(world)
    plan_amending.amend(
        school_id=world.id, item_id=item.pk, by=world["teacher"], at=at(14, 7, 30),
        values={"due_at": at(30, 17, 30)}, unchanged=lambda *_: None, why="考核推迟一周",
    )  # fmt: skip

    assert look(at(14, 8)) == 2

    assert marks(world, item) == {12: "MISSED", 13: "MISSED"}
    assert now(world, item).next_day_at == at(15, 8)


def test_an_outage_writes_every_day_and_reminds_once(world: World) -> None:
    item = one(world)

    assert look(at(20, 8)) == 6

    assert marks(world, item) == dict.fromkeys((12, 13, 14, 15, 16, 19), "MISSED")
    assert len(told(world, "plan.day")) == 4  # two guardians, two channels


def test_the_weekend_is_no_missed_day(world: World) -> None:
    item = one(world)
    for day in (12, 13, 14, 15, 16):
        sign(world, item, day)
    look(at(18, 8))

    assert set(marks(world, item).values()) == {"DONE"}
    assert now(world, item).next_day_at == at(20, 8)


def test_after_the_last_day_nobody_looks_any_more(world: World) -> None:
    item = one(world, daily(due_at=at(13, 17)))
    look(at(14, 8))

    assert now(world, item).next_day_at is None


def test_two_missed_days_are_no_talk_and_three_are(world: World) -> None:
    one(world)
    look(at(14, 8))
    assert talks(world) == []

    look(at(15, 8))

    talk = talks(world)[0]
    assert people_of(world, set(talk.candidates)) == {"teacher"}
    assert talk.due_at == at(19, 17, 30)  # two working days
    assert talk.title == "请联系一下，问问遇到了什么困难"


def test_nobody_is_asked_to_talk_with_themselves(world: World) -> None:
    """An item of the school that nobody is named for is the teacher's own."""
    one(world, daily(owner_party="SCHOOL"))
    look(at(15, 8))

    talk = talks(world)[0]
    assert people_of(world, set(talk.candidates)) == {"grade_leader"}
    assert talk.about == world["teacher"].pk
    human_tasks.complete(
        school_id=world.id, task_id=talk.pk, by=world["grade_leader"], at=at(15), answer=TALK
    )


def test_an_excused_day_in_between_starts_no_new_count(world: World) -> None:
    item = one(world)
    look(at(14, 8))
    sign(world, item, 14, excuse="加班")
    look(at(15, 8))
    assert talks(world) == []
    look(at(16, 8))

    assert len(talks(world)) == 1


def test_a_day_that_was_done_ends_the_row(world: World) -> None:
    item = one(world)
    look(at(14, 8))
    sign(world, item, 14)
    look(at(17, 8))

    assert talks(world) == []


def test_a_talk_that_waits_is_not_asked_for_twice(world: World) -> None:
    one(world)
    look(at(21, 8))

    assert len(talks(world)) == 1
    assert len(events(world, "plan.talk_asked")) == 1


def test_a_talk_about_one_item_silences_none_about_another(world: World) -> None:
    """Two difficulties are two: the second is heard while the first one waits."""
    case = meeting(world)
    one(world, case=case)
    second = one(world, case=case)
    sign(world, second, 12)
    look(at(15, 8))
    assert len(talks(world)) == 1

    look(at(16, 8))

    assert len(talks(world)) == 2
    assert talks(world)[1].item_id == second.pk
    assert len(told(world, "task.new")) == 2


def test_a_talk_that_nobody_holds_is_heard_one_rung_higher_each_time(world: World) -> None:
    one(world)
    for day in (15, 16, 17, 20, 21, 22, 23, 24):
        look(at(day, 8))

    assert len(talks(world)) == 1
    heard = [name for _, name, _ in told(world, "plan.overdue")]
    assert heard.count("grade_leader") == 2
    assert {"duty_officer", "head_of_office"} == set(heard) - {"grade_leader"}
    assert [e["payload"]["to"] for e in events(world, "plan.talk_waits")] == [["GL"], ["GL", "ME"]]


def test_the_database_holds_one_open_talk_per_item(world: World) -> None:
    one(world)
    look(at(15, 8))
    again = talks(world)[0]
    again.pk = None

    with pytest.raises(IntegrityError), tenancy.scope(world.id):
        again.save(force_insert=True)


def test_whoever_has_to_talk_sees_which_item_it_is_about(world: World) -> None:
    item = one(world)
    look(at(15, 8))

    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=at(15))
        found = task_files.read(viewer=viewer, task_id=talks_now()[0].pk).item
        assert found is not None
        assert found.pk == item.pk


def test_the_talk_is_on_file_and_says_nothing_of_punishment(world: World) -> None:
    one(world)
    look(at(15, 8))
    human_tasks.complete(
        school_id=world.id, task_id=talks(world)[0].pk, by=world["teacher"], at=at(15), answer=TALK
    )

    assert len(entries(world, "contact_attempt")) == 1
    assert events(world, "follow_up.held")[0]["payload"]["reached"] == "phone"


def test_a_talk_that_shows_danger_asks_the_office(world: World) -> None:
    one(world)
    look(at(15, 8))
    human_tasks.complete(
        school_id=world.id, task_id=talks(world)[0].pk, by=world["teacher"], at=at(15),
        answer={**TALK, "danger": "yes"},
    )  # fmt: skip

    with tenancy.scope(world.id):
        asked = HumanTask.objects.get(name="upgrade_decide")
        assert people_of(world, set(asked.candidates)) == {"duty_officer", "head_of_office"}


def test_a_dropped_item_has_no_mornings(world: World) -> None:
    item = one(world)
    plans.drop(school_id=world.id, item_id=item.pk, by=world["teacher"], at=at(12), why="住校了")

    assert look(at(20, 8)) == 0


@pytest.mark.django_db(transaction=True)
def test_racing_sweeps_and_a_tap_leave_one_mark_a_day(world: World) -> None:
    item = one(world)

    def work(number: int) -> None:
        try:
            if number == 0:
                sign(world, item, 13)
            else:
                look(at(14, 8))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(work, range(4)))
    look(at(14, 8))  # a sweep passes over what the tap holds; the next one finds it

    found = marks(world, item)
    assert found[12] == "MISSED"
    assert found[13] == "DONE"
    assert len(events(world, "plan.day_missed")) in (1, 2)  # the tap may come after the sweep


def test_a_day_done_under_an_earlier_rule_parts_two_rows_of_misses(world: World) -> None:
    """Tuesdays alone since the 16th: the 13th was missed, the 14th and 15th were done."""
    item = one(world, daily(due_at=at(30, 17, 30)))
    for day in (12, 14, 15):
        sign(world, item, day)
    look(at(16, 8))
    plan_amending.amend(
        school_id=world.id, item_id=item.pk, by=world["teacher"], at=at(16, 9),
        values={"recurrence": "FREQ=WEEKLY;BYDAY=TU"}, unchanged=lambda *_: None,
    )  # fmt: skip

    look(at(28, 8))

    missed = dict.fromkeys((13, 20, 27), "MISSED")
    assert marks(world, item) == {**dict.fromkeys((12, 14, 15), "DONE"), **missed}
    assert talks(world) == []
