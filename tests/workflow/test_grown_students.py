"""A student of age is asked for their word about a record as a guardian is: by their own message,
and on paper, on the phone or by a refusal before a second colleague."""

from datetime import date
from typing import Any

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.errors import InvalidInput
from parties.models import GuardianLink, SignInLink
from records.models import CommunicationRecord, Delivery, Signature
from tests.factories import World
from tests.records.desk import Desk
from tests.records.test_witnesses import file
from workflow import communication
from workflow.models import Notification

pytestmark = pytest.mark.django_db

OF_AGE, NEARLY = date(2008, 10, 9), date(2008, 10, 10)


@pytest.fixture
def desk(world: World) -> Desk:
    """On the student's eighteenth birthday; the student has a phone."""
    with tenancy.scope(world.id):
        born(world, OF_AGE)
        world["student"].phone = "+8619922000001"
        world["student"].save()
    return Desk(world)


def born(world: World, day: date) -> None:
    world.student.birth_date = day
    world.student.save(update_fields=["birth_date"])


def offered(desk: Desk) -> CommunicationRecord:
    record = desk.drafted()
    desk.check(record)
    who: dict[str, Any] = {"by": desk.world["teacher"], "at": desk.at}
    communication.offer(school_id=desk.world.id, record_id=record.pk, **who)
    return record


def told(desk: Desk, template: str) -> set[tuple[str, str, str]]:
    with tenancy.scope(desk.world.id):
        found = Notification.objects.filter(template=template)
        return set(found.values_list("recipient__name", "to_role", "channel"))


def links(desk: Desk) -> list[str]:
    with tenancy.scope(desk.world.id):
        out = SignInLink.objects.filter(purpose=SignInLink.Purpose.RECORD)
        return sorted(out.values_list("person__name", flat=True))


def word(desk: Desk, record: CommunicationRecord) -> Signature:
    with tenancy.scope(desk.world.id):
        return Signature.objects.get(record=record, signer=desk.world["student"])


def test_a_grown_student_is_invited_by_a_message_and_a_link_of_their_own(desk: Desk) -> None:
    offered(desk)

    family = {(name, "G", "in_app") for name in ("father", "mother")}
    assert told(desk, "record.offered") == {*family, ("student", "STU", "in_app")}
    assert ("student", "STU", "sms") in told(desk, "link.record")
    assert links(desk) == ["father", "mother", "student"]
    with tenancy.scope(desk.world.id):
        row = Notification.objects.get(template="link.record", recipient=desk.world["student"])
        assert SignInLink.objects.get(pk=row.key.split(":")[1]).person == desk.world["student"]


def test_a_minor_student_is_invited_by_nobody(desk: Desk) -> None:
    with tenancy.scope(desk.world.id):
        born(desk.world, NEARLY)
    record = offered(desk)

    assert links(desk) == ["father", "mother"]
    assert {name for name, *_ in told(desk, "record.offered")} == {"father", "mother"}
    with pytest.raises(InvalidInput) as refused:
        desk.witness(record, signer="student")
    assert refused.value.field == "signer"


@pytest.mark.parametrize("method", ["PAPER", "PHONE"])
def test_a_grown_student_signs_on_paper_and_on_the_phone(desk: Desk, method: str) -> None:
    record = offered(desk)
    scan: dict[str, Any] = {"scan": file(desk.world, record).pk} if method == "PAPER" else {}
    desk.sign(record, "teacher")

    desk.witness(record, signer="student", method=method, **scan)

    assert (word(desk, record).side, desk.now(record).standing) == ("STUDENT", "SIGNED")


def test_a_grown_student_refuses_before_a_witness(desk: Desk) -> None:
    record = offered(desk)
    desk.sign(record, "teacher")

    desk.witness(record, signer="student", method="REFUSED", reason="“不同意多次”")

    assert (word(desk, record).side, desk.now(record).standing) == ("STUDENT", "UNSIGNED")


def test_a_grown_student_has_a_copy_and_hears_that_it_took_effect(desk: Desk) -> None:
    record = offered(desk)
    desk.sign(record, "teacher")
    who: dict[str, Any] = {"by": desk.world["student"], "at": desk.at}
    communication.sign(
        **who, school_id=desk.world.id, record_id=record.pk, method="IN_APP",
        as_read=desk.mark(record, "student"),
    )  # fmt: skip

    assert ("student", "STU", "in_app") in told(desk, "record.effective")
    with tenancy.scope(desk.world.id):
        copies = Delivery.objects.filter(record=record, how="PAGE")
        names = sorted(copies.values_list("to__name", flat=True))
    assert names == ["father", "mother", "student"]


def test_a_parents_view_gets_no_wider_by_it(desk: Desk) -> None:
    """Whom the grown student keeps from their file is neither asked nor told, whoever signs."""
    with tenancy.scope(desk.world.id):
        GuardianLink.objects.filter(guardian=desk.world["mother"]).update(child_data_access=False)
    record = offered(desk)
    desk.sign(record, "teacher")
    desk.witness(record, signer="student")

    assert links(desk) == ["father", "student"]
    with pytest.raises(InvalidInput):
        desk.witness(record, signer="mother")
    with tenancy.scope(desk.world.id):
        mother = Viewer.load(desk.world["mother"], at=desk.at)
        assert mother.find(CommunicationRecord, record.pk) is None
