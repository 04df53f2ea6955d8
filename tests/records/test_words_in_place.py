"""Words about money, health and other students stand where only their readers find them."""

from dataclasses import replace
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records import communication, drafts, language_gate
from records.draft_input import Header, Prepared
from records.meetings import dossier
from records.models import CommunicationRecord
from tests.factories import NOW, World
from tests.records import meeting_days
from tests.records.desk import FACT, SILENT, Desk, texts_of

pytestmark = pytest.mark.django_db

RESTRICTED = {
    "trigger_note": "家里交不起房租",
    "place": "医院住院部",
    "next_focus": "助学金申请",
}


def pupil(world: World, name: str, *, same_class: bool) -> None:
    with tenancy.scope(world.id):
        world.pupil(name, world.school_class if same_class else world.other_class)


# --- the header --------------------------------------------------------------------------------


@pytest.mark.parametrize("field", RESTRICTED)
def test_a_header_holds_nothing_that_only_some_of_its_readers_may_read(
    desk: Desk, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.write(**{field: RESTRICTED[field]})

    assert refused.value.field == field
    assert "陈述" in refused.value.mend


def test_a_changed_header_is_read_as_well(desk: Desk) -> None:
    record = desk.drafted()
    header = Header(trigger="PRAISE", started_at=NOW, place_kind="OFFICE", next_focus="复查用药")

    with pytest.raises(InvalidInput), desk.as_("teacher") as viewer:
        drafts.change(viewer, record_id=record.pk, header=header)


def test_an_older_draft_is_not_signed_with_such_a_header(desk: Desk, world: World) -> None:
    record = desk.drafted()
    with tenancy.scope(world.id):
        row = CommunicationRecord.objects.get(pk=record.pk)
        row.next_focus = "助学金申请"
        row.save(update_fields=["next_focus"])

    with pytest.raises(InvalidInput) as refused:
        desk.check(record)

    assert refused.value.field == "next_focus"


# --- a statement ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("basis", "classes"), [("助学金名单", "ECO"), ("住院证明", "HLT"), ("考勤表", "COM")]
)
def test_what_a_statement_rests_on_counts_for_its_class(
    desk: Desk, basis: str, classes: str
) -> None:
    made = desk.say(desk.write(), "10月8日请假一天。", basis=basis)

    assert made.sensitivity == classes


def test_a_homeroom_teacher_reads_no_basis_about_money(desk: Desk) -> None:
    record = desk.drafted(FACT)
    desk.say(record, "10月8日请假一天。", basis="助学金名单")
    desk.check(record)
    desk.offer(record)
    desk.sign(record, "teacher")
    desk.sign(record, "mother")

    assert texts_of(desk.read(record, "teacher")) == [FACT, None]
    assert [said.basis for said in desk.read(record, "teacher").statements] == ["", ""]


@pytest.mark.parametrize("same_class", [True, False])
def test_a_student_of_the_school_is_hidden_from_who_need_not_read_of_them(
    desk: Desk, world: World, same_class: bool
) -> None:
    pupil(world, "欧阳明月", same_class=same_class)

    made = desk.say(desk.write(), "和欧阳明月抢同一台设备。")

    assert made.sensitivity == "COM TPD"


def test_the_longer_name_is_somebody_elses(desk: Desk, world: World) -> None:
    pupil(world, "王伟", same_class=True)
    with tenancy.scope(world.id):
        world["student"].name = "王伟强"
        world["student"].save(update_fields=["name"])

    assert desk.say(desk.write(), "王伟强独立完成。").sensitivity == "COM"
    assert desk.say(desk.write(), "和王伟一起。").sensitivity == "COM TPD"


def test_a_word_is_not_hidden_because_somebody_far_away_bears_it(desk: Desk, world: World) -> None:
    pupil(world, "高兴", same_class=False)

    assert desk.say(desk.write(), "孩子说今天很高兴。").sensitivity == "COM"


@pytest.mark.parametrize("same_class", [True, False])
def test_a_text_without_other_people_names_none(desk: Desk, world: World, same_class: bool) -> None:
    pupil(world, "王伟", same_class=same_class)

    with pytest.raises(InvalidInput) as refused:
        desk.say(desk.write(), "推了王伟一下。", redacted_text="推了王 伟一下。")

    assert refused.value.field == "redacted_text"


def test_an_older_text_without_other_people_is_looked_at_before_signing(
    desk: Desk, world: World
) -> None:
    record = desk.write()
    desk.say(record, "推了王伟一下。", redacted_text="推了王伟一下。")
    pupil(world, "王伟", same_class=False)

    with pytest.raises(InvalidInput) as refused:
        desk.check(record, confirmed=["王伟"])

    assert refused.value.field == "statements.1.redacted_text"


# --- names at signing ----------------------------------------------------------------------------


def kept(desk: Desk, text: str, **more: Any) -> list[dict[str, Any]]:
    """What is kept of a check of this text."""
    record = desk.drafted(text)
    desk.check(record, **more)
    with tenancy.scope(desk.world.id):
        found = CommunicationRecord.objects.get(pk=record.pk).language_check
    return list(found or [])


