"""An objection freezes, is answered by the author, and ends with the filer's word."""

from importlib import import_module
from typing import Any

import pytest
from django.db import DatabaseError, connection

from ledger import events
from parties import tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound, WrongState
from parties.models import Membership
from parties.roles import Role
from records import communication, keeping, objections, sheets, signatures
from records.models import CommunicationRecord, Objection
from tests.factories import HOUR, MINUTE, World
from tests.records.desk import FACT, Desk, texts_of

#: A name that begins with digits is imported by its text.
dates = import_module("records.migrations.0078_annotated_at")

pytestmark = pytest.mark.django_db


def answer(desk: Desk, objection: Objection, reply: str, words: str = "补上日期。") -> Objection:
    with desk.as_("teacher") as viewer:
        return objections.answer(viewer, objection_id=objection.pk, reply=reply, words=words)


def act(desk: Desk, verb: str, objection: Objection, by: str = "mother") -> Objection:
    with desk.as_(by) as viewer:
        done: Objection = getattr(objections, verb)(viewer, objection_id=objection.pk)
        return done


def annotate(desk: Desk, objection: Objection, words: str) -> None:
    with desk.as_("mother") as viewer:
        objections.annotate(viewer, objection_id=objection.pk, words=words)


def test_objecting_freezes_the_record_for_every_reader(desk: Desk) -> None:
    record = desk.effective("与同学多次冲突。")
    filed = desk.object(record)

    assert (filed.state, desk.now(record).state) == ("FILED", "UNDER_OBJECTION")
    for who in ("mother", "teacher", "head_of_office", "student"):
        assert desk.read(record, who).record.state == "UNDER_OBJECTION"


def test_objecting_twice_is_objecting_once(desk: Desk) -> None:
    record = desk.effective()

    assert desk.object(record).pk == desk.object(record).pk


def test_the_author_lists_the_dates_and_the_filer_is_content(desk: Desk) -> None:
    record = desk.effective("与同学多次冲突。")
    filed = desk.object(record)
    answered = answer(desk, filed, "ACCEPTED", "改为列出日期。")
    with tenancy.scope(desk.world.id):
        newer = CommunicationRecord.objects.get(previous=record)
        assert answered.correction_id == newer.pk
    desk.check(newer)
    desk.offer(newer)
    desk.sign(newer, "teacher")
    desk.sign(newer, "mother")
    done = act(desk, "content", filed)

    assert (done.state, desk.now(record).state, desk.now(newer).state) == (
        "SETTLED", "SUPERSEDED", "EFFECTIVE",
    )  # fmt: skip
    assert newer.version == 2


def test_refused_and_content_lets_the_record_stand(desk: Desk) -> None:
    record = desk.effective()
    filed = desk.object(record)
    answer(desk, filed, "REFUSED", "考核表如附件。")
    act(desk, "content", filed)

    assert desk.now(record).state == "EFFECTIVE"


def test_an_answer_in_other_words_is_not_dropped_silently(desk: Desk) -> None:
    filed = desk.object(desk.effective())
    answer(desk, filed, "REFUSED", "考核表如附件。")
    answer(desk, filed, "REFUSED", "考核表如附件。 ")

    for reply, words in (("REFUSED", "当天的考勤也在附件。"), ("ACCEPTED", "考核表如附件。")):
        with pytest.raises(WrongState):
            answer(desk, filed, reply, words)


def test_whoever_insists_gets_the_office_and_the_freeze_goes_on(desk: Desk) -> None:
    record = desk.effective()
    filed = desk.object(record)
    answer(desk, filed, "REFUSED")

    assert act(desk, "insist", filed).state == "ROUTED"
    assert desk.now(record).state == "UNDER_OBJECTION"


@pytest.mark.parametrize("ground", ["DISCLOSURE", "CONSENT", "SIGNATURE"])
def test_a_ground_of_privacy_goes_to_the_office_at_once(desk: Desk, ground: str) -> None:
    assert desk.object(desk.effective(), ground=ground).state == "ROUTED"


def test_withdrawing_thaws_unless_somebody_else_objects_too(desk: Desk) -> None:
    record = desk.effective()
    mothers, fathers = desk.object(record), desk.object(record, by="father")
    act(desk, "withdraw", mothers)
    assert desk.now(record).state == "UNDER_OBJECTION"
    act(desk, "withdraw", fathers, by="father")

    assert desk.now(record).state == "EFFECTIVE"


