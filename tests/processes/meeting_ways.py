"""Ways through bpmn/meeting.bpmn to the moment at which one task is open, none of them late."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.processes.meeting_round import Round
from tests.records.meeting_days import local

Way = Callable[[Round], None]


def to_times(case: Round) -> None:
    """Decided on Friday evening; the papers are ready on Monday."""
    case.do("meeting_prepare")
    case.go_to(local(12, 9))
    case.do("meeting_dossier")


def silent(step: str) -> Way:
    """Nobody has chosen in two working days; the ladder says `step`."""

    def way(case: Round) -> None:
        case.answers["next_try"] = [step]
        to_times(case)
        case.do("meeting_offer_slots")
        case.go_to(local(14, 17, 30))

    return way


def to_minutes(case: Round) -> None:
    to_times(case)
    case.do("meeting_offer_slots")
    case.hear("meeting_slot_chosen")
    case.go_to(local(14, 10, 50))
    case.do("meeting_hold")


def unsigned(case: Round) -> None:
    to_minutes(case)
    case.do("meeting_minutes")
    case.go_to(local(16, 17, 30))


def recorded(case: Round) -> None:
    """The record took effect at the table."""
    case.answers["record_state"] = ["yes"]
    to_minutes(case)
    case.do("meeting_minutes")


def on_paper(case: Round) -> None:
    case.answers["deliver_copy"] = ["yes"]
    recorded(case)


def unplanned(case: Round) -> None:
    recorded(case)
    case.do("meeting_plan", outcome="none")


#: Task, the clock that is missed when nobody does it, and how it comes to be open.
LATE: Final[Mapping[str, tuple[str, Way]]] = {
    "meeting_prepare": ("meeting.decide", lambda _case: None),
    "meeting_dossier": ("meeting.dossier", lambda case: case.do("meeting_prepare")),
    "meeting_offer_slots": ("meeting.offer", to_times),
    "meeting_call": ("meeting.call", silent("call")),
    "meeting_call_second": ("meeting.call", silent("second")),
    "meeting_visit": ("meeting.visit", silent("visit")),
    "meeting_next_channel": ("meeting.next", silent("done")),
    "meeting_chase": ("meeting.chase", unsigned),
    "meeting_copy": ("meeting.copy", on_paper),
    "meeting_plan": ("meeting.plan", recorded),
    "meeting_close": ("meeting.close", unplanned),
}
