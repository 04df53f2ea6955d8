"""F2: the papers for the meeting. A list of what lies on the table, not copies of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from parties import consents
from parties.errors import InvalidInput, WrongState
from parties.models import Person
from records import bases, language_gate, observation_sheets
from records.language import Field
from records.meetings import rows, words
from records.models import DossierItem, Meeting


def add(  # noqa: PLR0913 -- one argument per column
    *,
    meeting_id: UUID,
    kind: str,
    note: str,
    by: Person,
    at: datetime,
    basis: str = "",
    basis_note: str = "",
    duty: str = "",
) -> DossierItem:
    """Put a paper on the list; the same kind again replaces what was said about it.

    Raises:
        InvalidInput: unknown kind, a psychological report without a consent that holds or a
            named duty, an observation sheet without a day, or forbidden words in what is noted.
        WrongState: the meeting is over.
    """
    meeting = rows.locked(meeting_id)
    if meeting.state not in Meeting.OPEN:
        raise WrongState("会谈已经结束。", meeting=str(meeting.pk))
    _refuse_unknown(kind, basis)
    observation_sheets.refuse_undated(kind, note)
    why: dict[str, Any] = {"basis": basis, "basis_note": basis_note.strip(), "duty": duty}
    consent = bases.settle(student=meeting.student, kind=kind, at=at, **why)
    _refuse_words(meeting, kind, {"note": note, "basis_note": basis_note})
    return _put(meeting, kind, {"note": note.strip(), "consent": consent, **why}, by=by, at=at)


def _put(
    meeting: Meeting, kind: str, said: Mapping[str, Any], *, by: Person, at: datetime
) -> DossierItem:
    item, _ = DossierItem.objects.update_or_create(
        school_id=meeting.school_id,
        meeting=meeting,
        kind=kind,
        defaults={"student": meeting.student, **said, "added_by": by, "added_at": at},
    )
    rows.record(
        "meeting.paper_added", meeting, by=by, at=at, refs=[("paper", item.pk)], paper=kind,
        basis=said["basis"],
    )  # fmt: skip
    return item


def is_listed(item: DossierItem, meeting: Meeting, *, at: datetime) -> bool:
    """Whether this paper lies on the table now, or did when the meeting was over.

    A psychological report goes with the consent that it rested on, as long as nobody has met.
    """
    if item.kind != DossierItem.Kind.PSY_REPORT or item.basis == DossierItem.Basis.DUTY:
        return True
    consent = item.consent
    if meeting.ended_at is None:
        return consent is not None and consents.is_live(consent, at=at)
    taken_back = None if consent is None else consent.withdrawn_at
    return taken_back is None or taken_back > meeting.ended_at


def _refuse_words(meeting: Meeting, kind: str, noted: Mapping[str, str]) -> None:
    """A psychological report may name what its paper names."""
    if kind == DossierItem.Kind.PSY_REPORT:
        language_gate.refuse_forbidden(noted, student=meeting.student, field=Field.CERTIFICATE)
    else:
        words.refuse(noted, student=meeting.student)


def _refuse_unknown(kind: str, basis: str) -> None:
    if kind not in DossierItem.Kind.values:
        raise InvalidInput("没有这种材料。", field="kind", mend="请从列表中选择。")
    if basis not in DossierItem.Basis.values:
        raise InvalidInput("没有这种依据。", field="basis", mend="请选择“同意”或“职责所需”。")
