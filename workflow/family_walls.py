"""From which moment on a guardian is shut out of what hangs on a student or a case.

A case that ever was a crisis is shut to whoever is not told of it, and to whoever it names: since
what the family knows of it stood still, or since its first report. What belongs to no case, or to
another one, is shut to a guardian since a case of the student named them, for as long as it runs,
or since an order not to tell them.
"""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import Case as Choice
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from parties.access import Viewer
from parties.models import Restriction
from parties.relations import in_force
from records import walls
from workflow.models import Case, CaseFace, CaseParty, CrisisReport

_Part = CaseParty.Part
_SUSPECTS: Final = (_Part.SUSPECT, _Part.ACCUSED_STUDENT)
_SILENT: Final = (Restriction.Kind.NO_CONTACT, Restriction.Kind.DO_NOT_TELL)


def of_case(viewer: Viewer, _came: str) -> list[Any]:
    """What its own case keeps from this guardian."""
    parts = CaseParty.objects.filter(case=OuterRef("pk"), person=viewer.person)
    told = Q(safe_to_tell=Case.SafeToTell.YES) | Q(
        Exists(parts.filter(part=_Part.TOLD)), safe_to_tell=Case.SafeToTell.NO
    )
    named = Exists(parts.filter(part__in=_SUSPECTS))
    out = Exists(parts.filter(part=_Part.EXCLUDED))
    crisis = Q(channel=Case.Channel.CRISIS) | Q(reported__isnull=False)
    shut = Q(named) | Q(face__isnull=False) | ~told
    cases = _with_moments(viewer).filter(out | crisis & shut, pk=OuterRef("case_id"))
    began_as_one = Q(face=None, shown_until=None, reported__lte=F("opened_at"))
    moment = Choice(
        When(out, then=Value(walls.ALWAYS, DateTimeField())),
        When(began_as_one, then=Value(walls.ALWAYS, DateTimeField())),
        default=Coalesce("face", "shown_until", "reported", "opened_at"),
    )
    return [Subquery(cases.values(moment=moment))]


def _with_moments(viewer: Viewer) -> QuerySet[Case]:
    """Cases with when they were first reported as a crisis, and when the face stood still that is
    kept for this person.
    """
    reports = CrisisReport.objects.filter(case=OuterRef("pk"))
    faces = CaseFace.objects.filter(case=OuterRef("pk"), person=viewer.person)
    return Case.objects.annotate(
        reported=Subquery(_first(reports, "reported_at")), face=Subquery(faces.values("until"))
    )


def of_student(viewer: Viewer, came: str) -> list[Any]:
    """What is kept from this guardian about the student at all: by a case against them while it
    runs, and by orders of a crisis in which telling was not found safe since. Others end a
    guardian's whole standing (parties.standings).
    """
    named = CaseParty.objects.filter(
        case__student=OuterRef("student"), person=viewer.person, part__in=_SUSPECTS
    )
    running = named.filter(Q(case__closed_at=None) | Q(case__closed_at__gte=OuterRef(came)))
    safe = Case.objects.filter(pk=OuterRef("case_id"), safe_to_tell=Case.SafeToTell.YES)
    orders = Restriction.objects.filter(
        student=OuterRef("student"), person=viewer.person, kind__in=_SILENT
    ).exclude(Exists(safe))
    return [
        Subquery(_first(running, "since")),
        Subquery(_first(in_force(orders, viewer.at), "starts_at")),
    ]


def moments(viewer: Viewer, came: str) -> list[Any]:
    return of_case(viewer, came) + of_student(viewer, came)


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


def _first(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    return rows.order_by(name).values(name)[:1]


def register() -> None:
    walls.register(moments=moments, left_out=left_out, against=against)
