"""Text messages: one signed POST to the gateway that the school runs or rents.

The signature follows Standard Webhooks: `webhook-id` is the key, the same on every repeat, so the
gateway can drop doubles and refuse what we did not send.
"""

import orjson
from django.conf import settings

from parties.models import Person
from workflow.channels import posting
from workflow.channels.envelope import Envelope
from workflow.channels.errors import PermanentFailure


def address_of(person: Person) -> str:
    return str(person.phone)


def send(envelope: Envelope) -> None:
    """Raises TemporaryFailure or PermanentFailure."""
    if not settings.SMS_GATEWAY_URL or not settings.SMS_GATEWAY_SECRET:
        raise PermanentFailure("channel.not_configured")
    body = orjson.dumps(
        {"to": envelope.address, "text": envelope.text.short, "template": envelope.template}
    )
    posting.post(
        posting.Target(settings.SMS_GATEWAY_URL),
        body,
        posting.signed(settings.SMS_GATEWAY_SECRET, envelope.key, body),
    )
