"""What one reader knows of a consent: to a guardian whom a crisis named, it stands as it stood.

What others at home give or take back within a wall is kept from that guardian, for good: it would
tell that something is going on. What the guardian says meanwhile counts as everybody's word does,
and is shown to them as if nobody else had spoken.

A consent that was read through its policy says what its reader knows; any other is read as it is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from parties.access import Viewer
from parties.models import Consent
from parties.wall_moments import was_shut

#: When it was taken back, as this reader knows; NULL: not that they know.
KNOWN_AT: Final = "viewer_knows_withdrawn_at"
_ABOUT: Final = ("student",)


def told_at_home(viewer: Viewer) -> Q:
    """Consents that this reader was not shut out from when they were given."""
    return ~(Q(student__in=viewer.wards) & was_shut(viewer.walls, "starts_at", _ABOUT))


def annotations(viewer: Viewer) -> Mapping[str, Any]:
    """What a row is read with, so that the rest of this module can tell of it."""
    spoke = Coalesce("withdrawn_for", "withdrawn_by")
    hidden = Q(student__in=viewer.wards) & was_shut(viewer.walls, "withdrawn_at", _ABOUT)
    own = Consent.objects.filter(said_about=OuterRef("pk"), giver=viewer.person)
    return {
        "viewer_whose_no": spoke,
        KNOWN_AT: Case(
            When(
                hidden & ~Q(viewer_whose_no=viewer.person.pk),
                then=Subquery(own.order_by("withdrawn_at").values("withdrawn_at")[:1]),
            ),
            default=F("withdrawn_at"),
            output_field=DateTimeField(),
        ),
    }


def running(rows: QuerySet[Consent]) -> QuerySet[Consent]:
    """Those that nobody has taken back, as far as the reader of these rows knows."""
    return rows.exclude(state=Consent.State.REFUSED).filter(**{KNOWN_AT: None})


def taken_back(rows: QuerySet[Consent]) -> QuerySet[Consent]:
    """Those whose taking back the reader knows as it was."""
    return rows.filter(state=Consent.State.WITHDRAWN, **{KNOWN_AT: F("withdrawn_at")})


def is_known(viewer: Viewer, consent: Consent) -> bool:
    """Whether this reader knows how it was taken back."""
    return taken_back(viewer.rows(Consent)).filter(pk=consent.pk).exists()


def withdrawn_at(consent: Consent) -> datetime | None:
    """When it was taken back, as the reader knows."""
    found: datetime | None = getattr(consent, KNOWN_AT, consent.withdrawn_at)
    return found


def state(consent: Consent) -> str:
    """The state that the reader knows."""
    taken_back = consent.state == Consent.State.WITHDRAWN
    if taken_back and withdrawn_at(consent) is None:
        return Consent.State.GIVEN.value
    return str(consent.state)


def is_own_no(viewer: Viewer, consent: Consent) -> bool:
    """Whether it was the reader who took it back, as far as they know."""
    if withdrawn_at(consent) != consent.withdrawn_at:
        return withdrawn_at(consent) is not None
    return consent.taken_back_by == viewer.person.pk


def is_a_repeated_no(viewer: Viewer, consent: Consent) -> bool:
    """Whether the reader said it about a yes that they see as taken back by it."""
    return consent.said_about_id is not None and consent.giver_id == viewer.person.pk


def shown_as(viewer: Viewer, consent: Consent) -> UUID:
    """The consent in which this reader finds it: a repeated no in the yes that it is about."""
    about = consent.said_about_id
    return about if about is not None and is_a_repeated_no(viewer, consent) else consent.pk
