"""An item that is stuck: whoever may help hears of it and reads why, and nobody else does."""

import pytest

from parties import tenancy
from records.models import ActionItem
from tests.api import plan_stories
from tests.factories import World
from tests.portal.test_plan_going import BOOK, NIGHT, say
from tests.portal.visitors import by_password
from workflow.models import Notification

RENT = "家里交不起房租，我晚上要打工"


@pytest.fixture
def item(world: World) -> ActionItem:
    return plan_stories.item(world)


def heard(world: World) -> set[str]:
    with tenancy.scope(world.id):
        rows = Notification.objects.filter(template="plan.blocked")
        people = {person.pk: name for name, person in world.people.items()}
        return {people[row.recipient_id] for row in rows}


def opened(world: World, who: str) -> str:
    """What stands on the page that the message leads to."""
    with tenancy.scope(world.id) as at:
        message = Notification.objects.filter(template="plan.blocked", recipient=world[who]).first()
        assert message is not None
        message.mark_sent(at=at, via="test")
        message.save()
    phone = by_password(world, who)
    phone.send(f"/inbox/{message.pk}")
    return phone.text


def test_the_message_leads_to_the_words(world: World, item: ActionItem) -> None:
    say(world, item, "stuck", why=NIGHT)
    say(world, item, "stuck", why=BOOK)

    assert heard(world) == {"teacher"}
    text = opened(world, "teacher")
    assert "遇到困难的约定" in text
    assert text.index(NIGHT) < text.index(BOOK)
    for other in ("counsellor", "grade_leader", "stranger", "deputy"):
        phone = by_password(world, other)
        phone.open("/plan/desk")
        assert NIGHT not in phone.html, other


def test_whoever_said_it_reads_that_it_was_heard(world: World, item: ActionItem) -> None:
    phone, heard_of = by_password(world, "mother"), "困难已经记下，老师会来联系"
    phone.open("/plan")
    assert heard_of not in phone.text

    phone.send(f"/plan/{item.pk}/stuck", why=NIGHT)

    assert heard_of in phone.text
    phone.send(f"/plan/{item.pk}/done", note="都做到了")
    assert heard_of not in phone.text


def test_what_is_about_money_is_heard_by_who_may_read_it(world: World, item: ActionItem) -> None:
    say(world, item, "stuck", why=RENT)

    assert heard(world) == {"teacher", "deputy"}
    assert RENT in opened(world, "deputy")
    text = opened(world, "teacher")
    assert "房租" not in text


def test_nobody_is_led_to_what_goes_on_again(world: World, item: ActionItem) -> None:
    say(world, item, "stuck", why=NIGHT)
    say(world, item, "done", note="都做到了")

    assert "遇到困难的约定" not in opened(world, "teacher")
