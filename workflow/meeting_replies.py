"""What a family says to a meeting, and the process hears of it in the same transaction.

    lock the process --> lock the meeting, change it (records.meetings) --> move the process on

Guardians have no task in the diagram: they answer here, and the process waits for a message. The
answer counts whatever the diagram does: if it stands still, or a crisis has taken over, the rows
say what was answered, and the next step reads them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parties import tenancy
from parties.access import Act, Viewer
from parties.models import Person
from records.meetings import answers
from records.models import Meeting
from workflow import family_words, meeting_process, meeting_stillness, refused_words
from workflow.meeting_process import CHANGED, CHOSEN, DECLINED
from workflow.models import Case


def choose(*, school_id: int, meeting_id: UUID, slot_id: UUID, by: Person, at: datetime) -> Meeting:
    """A guardian takes one of the times. Raises: as records.meetings.answers.choose."""
    return _answer(
        school_id, meeting_id, by, at, CHOSEN,
        lambda: answers.choose(meeting_id=meeting_id, slot_id=slot_id, by=by, at=at),
    )  # fmt: skip


def ask_change(
    *, school_id: int, meeting_id: UUID, by: Person, at: datetime, words: str
) -> Meeting:
    """None of the times suits. Raises: as records.meetings.answers.ask_change."""

    def act() -> Meeting:
        meeting = answers.ask_change(meeting_id=meeting_id, by=by, words=words, at=at)
        _listen(words, meeting, by=by, at=at)
        return meeting

    with _even_refused(words, school_id, meeting_id, by=by, at=at):
        return _answer(school_id, meeting_id, by, at, CHANGED, act)


def decline(*, school_id: int, meeting_id: UUID, by: Person, at: datetime, words: str) -> Meeting:
    """A guardian will not come; the process hears of it when nobody is left to wait for.

    Raises: as records.meetings.answers.decline.
    """
    heard = _even_refused(words, school_id, meeting_id, by=by, at=at)
    with heard, tenancy.scope(school_id):
        seen = _seen_by_family(meeting_id, by=by, at=at)
        all_said_no = answers.decline(meeting_id=meeting_id, by=by, words=words, at=at)
        meeting = Meeting.objects.get(pk=meeting_id)
        waits = meeting.state == Meeting.State.OFFERED
        if waits and (all_said_no or meeting_stillness.last_no(seen.case, meeting, at=at)):
            _go_on(seen, meeting, DECLINED, by=by, at=at)
        _listen(words, meeting, by=by, at=at)
        return meeting


def _listen(words: str, meeting: Meeting, *, by: Person, at: datetime) -> None:
    family_words.listen(words, case_id=meeting.case_id, at=at, source="meeting", by=by)


def _even_refused(
    words: str, school_id: int, meeting_id: UUID, *, by: Person, at: datetime
) -> AbstractContextManager[None]:
    return refused_words.heard(
        Meeting, meeting_id, Act.CHOOSE_TIME, school_id=school_id, by=by, at=at,
        hear=lambda meeting, _: _listen(words, meeting, by=by, at=at),
    )  # fmt: skip


def _answer(
    school_id: int,
    meeting_id: UUID,
    by: Person,
    at: datetime,
    signal: str,
    act: Callable[[], Meeting],
) -> Meeting:
    with tenancy.scope(school_id):
        seen = _seen_by_family(meeting_id, by=by, at=at)
        meeting = act()
        _go_on(seen, meeting, signal, by=by, at=at)
        return meeting


@dataclass(frozen=True, slots=True)
class _Seen:
    """A meeting before it is answered, and who hears of it: its process, or its case alone."""

    version: tuple[int, int]
    instance: UUID | None
    case: Case | None = None


def _go_on(seen: _Seen, meeting: Meeting, signal: str, *, by: Person, at: datetime) -> None:
    moved = (meeting.sequence, meeting.changes) != seen.version
    if seen.case is None:
        if moved or signal != CHANGED:
            meeting_process.move(seen.instance, signal, by=by, at=at)
    elif signal == DECLINED or moved:
        meeting_stillness.follow(seen.case, meeting, signal, by=by, at=at)


def _seen_by_family(meeting_id: UUID, *, by: Person, at: datetime) -> _Seen:
    """A meeting that `by` may answer, process or case locked. Raises NotFound, NotAllowed."""
    viewer = Viewer.load(by, at=at)
    meeting = viewer.get(Meeting, meeting_id)
    viewer.require(Act.CHOOSE_TIME, meeting)
    version = (meeting.sequence, meeting.changes)
    instance = meeting_process.locked(meeting.case_id)
    # The process that runs now is about a later meeting than the one that was set aside.
    if instance is None or meeting.set_aside_at is not None:
        return _Seen(version, None, meeting_stillness.hold(meeting.case_id))
    return _Seen(version, instance)
