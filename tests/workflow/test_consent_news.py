"""A family is asked whether it agrees: who hears of it, how often, and at what time of day."""

from datetime import datetime, timedelta

import pytest

from ledger.models import Event
from parties import consent_refusals, tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound
from parties.models import SignInLink, Student
from tests.factories import CN, World
from tests.processes.walker import FATHER, begin
from tests.records.consented import give, withdraw
from tests.records.desk import Desk
from tests.records.meeting_days import restrict
from tests.workflow.outbox import waits
from workflow import consent_news, deliveries
from workflow.channels import texts
from workflow.models import Notification
from workflow.reports import Suspect

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 10, 12, 15, tzinfo=CN)


def ask(world: World, who: str = "teacher", at: datetime = DAY) -> None:
    consent_news.ask(school_id=world.id, student_id=world.student.pk, by=world[who], at=at)


def told(world: World) -> set[tuple[str, str, str]]:
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(template__contains="consent").select_related("recipient")
        return {(one.recipient.name, one.channel, one.template) for one in rows}


def test_everybody_whose_yes_counts_hears_and_guardians_get_a_link(world: World) -> None:
    ask(world)

    assert {(name, template) for name, _, template in told(world)} >= {
        ("mother", "consent.asked"),
        ("mother", "link.consent"),
        ("father", "consent.asked"),
        ("student", "consent.asked"),
    }
    with tenancy.scope(world.id):
        links = SignInLink.objects.filter(purpose="CONSENT")
        assert {one.target_id for one in links} == {world.student.pk}
        assert "student" not in {one.person.name for one in links}
        event = Event.objects.get(kind="consent.asked")
        assert event.actor == world["teacher"].pk


def test_the_text_message_carries_the_link_and_says_nothing_of_the_child(world: World) -> None:
    ask(world)

    assert "link.consent" in texts.LINK_TEMPLATES
    with tenancy.scope(world.id):
        row = Notification.objects.get(
            template="link.consent", channel="sms", recipient=world["mother"]
        )
        text = deliveries._text(row)
    assert "/l/" in text.short
    assert not [word for word in ("student", "心理", "报告", "孩子") if word in text.short]


def test_at_night_it_rings_in_the_morning(world: World) -> None:
    ask(world, at=datetime(2026, 10, 12, 22, tzinfo=CN))

    with tenancy.scope(world.id):
        key = Notification.objects.get(
            template="link.consent", channel="sms", recipient=world["mother"]
        ).key
    assert round(waits(world, key) / 3600) == 9


@pytest.mark.parametrize("kind", ["NO_CONTACT", "DO_NOT_TELL"])
def test_a_barred_guardian_is_not_asked(world: World, kind: str) -> None:
    restrict(world, "father", kind)

    ask(world)

    assert "father" not in {name for name, *_ in told(world)}


def test_a_guardian_whom_a_running_case_names_is_not_asked(world: World) -> None:
    begin(world, suspects=FATHER)

    ask(world)

    assert {name for name, *_ in told(world)} == {"mother", "student"}


def test_who_asks_learns_nothing_of_a_case_that_names_everybody(world: World) -> None:
    everybody = (Suspect(relation="FATHER"), Suspect(relation="MOTHER"))
    begin(world, suspects=everybody)
    with tenancy.scope(world.id):
        Student.objects.filter(pk=world.student.pk).update(birth_date="2014-05-14")

    ask(world)

    assert told(world) == set()
    with tenancy.scope(world.id):
        assert consent_news.was_asked(world.student, at=DAY)


def test_a_child_below_fourteen_is_not_asked(world: World) -> None:
    with tenancy.scope(world.id):
        Student.objects.filter(pk=world.student.pk).update(birth_date="2014-05-14")

    ask(world)

    assert "student" not in {name for name, *_ in told(world)}


def refuse(world: World, who: str, at: datetime = DAY) -> None:
    with Desk(world, at).as_(who) as viewer:
        consent_refusals.refuse(viewer, student_id=world.student.pk, purpose="PSY_REPORT")


@pytest.mark.parametrize("who", ["father", "student"])
def test_who_said_no_is_not_asked_again(world: World, who: str) -> None:
    refuse(world, who)

    ask(world, at=DAY + timedelta(minutes=1))

    assert {name for name, *_ in told(world)} == {"mother", "father", "student"} - {who}


def test_nor_who_took_a_yes_back(world: World) -> None:
    desk = Desk(world, DAY)
    withdraw(desk, give(desk, "mother"), "father")

    ask(world, at=DAY + timedelta(minutes=1))

    assert {name for name, *_ in told(world)} == {"mother", "student"}


def test_who_changed_their_mind_is_asked_when_that_yes_is_over(world: World) -> None:
    refuse(world, "father")
    desk = Desk(world, DAY + timedelta(hours=1))
    give(desk, "father", ends_at=DAY + timedelta(days=1))

    ask(world, at=DAY + timedelta(days=2))

    assert "father" in {name for name, *_ in told(world)}


def test_where_everybody_said_no_nobody_is_asked(world: World) -> None:
    for who in ("mother", "father", "student"):
        refuse(world, who)

    with pytest.raises(InvalidInput, match="没有可以征求的人"):
        ask(world, at=DAY + timedelta(minutes=1))

    assert told(world) == set()


def test_nobody_is_asked_twice_within_a_week(world: World) -> None:
    ask(world)
    for at in (DAY, DAY + timedelta(days=6)):
        with pytest.raises(InvalidInput, match="已经征求过"):
            ask(world, at=at)

    ask(world, at=DAY + timedelta(days=8))

    with tenancy.scope(world.id):
        assert Event.objects.filter(kind="consent.asked").count() == 2


def test_where_a_yes_holds_nobody_is_asked(world: World) -> None:
    give(Desk(world, at=DAY))

    with pytest.raises(InvalidInput, match="已有有效的同意"):
        ask(world)


@pytest.mark.parametrize("who", ["stranger", "grade_leader", "auditor", "mother", "principal"])
def test_only_whose_work_asks_for_it_asks(world: World, who: str) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        ask(world, who)

    assert told(world) == set()
