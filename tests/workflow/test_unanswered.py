"""What its author leaves unanswered goes to 德育处 by itself, by the school's own working days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from django.db import connections

from ledger.models import Event
from parties import tenancy
from parties.access import Viewer
from parties.errors import NotFound
from parties.models import Absence, CalendarDay, GuardianLink
from records import objections, part_policies
from records.models import CommunicationRecord, Objection
from tests.factories import World
from tests.records.agreed import at
from tests.records.desk import Desk
from workflow import record_objections, sweeps, unanswered
from workflow.models import Notification

pytestmark = pytest.mark.django_db

#: The day of the objections here; two plain working days later is Tuesday.
FRIDAY, WEDNESDAY = at(16, 17, 30), at(21, 8)


def filed(desk: Desk, by: str = "teacher") -> Objection:
    record = desk.write(by=by)
    desk.meet(record, "mother", by=by)
    desk.say(record, by=by)
    desk.check(record, by=by)
    desk.offer(record, by=by)
    desk.sign(record, by)
    desk.sign(record, "mother")
    desk.at = FRIDAY
    return desk.object(record)


def look(moment: datetime) -> int:
    return unanswered.look_due(via="test", at=moment)


def told(world: World) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(template__startswith="objection.")
        for template, name in rows.order_by("key").values_list("template", "recipient__name"):
            found.setdefault(template, []).append(name)
    return found


def state(world: World, one: Objection) -> str:
    with tenancy.scope(world.id):
        return str(Objection.objects.get(pk=one.pk).state)


def test_two_working_days_of_silence_and_the_office_has_it(world: World) -> None:
    one = filed(Desk(world))

    assert [look(at(20, 20, 59)), look(at(21, 6)), state(world, one)] == [0, 0, "FILED"]
    assert [look(WEDNESDAY), look(WEDNESDAY), state(world, one)] == [1, 0, "ROUTED"]
    assert told(world) == {
        "objection.routed": ["head_of_office"],
        "objection.passed_on": ["mother"],
        "objection.overdue": ["teacher"],
    }
    with tenancy.scope(world.id):
        event = Event.objects.get(kind="objection.routed", subject_id=one.record_id)
        assert (event.actor, Objection.objects.get().routed_at) == (None, WEDNESDAY)
        assert CommunicationRecord.objects.get().state == "UNDER_OBJECTION"


def test_the_routine_sweep_looks_for_them(world: World) -> None:
    filed(Desk(world))
    with tenancy.scope(world.id):
        Objection.objects.update(next_look_at=None)  # as rows of before the clock

    assert sweeps.run("routine", via="test")["failed"] == 0
    assert "routed" in sweeps.run("routine", via="test")


def test_a_worked_saturday_counts_and_a_free_monday_does_not(world: World) -> None:
    one = filed(Desk(world))
    days = {date(2026, 10, 17): True, date(2026, 10, 19): False}
    with tenancy.scope(world.id):
        for day, works in days.items():
            CalendarDay.objects.create(school=world.school, date=day, is_working=works)
    # Saturday is the first day, Tuesday the second, as in a plain week of Monday and Tuesday.
    assert (look(at(20, 20)), look(WEDNESDAY), state(world, one)) == (0, 1, "ROUTED")


def test_a_holiday_named_later_is_asked_when_the_day_comes(world: World) -> None:
    filed(Desk(world))
    with tenancy.scope(world.id):
        for day in (19, 20):
            CalendarDay.objects.create(
                school=world.school, date=date(2026, 10, day), is_working=False
            )

    assert [look(WEDNESDAY), look(at(22, 20)), look(at(23, 8))] == [0, 0, 1]


def test_an_author_who_is_away_has_five_days(world: World) -> None:
    with tenancy.scope(world.id):
        Absence.objects.create(
            school=world.school, person=world["teacher"], starts_at=at(19, 8), ends_at=at(20, 18)
        )
    desk = Desk(world)
    one = filed(desk)

    assert (look(WEDNESDAY), look(at(23, 20)), look(at(24, 8))) == (0, 0, 1)
    assert state(world, one) == "ROUTED"


def test_what_is_answered_in_time_stays_between_both(world: World) -> None:
    desk = Desk(world)
    one = filed(desk)
    with desk.as_("teacher") as viewer:
        objections.answer(viewer, objection_id=one.pk, reply="REFUSED", words="考核表如附件。")

    assert (look(WEDNESDAY), told(world)) == (0, {})


def test_a_filer_who_may_no_longer_read_hears_nothing(world: World) -> None:
    filed(Desk(world))
    with tenancy.scope(world.id):
        links = GuardianLink.objects.filter(guardian=world["mother"])
        links.update(child_data_access=False)

    assert look(WEDNESDAY) == 1
    assert "objection.passed_on" not in told(world)


def test_what_the_office_wrote_is_judged_above_it(world: World) -> None:
    desk = Desk(world)
    one = filed(desk, by="duty_officer")
    with desk.as_("vice_principal") as viewer, pytest.raises(NotFound):
        viewer.get(Objection, one.pk)

    assert look(WEDNESDAY) == 1
    assert told(world)["objection.routed"] == ["vice_principal"]
    desk.at = WEDNESDAY
    assert judged(desk, "vice_principal") == [one.pk]
    assert judged(desk, "head_of_office") == judged(desk, "duty_officer") == []
    with desk.as_("vice_principal") as viewer:
        assert viewer.get(CommunicationRecord, one.record_id).state == "UNDER_OBJECTION"


def test_of_a_teachers_record_the_office_alone_has_a_task(world: World) -> None:
    desk = Desk(world)
    one = filed(desk)
    assert judged(desk, "head_of_office") == []
    look(WEDNESDAY)

    assert judged(desk, "head_of_office") == [one.pk]
    for who in ("vice_principal", "teacher", "grade_leader", "auditor", "mother", "father"):
        assert judged(desk, who) == []


def judged(desk: Desk, name: str) -> list[object]:
    with tenancy.scope(desk.world.id):
        viewer = Viewer.load(desk.world[name], at=desk.at)
        return list(part_policies.to_judge(viewer).values_list("pk", flat=True))


def test_insisting_still_tells_the_office(world: World) -> None:
    desk = Desk(world)
    one = filed(desk)
    with desk.as_("teacher") as viewer:
        objections.answer(viewer, objection_id=one.pk, reply="REFUSED", words="考核表如附件。")
    mother = world["mother"]
    record_objections.end(
        school_id=world.id, objection_id=one.pk, by=mother, at=desk.at, how="insist"
    )

    assert told(world) == {"objection.routed": ["head_of_office"]}


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_hand_it_on_once(world: World) -> None:
    filed(Desk(world))

    def sweep(_: int) -> int:
        try:
            return look(WEDNESDAY)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(sweep, range(4))) == 1
    assert told(world)["objection.passed_on"] == ["mother"]
    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="objection.routed").count() == 1
