"""What somebody writes beside a record, as one reader gets it: the class of its words decides.

A family's note, reason or annotation may be about money or health as much as a statement; it is
kept whole, and only readers of that class get it. Of other classes that a reader may know of there
stands the name, of the rest nothing.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Final, TypeVar
from uuid import UUID

from parties import privacy
from parties.access import Viewer
from parties.privacy import Level
from parties.roles import Role
from records import disputes, policies, sensitivity
from records.models import Annotation, CommunicationRecord, Objection, Signature

Row = TypeVar("Row", Signature, Objection, Annotation)

_AWAITED: Final = (Objection.State.FILED, Objection.State.ANSWERED)


def cut(viewer: Viewer, record: CommunicationRecord, text: str, *, writer: UUID | None) -> str:
    """The text, the name of its class in brackets, or nothing. `writer` reads their own words."""
    classes = sensitivity.special(text)
    if not classes or writer == viewer.person.pk:
        return text
    roles, given = policies.roles_for(viewer, record), policies.circumstances(viewer, record)
    hidden = [code for code in classes if not privacy.readable(code.value, roles, given=given)]
    if not hidden:
        return text
    if all(any(Level.MASKED in privacy.levels(code, role) for role in roles) for code in hidden):
        return f"（{'、'.join(sorted(str(code.label) for code in hidden))}，仅限可以查看的人）"
    return ""


def signatures(
    viewer: Viewer, record: CommunicationRecord, given: Sequence[Signature]
) -> Sequence[Signature]:
    """Each with the note and the reason that this reader may read; rows that nobody saves."""
    return [_cut_row(viewer, record, one, ("note", "reason"), one.signer_id) for one in given]


def annotations(
    viewer: Viewer, record: CommunicationRecord, written: Sequence[Annotation]
) -> Sequence[Annotation]:
    """Each with what this reader may read of it; what is nothing for them is not there."""
    shown = (_cut_row(viewer, record, one, ("words",), one.by_id) for one in written)
    return [one for one in shown if one.words]


def objection(viewer: Viewer, one: Objection) -> Objection:
    """As its reader may read it. Whoever has to answer or judge reads the words until they did."""
    names: tuple[str, ...] = ("reply_words", "annotation")
    if not _decides(viewer, one):
        names += ("quoted", "words")
    return _cut_row(viewer, one.record, one, names, one.filed_by_id)


def newer_version(viewer: Viewer, one: Objection) -> CommunicationRecord | None:
    """The version that replaced the one it is about, for the school: at home nobody hears of it."""
    if policies.is_at_home(viewer, one.record):
        return None
    found = viewer.find(CommunicationRecord, disputes.newest(one.record).pk)
    return None if found is None or found.pk == one.record_id else found


def _decides(viewer: Viewer, one: Objection) -> bool:
    if one.state == Objection.State.ROUTED:
        return viewer.serves({Role.ME}) and one.student_id not in viewer.kin
    return one.state in _AWAITED and one.record.author_id == viewer.person.pk


def _cut_row(
    viewer: Viewer, record: CommunicationRecord, row: Row, names: Iterable[str], writer: UUID | None
) -> Row:
    made = copy(row)
    for name in names:
        text = getattr(row, name)
        if text:
            setattr(made, name, cut(viewer, record, text, writer=writer))
    return made
