"""Every word of staff passes the same check at its moment; no word of a family is ever blocked."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from parties import tenancy
from parties.errors import InvalidInput
from records import drafts, objections, reading, record_copies, sharing
from records.draft_input import Prepared
from records.meetings import answers, dossier
from records.models import CommunicationRecord, MeetingReply
from tests.factories import NOW, World
from tests.records.desk import FACT, Desk
from tests.records.meeting_days import PLAN, again, choose, offer, offered, prepared, times

pytestmark = pytest.mark.django_db

JUDGES = "典型的问題 家庭"  # traditional and spread out: the same words
AMBER = "该生上课走神。"
CALM = "10月8日电话记录"


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


# --- a record -------------------------------------------------------------------------------------


def prepare(desk: Desk, record: CommunicationRecord, **item: Any) -> None:
    with desk.as_("teacher") as viewer:
        drafts.prepare(viewer, record_id=record.pk, items=[Prepared(kind="OTHER", **item)])


def placed(desk: Desk, words: str) -> CommunicationRecord:
    return desk.drafted(place=words)


def based(desk: Desk, words: str) -> CommunicationRecord:
    record = desk.drafted()
    desk.say(record, FACT, basis=words)
    return record


def quoted_on(desk: Desk, words: str) -> CommunicationRecord:
    """The mother's own words, and what the teacher says they rest on."""
    record = desk.drafted()
    desk.say(record, "“他就是懒”", source="GUARDIAN", is_quote=True, basis=words)
    return record


def redacted(desk: Desk, words: str) -> CommunicationRecord:
    record = desk.drafted()
    desk.say(record, FACT, redacted_text=words)
    return record


def noted(desk: Desk, words: str) -> CommunicationRecord:
    record = desk.drafted()
    prepare(desk, record, note=words)
    return record


def founded(desk: Desk, words: str) -> CommunicationRecord:
    record = desk.drafted()
    prepare(desk, record, basis="DUTY", basis_note=words)
    return record


Story = Callable[[Desk, str], CommunicationRecord]
PLACES: list[tuple[Story, str]] = [
    (placed, "place"),
    (based, "statements.2.basis"),
    (quoted_on, "statements.2.basis"),
    (redacted, "statements.2.redacted_text"),
    (noted, "prepared.1.note"),
    (founded, "prepared.1.basis_note"),
]


@pytest.mark.parametrize(("story", "field"), PLACES)
def test_no_part_of_a_record_is_signed_with_a_word_that_judges(
    desk: Desk, story: Story, field: str
) -> None:
    record = story(desk, JUDGES)

    with pytest.raises(InvalidInput) as refused:
        desk.check(record)

    assert refused.value.field == field
    assert "可以写" in refused.value.mend
    desk.check(story(desk, CALM))


@pytest.mark.parametrize(("story", "field"), PLACES)
def test_a_discouraged_word_asks_its_author_wherever_it_stands(
    desk: Desk, story: Story, field: str
) -> None:
    record = story(desk, AMBER)
    with pytest.raises(InvalidInput, check=lambda no: no.field == field):
        desk.check(record)

    desk.check(record, confirmed=["上课走神"])


def test_an_illness_on_paper_may_stand_in_what_a_statement_rests_on(desk: Desk) -> None:
    record = desk.drafted()
    desk.say(record, "已按医嘱服药。", sensitivity="HLT", basis="市一院 9月2日诊断：抑郁症")

    desk.check(record)


@pytest.mark.parametrize(
    "basis",
    ["市一院 9月2日诊断：抑郁症", "诊断证明", "家长提供的病历（9月2日）", "县医院证明", "出院小结"],
)
def test_an_illness_that_rests_on_a_paper_passes(desk: Desk, basis: str) -> None:
    record = desk.drafted()
    desk.say(record, "该生有抑郁症。", sensitivity="HLT", basis=basis)

    desk.check(record)


@pytest.mark.parametrize(
    "basis",
    ["课堂观察", "同学都这么讲", "班主任判断", "听说有诊断证明", "没有病历", "诊断证明待补",
     "同学说有病历"],
)  # fmt: skip
def test_an_illness_that_rests_on_no_paper_is_asked_about(desk: Desk, basis: str) -> None:
    record = desk.drafted()
    desk.say(record, "该生有抑郁症。", sensitivity="HLT", basis=basis)

    with pytest.raises(InvalidInput, match="是否有医疗机构诊断") as asked:
        desk.check(record)
    assert asked.value.field == "statements.2"


