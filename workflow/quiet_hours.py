"""静默时段: between 21:00 and 07:00 no phone at home rings for anything that can wait.

A text message of the routine lane waits for the morning; what is read in the app may be there at
once. A crisis never waits, and no answer to what somebody asked for this minute. The hour is asked
three times: when a message is promised, when it is claimed, and before it is tried again.
"""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

QUIET_FROM: Final = time(21)
QUIET_UNTIL: Final = time(7)
#: The channel that rings.
RINGS: Final = "sms"
_WAITS: Final = "routine"


def is_quiet(at: datetime) -> bool:
    """Whether a reminder has to wait for the morning."""
    hour = at.astimezone(ZoneInfo(settings.TIME_ZONE)).time()
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def wait(*, channel: str, lane: str, at: datetime, urgent: bool = False) -> timedelta:
    """How long a message waits at `at`: not at all by day, or if it is urgent or does not ring."""
    if urgent or channel != RINGS or lane != _WAITS or not is_quiet(at):
        return timedelta()
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    morning = datetime.combine(local.date(), QUIET_UNTIL, local.tzinfo)
    return (morning if morning > local else morning + timedelta(days=1)) - local


def rest(*, lane: str, at: datetime) -> timedelta:
    """How long what rings and is not urgent waits if it is claimed from `lane` at `at`."""
    return wait(channel=RINGS, lane=lane, at=at)
