"""A record's life: checked, offered, held, changed by a next version."""

import json
from datetime import timedelta

import pytest

from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from records import communication, content, holds
from records.models import CommunicationRecord, FileEntry, Statement
from tests.factories import World
from tests.records.desk import FACT, SILENT, Desk, next_version, texts_of

pytestmark = pytest.mark.django_db


def test_a_forbidden_word_stops_the_signature_and_says_what_to_write(desk: Desk) -> None:
    record = desk.drafted("他是问题家庭出来的孩子。")
    with pytest.raises(InvalidInput) as refused:
        desk.check(record)

    assert refused.value.field == "statements.1"
    assert "问题家庭" in str(refused.value)
    assert refused.value.mend.startswith("可以写可核实的照料安排：")
    assert desk.now(record).state == "DRAFT"


def test_a_discouraged_word_needs_a_tap(desk: Desk) -> None:
    record = desk.drafted("家长失联，已记录。")
    with pytest.raises(InvalidInput):
        desk.check(record)
    desk.check(record, confirmed=["家长失联"])

    with desk.as_("teacher") as viewer:
        kept = viewer.get(type(record), record.pk).language_check
    assert [(one["phrase"], one["effect"]) for one in kept] == [("家长失联", "confirm")]


@pytest.mark.parametrize("source", ["GUARDIAN", "STUDENT", "COMPANY", "THIRD"])
def test_own_words_of_any_person_stay_as_a_quotation(desk: Desk, source: str) -> None:
    record = desk.drafted()
    desk.say(record, "“他就是差生，没救了。”", source=source, is_quote=True)
    desk.check(record)

    assert desk.now(record).state == "CHECKED"


@pytest.mark.parametrize("source", ["TEACHER", "SYSTEM"])
def test_a_teacher_or_a_machine_quotes_nobody_with_its_own_words(desk: Desk, source: str) -> None:
    record = desk.drafted()
    desk.say(record, "“他就是差生。”", source=source, is_quote=True)

    with pytest.raises(InvalidInput):
        desk.check(record)


def test_the_same_words_outside_of_a_quotation_are_stopped(desk: Desk) -> None:
    record = desk.drafted("“他就是差生。”")

    with pytest.raises(InvalidInput):
        desk.check(record)


def test_a_template_asks_for_what_its_trigger_needs(desk: Desk) -> None:
    record = desk.drafted(trigger="STUDY")
    with pytest.raises(InvalidInput) as refused:
        desk.check(record)
    assert "家长意见" in str(refused.value)

    desk.say(record, "愿意配合。", section="GUARDIAN_OPINION", source="GUARDIAN")
    desk.say(record, "每天练习读图20分钟。", section="ADVICE")
    desk.say(record, "每周二、四晚由家长签到。", section="CONSENSUS")
    desk.check(record)
    assert desk.now(record).state == "CHECKED"


def test_an_offered_record_is_read_by_both_sides_and_by_no_stranger(desk: Desk) -> None:
    record = desk.offered()

    for who in ("teacher", "mother", "father", "student", "head_of_office"):
        assert texts_of(desk.read(record, who)) == [FACT], who
    for who in ("stranger", "mentor", "classmate", "vice_principal", "counsellor"):
        with pytest.raises(NotFound):
            desk.read(record, who)


def test_the_grade_leader_and_the_auditor_know_that_there_is_one(desk: Desk) -> None:
    record = desk.offered()

    for who in ("grade_leader", "auditor"):
        file = desk.read(record, who)
        assert texts_of(file) == [], who
        assert not {"trigger", "trigger_note"} & file.fields
        assert "state" in file.fields


def test_the_file_opens_to_the_family_with_the_offer(desk: Desk, world: World) -> None:
    record = desk.offered()
    with tenancy.scope(world.id):
        entry = FileEntry.objects.get(object_id=record.pk)

    assert {"G", "STU", "HT", "ME"} <= set(entry.readers)


