"""What the school does to a meeting, and the process hears of it in the same transaction.

    lock the process --> lock the meeting, change it (records.meetings) --> move the process on

What the family says is in meeting_replies.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from parties import calendar, tenancy
from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotFound, WrongState
from parties.models import Person
from records.meetings import answers, dossier, invitations, outcomes, rows, slots
from records.meetings.invitations import Plan
from records.meetings.outcomes import Try
from records.meetings.slots import Offer
from records.models import DossierItem, Meeting, MeetingAttempt, MeetingSlot
from workflow import contacts, meeting_news, meeting_process
from workflow.meeting_process import CHANGED, CHOSEN, EFFECTIVE
from workflow.models import Case

# --- what the school does -------------------------------------------------------------------------


def prepare(*, school_id: int, case_id: UUID, by: Person, at: datetime, plan: Plan) -> Meeting:
    """Decide what the meeting is for and who is to be there.

    Raises: NotFound, NotAllowed; as records.meetings.invitations.prepare.
    """
    with tenancy.scope(school_id):
        case = _worked_on(case_id, by=by, at=at)
        return prepare_for(case, plan=plan, by=by, at=at)


def prepare_for(case: Case, *, plan: Plan, by: Person, at: datetime) -> Meeting:
    """The same inside a scope, where the right was checked; who must not come loses sight of it."""
    if case.student is None:
        raise WrongState("还不知道是哪位学生，不能安排会谈。", case=str(case.pk))
    meeting = invitations.prepare(
        student=case.student, case_id=case.pk, plan=plan, by=by, at=at, named=contacts.named(case)
    )
    meeting_news.shield(case, meeting, at=at)
    return meeting


def add_paper(  # noqa: PLR0913 -- one argument per column
    *,
    school_id: int,
    case_id: UUID,
    by: Person,
    at: datetime,
    kind: str,
    note: str = "",
    basis: str = "",
    basis_note: str = "",
    duty: str = "",
) -> DossierItem:
    """Put a paper on the list. Raises: as records.meetings.dossier.add."""
    with tenancy.scope(school_id):
        _worked_on(case_id, by=by, at=at)
        return dossier.add(
            meeting_id=current(case_id).pk, kind=kind, note=note, basis=basis,
            basis_note=basis_note, duty=duty, by=by, at=at,
        )  # fmt: skip


def offer(
    *, school_id: int, case_id: UUID, by: Person, at: datetime, offers: Sequence[Offer]
) -> Sequence[MeetingSlot]:
    """Offer times; the family hears of them when the task is completed.

    Raises: as records.meetings.slots.offer.
    """
    with tenancy.scope(school_id):
        _worked_on(case_id, by=by, at=at)
        return offer_for(case_id, school_id=school_id, offers=offers, by=by, at=at)


def offer_for(
    case_id: UUID, *, school_id: int, offers: Sequence[Offer], by: Person, at: datetime
) -> Sequence[MeetingSlot]:
    """The same inside a scope, where the right was checked."""
    return slots.offer(
        meeting_id=current(case_id).pk,
        offers=offers,
        by=by,
        at=at,
        calendar=calendar.load(school_id),
    )


def record_attempt(
    *, school_id: int, case_id: UUID, by: Person, at: datetime, tried: Try
) -> MeetingAttempt:
    """One more try that nobody asked for by a task; what was agreed moves the process on.

    Raises: as records.meetings.outcomes.attempt.
    """
    with tenancy.scope(school_id):
        instance = meeting_process.locked(case_id)
        case = _worked_on(case_id, by=by, at=at)
        before = current(case_id)
        made = attempt_for(case, tried=tried, by=by, at=at)
        signal = _SIGNAL_OF.get(MeetingAttempt.Outcome(made.outcome))
        stands = signal == CHANGED and current(case_id).changes == before.changes
        if signal is not None and not stands:
            meeting_process.move(instance, signal, by=by, at=at)
        return made


def attempt_for(case: Case, *, tried: Try, by: Person, at: datetime) -> MeetingAttempt:
    """The same inside a scope, where the right was checked; nobody who takes no part comes along.

    Raises: as records.meetings.outcomes.attempt.
    """
    if tried.companion in contacts.named(case):
        raise InvalidInput(
            "这位同事不参与这件事。", field="companion", mend="请填写同行的另一位教职工。"
        )
    return outcomes.attempt(meeting_id=current(case.pk).pk, tried=tried, by=by, at=at)


_SIGNAL_OF: Final = {
    MeetingAttempt.Outcome.AGREED: CHOSEN,
    MeetingAttempt.Outcome.OTHER_TIME: CHANGED,
}


def move_date(*, school_id: int, case_id: UUID, by: Person, at: datetime, words: str) -> Meeting:
    """The school needs another time and says why; the two changes stay the family's.

    Raises: as records.meetings.answers.ask_change.
    """
    with tenancy.scope(school_id):
        instance = meeting_process.locked(case_id)
        _worked_on(case_id, by=by, at=at)
        before = current(case_id)
        _refuse_over(before, at=at)
        meeting = answers.ask_change(meeting_id=before.pk, by=by, words=words, at=at, entered_by=by)
        meeting_process.move(instance, CHANGED, by=by, at=at)
        return meeting


def _refuse_over(meeting: Meeting, *, at: datetime) -> None:
    if rows.is_over(meeting, at=at):
        raise WrongState(
            "约定的时间已经过了，请在任务“记录会谈情况”里选择改期。", meeting=str(meeting.pk)
        )


# --- the record -----------------------------------------------------------------------------------


def record_became_effective(*, school_id: int, case_id: UUID, at: datetime) -> None:
    """The minutes of this case took effect: a meeting that waits for signatures goes on.

    Outside of every scope. Does nothing where no meeting waits for it.
    """
    with tenancy.scope(school_id):
        hear_record(case_id, at=at)


def hear_record(case_id: UUID, *, at: datetime, by: Person | None = None) -> None:
    """The same inside a scope."""
    meeting_process.move(meeting_process.locked(case_id), EFFECTIVE, by=by, at=at)


# --- what they share ------------------------------------------------------------------------------


def current(case_id: UUID) -> Meeting:
    """The meeting of this case that counts now. Raises NotFound."""
    meeting = rows.of_case(case_id)
    if meeting is None:
        raise NotFound("还没有准备会谈。")
    return meeting


def _worked_on(case_id: UUID, *, by: Person, at: datetime) -> Case:
    """The case, if `by` sees it and arranges its meetings. Raises NotFound, NotAllowed."""
    viewer = Viewer.load(by, at=at)
    case = viewer.get(Case, case_id)
    viewer.require(Act.MEET, case)
    return case
