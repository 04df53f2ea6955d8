"""What a guardian or a student says in confidence: for them, and for whoever wrote it down."""

import pytest

from parties import tenancy
from parties.access import Viewer
from records import exports, record_copies
from records.exports import Form
from records.file import Filters
from records.models import CommunicationRecord
from records.record_copies import Purpose
from tests.factories import World
from tests.records.desk import FACT, Desk, next_version, texts_of
from tests.records.test_objections import handed_over

pytestmark = pytest.mark.django_db

CONFIDED = "母亲说想离开家一阵。"
NOT_NAMED = (
    "father", "student", "head_of_office", "duty_officer", "grade_leader", "auditor",
    "vice_principal",
)  # fmt: skip


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def confided(desk: Desk) -> CommunicationRecord:
    """Offered: what the mother told her child's teacher alone."""
    record = desk.drafted(FACT)
    desk.say(
        record, CONFIDED, section="GUARDIAN_OPINION", source="GUARDIAN", sensitivity="VOI",
        said_by="mother",
    )  # fmt: skip
    desk.check(record)
    desk.offer(record)
    return record


def signed(desk: Desk, record: CommunicationRecord) -> None:
    for who in ("teacher", "mother"):
        desk.sign(record, who)
    assert desk.now(record).state == "EFFECTIVE"


def reads(desk: Desk, record: CommunicationRecord, who: str) -> bool:
    return CONFIDED in texts_of(desk.read(record, who))


@pytest.mark.parametrize("effective", [False, True])
def test_who_said_it_and_who_wrote_it_down_read_it(
    desk: Desk,
    effective: bool,
) -> None:
    record = confided(desk)
    if effective:
        signed(desk, record)

    assert [reads(desk, record, who) for who in ("mother", "teacher")] == [True, True]
    for who in NOT_NAMED:
        with desk.as_(who) as viewer:
            known = viewer.find(CommunicationRecord, record.pk) is not None
        assert not known or not reads(desk, record, who), who


def test_a_colleague_who_was_there_is_not_named(desk: Desk) -> None:
    record = desk.drafted(FACT)
    desk.meet(record, "mother", "counsellor")
    desk.say(record, CONFIDED, source="GUARDIAN", sensitivity="VOI", said_by="mother")
    desk.check(record)
    desk.offer(record)
    signed(desk, record)

    assert texts_of(desk.read(record, "counsellor")) == [FACT]


def test_it_stays_between_them_in_the_next_version(desk: Desk) -> None:
    first = confided(desk)
    signed(desk, first)
    newer = desk.now(first)
    newer.pk = next_version(desk, first)
    desk.check(newer)
    desk.offer(newer)
    signed(desk, newer)

    read = {who: reads(desk, newer, who) for who in ("mother", "teacher", "father")}
    assert read == {"mother": True, "teacher": True, "father": False}


def test_after_a_handover_it_is_not_for_whoever_has_the_class(desk: Desk) -> None:
    record = confided(desk)
    signed(desk, record)
    handed_over(desk)

    assert not reads(desk, record, "new_teacher")
    assert reads(desk, record, "mother")


@pytest.mark.parametrize(
    ("who", "purpose", "holds"),
    [
        ("mother", "keep", True),
        ("mother", "authority", True),
        ("teacher", "keep", True),
        ("teacher", "sign", False),
        ("teacher", "review", False),
        ("teacher", "talk", False),
        ("teacher", "authority", False),
        ("father", "keep", False),
        ("head_of_office", "keep", False),
    ],
)
def test_a_copy_for_others_leaves_it_out(
    desk: Desk,
    who: str,
    purpose: str,
    holds: bool,
) -> None:
    record = confided(desk)
    signed(desk, record)

    copy = record_copies.export(
        school_id=desk.world.id, by=desk.world[who], at=desk.at, record_id=record.pk,
        form="json", purpose=Purpose(purpose),
    )  # fmt: skip

    assert (CONFIDED in copy.data.decode()) is holds


@pytest.mark.parametrize("purpose", [one for one in exports.Purpose if not one.counts_only])
def test_a_copy_of_the_file_holds_it_for_who_said_it_alone(
    desk: Desk, purpose: exports.Purpose
) -> None:
    signed(desk, confided(desk))

    holds = {}
    for who in ("mother", "teacher", "father", "head_of_office"):
        with tenancy.scope(desk.world.id):
            sheet, _ = exports.collect(
                viewer=Viewer.load(desk.world[who], at=desk.at),
                student_id=desk.world.student.pk,
                filters=Filters(),
                purpose=purpose,
                form=Form.JSON,
            )
        assert FACT in str(sheet)
        holds[who] = CONFIDED in str(sheet)

    assert holds == {"mother": True, "teacher": False, "father": False, "head_of_office": False}
