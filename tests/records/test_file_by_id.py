"""Whoever opens a record by its id finds it in the file, as far as it is theirs; nobody else."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import NotAllowed, NotFound
from parties.roles import Role
from records import attachments, exports, file, hold_requests
from records.file import Entry, Filters
from records.models import Attachment, CommunicationRecord
from tests.factories import World
from tests.records.consented import give
from tests.records.desk import FACT, Desk, next_version, texts_of
from tests.records.filed import case
from tests.records.test_attachments import add
from tests.records.test_objections import handed_over

pytestmark = pytest.mark.django_db

MONEY = "家里最近交不起房租，周末需要兼职。"
ILL = "上周住院三天。"
TALKED = "上周和心理教师谈过一次。"
#: Whose task a class is: what they read of a record that holds one sentence of each.
TASKS = {"deputy": [MONEY], "doctor": [ILL], "counsellor": [ILL, TALKED]}
KIND = "communication"


@pytest.fixture
def world(world: World) -> World:
    with tenancy.scope(world.id):
        world.staff("doctor", Role.DOC)
    return world


def of_all_classes(desk: Desk, **header: object) -> CommunicationRecord:
    record = desk.drafted(FACT, MONEY, ILL, **header)
    desk.say(record, TALKED, sensitivity="PSY")
    desk.check(record)
    desk.offer(record)
    return record


def entries(desk: Desk, who: str, **filters: object) -> Sequence[Entry]:
    """Of records, in the student's file; raises NotFound where there is no file for this reader."""
    with desk.as_(who) as viewer:
        asked = Filters(**{"kind": KIND, **filters})  # type: ignore[arg-type]
        return file.read(
            viewer=viewer, student_id=desk.world.student.pk, filters=asked, limit=20
        ).entries


def in_file(desk: Desk, who: str) -> set[UUID]:
    try:
        return {entry.object_id for entry in entries(desk, who)}
    except NotFound:
        return set()


def by_id(desk: Desk, who: str) -> set[UUID]:
    with tenancy.scope(desk.world.id):
        every = list(CommunicationRecord.objects.values_list("pk", flat=True))
    with desk.as_(who) as viewer:
        return {pk for pk in every if viewer.find(CommunicationRecord, pk) is not None}


@pytest.mark.parametrize("who", sorted(TASKS))
def test_whose_task_a_sentence_is_finds_the_record_by_its_outline(desk: Desk, who: str) -> None:
    record = of_all_classes(desk)

    (entry,) = entries(desk, who)

    assert [text for text in texts_of(desk.read(record, who)) if text] == TASKS[who]
    assert (entry.object_id, entry.by, entry.case_id) == (record.pk, None, None)
    assert (entry.line.title, entry.line.summary, entry.line.state) == (
        "沟通记录",
        "第 1 版",
        "待签字",
    )
    assert dict(entry.line.extra) == {"state": "PENDING_SIGNATURES", "disputed": False}


@pytest.mark.parametrize("who", [*sorted(TASKS), "stranger", "mentor"])
def test_who_has_no_sentence_in_it_finds_no_record(desk: Desk, who: str) -> None:
    desk.offered()
    desk.drafted(FACT, MONEY, ILL)  # nobody else has seen it

    assert in_file(desk, who) == by_id(desk, who) == set()
    if who != "mentor":
        with pytest.raises(NotFound):
            entries(desk, who)


def test_of_two_records_each_finds_that_of_their_class_alone(desk: Desk) -> None:
    money, ill = desk.offered(MONEY), desk.offered(ILL)

    assert in_file(desk, "deputy") == {money.pk}
    assert in_file(desk, "doctor") == {ill.pk}
    assert in_file(desk, "auditor") == in_file(desk, "mother") == {money.pk, ill.pk}


