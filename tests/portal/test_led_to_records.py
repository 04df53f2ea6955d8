"""A message about a record leads to it: nothing else tells its reader which one it is."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from parties import clock, tenancy
from records.models import Objection
from tests.api import plan_stories
from tests.api.callers import member
from tests.api.papers import Paper, effective, offered
from tests.factories import World
from tests.portal.visitors import Phone, by_password
from workflow import next_contacts
from workflow.models import Notification

pytestmark = pytest.mark.django_db

OBJECTION = {"ground": "WRONG", "wish": "CORRECT", "words": "没有两次，只有一次。"}


def led(world: World, who: str, template: str) -> Phone:
    """Where the newest message of this kind leads them."""
    with tenancy.scope(world.id) as at:
        rows = Notification.objects.filter(template=template, recipient=world[who])
        message = rows.filter(channel="in_app").latest("created_at")
        message.mark_sent(at=at, via="test")
        message.save()
    phone = by_password(world, who)
    phone.send(f"/inbox/{message.pk}")
    return phone


def path(phone: Phone) -> Any:
    return phone.page.request["PATH_INFO"]


def objected(world: World, **header: Any) -> Paper:
    paper = effective(world, **header)
    answer = member(world, "mother").post(f"/records/{paper.id}/objections", OBJECTION)
    assert answer.status_code == 201, answer.content
    return paper


@pytest.mark.parametrize("in_case", [False, True])
def test_whoever_has_to_answer_an_objection_is_led_to_it(world: World, in_case: bool) -> None:
    header = {"case": str(plan_stories.running(world))} if in_case else {}
    paper = objected(world, **header)

    phone = led(world, "teacher", "objection.filed")

    assert path(phone) == f"/records/{paper.id}"
    assert OBJECTION["words"] in phone.text


def test_a_family_is_led_to_what_it_is_asked_to_read_and_to_the_answer(world: World) -> None:
    paper = objected(world)
    for template in ("record.offered", "record.effective"):
        assert path(led(world, "mother", template)) == f"/records/{paper.id}"

    with tenancy.scope(world.id):
        address = f"/records/{paper.id}/objections/{Objection.objects.get().pk}"
    teacher = by_password(world, "teacher")
    teacher.open(f"/records/{paper.id}")
    teacher.send(address, how="answer", reply="REFUSED", words="两次的成绩单在附件里。")
    assert path(led(world, "mother", "objection.answered")) == f"/records/{paper.id}"


def test_a_talk_that_a_record_alone_planned_leads_to_it(world: World) -> None:
    soon = clock.now() + timedelta(days=3)
    paper = effective(world, next_contact_at=soon.isoformat(), next_focus="看看作业")
    noon = (soon - timedelta(days=1)).replace(hour=4)  # UTC
    assert next_contacts.look_due(via="test", at=noon) == 1

    phone = led(world, "teacher", "plan.contact_soon")

    assert path(phone) == f"/records/{paper.id}"
    assert "看看作业" in phone.text


def test_what_one_may_not_see_any_more_leads_home(world: World) -> None:
    paper = offered(world)
    paper.do("recall")

    phone = led(world, "father", "record.offered")

    assert path(phone) in ("/", f"/records/{UUID(paper.id)}")
    assert phone.page.status_code == 200