def test_a_student_of_another_class_is_asked_about_before_signing(desk: Desk, world: World) -> None:
    pupil(world, "王伟", same_class=False)
    with pytest.raises(InvalidInput) as refused:
        kept(desk, "10月8日和王伟抢同一台设备。")
    assert refused.value.field == "statements.1"

    found = kept(desk, "10月8日和王伟抢同一台设备。", confirmed=["王伟"])

    assert [(one["phrase"], one["effect"]) for one in found] == [("王伟", "confirm")]


@pytest.mark.parametrize("name", ["高兴", "安静"])
def test_a_name_that_is_a_word_is_only_pointed_out(desk: Desk, world: World, name: str) -> None:
    pupil(world, name, same_class=False)

    found = kept(desk, f"10月8日在课上很{name}。")

    assert [(one["phrase"], one["effect"]) for one in found] == [(name, "hint")]


def test_whoever_took_part_may_be_named_like_a_student(desk: Desk, world: World) -> None:
    colleague = world["counsellor"]
    pupil(world, "counsellor", same_class=False)
    world.people["counsellor"] = colleague
    record = desk.write()
    desk.meet(record, "counsellor")
    desk.say(record, "和 counsellor 一起谈。")

    desk.check(record)

    assert desk.now(record).state == "CHECKED"


def test_names_cost_the_same_for_one_student_and_for_many(
    desk: Desk, world: World, django_assert_num_queries: Any
) -> None:
    record = desk.drafted()
    for number in range(30):
        pupil(world, f"张三{number}", same_class=bool(number % 2))

    with tenancy.scope(world.id):
        row = CommunicationRecord.objects.select_related("student__person", "author").get(
            pk=record.pk
        )
        with django_assert_num_queries(4):  # family, class, school, who took part
            assert len(language_gate.names_around(row).distant) == 32


def test_a_phrase_keeps_its_characters_beside_a_name_far_away(desk: Desk, world: World) -> None:
    pupil(world, "张懒", same_class=False)

    with pytest.raises(InvalidInput) as refused:
        kept(desk, "他紧张懒惰。", confirmed=["张懒"])

    assert "懒" in str(refused.value)


def test_the_check_of_a_draft_says_what_may_be_kept(desk: Desk, world: World) -> None:
    pupil(world, "王伟", same_class=False)
    record = desk.drafted("10月8日和王伟抢同一台设备。")

    with desk.as_("teacher"):
        found = language_gate.to_confirm(
            CommunicationRecord.objects.select_related("student__person").get(pk=record.pk)
        )

    assert found == ["王伟"]
    with desk.as_("teacher") as viewer:
        communication.check(viewer, record_id=record.pk, confirmed=found)


# --- what is written beside ---------------------------------------------------------------------


@pytest.mark.parametrize("field", ["text", "basis", "redacted_text"])
@pytest.mark.parametrize("words", ["说家里交不起学费时哭了", "说到住院时沉默约2分钟"])
def test_an_observed_reaction_says_nothing_of_another_class(
    desk: Desk, field: str, words: str
) -> None:
    said = {"text": "沉默约2分钟。", field: words}

    with pytest.raises(InvalidInput) as refused:
        desk.say(desk.write(), **SILENT, **said)

    assert refused.value.field == field
    assert "另写一条" in refused.value.mend


@pytest.mark.parametrize("field", ["note", "basis_note"])
def test_a_note_on_a_paper_says_nothing_of_another_class(desk: Desk, field: str) -> None:
    record = desk.write()
    given: dict[str, Any] = {"kind": "ATTENDANCE", "note": "10月", field: "住院请假三天"}
    item = Prepared(**given)

    with pytest.raises(InvalidInput) as refused, desk.as_("teacher") as viewer:
        drafts.prepare(viewer, record_id=record.pk, items=[Prepared(kind="OTHER"), item])

    assert refused.value.field == f"prepared.1.{field}"


def test_the_purpose_of_a_meeting_is_read_by_guests_too(world: World) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == "purpose"):
        meeting_days.prepared(world, plan=replace(meeting_days.PLAN, purpose="商量助学金和欠债"))


def test_a_place_on_offer_tells_nothing(world: World) -> None:
    meeting = meeting_days.prepared(world)
    offers = meeting_days.times()
    offers[1] = replace(offers[1], place="市一院住院部三楼")

    with pytest.raises(InvalidInput, check=lambda no: no.field == "slots.1.place"):
        meeting_days.offer(world, meeting, offers)


@pytest.mark.parametrize("field", ["note", "basis_note"])
def test_a_paper_of_a_meeting_tells_nothing(world: World, field: str) -> None:
    meeting = meeting_days.prepared(world)
    given: dict[str, Any] = {"kind": "ATTENDANCE", "note": "10月", field: "低保家庭，住院三天"}

    with (
        tenancy.scope(world.id),
        pytest.raises(InvalidInput, check=lambda no: no.field == field),
    ):
        dossier.add(meeting_id=meeting.pk, by=world["teacher"], at=NOW, **given)
