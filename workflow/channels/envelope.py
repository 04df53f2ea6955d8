"""What a channel gets: a value that was complete before the sending began.

A channel never touches the database, so it can run outside every transaction and in any thread.
"""

from dataclasses import dataclass

from workflow.channels.wording import Text


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An iCalendar text and its method (RFC 5546), made when the message leaves."""

    method: str
    content: str

    def __repr__(self) -> str:
        return f"<calendar entry {self.method}>"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message on its way. `key` is the same on every repeat; the receiver drops doubles by it.

    Not shown in logs and tracebacks: the address, which is somebody's number.
    """

    key: str
    channel: str
    address: str
    to_role: str
    template: str
    text: Text
    calendar: CalendarEntry | None = None

    def __repr__(self) -> str:
        return f"<envelope {self.key} {self.template} over {self.channel}>"
