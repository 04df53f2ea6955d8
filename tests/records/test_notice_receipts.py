"""One receipt per guardian and child: what counts as done, and what a batch costs."""

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from parties import tenancy
from parties.access import Viewer
from parties.models import GuardianLink, Restriction
from parties.state_guards import transitions
from records import notice_audience, notice_owing
from records import notices as notice_drafts
from records.models import Notice, NoticeReceipt
from tests.factories import LONG_AGO, World
from tests.processes.notice_walk import FRIDAY, drafted, second_family, sent
from workflow import notice_sending, notices
from workflow.errors import InvalidInput, NotFound, WrongState

pytestmark = pytest.mark.django_db


def test_what_went_out_is_frozen_so_a_receipt_needs_no_mark_of_it(world: World) -> None:
    walk = sent(world)
    with tenancy.scope(world.id):
        notice = Notice.objects.get(pk=walk.notice_id)
    with pytest.raises(WrongState):
        notice_drafts.change(
            school_id=world.id,
            notice_id=notice.pk,
            by=world["teacher"],
            at=walk.at,
            version=notice.version,
            given={"body": "另一段话。"},
        )
    out = {"SENT", "CLOSED", "WITHDRAWN"}
    left = {target for source, target in transitions(Notice, "state") if source in out}
    assert left <= out
    assert not out & set(Notice.EDITABLE)


@pytest.mark.parametrize(
    ("strength", "verb", "settled"),
    [
        ("READ", "open_", True),
        ("CONFIRM", "open_", False),
        ("CONFIRM", "confirm", True),
        ("SIGN", "confirm", False),
        ("SIGN", "sign", True),
        ("READ", "sign", True),
    ],
)
def test_a_receipt_is_settled_by_what_the_notice_asks(
    world: World, strength: str, verb: str, settled: bool
) -> None:
    walk = sent(world, strength=strength)

    assert (walk.act(verb, "mother").settled_at is not None) == settled


def test_an_owed_answer_is_words_and_not_a_tap(world: World) -> None:
    walk = sent(world, needs_answer=True)

    assert walk.act("confirm", "mother").settled_at is None
    assert walk.act("reply", "mother", text="参加").settled_at is not None


def test_replies_follow_each_other_and_open_what_was_not_open(world: World) -> None:
    walk = sent(world)
    walk.act("reply", "mother", text="收到")
    walk.act("reply", "mother", text="周五可以")

    receipt = walk.receipt("mother")
    assert receipt.state == NoticeReceipt.State.OPENED
    with tenancy.scope(world.id):
        assert NoticeReceipt.objects.get(pk=receipt.pk).reply == "收到\n周五可以"


def test_no_word_of_a_family_is_refused(world: World) -> None:
    walk = sent(world)

    receipt = walk.act("reply", "mother", text="你们再这样我就投诉，孩子说不想活了")

    assert receipt.hint == NoticeReceipt.Hint.RED


def test_a_later_complaint_does_not_cover_a_danger(world: World) -> None:
    walk = sent(world)
    walk.act("reply", "mother", text="孩子说不想活了")

    assert walk.act("reply", "mother", text="我要投诉").hint == NoticeReceipt.Hint.RED


def test_whoever_was_barred_since_finds_nothing_any_more(world: World) -> None:
    walk = sent(world)
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["father"],
            kind=Restriction.Kind.DO_NOT_TELL,
            starts_at=LONG_AGO,
        )

    with pytest.raises(NotFound):
        walk.act("confirm", "father")
    walk.wait(hours=24)
    assert len(walk.messages(to="father")) == 2  # nothing after the first sending


def test_a_parent_of_two_gets_one_receipt_for_each(world: World) -> None:
    other = second_family(world)
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school, student=other, guardian=world["mother"], relation="MOTHER"
        )
    walk = sent(world)
    walk.act("confirm", "mother")

    assert walk.receipt("mother").settled_at is not None
    assert walk.receipt("mother", other).settled_at is None
    assert walk.notice.state == Notice.State.SENT


