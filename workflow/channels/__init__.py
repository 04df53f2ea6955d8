"""Ways to reach a person. To add one: a module here, one line in `_CHANNELS`, one test.

Each module has two functions: `address_of(person)`, called inside a scope, and `send(envelope)`,
called outside of every transaction. `call` is not here: a call is a person's task with an outcome.
"""

from collections.abc import Mapping
from typing import Final, Protocol

from parties.errors import SanfangError
from parties.models import Person
from workflow.channels import email, in_app, sms, texts, webhook
from workflow.channels.envelope import CalendarEntry, Envelope
from workflow.channels.errors import ChannelError, PermanentFailure, TemporaryFailure
from workflow.channels.wording import Text

__all__ = [
    "CalendarEntry",
    "ChannelError",
    "Envelope",
    "PermanentFailure",
    "TemporaryFailure",
    "Text",
    "address_of",
    "is_local",
    "send",
    "texts",
]


class _Channel(Protocol):
    def address_of(self, person: Person) -> str: ...

    def send(self, envelope: Envelope) -> None: ...


_CHANNELS: Final[Mapping[str, _Channel]] = {
    "in_app": in_app,
    "email": email,
    "sms": sms,
    "webhook": webhook,
}


def send(envelope: Envelope) -> None:
    """Hand one message to the outside world.

    Raises:
        TemporaryFailure: worth another try (timeout, 5xx, throttled).
        PermanentFailure: will never succeed (unknown number, channel not configured).
    """
    _channel(envelope.channel).send(envelope)


def address_of(channel: str, person: Person) -> str:
    """Where `person` is reached over `channel`. Call inside a scope.

    Raises:
        PermanentFailure: no such channel, no address, or one that was erased.
    """
    try:
        address = _channel(channel).address_of(person)
    except SanfangError as unreadable:
        raise PermanentFailure(unreadable.code) from None
    if not address:
        raise PermanentFailure("address.missing")
    return address


def is_local(channel: str) -> bool:
    """Whether sending is instant: nothing leaves this machine."""
    return channel == "in_app"


def _channel(name: str) -> _Channel:
    try:
        return _CHANNELS[name]
    except KeyError:
        raise PermanentFailure("channel.unknown") from None