@pytest.mark.parametrize(("story", "field"), [PLACES[0], PLACES[1]])
def test_what_leaves_the_school_is_held_back_by_a_discouraged_place_or_basis(
    desk: Desk, story: Story, field: str
) -> None:
    record = story(desk, AMBER)
    desk.check(record, confirmed=["上课走神"])
    desk.offer(record)
    for who in ("teacher", "mother"):
        desk.sign(record, who)

    with pytest.raises(InvalidInput, check=lambda no: no.field == field):
        record_copies.export(
            school_id=desk.world.id, by=desk.world["teacher"], at=desk.at, record_id=record.pk,
            form="json", purpose=record_copies.Purpose("authority"),
        )  # fmt: skip


# --- a signature ----------------------------------------------------------------------------------


def test_staff_sign_without_judging_and_a_family_says_what_it_likes(desk: Desk) -> None:
    record = desk.offered()
    with pytest.raises(InvalidInput, check=lambda no: no.field == "note"):
        desk.sign(record, "teacher", note=JUDGES)
    with pytest.raises(InvalidInput, check=lambda no: no.field == "note"):
        desk.witness(record, signer="father", note=JUDGES)

    desk.sign(record, "teacher", note=CALM)
    desk.sign(record, "mother", note=JUDGES)
    with pytest.raises(InvalidInput, check=lambda no: no.field == "reason"):
        desk.witness(record, signer="father", method="REFUSED", reason=JUDGES)
    desk.witness(record, signer="father", method="REFUSED", reason="父亲说：“典型的问题家庭”")
    assert desk.now(record).state == "EFFECTIVE"


def test_a_note_of_staff_beside_a_signature_counts_when_a_copy_leaves(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "teacher", note=AMBER)
    desk.sign(record, "mother", note="老师总说他上课走神")

    with desk.as_("teacher") as viewer:
        seen = reading.seen(viewer, viewer.get(CommunicationRecord, record.pk))
        assert sharing.held_back(seen) == ["上课走神"]


def test_an_author_answers_an_objection_without_judging(desk: Desk) -> None:
    objection = desk.object(desk.effective(), words=JUDGES)  # the family's own words

    def reply(words: str) -> None:
        with desk.as_("teacher") as viewer:
            objections.answer(viewer, objection_id=objection.pk, reply="REFUSED", words=words)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "words"):
        reply(JUDGES)
    reply(CALM)


# --- a meeting ------------------------------------------------------------------------------------


def test_a_family_is_not_asked_to_a_meeting_by_words_that_judge(world: World) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == "purpose"):
        prepared(world, plan=replace(PLAN, purpose=JUDGES))

    prepared(world, plan=replace(PLAN, purpose=AMBER, student_words=JUDGES))


def test_a_place_on_offer_judges_nobody(world: World) -> None:
    meeting = prepared(world)
    offers = times()
    offers[1] = replace(offers[1], place=JUDGES)

    with pytest.raises(InvalidInput, check=lambda no: no.field == "slots.1.place"):
        offer(world, meeting, offers)


@pytest.mark.parametrize("field", ["note", "basis_note"])
def test_what_is_noted_of_a_paper_judges_nobody(world: World, field: str) -> None:
    meeting = prepared(world)
    given: dict[str, Any] = {"kind": "OTHER", "note": CALM, field: JUDGES}
    common: dict[str, Any] = {"meeting_id": meeting.pk, "by": world["teacher"], "at": NOW}

    with tenancy.scope(world.id):
        with pytest.raises(InvalidInput, check=lambda no: no.field == field):
            dossier.add(**common, **given)
        report: dict[str, Any] = {
            "kind": "PSY_REPORT",
            "basis": "DUTY",
            "duty": "TALK",
            "basis_note": "与家长沟通近期情况",
        }
        dossier.add(**common, **report, note="市一院诊断证明：焦虑症")


def test_the_school_moves_a_date_without_judging_and_a_family_in_its_own_words(
    world: World,
) -> None:
    meeting, made = offered(world)
    choose(world, meeting, made[0].pk)
    common: dict[str, Any] = {"meeting_id": meeting.pk, "at": NOW}

    with tenancy.scope(world.id):
        teacher, mother = world["teacher"], world["mother"]
        with pytest.raises(InvalidInput, check=lambda no: no.field == "words"):
            answers.ask_change(**common, by=teacher, words=JUDGES, entered_by=teacher)
        answers.ask_change(**common, by=mother, words=JUDGES)
        assert MeetingReply.objects.filter(kind="CHANGE").count() == 1
    assert again(world, meeting).state == "PREPARING"