def test_an_empty_reply_names_the_field(world: World) -> None:
    walk = sent(world)

    with pytest.raises(InvalidInput) as refused:
        walk.act("reply", "mother", text="  ")
    assert refused.value.field == "text"


def test_who_needs_paper_is_counted_before_sending(world: World) -> None:
    with tenancy.scope(world.id):
        grandmother = world.add("grandmother")
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=grandmother, relation="GRANDPARENT"
        )
    walk = drafted(world)
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=FRIDAY)
        seen = notice_audience.preview(walk_notice(walk.notice_id), viewer=viewer)

    assert (seen.children, seen.receipts, seen.on_paper, seen.unreached) == (2, 3, 1, 1)


def walk_notice(notice_id: UUID) -> Notice:
    return Notice.objects.select_related("school_class").get(pk=notice_id)


def test_whoever_drafts_for_another_class_sees_numbers_alone(world: World) -> None:
    walk = drafted(world, by="stranger")
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["stranger"], at=FRIDAY)
        seen = notice_audience.preview(walk_notice(walk.notice_id), viewer=viewer)

    assert (seen.receipts, seen.lines) == (2, [])


def test_a_teacher_does_not_call_the_own_family(world: World) -> None:
    with tenancy.scope(world.id):
        GuardianLink.objects.create(
            school=world.school,
            student=world.student,
            guardian=world["teacher"],
            relation="MOTHER",
        )
    walk = sent(world)
    with tenancy.scope(world.id):
        viewer = Viewer.load(world["teacher"], at=FRIDAY)
        assert notice_owing.people(viewer=viewer, notice=walk_notice(walk.notice_id)) == []


def test_the_database_refuses_a_phone_receipt_without_a_witness(world: World) -> None:
    walk = sent(world)
    with (
        tenancy.scope(world.id),
        pytest.raises(IntegrityError, match="receipt_by_phone_has_a_witness"),
        transaction.atomic(),
    ):
        NoticeReceipt.objects.filter(notice=walk.notice_id).update(
            how="PHONE", recorded_by=world["teacher"]
        )


def families(world: World, number: int) -> None:
    for place in range(number):
        student = world.pupil(f"child {number} {place}", world.other_class)
        person = world.add(f"parent {number} {place}", phone=f"+86198{number:04d}{place:04d}")
        GuardianLink.objects.create(
            school=world.school, student=student, guardian=person, relation="MOTHER"
        )


def queries_of_a_batch(world: World, number: int) -> int:
    """What sending to `number` families of a class costs."""
    with tenancy.scope(world.id):
        families(world, number)
    walk = drafted(world, by="head_of_office", school_class=world.other_class.pk)
    with tenancy.scope(world.id):
        notice = walk_notice(walk.notice_id)
        notices._open(notice, by=world["head_of_office"], at=FRIDAY)
        notice.approve(by=world["head_of_office"], at=FRIDAY)
        notice.save()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert notice_sending.send(notice, at=FRIDAY) == notice_sending.DONE
        assert NoticeReceipt.objects.filter(notice=notice).count() >= number
    return len(captured)


def test_a_batch_costs_the_same_however_large_it_is(world: World) -> None:
    small = queries_of_a_batch(world, 2)

    assert queries_of_a_batch(world, 60) == small


def test_roles_see_what_they_should(world: World) -> None:
    walk = sent(world)
    seen = {}
    for who in ("teacher", "grade_leader", "head_of_office", "mother", "student", "mentor"):
        with tenancy.scope(world.id):
            viewer = Viewer.load(world[who], at=FRIDAY)
            seen[who] = (viewer.rows(Notice).count(), viewer.rows(NoticeReceipt).count())

    assert walk.notice.state == Notice.State.SENT
    assert seen == {
        "teacher": (1, 2),
        "grade_leader": (1, 0),
        "head_of_office": (1, 0),
        "mother": (0, 1),
        "student": (0, 0),
        "mentor": (0, 0),
    }
