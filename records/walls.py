"""What a guardian is kept from at home, and since when.

A crisis that may not be told yet is kept from the whole family, and what is said about a guardian
from that guardian. Only workflow knows of cases and whom they name, so it says here by `register`
from which moment on a row is shut; all that is read at home asks this one rule. What was theirs
before that moment stays with them as it stood: what vanishes tells as much as what appears.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.db.models.functions import Coalesce, Least
from django.db.models.lookups import GreaterThan

from parties.access import Viewer

#: Later than every moment: nothing is kept from them.
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
#: Sooner than every moment: they never saw anything of it.
ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: Where a record that was read with its wall keeps it.
SINCE: Final = "viewer_shut_since"

#: Moments since when a row is shut to the viewer, as SQL; NULL where it is not. They are given the
#: field that says when the row came to the family.
Moments = Callable[[Viewer, str], list[Any]]

#: Rows whose case names the viewer as one of its parts.
Named = Callable[[Viewer], Any]

_moments: list[Moments] = []
_left_out: list[Named] = []
_against: list[Named] = []


def register(*, moments: Moments, left_out: Named, against: Named) -> None:
    """Let `moments` decide for guardians, `left_out` for students, whose own file it is, and
    `against` for staff; called from AppConfig.ready() alone.
    """
    _moments[:], _left_out[:], _against[:] = [moments], [left_out], [against]


def since(viewer: Viewer, came: str) -> Any:
    """From when on rows that `came` to the family then are shut to this guardian; else NEVER."""
    found = [one for moments in _moments for one in moments(viewer, came)]
    never = Value(NEVER, DateTimeField())
    shut = Coalesce(Least(*found), never, output_field=DateTimeField())
    return Case(When(Q(student__in=viewer.wards), then=shut), default=never)


def open_to_guardian(viewer: Viewer, came: str) -> Q:
    """Rows about the viewer's wards that came to the family while nothing was shut."""
    return Q(GreaterThan(since(viewer, came), F(came)), student__in=viewer.wards)


def open_to_student(viewer: Viewer) -> Q:
    """Rows of the viewer's own file, unless its case leaves them out."""
    mine = Q(student=viewer.student_id) if viewer.student_id else Q(pk__in=[])
    for left_out in _left_out:
        mine &= ~Q(left_out(viewer))
    return mine


def open_at_home(viewer: Viewer, came: str) -> Q:
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
