"""A hold before a record is offered: asked for by its author, decided by the office, in time."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction

from ledger.models import Event
from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from parties.models import GuardianLink, Membership
from parties.roles import Role
from records import communication, discarding, hold_requests, holds
from records.models import CommunicationRecord, HoldRequest
from tests.factories import LONG_AGO, World
from tests.records.agreed import at
from tests.records.desk import FACT, Desk, texts_of
from tests.records.test_attachments import add
from tests.records.test_destroying import destroy

pytestmark = pytest.mark.django_db

WHY = "学生请求先由心理教师说明"
#: Friday; the office has Monday.
FRIDAY, MONDAY_NIGHT, TUESDAY = at(16, 17, 30), at(19, 23, 59), at(20, 0)


def ask(desk: Desk, record: CommunicationRecord, by: str = "teacher") -> HoldRequest:
    until = desk.at + timedelta(days=7)
    with desk.as_(by) as viewer:
        return hold_requests.ask(viewer, record_id=record.pk, reason=WHY, until=until)


def hold(desk: Desk, record: CommunicationRecord, by: str = "head_of_office") -> None:
    until = desk.at + timedelta(days=5)
    with desk.as_(by) as viewer:
        holds.hold(viewer, record_id=record.pk, reason="先由心理教师说明", until=until)


def refuse(desk: Desk, request: HoldRequest, by: str = "head_of_office") -> None:
    with desk.as_(by) as viewer:
        hold_requests.refuse(viewer, request_id=request.pk, reason="家长应当知道")


def state(desk: Desk, request: HoldRequest) -> str:
    with tenancy.scope(desk.world.id):
        return str(HoldRequest.objects.get(pk=request.pk).state)


def checked(desk: Desk) -> CommunicationRecord:
    record = desk.drafted()
    desk.check(record)
    return record


def test_a_record_is_held_from_its_first_moment(desk: Desk) -> None:
    record = checked(desk)
    request = ask(desk, record)
    hold(desk, record)
    desk.offer(record)

    assert (desk.now(record).state, state(desk, request)) == ("PENDING_SIGNATURES", "GRANTED")
    for who in ("mother", "father", "student"):
        with pytest.raises(NotFound):
            desk.read(record, who)
    desk.later(days=5)
    assert texts_of(desk.read(record, "mother")) == [FACT]


def test_an_officer_who_has_the_class_decides_nothing_that_they_asked_for(desk: Desk) -> None:
    record = checked(desk)
    with tenancy.scope(desk.world.id):
        Membership.objects.create(
            school=desk.world.school,
            person=desk.world["duty_officer"],
            role=Role.HT,
            school_class=desk.world.school_class,
            starts_at=LONG_AGO,
        )
    request = ask(desk, record, "duty_officer")

    with pytest.raises(NotAllowed, match="另一位同事"):
        hold(desk, record, "duty_officer")
    hold(desk, record, "head_of_office")
    assert state(desk, request) == "GRANTED"


def test_while_the_office_may_decide_nothing_is_offered(desk: Desk) -> None:
    record = checked(desk)
    ask(desk, record)

    with pytest.raises(WrongState, match="等德育处决定"):
        desk.offer(record)
    assert desk.now(record).state == "CHECKED"


def test_asking_holds_nothing_by_itself(desk: Desk) -> None:
    record = checked(desk)
    refuse(desk, ask(desk, record))
    desk.offer(record)

    assert desk.now(record).held_until is None
    assert texts_of(desk.read(record, "mother")) == [FACT]


def test_a_silence_of_one_working_day_holds_nothing(desk: Desk) -> None:
    desk.at = FRIDAY
    record = checked(desk)
    request = ask(desk, record)
    desk.at = MONDAY_NIGHT
    with pytest.raises(WrongState, match="10月20日 零点"):
        desk.offer(record)
    with tenancy.scope(desk.world.id):
        assert hold_requests.lapse(request_id=request.pk, at=MONDAY_NIGHT) is None

    desk.at = TUESDAY
    desk.offer(record)
    with tenancy.scope(desk.world.id):
        assert hold_requests.lapse(request_id=request.pk, at=TUESDAY) is not None
        assert hold_requests.lapse(request_id=request.pk, at=TUESDAY) is None
        assert Event.objects.get(kind="record.hold_lapsed").actor is None
    assert state(desk, request) == "LAPSED"
    assert texts_of(desk.read(record, "mother")) == [FACT]


def test_the_office_reads_a_draft_only_while_it_is_asked(desk: Desk) -> None:
    record, other = desk.drafted(), desk.drafted()
    with pytest.raises(NotFound):
        desk.read(record, "head_of_office")
    request = ask(desk, record)

    assert texts_of(desk.read(record, "head_of_office")) == [FACT]
    for who in ("mother", "student", "grade_leader", "auditor", "vice_principal", "counsellor"):
        with pytest.raises(NotFound):
            desk.read(record, who)
    with pytest.raises(NotFound):
        desk.read(other, "head_of_office")
    refuse(desk, request)
    with pytest.raises(NotFound):
        desk.read(record, "head_of_office")


def test_a_sensitive_sentence_stays_with_its_class_in_a_draft_too(desk: Desk) -> None:
    record = desk.drafted(FACT, "家里最近交不起房租，周末需要兼职。")
    ask(desk, record)

    assert texts_of(desk.read(record, "head_of_office")) == [FACT, None]


@pytest.mark.parametrize(
    "who", ["mother", "student", "father", "grade_leader", "auditor", "mentor"]
)
def test_nobody_else_learns_that_a_hold_was_asked(desk: Desk, who: str) -> None:
    record = checked(desk)
    request = ask(desk, record)
    with desk.as_(who) as viewer:
        assert viewer.find(HoldRequest, request.pk) is None
    hold(desk, record)
    desk.offer(record)
    desk.later(days=5)

    with desk.as_(who) as viewer:
        assert viewer.find(HoldRequest, request.pk) is None
        with pytest.raises(NotFound):
            hold_requests.refuse(viewer, request_id=request.pk, reason="家长应当知道")


def test_nobody_decides_about_what_they_wrote_or_asked(desk: Desk) -> None:
    record = desk.write(by="duty_officer")
    desk.meet(record, "mother", by="duty_officer")
    desk.say(record, by="duty_officer")
    request = ask(desk, record, by="duty_officer")

    with pytest.raises(NotAllowed):
        refuse(desk, request, by="duty_officer")
    with pytest.raises(NotAllowed):
        hold(desk, record, by="duty_officer")
    refuse(desk, request)


def test_an_officer_of_the_family_neither_reads_nor_decides(desk: Desk, world: World) -> None:
    record = desk.drafted()
    request = ask(desk, record)
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school,
            guardian=world["head_of_office"],
            student=world.student,
            relation="OTHER",
        )

    with pytest.raises(NotFound):
        desk.read(record, "head_of_office")
    with pytest.raises(NotFound):
        refuse(desk, request)


def test_only_a_writer_asks_and_only_about_a_draft(desk: Desk) -> None:
    record = checked(desk)
    for who in ("head_of_office", "mother", "student", "stranger"):
        with pytest.raises((NotFound, NotAllowed)):
            ask(desk, record, by=who)
    desk.offer(record)

    with pytest.raises(NotAllowed):
        ask(desk, record, by="mother")
    with pytest.raises(WrongState, match="已交签"):
        ask(desk, record)


@pytest.mark.parametrize(("reason", "days"), [("", 2), (WHY, 31), (WHY, -1)])
def test_a_request_needs_a_reason_and_an_end(desk: Desk, reason: str, days: int) -> None:
    record, until = desk.drafted(), desk.at + timedelta(days=days)

    with desk.as_("teacher") as viewer, pytest.raises(InvalidInput):
        hold_requests.ask(viewer, record_id=record.pk, reason=reason, until=until)


def test_asking_again_is_the_same_request(desk: Desk) -> None:
    record = desk.drafted()

    assert ask(desk, record).pk == ask(desk, record).pk


def test_its_author_may_take_it_back_and_offer_at_once(desk: Desk) -> None:
    record = checked(desk)
    request = ask(desk, record)
    with desk.as_("teacher") as viewer:
        hold_requests.withdraw(viewer, request_id=request.pk)
        hold_requests.withdraw(viewer, request_id=request.pk)
    desk.offer(record)

    assert state(desk, request) == "WITHDRAWN"
    with pytest.raises(WrongState, match="已有决定"):
        refuse(desk, request)


def test_what_is_put_aside_waits_for_nobody(desk: Desk) -> None:
    record = desk.drafted()
    request = ask(desk, record)
    with desk.as_("teacher") as viewer:
        discarding.discard(viewer, record_id=record.pk, reason="另有一份记录")

    assert state(desk, request) == "WITHDRAWN"
    with pytest.raises(NotFound):
        desk.read(record, "head_of_office")


def test_a_hold_of_the_version_before_answers_for_the_next_one(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    with desk.as_("teacher") as viewer:
        newer = communication.next_version(viewer, record_id=record.pk)
    request = ask(desk, newer)
    hold(desk, record)

    assert state(desk, request) == "GRANTED"
    assert desk.now(newer).held_until is not None


def test_every_step_is_an_event_without_a_word_of_it(desk: Desk, world: World) -> None:
    record = desk.drafted()
    refuse(desk, ask(desk, record))
    ask(desk, record)
    hold(desk, record)

    with tenancy.scope(world.id):
        told = list(Event.objects.filter(subject_id=record.pk, kind__regex="hold|held"))
        kinds = [one.kind for one in sorted(told, key=lambda one: one.pk)]
        text = b"".join(bytes(one.body) for one in told).decode()
    asked = ["record.hold_asked", "record.hold_refused", "record.hold_asked", "record.held"]
    assert kinds == asked
    assert "心理" not in text


def test_the_database_knows_the_way_of_a_request(desk: Desk, world: World) -> None:
    request = ask(desk, desk.drafted())
    refuse(desk, request)

    change = "UPDATE records_holdrequest SET state = 'GRANTED'"
    with tenancy.scope(world.id), pytest.raises(Error), transaction.atomic():
        connection.cursor().execute(change)


def test_the_office_decides_about_the_draft_and_ends_none_of_its_files(desk: Desk) -> None:
    record = desk.drafted()
    attached = add(desk, record)
    ask(desk, record)

    with pytest.raises(WrongState, match="由记录人删除"):
        destroy(desk, attached)
