"""An order that keeps a guardian out of a notice shows nowhere to the teacher who calls families.

The same notice just sent, arrived with everybody, and kept from the father by an order: every byte
that the teacher gets is the same.
"""

from uuid import UUID

import pytest

from ledger.models import Event
from parties import clock, tenancy
from parties.models import Restriction
from records.models import NoticeReceipt
from tests.api.callers import Caller, member
from tests.factories import CN, LONG_AGO, World
from tests.processes.notice_walk import Sent, sent

pytestmark = pytest.mark.django_db(transaction=True)

State = NoticeReceipt.State


@pytest.fixture
def walk(world: World) -> Sent:
    return sent(world, at=clock.now().astimezone(CN).replace(hour=10))


def moved(walk: Sent, who: str, to: str) -> None:
    with tenancy.scope(walk.world.id):
        NoticeReceipt.objects.filter(guardian=walk.world[who]).update(state=to)


def order(world: World, kind: str) -> None:
    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school,
            student=world.student,
            person=world["father"],
            kind=kind,
            starts_at=LONG_AGO,
        )


def answers(walk: Sent, caller: Caller) -> dict[str, bytes]:
    """All that tells a caller of families about these receipts, over the API and on pages."""
    receipts = [walk.receipt(name).pk for name in ("father", "mother")]
    student: UUID = walk.world.student.pk
    api = [f"/notices/{walk.notice_id}", f"/notices/{walk.notice_id}/contacts"]
    api += [f"/receipts/{pk}" for pk in receipts] + ["/receipts", f"/students/{student}/file"]
    pages = [f"/notices/{walk.notice_id}/contacts", *(f"/notices/{pk}" for pk in receipts), "/"]
    found = {f"GET {path}": caller.get(path).content for path in api}
    return found | {f"page {path}": bare(caller.client.get(path).content) for path in pages}


def bare(page: bytes) -> bytes:
    """Without the token of the form, which is new on every page."""
    parts = page.split(b'name="csrfmiddlewaretoken" value="')
    return b"".join([parts[0], *(part.partition(b'"')[2] for part in parts[1:])])


@pytest.mark.parametrize("who", ["teacher", "grade_leader"])
def test_a_notice_that_arrived_looks_as_it_did_when_it_was_sent(walk: Sent, who: str) -> None:
    caller = member(walk.world, who)
    just_sent = answers(walk, caller)

    for name in ("father", "mother"):
        moved(walk, name, State.DELIVERED)

    assert answers(walk, caller) == just_sent


@pytest.mark.parametrize(
    ("who", "kind"), [("teacher", "NO_CONTACT"), ("grade_leader", "DO_NOT_TELL")]
)
def test_so_does_one_that_an_order_kept_from_the_father(walk: Sent, who: str, kind: str) -> None:
    caller = member(walk.world, who)
    just_sent = answers(walk, caller)

    order(walk.world, kind)
    moved(walk, "mother", State.DELIVERED)
    waiting = answers(walk, caller)
    moved(walk, "father", State.UNREACHED)

    assert waiting == just_sent
    assert answers(walk, caller) == just_sent


def test_the_teacher_still_sees_who_needs_contact(walk: Sent) -> None:
    """And the comparison has teeth: what a family does is seen at once."""
    teacher = member(walk.world, "teacher")
    before = answers(walk, teacher)
    moved(walk, "father", State.UNREACHED)
    shown = teacher.get(f"/notices/{walk.notice_id}/contacts").json()
    (family,) = [one for one in shown["results"] if one["student"]["name"] == "student"]
    assert [one["state"] for one in family["guardians"]] == ["UNOPENED", "UNOPENED"]

    walk.act("open_", "mother")

    changed = {place for place, body in answers(walk, teacher).items() if body != before[place]}
    assert f"GET /notices/{walk.notice_id}/contacts" in changed
    assert f"GET /receipts/{walk.receipt('father').pk}" not in changed


def test_closing_tells_nobody_how_many_were_left_out(walk: Sent) -> None:
    walk.wait(days=30)

    assert walk.receipt("father").state == State.UNREACHED
    case = walk.case_id
    with tenancy.scope(walk.world.id):
        (closed,) = Event.objects.filter(kind="notice.closed", subject_id=case)
    assert b"unreached" not in bytes(closed.body)
