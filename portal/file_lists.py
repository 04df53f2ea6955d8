"""Students whose file a member of staff opens: the own class as a list, all others by name."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parties.access import Viewer
from parties.models import Student
from parties.roles import Role
from parties.sign_in import Identity
from portal import pages
from portal.session import signed_in, viewing
from records import file
from workflow import plan_policies

_LONGEST_QUERY: Final = 40
_FEW: Final = 20
#: Whether an entry of a file is theirs costs a question each.
_LOOKED_AT: Final = 40
#: Of one's own classes all are listed; no class is longer.
_MOST: Final = 200


@require_safe
@signed_in()
def students(request: HttpRequest, identity: Identity) -> HttpResponse:
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_QUERY]
    with viewing(identity) as viewer:
        found = _named(viewer, wanted) if wanted else _of_own_classes(viewer)
        lines = [(one.pk, one.person.name, one.school_class.name) for one in found]
        context = {"students": lines, "q": wanted, "searches": searches(viewer)}
    return pages.show(request, "students", context)


def searches(viewer: Viewer) -> bool:
    """Whether this person may look for a student; whose file opens is asked of each that is found.

    Asks nothing of the database.
    """
    return viewer.is_staff


def _of_own_classes(viewer: Viewer) -> Sequence[Student]:
    """With or without anything open: a file is looked up because nothing is going on, too.

    The file of an own child is opened as its family does, from the first page.
    """
    held = [post.school_class_id for post in viewer.posts if post.role == Role.HT]
    found = viewer.rows(Student).filter(school_class__in=[pk for pk in held if pk])
    found = found.exclude(pk__in=viewer.kin)
    return list(found.order_by("school_class__name", "person__name", "pk")[:_MOST])


def _named(viewer: Viewer, wanted: str) -> Sequence[Student]:
    """By a part of the name or of the class, among those whose file opens for the reader: as a
    whole for a post that covers the student, else where single entries are theirs to read, as for a
    counsellor, a doctor, an aid officer or a teacher who took part.
    """
    if not searches(viewer):
        return []
    called = Q(person__name__icontains=wanted) | Q(school_class__name__icontains=wanted)
    found = viewer.rows(Student).filter(called).exclude(pk__in=viewer.kin)
    whole = Case(When(plan_policies.covers(viewer), then=0), default=1)
    nearest = found.order_by(whole, "person__name", "pk")[:_LOOKED_AT]
    return list(islice((one for one in nearest if file.opens(viewer, one)), _FEW))
