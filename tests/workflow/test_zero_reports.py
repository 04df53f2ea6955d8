"""The daily report: one row per case and day, holidays too, whatever sweeps race or fail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connections

from parties import tenancy
from tests.factories import CN, MINUTE, NOW, World, people_of
from tests.processes.walker import Walk, begin, to_safety, triaged
from tests.workflow.test_escalation import report
from workflow import human_tasks, reports, zero_reports
from workflow.models import Case, Escalation, HumanTask, ZeroReport

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def five(day: int) -> datetime:
    """17:00 at school on that day of October."""
    return datetime(2026, 10, day, 17, 0, tzinfo=CN)


def opened(world: World, *, at: datetime) -> UUID:
    """A case whose daily reports begin at `at`."""
    case = report(world)
    with tenancy.scope(world.id):
        zero_reports.begin(case=Case.objects.get(pk=case), at=at)
    return case


def days(world: World, case: UUID) -> dict[date, str]:
    with tenancy.scope(world.id):
        rows = ZeroReport.objects.filter(case=case).order_by("day")
        return dict(rows.values_list("day", "state"))


def october(*states: str, first: int = 10) -> dict[date, str]:
    return {date(2026, 10, first + n): state for n, state in enumerate(states)}


def task(world: World, case: UUID, day: int) -> HumanTask:
    with tenancy.scope(world.id):
        row = ZeroReport.objects.get(case=case, day=date(2026, 10, day))
        return HumanTask.objects.get(name="zero_report", about=row.pk)


def give(world: World, case: UUID, day: int, *, at: datetime, changed: str = "no") -> None:
    answer = {"changed": changed} | ({"note": "又有新伤"} if changed == "yes" else {})
    human_tasks.complete(
        school_id=world.id, task_id=task(world, case, day).pk, by=world["duty_officer"], at=at,
        answer=answer,
    )  # fmt: skip


def miss(at: datetime) -> int:
    return zero_reports.miss_due(via="test", at=at)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (five(9) - timedelta(seconds=1), 9),
        (five(9), 10),  # the moment itself is the next day's
        (NOW, 10),  # 22:40
        (datetime(2026, 10, 10, 0, 30, tzinfo=CN), 10),
    ],
)
def test_the_first_report_is_due_at_the_next_five_oclock_of_the_school(
    world: World, at: datetime, day: int
) -> None:
    case = opened(world, at=at)

    with tenancy.scope(world.id):
        row = ZeroReport.objects.get(case=case)
    assert (row.day, row.due_at, row.state) == (date(2026, 10, day), five(day), "DUE")


def test_beginning_twice_opens_one(world: World) -> None:
    case = opened(world, at=NOW)

    with tenancy.scope(world.id):
        zero_reports.begin(case=Case.objects.get(pk=case), at=NOW + MINUTE)

    assert days(world, case) == october("DUE")


def test_giving_opens_the_next_days_at_once(world: World) -> None:
    case = opened(world, at=NOW)

    give(world, case, 10, at=five(10) - 5 * MINUTE)

    assert days(world, case) == october("GIVEN", "DUE")
    assert task(world, case, 11).due_at == five(11)


def test_giving_long_before_does_not_skip_or_repeat_the_day(world: World) -> None:
    case = opened(world, at=NOW)

    give(world, case, 10, at=NOW + MINUTE)  # the evening before

    assert days(world, case) == october("GIVEN", "DUE")


def test_what_is_new_is_kept_and_who_said_it(world: World) -> None:
    case = opened(world, at=NOW)

    give(world, case, 10, at=NOW + MINUTE, changed="yes")

    with tenancy.scope(world.id):
        row = ZeroReport.objects.get(case=case, state="GIVEN")
        assert (row.changed, row.note) == (True, "又有新伤")
    assert (row.given_by_id, row.given_at) == (world["duty_officer"].pk, NOW + MINUTE)


def test_a_report_is_missed_at_its_moment_and_not_before(world: World) -> None:
    case = opened(world, at=NOW)

    assert miss(five(10) - timedelta(seconds=1)) == 0
    assert miss(five(10)) == 1
    assert days(world, case) == october("MISSED", "DUE")


def test_late_is_better_than_never_and_opens_no_second_day(world: World) -> None:
    case = opened(world, at=NOW)
    miss(five(10))

    give(world, case, 10, at=five(10) + 30 * MINUTE)

    assert days(world, case) == october("GIVEN", "DUE")
    assert Walk(world, case).kinds().count("zero_report.missed") == 1


def test_an_outage_leaves_every_day_once(world: World) -> None:
    case = opened(world, at=NOW)

    assert miss(five(14)) == 5

    assert days(world, case) == october("MISSED", "MISSED", "MISSED", "MISSED", "MISSED", "DUE")


def test_a_single_missed_day_leaves_the_ladder_alone(world: World) -> None:
    walk = triaged(world)
    miss(five(10))

    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED


def test_two_missed_in_a_row_raise_the_ladder(world: World) -> None:
    walk = triaged(world)
    miss(five(11))

    assert (walk.ladder().state, walk.ladder().reason) == ("WAITING", "crisis.zero_report")


def test_a_day_given_in_between_begins_the_count_again(world: World) -> None:
    walk = triaged(world)
    miss(five(10))
    give(world, walk.case_id, 11, at=five(11) - MINUTE)
    miss(five(12))

    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED


def test_a_day_given_late_ends_the_silence(world: World) -> None:
    walk = triaged(world)
    miss(five(10))
    give(world, walk.case_id, 10, at=five(10) + MINUTE)
    miss(five(11))

    assert walk.ladder().state == Escalation.State.ACKNOWLEDGED


def test_stopping_withdraws_what_is_due_and_its_task(world: World) -> None:
    case = opened(world, at=NOW)
    miss(five(10))

    with tenancy.scope(world.id):
        zero_reports.stop(case=Case.objects.get(pk=case), at=five(10), reason="danger_over")

    assert days(world, case) == october("MISSED", "WITHDRAWN")
    with tenancy.scope(world.id):
        ended = task_row(case, date(2026, 10, 11))
        late = task_row(case, date(2026, 10, 10))
    assert (ended.state, ended.cancel_reason) == ("CANCELLED", "danger_over")
    assert late.state == "OPEN"
    assert miss(five(20)) == 0


def task_row(case: UUID, day: date) -> HumanTask:
    row = ZeroReport.objects.get(case=case, day=day)
    return HumanTask.objects.get(name="zero_report", about=row.pk)


def test_danger_again_leaves_no_day_without_a_report(world: World) -> None:
    walk = triaged(world)
    to_safety(walk)
    walk.at = five(10) - 7 * 60 * MINUTE  # ten in the morning
    walk.again()
    walk.triage()

    assert days(world, walk.case_id) == october("DUE")


def test_the_owner_is_asked_besides_the_office(world: World) -> None:
    walk = begin(world)
    walk.acknowledge("counsellor")
    walk.do("triage")
    walk.do("triage_confirm", by="counsellor")

    assert walk.candidates("zero_report") == {"counsellor", "duty_officer", "head_of_office"}


def test_an_owner_who_is_named_meanwhile_is_asked_no_more(world: World) -> None:
    walk = begin(world)
    walk.acknowledge("counsellor")
    walk.do("triage")
    walk.do("triage_confirm", by="counsellor")
    with tenancy.scope(world.id):
        case = Case.objects.get(pk=walk.case_id)
        reports.name(case, {(world["counsellor"].pk, "SUSPECT"): None}, at=NOW)

    miss(five(10))

    asked = people_of(world, set(task(world, walk.case_id, 11).candidates))
    assert asked == {"duty_officer", "head_of_office"}


def test_one_broken_case_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = opened(world, at=NOW), UUID(int=0)
    with tenancy.scope(world.id):
        fine = Case.objects.create(
            school=world.school, channel="CRISIS", student=world.student, opened_at=NOW,
            alarm_at=NOW,
        ).pk  # fmt: skip
        zero_reports.begin(case=Case.objects.get(pk=fine), at=NOW)
    record = zero_reports._record

    def fail_for_one(kind: str, row: ZeroReport, **more: object) -> None:
        if row.case_id == broken:
            raise RuntimeError
        record(kind, row, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(zero_reports, "_record", fail_for_one)

    assert miss(five(10)) == 1
    assert days(world, fine) == october("MISSED", "DUE")
    assert days(world, broken) == october("DUE")


@pytest.mark.django_db(transaction=True)
def test_four_racing_sweeps_miss_each_day_once(world: World) -> None:
    case = opened(world, at=NOW)

    def work(_: int) -> int:
        try:
            return miss(five(12))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        missed = list(pool.map(work, range(4)))

    assert sum(missed) == 3
    assert days(world, case) == october("MISSED", "MISSED", "MISSED", "DUE")
    kinds = Walk(world, case).kinds()
    assert kinds.count("zero_report.missed") == 3


@pytest.mark.django_db(transaction=True)
def test_giving_and_missing_at_the_same_moment_opens_one_next_day(world: World) -> None:
    case = opened(world, at=NOW)

    def one(number: int) -> None:
        try:
            if number % 2:
                miss(five(10))
            else:
                give(world, case, 10, at=five(10))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(one, range(2)))

    assert days(world, case) == october("GIVEN", "DUE")
