"""Free words beside a plan or a date, as one reader gets them: the class of the words decides.

A score, an answer about a time, what a student said before a meeting and what a call brought may
speak of money or health as much as a statement. They are kept whole, and their writer reads them.
Whoever may not read what they are about reads the name of its class where they may know that much,
or nothing; the class is worked out when it is read.
"""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Final, TypeVar
from uuid import UUID

from django.db.models import Model

from parties import privacy
from parties.access import Viewer
from parties.models import Student
from parties.privacy import FieldClass, Level
from parties.roles import Role
from records import sensitivity
from records.models import Evaluation, Meeting, MeetingAttempt, MeetingReply

FreeWords = Evaluation | Meeting | MeetingAttempt | MeetingReply
Row = TypeVar("Row", Evaluation, Meeting, MeetingAttempt, MeetingReply)

_TEXTS: Final[Mapping[type[Model], Sequence[str]]] = {
    Evaluation: ("baseline_now", "words"),
    Meeting: ("student_words",),
    MeetingAttempt: ("place", "note"),
    MeetingReply: ("words",),
}
#: With what ends it, if anything does.
_ENDS: Final = "，。；！？,;!?\n"
_CLAUSE: Final = re.compile(rf"[^{_ENDS}]*[{_ENDS}]?")
#: Who may know that there is something: whoever reads a class, and whoever sees it masked.
_KNOWS: Final = frozenset({Level.READ, Level.WRITE, Level.MASKED})


def cut(viewer: Viewer, row: Row) -> Row:
    """The row as this reader gets it; one that nobody saves. Inside a scope."""
    shut = instead(viewer, row)
    made = copy(row)
    for name, text in shut.items():
        setattr(made, name, text)
    return made


def instead(viewer: Viewer, row: FreeWords) -> Mapping[str, str]:
    """What stands in the place of each text that is not for this reader, by field. Of an answer
    about a time the clauses that are theirs stay: the school plans by them.
    """
    if viewer.person.pk in _writers(row):
        return {}
    found: dict[str, str] = {}
    roles, told_at_home = _roles(viewer, row.student), _is_of_a_guardian(row)
    for name in _TEXTS[type(row)]:
        hidden = _hidden(getattr(row, name), roles, apart=told_at_home)
        if hidden:
            found[name] = _mark(hidden, roles)
            if isinstance(row, MeetingReply) and found[name] and Role.G not in roles:
                found[name] = _clauses(getattr(row, name), roles) or found[name]
    return found


def _clauses(text: str, roles: frozenset[Role]) -> str:
    """The text with a mark for each clause that is not for these roles; empty if what is hidden
    shows in no single one.
    """
    parts = _CLAUSE.findall(text)
    shown = []
    for part in parts:
        hidden = _hidden(part, roles, apart=False)
        end = part[-1:] if part[-1:] in _ENDS else ""
        shown.append(_mark(hidden, roles) + end if hidden else part)
    return "" if shown == parts else "".join(shown)


def _writers(row: FreeWords) -> frozenset[UUID]:
    """Whose words they are, and who typed them in for somebody."""
    if isinstance(row, Meeting):
        return frozenset({row.prepared_by_id})
    if isinstance(row, MeetingReply) and row.kind == MeetingReply.Kind.EXCUSED:
        return frozenset({row.by_id, row.meeting.prepared_by_id})  # as its page says
    if isinstance(row, MeetingReply):
        return frozenset({row.by_id, row.entered_by_id})
    return frozenset({row.by_id})


def _is_of_a_guardian(row: FreeWords) -> bool:
    if isinstance(row, Evaluation):
        return row.side == Evaluation.Side.FAMILY
    return isinstance(row, MeetingReply)


def _roles(viewer: Viewer, student: Student) -> frozenset[Role]:
    """Roles that count here: a teacher who is this student's parent reads as a parent."""
    if student.pk in viewer.kin:
        return frozenset({Role.G}) if student.pk in viewer.wards else frozenset()
    return viewer.roles_towards(student)


def _hidden(text: str, roles: frozenset[Role], *, apart: bool) -> Sequence[FieldClass]:
    """Classes of the text that are not for these roles. `apart`: a guardian wrote it, and what one
    says of money or an illness in the family is not for the other.
    """
    classes = sensitivity.special(text) if text.strip() else frozenset()
    if apart and Role.G in roles:
        return sorted(classes)
    return sorted(code for code in classes if not privacy.readable(code.value, roles))


def _mark(hidden: Sequence[FieldClass], roles: frozenset[Role]) -> str:
    if not all(any(privacy.levels(code, role) & _KNOWS for role in roles) for code in hidden):
        return ""
    named = "、".join(sorted(str(code.label) for code in hidden))
    return f"（{named}：不在这里显示，需要时请向本人了解）"