def test_an_unsigned_record_can_be_called_back(desk: Desk) -> None:
    record = desk.offered()
    with desk.as_("teacher") as viewer:
        communication.recall(viewer, record_id=record.pk)

    assert desk.now(record).state == "DRAFT"
    with pytest.raises(NotFound):
        desk.read(record, "mother")


def test_a_signed_one_cannot(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "mother")

    with desk.as_("teacher") as viewer, pytest.raises(WrongState):
        communication.recall(viewer, record_id=record.pk)


def test_a_hold_keeps_the_family_out_for_a_time_and_has_a_name(desk: Desk) -> None:
    record = desk.offered()
    with desk.as_("head_of_office") as viewer:
        holds.hold(
            viewer,
            record_id=record.pk,
            reason="学生请求先由心理教师说明",
            until=desk.at + timedelta(days=2),
        )
    with pytest.raises(NotFound):
        desk.read(record, "mother")

    desk.later(days=2)
    file = desk.read(record, "mother")
    assert not {"hold_reason", "held_by", "held_until"} & file.fields


@pytest.mark.parametrize(("reason", "days"), [("", 2), ("等一下再说吧", 31), ("等一下再说吧", -1)])
def test_a_hold_needs_a_reason_and_an_end(desk: Desk, reason: str, days: int) -> None:
    record = desk.offered()
    until = desk.at + timedelta(days=days)
    with desk.as_("head_of_office") as viewer, pytest.raises(InvalidInput):
        holds.hold(viewer, record_id=record.pk, reason=reason, until=until)


def hold(desk: Desk, record: CommunicationRecord, by: str = "head_of_office") -> None:
    with desk.as_(by) as viewer:
        holds.hold(
            viewer, record_id=record.pk, reason="等待核实情况", until=desk.at + timedelta(days=30)
        )


@pytest.mark.parametrize("word", ["sign", "refuse"])
def test_what_the_family_gave_its_word_on_is_not_kept_from_it(desk: Desk, word: str) -> None:
    record = desk.offered()
    getattr(desk, word)(record, "mother")

    with pytest.raises(WrongState, match="表示过意见"):
        hold(desk, record)
    assert desk.read(record, "mother")


def test_what_is_effective_or_objected_to_is_not_held(desk: Desk) -> None:
    record = desk.effective()
    with pytest.raises(WrongState):
        hold(desk, record)
    desk.object(record)

    with pytest.raises(WrongState):
        hold(desk, record)


def test_nobody_holds_their_own_record(desk: Desk) -> None:
    record = desk.write(by="duty_officer")
    desk.meet(record, "mother", by="duty_officer")
    desk.say(record, by="duty_officer")
    desk.check(record, by="duty_officer")
    desk.offer(record, by="duty_officer")

    with pytest.raises(NotAllowed):
        hold(desk, record, by="duty_officer")
    hold(desk, record)


