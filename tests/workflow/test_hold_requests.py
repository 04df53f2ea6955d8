"""Who hears of a hold that was asked for: the office, its author, and never the home."""

from datetime import datetime, timedelta

import pytest

from parties import tenancy
from records.models import CommunicationRecord, HoldRequest
from tests.factories import World
from tests.records.agreed import at
from tests.records.desk import Desk
from workflow import communication, hold_requests, record_holds, reporting, sweeps
from workflow.models import Escalation, Notification
from workflow.reports import ReportInput

pytestmark = pytest.mark.django_db

#: Friday; the office has Monday.
FRIDAY, TUESDAY = at(16, 17, 30), at(20, 8)


def asked(desk: Desk, by: str = "teacher") -> HoldRequest:
    desk.at = FRIDAY
    record = desk.write(by=by)
    desk.meet(record, "mother", by=by)
    desk.say(record, by=by)
    desk.check(record, by=by)
    return ask(desk, record, by=by)


def ask(desk: Desk, record: CommunicationRecord, by: str = "teacher") -> HoldRequest:
    return hold_requests.ask(
        school_id=desk.world.id,
        record_id=record.pk,
        by=desk.world[by],
        at=desk.at,
        reason="学生请求先由心理教师说明",
        until=desk.at + timedelta(days=7),
    )


def offer(desk: Desk, request: HoldRequest) -> None:
    teacher, record = desk.world["teacher"], request.record_id
    communication.offer(school_id=desk.world.id, record_id=record, by=teacher, at=desk.at)


def look(moment: datetime) -> int:
    return hold_requests.look_due(via="test", at=moment)


def told(world: World) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with tenancy.scope(world.id):
        rows = Notification.objects.exclude(template__startswith="crisis.").order_by("key")
        for template, name in rows.values_list("template", "recipient__name"):
            found.setdefault(template, []).append(name)
    return found


def test_the_head_of_the_office_hears_once(world: World) -> None:
    desk = Desk(world)
    request = asked(desk)
    with tenancy.scope(world.id):
        record = CommunicationRecord.objects.get(pk=request.record_id)
    ask(desk, record)

    assert told(world) == {"record.hold_asked": ["head_of_office"]}


def test_nothing_reaches_the_home_while_it_is_held(world: World) -> None:
    desk = Desk(world)
    request = asked(desk)
    until = desk.at + timedelta(days=5)
    record_holds.hold(
        school_id=world.id,
        record_id=request.record_id,
        by=world["head_of_office"],
        at=desk.at,
        reason="先由心理教师说明",
        until=until,
    )
    offer(desk, request)
    at_home = {"mother", "father", "student"}
    heard = told(world)

    assert heard["record.hold_decided"] == ["teacher"]
    assert not at_home & {name for names in heard.values() for name in names}
    assert record_holds.look_due(via="test", at=until) == 1
    assert sorted(told(world)["record.offered"]) == ["father", "mother"]


def test_a_refusal_reaches_its_author_and_the_record_may_go(world: World) -> None:
    desk = Desk(world)
    request = asked(desk)
    head = world["head_of_office"]
    hold_requests.refuse(
        school_id=world.id, request_id=request.pk, by=head, at=desk.at, reason="家长应当知道"
    )
    offer(desk, request)

    assert told(world)["record.hold_decided"] == ["teacher"]
    assert sorted(told(world)["record.offered"]) == ["father", "mother"]


def test_a_silence_ends_by_itself_by_day_and_its_author_hears(world: World) -> None:
    desk = Desk(world)
    request = asked(desk)

    assert [look(at(19, 20)), look(at(20, 6)), look(TUESDAY), look(TUESDAY)] == [0, 0, 1, 0]
    assert told(world)["record.hold_lapsed"] == ["teacher"]
    desk.at = TUESDAY
    offer(desk, request)
    assert "record.offered" in told(world)


def test_the_routine_sweep_looks_for_them(world: World) -> None:
    asked(Desk(world))

    counts = sweeps.run("routine", via="test")
    assert (counts["failed"], "undecided" in counts) == (0, True)


def test_of_an_officers_own_record_another_officer_hears(world: World) -> None:
    asked(Desk(world), by="head_of_office")

    assert told(world)["record.hold_asked"] == ["duty_officer"]


def test_no_crisis_waits_for_it(world: World) -> None:
    desk = Desk(world)
    asked(desk)
    report = ReportInput(
        who="student", observed="手臂有新伤", safe_now="NO", student_id=world.student.pk
    )
    reporting.receive(person=world["teacher"], report=report, key=None)

    with tenancy.scope(world.id):
        assert Escalation.objects.filter(state=Escalation.State.WAITING).count() == 1
        assert Notification.objects.filter(lane="crisis").exists()
