"""A case to tell people about, and the gateway that their text messages go to."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from pytest_django import Settings

from parties import tenancy
from tests.factories import NOW, World
from tests.receivers import SECRET, Gateway, gateway
from workflow.models import Case


@pytest.fixture
def case(world: World) -> UUID:
    with tenancy.scope(world.id):
        made = Case.objects.create(
            school=world.school,
            channel=Case.Channel.CRISIS,
            student=world.student,
            opened_at=NOW,
            alarm_at=NOW,
        )
    return made.pk


@pytest.fixture
def sms_gateway(settings: Settings) -> Iterator[Gateway]:
    with gateway() as here:
        settings.SMS_GATEWAY_URL, settings.SMS_GATEWAY_SECRET = here.url, SECRET
        yield here