def test_the_file_and_the_page_agree_for_everybody_at_every_step(desk: Desk) -> None:
    """A new version, a draft that was handed over, and one that 德育处 is asked to hold."""
    next_version(desk, desk.effective(MONEY, ILL))
    waiting = desk.drafted(TALKED)
    desk.check(waiting)
    with desk.as_("teacher") as viewer:
        until = desk.at.replace(day=20)
        hold_requests.ask(viewer, record_id=waiting.pk, reason="先由心理教师说明", until=until)
    handed_over(desk)

    for who in desk.world.people:
        assert in_file(desk, who) == by_id(desk, who), who
    assert len(in_file(desk, "new_teacher")) == 3
    assert waiting.pk in in_file(desk, "duty_officer")


def test_who_wrote_it_and_which_case_is_for_who_reads_it(desk: Desk) -> None:
    with tenancy.scope(desk.world.id):
        case_id = case(desk.world).pk
    of_all_classes(desk, case_id=case_id)

    (outline,), (whole,) = entries(desk, "grade_leader"), entries(desk, "duty_officer")

    assert (outline.by, outline.case_id) == (None, None)
    assert (whole.by, whole.case_id) == (desk.world["teacher"], case_id)


def test_asking_for_a_case_tells_nobody_new_that_a_record_belongs_to_it(
    desk: Desk, world: World
) -> None:
    with tenancy.scope(world.id):
        case_id = case(world, channel="CRISIS").pk
    of_all_classes(desk, case_id=case_id)

    assert [one.kind for one in entries(desk, "counsellor", kind="", case_id=case_id)] == ["case"]
    assert len(entries(desk, "duty_officer", case_id=case_id)) == 1


def test_a_copy_of_the_file_has_the_line_and_no_word(desk: Desk) -> None:
    of_all_classes(desk)

    with tenancy.scope(desk.world.id):
        sheet, _ = exports.collect(
            viewer=Viewer.load(desk.world["deputy"], at=desk.at),
            student_id=desk.world.student.pk,
            filters=Filters(),
            purpose=exports.Purpose.AID,
            form=exports.Form.JSON,
        )

    assert [(one.kind, one.title, one.party) for one in sheet.entries] == [
        ("沟通记录", "沟通记录", "学校")
    ]
    assert sheet.records == ()


def test_an_auditor_who_knows_that_there_is_one_takes_no_copy_of_the_file(desk: Desk) -> None:
    desk.offered()
    assert len(entries(desk, "auditor")) == 1

    with desk.as_("auditor") as viewer, pytest.raises(NotAllowed):
        exports.taken_by(viewer, desk.world.student.pk)


# --- files of a record ----------------------------------------------------------------------------

CLASSES = ("COM", "ECO", "HLT", "PSY", "PSY TPD")


def openable(desk: Desk, who: str) -> set[UUID]:
    with tenancy.scope(desk.world.id):
        every = list(Attachment.objects.values_list("pk", flat=True))
    found = set[UUID]()
    with desk.as_(who) as viewer:
        for pk in every:
            with suppress(NotFound):
                found.add(attachments.readable(viewer, pk).pk)
    return found


@pytest.mark.parametrize(
    ("who", "classes"),
    [("deputy", {"ECO"}), ("doctor", {"HLT"}), ("counsellor", {"HLT", "PSY", "PSY TPD"})],
)
def test_a_paper_of_their_class_is_an_entry_as_it_is_theirs_to_open(
    desk: Desk, who: str, classes: set[str]
) -> None:
    record = desk.drafted(FACT, MONEY, ILL)
    desk.say(record, TALKED, sensitivity="PSY")
    give(desk)  # what a psychological paper rests on
    files = {code: add(desk, record, sensitivity=code).pk for code in CLASSES}
    desk.check(record)
    desk.offer(record)

    found = entries(desk, who, kind="attachment")

    assert {one.object_id for one in found} == openable(desk, who) == {files[c] for c in classes}
    assert {(one.by, one.case_id) for one in found} == {(None, None)}
    assert {one.by for one in entries(desk, "duty_officer", kind="attachment")} == {
        desk.world["teacher"]
    }
