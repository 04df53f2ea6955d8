"""An order that keeps a guardian out of a notice shows nowhere to the teacher who calls families.

The same notice arrived with everybody, with the mother alone, and kept from the father by an order:
every byte that the teacher gets is the same. That it arrived is said of the child, never of one.
"""

import re
from uuid import UUID

import pytest

from ledger.models import Event
from parties import clock, tenancy
from parties.models import Restriction
from records.models import NoticeReceipt
from tests.api.callers import Caller, member
from tests.factories import CN, LONG_AGO, World
from tests.processes.notice_walk import Sent, sent
from workflow.models import Notification

pytestmark = pytest.mark.django_db(transaction=True)

State = NoticeReceipt.State
_NOW = re.compile(rb'name="at" value="[^"]*"')


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
    pages += [f"/receipts/{pk}/{page}" for pk in receipts for page in ("contact", "answer", "slip")]
    found = {f"GET {path}": caller.get(path).content for path in api}
    return found | {f"page {path}": bare(caller.client.get(path).content) for path in pages}


def bare(page: bytes) -> bytes:
    """Without the token and the moment of the form, which are new on every page."""
    page = _NOW.sub(b'name="at"', page)
    parts = page.split(b'name="csrfmiddlewaretoken" value="')
    return b"".join([parts[0], *(part.partition(b'"')[2] for part in parts[1:])])


@pytest.mark.parametrize(("first", "second"), [("mother", "father"), ("father", "mother")])
def test_that_a_notice_arrived_is_said_of_the_child_alone(
    walk: Sent, first: str, second: str
) -> None:
    caller = member(walk.world, "teacher")
    just_sent = answers(walk, caller)
    assert delivered(walk, caller) is False

    moved(walk, first, State.DELIVERED)
    once = answers(walk, caller)
    moved(walk, second, State.DELIVERED)

    assert answers(walk, caller) == once
    changed = {place for place, body in once.items() if body != just_sent[place]}
    assert changed == {f"{way} /notices/{walk.notice_id}/contacts" for way in ("GET", "page")}
    assert delivered(walk, caller) is True


@pytest.mark.parametrize(
    ("who", "kind"), [("teacher", "NO_CONTACT"), ("grade_leader", "DO_NOT_TELL")]
)
def test_what_an_order_kept_from_the_father_looks_as_if_it_had_reached_both(
    walk: Sent, who: str, kind: str
) -> None:
    caller = member(walk.world, who)
    moved(walk, "mother", State.DELIVERED)  # which looks as if it had reached both, see above
    reached = answers(walk, caller)

    order(walk.world, kind)
    waiting = answers(walk, caller)
    moved(walk, "father", State.UNREACHED)

    assert waiting == reached
    assert answers(walk, caller) == reached


def test_whoever_does_not_call_families_is_not_told_that_it_arrived(walk: Sent) -> None:
    caller = member(walk.world, "grade_leader")
    just_sent = answers(walk, caller)

    for name in ("mother", "father"):
        moved(walk, name, State.DELIVERED)

    assert answers(walk, caller) == just_sent


def test_where_nobody_was_reached_an_order_looks_like_a_number_that_is_wrong(walk: Sent) -> None:
    caller = member(walk.world, "teacher")
    wrong = answers(walk, caller)

    order(walk.world, "NO_CONTACT")
    for name in ("father", "mother"):
        moved(walk, name, State.UNREACHED)

    assert answers(walk, caller) == wrong
    assert delivered(walk, caller) is False


def test_a_message_that_the_provider_took_counts_at_once(walk: Sent) -> None:
    caller = member(walk.world, "teacher")
    with tenancy.scope(walk.world.id):
        sms = Notification.objects.get(recipient=walk.world["mother"], template="notice.link")
        Notification.objects.filter(pk=sms.pk).update(state="SENT", sent_at=walk.at)

    assert delivered(walk, caller) is True
    page = caller.client.get(f"/notices/{walk.notice_id}/contacts").content.decode()
    assert "已送达至少一位监护人" in page
    assert walk.receipt("mother").state == State.PENDING  # no sweep has been by


def delivered(walk: Sent, caller: Caller) -> bool:
    shown = caller.get(f"/notices/{walk.notice_id}/contacts").json()["results"]
    (family,) = [one for one in shown if one["student"]["name"] == "student"]
    return bool(family["delivered"])


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
