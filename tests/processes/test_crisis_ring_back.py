"""请立即回电 goes only where a guardian can be reached, and says nothing of what happened."""

import pytest

from parties import tenancy
from parties.models import Person
from tests.factories import World
from tests.processes.walker import triaged
from workflow.channels import texts
from workflow.models import Incident, Notification

pytestmark = pytest.mark.django_db


def channels(world: World, who: str) -> set[str]:
    with tenancy.scope(world.id):
        sent = Notification.objects.filter(recipient=world[who], template="crisis.guardian_call")
        return set(sent.values_list("channel", flat=True))


def test_a_guardian_with_phone_and_mail_gets_both(world: World) -> None:
    triaged(world)

    assert channels(world, "father") == {"in_app", "sms", "email"}


def test_a_guardian_without_either_is_asked_in_the_inbox_alone(world: World) -> None:
    with tenancy.scope(world.id):
        father = Person.objects.get(pk=world["father"].pk)
        father.phone, father.email = "", ""
        father.save()

    triaged(world)

    assert channels(world, "father") == {"in_app"}
    with tenancy.scope(world.id):
        assert not Incident.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_text_is_the_same_for_every_case(world: World, language: str) -> None:
    text = str(texts.of("crisis.guardian_call", language))

    assert text.strip()
    assert "{" not in text  # nothing is filled in
    assert "student" not in text.lower()
    assert not any(word in text for word in ("伤", "家暴", "自杀", "警"))
