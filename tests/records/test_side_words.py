"""What stands beside a record has the class of its words, as a statement has."""

import pytest

from parties.errors import InvalidInput
from records import objections, reading, sheets, side_words
from records.models import CommunicationRecord, Objection
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

MONEY = "家里领低保，交不起材料费。"
ILL = "孩子有癫痫病史。"
PLAIN = "以实际考勤为准。"


def beside(desk: Desk, record: CommunicationRecord, who: str) -> list[str]:
    """Notes and reasons of signatures, then annotations, as this person gets them."""
    file = desk.read(record, who)
    signed = [one.note or one.reason for one in file.signatures]
    return [*signed, *(one.words for one in file.annotations)]


def annotated(desk: Desk, words: str) -> CommunicationRecord:
    record = desk.effective()
    objection = desk.object(record)
    with desk.as_("mother") as viewer:
        objections.annotate(viewer, objection_id=objection.pk, words=words)
    return record


def answer(desk: Desk, objection: Objection, words: str) -> None:
    with desk.as_("teacher") as viewer:
        objections.answer(viewer, objection_id=objection.pk, reply="REFUSED", words=words)


@pytest.mark.parametrize("words", [MONEY, "母亲患抑郁症，正在住院。", "见心理测评报告。"])
def test_no_word_of_staff_beside_it_is_of_a_class_of_its_own(desk: Desk, words: str) -> None:
    record = desk.offered()
    with pytest.raises(InvalidInput, check=lambda no: no.field == "note"):
        desk.sign(record, "teacher", note=words)
    with pytest.raises(InvalidInput, check=lambda no: no.field == "note"):
        desk.witness(record, note=words)
    objection = desk.object(desk.effective())
    with pytest.raises(InvalidInput, check=lambda no: no.field == "words"):
        answer(desk, objection, words)


def test_what_a_family_writes_about_money_is_for_its_readers(desk: Desk) -> None:
    record = desk.offered()
    desk.sign(record, "mother", note=MONEY)
    desk.refuse(record, "father", reason=MONEY)

    for who in ("mother", "father"):
        assert beside(desk, record, who) == [MONEY, MONEY], who
    for who in ("student", "duty_officer", "teacher"):
        assert beside(desk, record, who) == ["（家庭经济与资助，仅限可以查看的人）"] * 2, who


def test_an_annotation_about_an_illness_is_for_its_readers(desk: Desk) -> None:
    record = annotated(desk, ILL)

    for who in ("mother", "father", "student"):
        assert beside(desk, record, who)[-1] == ILL, who
    for who in ("duty_officer", "teacher"):
        assert beside(desk, record, who)[-1] == "（健康与病史，仅限可以查看的人）", who


def test_plain_words_are_for_everybody_who_reads_the_record(desk: Desk) -> None:
    record = annotated(desk, PLAIN)

    for who in ("mother", "student", "duty_officer", "teacher"):
        assert beside(desk, record, who)[-1] == PLAIN, who


def test_what_is_cut_for_one_reader_stays_as_it_was_written(desk: Desk) -> None:
    record = annotated(desk, ILL)
    beside(desk, record, "teacher")
    with desk.as_("mother") as viewer:
        (kept,) = reading.read(viewer, record.pk).annotations
    assert kept.words == ILL


def test_a_refusal_that_staff_wrote_down_is_printed_as_told_by_them(desk: Desk) -> None:
    record = desk.offered()
    desk.witness(record, method="REFUSED", reason="母亲说“与事实不符”")

    (printed,) = sheets.sheet_of(desk.read(record, "mother"), school="").signatures
    assert printed.told_as == "校方转述"


def test_who_has_to_answer_an_objection_reads_it_until_it_is_over(desk: Desk) -> None:
    objection = desk.object(desk.effective(), words=ILL)

    def words(who: str) -> str:
        with desk.as_(who) as viewer:
            found = side_words.objection(viewer, viewer.get(Objection, objection.pk))
            return str(found.words)

    assert (words("mother"), words("teacher")) == (ILL, ILL)
    assert ILL not in words("duty_officer")
    with desk.as_("mother") as viewer:
        objections.withdraw(viewer, objection_id=objection.pk)

    assert words("mother") == ILL
    assert ILL not in words("teacher")
