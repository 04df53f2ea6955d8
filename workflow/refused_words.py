"""Words of danger are heard although the act that they came with is refused.

    the act --refused by state, a limit, or for what is missing--> it rolls back, with its words
            \\-> they are heard in a transaction of their own, and the refusal is told as ever

Whoever may not see what they write about, or not do this to it, is no author and rings nobody.
Nothing here keeps the words: the ledger has a mark of them, which nobody can turn back or try out
without the key of the server.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.utils.crypto import salted_hmac

from ledger import events
from ledger.models import Event
from parties import tenancy
from parties.access import Act, Viewer
from parties.errors import InvalidInput, SanfangError, WrongState
from parties.models import Person

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Model)

#: Within it the same words are the same tap; later they are said once more.
_SAME_TAP: Final = timedelta(hours=1)
_HEARD: Final = "words.heard"
_IN_TURN: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@contextmanager
def heard(  # noqa: PLR0913 - who does what to which row
    kind: type[Row],
    pk: UUID,
    act: Act | None,
    *,
    school_id: int,
    by: Person,
    at: datetime,
    hear: Callable[[Row, Viewer], None],
) -> Iterator[None]:
    """Around an `act` on this row and its scope: if it is refused, `hear` is called in a scope of
    its own. No fault in that changes the answer.
    """
    try:
        yield
    except (InvalidInput, WrongState):
        try:
            with tenancy.scope(school_id):
                viewer = Viewer.load(by, at=at)
                row = viewer.get(kind, pk)
                if act is not None:
                    viewer.require(act, row)
                hear(row, viewer)
        except SanfangError as unheard:
            logger.info("words.not_heard code=%s", unheard.code)
        except Exception:
            logger.exception("words.hearing_failed on=%s", pk)
        raise


def is_new(words: str, *, by: Person, place: UUID | None, source: str, at: datetime) -> bool:
    """Whether this person's words were not heard here just now; from now on they were.

    In the transaction that hears them: two taps at once wait for one another.
    """
    mark = _mark(str(by.pk), str(place), source, " ".join(words.split()))
    with connection.cursor() as cursor:
        cursor.execute(_IN_TURN, [f"{_HEARD}:{mark}"])
    before = Event.objects.filter(
        school_id=by.school_id, subject_type="words", subject_id=mark, at__gt=at - _SAME_TAP
    )
    if before.exists():
        return False
    events.append(
        school_id=by.school_id,
        kind=_HEARD,
        actor=None,
        subject=("words", mark),
        at=at,
        payload={"source": source},
    )
    return True


def _mark(*parts: str) -> UUID:
    digest = salted_hmac(_HEARD, "\x1f".join(parts), algorithm="sha256").digest()
    return UUID(bytes=digest[:16])