def handed_over(desk: Desk) -> None:
    """Another teacher has the class from tomorrow on."""
    with tenancy.scope(desk.world.id):
        desk.later(days=1)
        held = Membership.objects.filter(person=desk.world["teacher"])
        held.update(ends_at=desk.at)
        desk.world.staff("new_teacher", Role.HT, school_class=desk.world.school_class)
    desk.later(hours=1)


@pytest.mark.parametrize("verb", ["withdraw", "content"])
def test_what_was_put_away_is_put_away_again_and_signed_no_more(desk: Desk, verb: str) -> None:
    record = desk.effective()
    with desk.as_("teacher") as viewer:
        keeping.archive(viewer, record_id=record.pk, why="graduation")
    filed = desk.object(record)
    if verb == "content":
        answer(desk, filed, "REFUSED")
    act(desk, verb, filed)

    assert desk.now(record).state == "ARCHIVED"
    with pytest.raises(WrongState):
        desk.sign(record, "father")


def test_after_a_handover_who_has_the_class_answers(desk: Desk) -> None:
    record = desk.effective()
    handed_over(desk)
    filed = desk.object(record)

    with desk.as_("teacher") as viewer, pytest.raises(NotAllowed):
        objections.answer(viewer, objection_id=filed.pk, reply="REFUSED", words="不对")
    with desk.as_("new_teacher") as viewer:
        assert list(viewer.rows(Objection)) == [filed]
        done = objections.answer(viewer, objection_id=filed.pk, reply="ACCEPTED", words="补上。")
        assert done.correction is not None
        assert done.correction.author_id == viewer.person.pk


def test_a_teacher_of_another_class_sees_no_objection(desk: Desk) -> None:
    desk.object(desk.effective())

    with desk.as_("stranger") as viewer:
        assert list(viewer.rows(Objection)) == []


def test_silence_does_not_keep_an_objection_from_the_office(desk: Desk) -> None:
    """Filed on a Friday: two working days later is Tuesday."""
    filed = desk.object(desk.effective())
    desk.later(days=4)
    with pytest.raises(WrongState, match="工作日"):
        act(desk, "insist", filed)
    desk.later(days=1)

    assert act(desk, "insist", filed).state == "ROUTED"


def test_one_parent_does_not_see_the_others_objection(desk: Desk) -> None:
    filed = desk.object(desk.effective())
    with desk.as_("father") as viewer, pytest.raises(NotFound):
        viewer.get(Objection, filed.pk)


def test_an_annotation_stands_beside_every_version_for_every_reader(desk: Desk) -> None:
    record = desk.effective()
    filed = desk.object(record)
    answer(desk, filed, "REFUSED")
    annotate(desk, filed, "孩子说只有一次。")
    act(desk, "content", filed)
    with desk.as_("teacher") as viewer:
        newer = communication.next_version(viewer, record_id=record.pk)
    desk.check(newer)
    desk.offer(newer)

    for version in (record, newer):
        found = desk.read(version, "father").annotations
        assert [one.words for one in found] == ["孩子说只有一次。"]


def test_a_second_annotation_stands_beside_the_first(desk: Desk) -> None:
    record = desk.effective()
    filed = desk.object(record)
    annotate(desk, filed, "孩子当天发烧。")
    act(desk, "withdraw", filed)
    desk.at += HOUR
    annotate(desk, filed, "以考勤为准。")
    annotate(desk, filed, "以考勤为准。")  # a phone sent it twice

    file = desk.read(record, "father")
    printed = sheets.sheet_of(file, school="").annotations
    assert [(one.text, one.at) for one in printed] == [
        ("孩子当天发烧。", desk.at - HOUR),
        ("以考勤为准。", desk.at),
    ]


@pytest.mark.parametrize("change", ["UPDATE {} SET words = ''", "DELETE FROM {}"])
def test_no_annotation_is_changed_or_removed(desk: Desk, change: str) -> None:
    annotate(desk, desk.object(desk.effective()), "孩子当天发烧。")
    with (
        pytest.raises(DatabaseError),
        tenancy.scope(desk.world.id),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format("records_annotation"))


def test_an_annotation_from_before_stays_and_comes_first(desk: Desk) -> None:
    record = desk.effective()
    filed = desk.object(record)
    with tenancy.scope(desk.world.id):
        filed.annotation = "原来的附记。"
        filed.save(update_fields=["annotation"])
    annotate(desk, filed, "后来的附记。")

    assert [one.words for one in desk.read(record, "teacher").annotations] == [
        "原来的附记。",
        "后来的附记。",
    ]
    filed.annotation = "改过的附记。"
    with pytest.raises(DatabaseError, match="never replaced"), tenancy.scope(desk.world.id):
        filed.save(update_fields=["annotation"])


