"""What a guardian is kept from at home, and since when.

A crisis that may not be told yet is kept from the whole family, and what is said about a guardian
from that guardian. Only workflow knows of cases and whom they name, so it says here by `register`
from which moment on a row is shut; all that is read at home asks this one rule. What was theirs
before that moment stays with them as it stood: what vanishes tells as much as what appears.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import (
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThan

from parties.access import Viewer
from parties.wall_moments import Moment, first_shut
from parties.walls import NEVER

#: Where a record that was read with its wall keeps it.
SINCE: Final = "viewer_shut_since"
#: Where it keeps since when its case alone shuts it, whoever the guardian is.
UNJUDGED: Final = "viewer_shut_by_case"

#: The moment since when its case shuts a row to all at home who have no part in that case, as SQL;
#: NULL where it does not.
Unjudged = Callable[[Viewer], Any]

#: Rows whose case names the viewer as one of its parts.
Named = Callable[[Viewer], Any]

#: What a wall may be about, of rows that hang on a student and on a case.
_ABOUT: Final = ("student", "case_id")

_unjudged: list[Unjudged] = []
_left_out: list[Named] = []
_against: list[Named] = []


def register(*, unjudged: Unjudged, left_out: Named, against: Named) -> None:
    """Let `unjudged` decide for guardians, beside their walls, `left_out` for students, whose own
    file it is, and `against` for staff; called from AppConfig.ready() alone.
    """
    _unjudged[:], _left_out[:], _against[:] = [unjudged], [left_out], [against]


def since(viewer: Viewer, came: Moment) -> Any:
    """From when on rows that `came` to the family then are shut to this guardian; else NEVER.

    What comes later than that is theirs all the same where it came after all their walls: whether a
    moment was shut is `since` of that moment, or shut_at.
    """
    never = Value(NEVER, DateTimeField())
    if not viewer.wards:  # nothing stands behind a wall; what is not built costs nothing
        return never
    found = [first_shut(viewer.walls, came, _ABOUT), *(unjudged(viewer) for unjudged in _unjudged)]
    shut = Coalesce(Least(*found), never, output_field=DateTimeField())
    return Case(When(Q(student__in=viewer.wards), then=shut), default=never)


def asked(viewer: Viewer, came: Moment) -> Mapping[str, Any]:
    """What rows are annotated with, so that shut_since and shut_at can tell of them."""
    alone = [unjudged(viewer) for unjudged in _unjudged if viewer.wards] or [Value(None)]
    alone = [ExpressionWrapper(one, DateTimeField()) for one in alone]
    return {SINCE: since(viewer, came), UNJUDGED: alone[0]}


def open_to_guardian(viewer: Viewer, came: Moment) -> Q:
    """Rows about the viewer's wards that came to the family while nothing was shut."""
    if not viewer.wards:
        return Q(pk__in=[])
    then = F(came) if isinstance(came, str) else came
    return Q(GreaterThan(since(viewer, came), then), student__in=viewer.wards)


def open_to_student(viewer: Viewer) -> Q:
    """Rows of the viewer's own file, unless its case leaves them out."""
    if not viewer.student_id:
        return Q(pk__in=[])
    mine = Q(student=viewer.student_id)
    for left_out in _left_out:
        mine &= ~Q(left_out(viewer))
    return mine


def open_at_home(viewer: Viewer, came: Moment) -> Q:
    """Rows of the viewer's own family that are theirs to read; `came` is when they were made so."""
    return open_to_guardian(viewer, came) | open_to_student(viewer)


def named_at_work(viewer: Viewer) -> Q:
    """Rows whose case names this member of staff in a way that shuts them out."""
    found = Q(pk__in=[])
    for against in _against:
        found |= Q(against(viewer))
    return found


def shut_since(row: Any) -> datetime | None:
    """Since when the rest of this row is shut to whom it was read for; None where nothing is."""
    found: datetime | None = getattr(row, SINCE, None)
    return None if found is None or found >= NEVER else found


def shut_at(viewer: Viewer, row: Any, moment: datetime) -> bool:
    """Whether what others did then is kept from the viewer, about a row that was read with `asked`:
    within one of their walls, whatever came before or after it.
    """
    return any(start < moment <= end for start, end in spans(viewer, row))


def spans(viewer: Viewer, row: Any) -> Sequence[tuple[datetime, datetime]]:
    """From when to when the row was shut to this guardian, in no order; see shut_at."""
    if row.student_id not in viewer.wards:
        return []
    mine, meant = viewer.walls, (row.student_id, row.case_id)
    walls = zip(mine.about, mine.since, mine.until, strict=True)
    found = [(start, end) for about, start, end in walls if about in meant]
    alone: datetime | None = getattr(row, UNJUDGED, None)
    return found if alone is None else [*found, (alone, NEVER)]


def carry(known: Any, row: Any) -> None:
    """Let a row that was read anew, under its lock, say what `known` says of the viewer's wall."""
    for name in (SINCE, UNJUDGED):
        row.__dict__[name] = getattr(known, name, None)