def test_the_next_version_is_held_as_long(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    hold(desk, record)
    with desk.as_("teacher") as viewer:
        newer = communication.next_version(viewer, record_id=record.pk)
    desk.check(newer)
    desk.offer(newer)

    with pytest.raises(NotFound):
        desk.read(newer, "mother")
    desk.later(days=30)
    assert desk.read(newer, "mother")


def test_a_hold_that_is_over_is_not_handed_on(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher")
    hold(desk, record)
    desk.later(days=31)
    with desk.as_("teacher") as viewer:
        newer = communication.next_version(viewer, record_id=record.pk)

    assert (newer.held_until, newer.held_by_id, newer.hold_reason) == (None, None, "")


def test_only_the_office_holds(desk: Desk) -> None:
    record = desk.offered()
    with desk.as_("teacher") as viewer, pytest.raises(NotAllowed):
        holds.hold(
            viewer, record_id=record.pk, reason="不想让家长看", until=desk.at + timedelta(days=1)
        )


def test_a_change_after_the_first_signature_is_the_next_version(desk: Desk) -> None:
    record = desk.effective("迟到三次：10月8日、9日、10日。")
    newer_id = next_version(desk, record)
    with desk.as_("teacher") as viewer:
        newer = viewer.get(type(record), newer_id)
        assert (newer.version, newer.previous_id, newer.record_no) == (
            2, record.pk, record.record_no,
        )  # fmt: skip
    assert texts_of(desk.read(newer, "teacher")) == ["迟到三次：10月8日、9日、10日。"]
    assert desk.now(record).state == "EFFECTIVE"

    desk.check(newer)
    desk.offer(newer)
    desk.sign(newer, "teacher")
    desk.sign(newer, "mother")
    assert (desk.now(record).state, desk.now(newer).state) == ("SUPERSEDED", "EFFECTIVE")
    assert texts_of(desk.read(record, "mother")) == ["迟到三次：10月8日、9日、10日。"]


def test_a_version_that_never_took_effect_keeps_no_older_one_standing(desk: Desk) -> None:
    first = desk.effective()
    with desk.as_("teacher") as viewer:
        second = communication.next_version(viewer, record_id=first.pk)
    desk.check(second)
    desk.offer(second)
    desk.sign(second, "teacher")
    with desk.as_("teacher") as viewer:
        third = communication.next_version(viewer, record_id=second.pk)
    desk.check(third)
    desk.offer(third)
    desk.sign(third, "teacher")
    desk.sign(third, "mother")

    states = [desk.now(one).state for one in (first, second, third)]
    assert states == ["SUPERSEDED", "SUPERSEDED", "EFFECTIVE"]


def test_there_is_one_next_version_at_a_time(desk: Desk) -> None:
    record = desk.effective()
    next_version(desk, record)

    with pytest.raises(WrongState):
        next_version(desk, record)


def test_what_was_signed_can_be_proved_later(desk: Desk, world: World) -> None:
    record = desk.effective()
    with tenancy.scope(world.id):
        kept = type(record).objects.get(pk=record.pk)
        assert content.is_intact(kept)
        kept.place = "别处"
        assert not content.is_intact(kept)


def test_two_records_with_the_same_words_have_different_hashes(desk: Desk) -> None:
    first, second = desk.effective(), desk.effective()

    assert desk.now(first).content_hash != desk.now(second).content_hash


def test_what_was_observed_is_signed_and_goes_into_the_next_version(
    desk: Desk, world: World
) -> None:
    record = desk.drafted()
    desk.say(record, "约2分钟没有说话。", **SILENT)
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    with tenancy.scope(world.id):
        kept = type(record).objects.get(pk=record.pk)
        assert content.is_intact(kept)
        assert b'"observed":"SILENT"' in content.canonical(kept)

    newer = next_version(desk, record)

    with tenancy.scope(world.id):
        rows = Statement.objects.filter(record=newer).order_by("place")
        assert [one.observed for one in rows] == ["", "SILENT"]


def test_a_statement_from_before_the_codes_is_signed_as_before(desk: Desk, world: World) -> None:
    record = desk.drafted()
    seen = {**SILENT, "observed": "", "said_by": world["mother"], "sensitivity": "EMO"}
    with tenancy.scope(world.id):
        record.statements.create(
            school_id=world.id, student=world.student, source="TEACHER", status="ONE_SIDED",
            text="约2分钟没有说话。", entered_by=world["teacher"], at=desk.at, place=2, **seen,
        )  # fmt: skip
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")

    assert texts_of(desk.read(record, "mother")) == [FACT, "约2分钟没有说话。"]
    with tenancy.scope(world.id):
        told = json.loads(content.canonical(type(record).objects.get(pk=record.pk)))
    members = {"section", "source", "status", "sensitivity", "text", "redacted_text", "is_quote"}
    members |= {"basis", "said_by", "entered_by", "at"}
    assert [set(one) for one in told["statements"]] == [members, members]