def test_an_annotation_from_before_has_the_day_on_which_it_was_written(desk: Desk) -> None:
    record = desk.effective()
    filed = desk.object(record)
    desk.at += HOUR
    with tenancy.scope(desk.world.id):  # as one was stored then: replaced in place, and an event
        filed.annotation = "原来的附记。"
        filed.save(update_fields=["annotation"])
        for moment in (desk.at - MINUTE, desk.at):
            events.append(
                school_id=filed.school_id, kind="objection.annotated", actor=filed.filed_by_id,
                subject=("record", record.pk), refs=[("objection", filed.pk)], at=moment,
            )  # fmt: skip
    desk.at += HOUR
    annotate(desk, filed, "后来的附记。")

    with tenancy.scope(desk.world.id), connection.cursor() as cursor:
        cursor.execute(dates.DATE)

    printed = sheets.sheet_of(desk.read(record, "father"), school="").annotations
    assert [one.at for one in printed] == [desk.at - HOUR, desk.at]


@pytest.mark.parametrize("words", ["", " ", "字" * 501])
def test_an_annotation_has_its_length(desk: Desk, words: str) -> None:
    filed = desk.object(desk.effective())
    with desk.as_("mother") as viewer, pytest.raises(InvalidInput):
        objections.annotate(viewer, objection_id=filed.pk, words=words)


BAD: list[tuple[str, dict[str, Any]]] = [
    ("ground", {"ground": "MOOD"}),
    ("wish", {"wish": "MOOD"}),
    ("words", {"words": " "}),
]


@pytest.mark.parametrize(("field", "given"), BAD)
def test_a_bad_objection_names_the_field_and_freezes_nothing(
    desk: Desk, field: str, given: dict[str, Any]
) -> None:
    record = desk.effective()
    with pytest.raises(InvalidInput) as refused:
        desk.object(record, **given)

    assert refused.value.field == field
    assert desk.now(record).state == "EFFECTIVE"


def test_after_thirty_days_it_needs_new_facts_but_an_error_of_fact_never(desk: Desk) -> None:
    record = desk.effective()
    desk.read(record, "mother")
    desk.later(days=31)
    with pytest.raises(InvalidInput) as refused:
        desk.object(record, ground="WORDING")
    assert refused.value.field == "new_facts"

    assert desk.object(record, ground="WRONG").state == "FILED"


def test_the_days_begin_when_the_filer_has_it_and_not_before(desk: Desk) -> None:
    record = desk.effective()
    with desk.as_("father") as viewer:
        signatures.deliver(record, to=viewer.person, how="PAGE", viewer=viewer)
    desk.read(record, "mother")
    desk.later(days=31)
    desk.read(record, "father")

    assert desk.object(record, by="father", ground="WORDING").state == "FILED"
    with pytest.raises(InvalidInput):
        desk.object(record, by="mother", ground="WORDING")


@pytest.mark.parametrize("how", ["PAGE", "EXPORT"])
def test_a_copy_that_was_delivered_begins_them_too(desk: Desk, how: str) -> None:
    record = desk.effective()
    with desk.as_("father") as viewer:
        signatures.deliver(record, to=viewer.person, how=how, viewer=viewer)
    desk.later(days=31)

    with pytest.raises(InvalidInput):
        desk.object(record, by="father", ground="WORDING")


def test_reading_a_record_before_it_took_effect_begins_nothing(desk: Desk) -> None:
    record = desk.offered()
    desk.read(record, "mother")
    desk.sign(record, "teacher")
    desk.later(days=31)
    desk.sign(record, "mother")
    desk.later(days=29)

    assert desk.object(record, ground="WORDING").state == "FILED"


@pytest.mark.parametrize("who", ["teacher", "head_of_office", "grade_leader"])
def test_staff_do_not_object_as_family(desk: Desk, who: str) -> None:
    record = desk.effective()

    with pytest.raises(NotAllowed):
        desk.object(record, by=who)


def test_nobody_answers_for_the_author(desk: Desk) -> None:
    filed = desk.object(desk.effective())
    with desk.as_("head_of_office") as viewer, pytest.raises(NotAllowed):
        objections.answer(viewer, objection_id=filed.pk, reply="REFUSED", words="不对")


def test_what_is_not_effective_is_not_objected_to(desk: Desk) -> None:
    record = desk.offered()

    with pytest.raises(WrongState):
        desk.object(record)


def test_a_student_may_object_alone(desk: Desk, world: World) -> None:
    filed = desk.object(desk.effective(), by="student")

    assert filed.capacity == "STU"
    assert texts_of(desk.read(desk.effective(), "student")) == [FACT]
