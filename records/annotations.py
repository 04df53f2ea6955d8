"""异议附记, oldest first. Each is a row for good; whoever has more to say adds another."""

from datetime import datetime
from operator import attrgetter

from parties.models import Person
from records.models import Annotation, Objection


def of(objection: Objection) -> list[Annotation]:
    """All that stand beside this objection. One query, none where they were prefetched.

    A text from before each had its own row comes first, by the moment that the ledger tells.
    """
    first = [_from_before(objection)] if objection.annotation else []
    return first + sorted(objection.annotations.all(), key=attrgetter("place"))


def add(objection: Objection, *, words: str, by: Person, at: datetime) -> Annotation:
    """Beside what stands there. The last one again is the same one, because phones resend.

    The caller holds the objection's lock.
    """
    known = of(objection)
    if known and known[-1].words == words:
        return known[-1]
    return Annotation.objects.create(
        school_id=objection.school_id,
        student_id=objection.student_id,
        objection=objection,
        place=len(known) + 1,
        words=words,
        by=by,
        at=at,
    )


def _from_before(objection: Objection) -> Annotation:
    return Annotation(
        school_id=objection.school_id,
        student_id=objection.student_id,
        objection=objection,
        place=0,
        words=objection.annotation,
        by_id=objection.filed_by_id,
        at=objection.annotated_at or objection.filed_at,
    )
