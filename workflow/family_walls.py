"""From which moment on a guardian is shut out of what hangs on a student or a case.

A case that ever was a crisis is shut to whoever is not told of it, and to whoever it names: since
what the family knows of it stood still, or since its first report. What belongs to no case, or to
another one, is shut to a guardian since a case of the student named them, for as long as it runs
(each time that it runs, if it was closed and came back), or since an order not to tell them.

    cases and orders that know of the person --> walls, read once with the viewer
    every other case                         --> asked with each row
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Case as Choice
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from parties import round_trips, statements
from parties import walls as parties_walls
from parties.access import Viewer
from parties.models import Person, Restriction
from parties.walls import ALWAYS, NEVER, Wall, Walls
from records import walls
from workflow.models import Case, CaseParty

_Part = CaseParty.Part

#: Cases of the wards in which the person has a part, with what they are kept from by each of them;
#: then those that name the person, which shut the whole student while they run; then orders. An
#: order of a crisis in which telling was found safe since shuts nothing, and others end a
#: guardian's whole standing (parties.standings). Whoever is left out of what a case has become
#: since it kept its old face for them keeps what they had then.
_WALLS: Final = """
WITH mine AS (
    SELECT c.id, c.student_id, c.closed_at, c.pauses, p.named_since, p.shut_out, f.until AS face,
        c.shown_until, c.opened_at, c.crisis_since,
        (c.channel = 'CRISIS' OR c.crisis_since IS NOT NULL)
        AND (p.named_since IS NOT NULL OR f.until IS NOT NULL
            OR NOT (c.safe_to_tell = 'YES' OR c.safe_to_tell = 'NO' AND p.told)) AS kept
    FROM workflow_case c
    JOIN (
        SELECT case_id, min(since) FILTER (WHERE part = 'EXCLUDED') AS shut_out,
            bool_or(part = 'TOLD') AS told,
            min(since) FILTER (WHERE part IN ('SUSPECT', 'ACCUSED')) AS named_since
        FROM (
            SELECT case_id, part, since FROM workflow_caseparty WHERE person_id = %(me)s
            UNION ALL
            SELECT case_id, '', NULL FROM workflow_caseface WHERE person_id = %(me)s
        ) parts
        GROUP BY case_id
    ) p ON p.case_id = c.id
    LEFT JOIN workflow_caseface f ON f.case_id = c.id AND f.person_id = %(me)s
    WHERE c.student_id = ANY(%(wards)s::uuid[])
)
SELECT id, id, CASE
        WHEN shut_out <= COALESCE(face, 'infinity') THEN %(always)s
        WHEN NOT kept AND shut_out IS NULL THEN NULL
        WHEN face IS NULL AND shown_until IS NULL AND crisis_since <= opened_at THEN %(always)s
        ELSE COALESCE(face, shown_until, crisis_since, opened_at)
    END, %(never)s
FROM mine
UNION ALL
SELECT NULL, student_id, began, COALESCE(
    (SELECT min(one) FROM unnest(pauses) WITH ORDINALITY AS turn(one, n)
        WHERE n %% 2 = 1 AND one >= began), closed_at, %(never)s)
FROM mine CROSS JOIN LATERAL (
    SELECT named_since AS began
    UNION ALL
    SELECT one FROM unnest(pauses) WITH ORDINALITY AS turn(one, n)
    WHERE n %% 2 = 0 AND one > named_since
) runs WHERE named_since IS NOT NULL
UNION ALL
SELECT NULL, o.student_id, o.starts_at, %(never)s
FROM parties_restriction o
WHERE o.person_id = %(me)s AND o.student_id = ANY(%(wards)s::uuid[])
    AND o.kind = ANY(%(silent)s::varchar[])
    AND o.starts_at <= %(at)s AND (o.ends_at IS NULL OR o.ends_at > %(at)s)
    AND NOT EXISTS (
        SELECT FROM workflow_case c WHERE c.id = o.case_id AND c.safe_to_tell = 'YES'
    )
"""

_SILENT: Final = [Restriction.Kind.NO_CONTACT.value, Restriction.Kind.DO_NOT_TELL.value]


def read(person: Person, wards: frozenset[UUID], at: datetime) -> Walls:
    """What cases and orders that know of this guardian keep from them; one statement."""
    given = {
        "me": person.pk,
        "wards": list(wards),
        "silent": _SILENT,
        "at": at,
        "always": ALWAYS,
        "never": NEVER,
    }
    found = round_trips.execute(_WALLS, given).fetchall()
    built = [Wall(about, since, until) for _, about, since, until in found if since is not None]
    return Walls.of(built, {case for case, *_ in found if case is not None})


def unjudged(viewer: Viewer) -> Subquery:
    """What its own case keeps from a guardian who has no part in it: a crisis, until telling was
    found safe. One row by its key: a page of a file asks this for each of its kinds, many times.
    """
    of_row = Case.objects.filter(
        Q(channel=Case.Channel.CRISIS) | Q(crisis_since__isnull=False),
        ~Q(safe_to_tell=Case.SafeToTell.YES),
        pk=OuterRef("case_id"),
    )
    of_row = of_row.exclude(statements.among("pk", viewer.walls.judged))
    began_as_one = Q(shown_until=None, crisis_since__lte=F("opened_at"))
    moment = Choice(
        When(began_as_one, then=Value(ALWAYS, DateTimeField())),
        default=Coalesce("shown_until", "crisis_since", "opened_at"),
    )
    return Subquery(of_row.values(moment=moment))


def left_out(viewer: Viewer) -> Exists:
    """Rows whose case leaves the viewer out: the only one that keeps a student from their own."""
    return _named(viewer, [_Part.EXCLUDED])


def against(viewer: Viewer) -> Exists:
    return _named(viewer, CaseParty.AGAINST)


def _named(viewer: Viewer, parts: Collection[str]) -> Exists:
    return Exists(
        CaseParty.objects.filter(
            case=OuterRef("case_id"), person=viewer.person, part__in=sorted(parts)
        )
    )


def register() -> None:
    parties_walls.register(read)
    walls.register(unjudged=unjudged, left_out=left_out, against=against)
