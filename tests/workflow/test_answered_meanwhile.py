"""A text about a notice that waits in the outbox does not leave to who has answered meanwhile."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties import tenancy
from parties.models import SignInLink
from tests.factories import World
from tests.processes.notice_walk import Sent, sent
from tests.workflow.outbox import deliver, events, incidents
from workflow import channels, deliveries
from workflow.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "send", lambda _envelope: None)


def morning(world: World) -> None:
    with tenancy.scope(world.id):
        Notification.objects.filter(state="PENDING").update(
            due_at="2026-01-01T00:00:00Z", urgent=True
        )
    deliver("routine")


def outside(walk: Sent) -> dict[str, list[str]]:
    """Of each guardian: what became of the messages with a link, oldest first."""
    found: dict[str, list[str]] = {}
    with tenancy.scope(walk.world.id):
        rows = Notification.objects.filter(template="notice.link").order_by("created_at", "pk")
        for who, state in rows.values_list("recipient__name", "state"):
            found.setdefault(who, []).append(str(state))
    return found


def test_who_confirmed_before_it_left_gets_none(world: World) -> None:
    walk = sent(world)
    walk.act("confirm", "mother")

    morning(world)

    assert outside(walk) == {"mother": ["UNDELIVERABLE"], "father": ["SENT"]}
    withheld = [one["payload"] for one in events(world, "notification.withheld")]
    assert [one["code"] for one in withheld] == ["message.outdated"]
    assert incidents(world) == []  # nobody's fault


def test_a_reminder_stays_here_as_well(world: World) -> None:
    walk = sent(world)
    morning(world)
    walk.wait(days=3)
    before = outside(walk)["mother"]
    assert before[-1] == "PENDING"
    walk.act("confirm", "mother")

    morning(world)

    after = outside(walk)
    assert [one for one in after["mother"] if one == "UNDELIVERABLE"] == [
        "UNDELIVERABLE"
    ] * before.count("PENDING")
    assert set(after["father"]) == {"SENT"}


def test_who_only_opened_it_still_owes_the_answer(world: World) -> None:
    walk = sent(world)
    walk.act("open_", "mother")

    morning(world)

    assert outside(walk) == {"mother": ["SENT"], "father": ["SENT"]}


def test_the_link_itself_still_opens(world: World) -> None:
    """What came before may be read again by the link that is on the phone."""
    walk = sent(world)
    walk.act("confirm", "mother")

    morning(world)

    with tenancy.scope(world.id):
        states = SignInLink.objects.filter(person=world["mother"]).values_list("state", flat=True)
        assert set(states) == {"ISSUED"}


def test_it_is_asked_together_with_the_link(world: World) -> None:
    """No further trip to the database, and none at all for a message without a link."""
    sent(world)
    morning_rows = Notification.objects.filter(state="PENDING")
    asked: dict[str, list[str]] = {}
    for template in ("notice.link", "notice.new"):
        with tenancy.scope(world.id):
            morning_rows.update(due_at="2026-01-01T00:00:00Z", urgent=True)
            row = morning_rows.filter(template=template).earliest("pk")
        with CaptureQueriesContext(connection) as made:
            deliveries.claim(school_id=world.id, ids=[row.pk], lane="routine")
        said = [str(one["sql"]) for one in made]
        asked[template] = [one for one in said if "records_noticereceipt" in one]

    assert asked["notice.new"] == []
    (one,) = asked["notice.link"]
    assert "parties_signinlink" in one
