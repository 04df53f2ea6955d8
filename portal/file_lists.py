"""Students whose file a member of staff opens: the own class as a list, all others by name."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from parties.access import Viewer
from parties.models import Student
from parties.roles import Role
from parties.sign_in import Identity
from portal import pages
from portal.session import signed_in, viewing
from records.file_entries import SCHOOL
from workflow import plan_policies

_LONGEST_QUERY: Final = 40
_FEW: Final = 20
#: Of one's own classes all are listed; no class is longer.
_MOST: Final = 200


@require_safe
@signed_in()
def students(request: HttpRequest, identity: Identity) -> HttpResponse:
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST_QUERY]
    with viewing(identity) as viewer:
        found = _named(viewer, wanted) if wanted else _of_own_classes(viewer)
        lines = [(one.pk, one.person.name, one.school_class.name) for one in found]
        context = {"students": lines, "q": wanted, "searches": opens_any(viewer)}
    return pages.show(request, "students", context)


def opens_any(viewer: Viewer) -> bool:
    """Whether a post of this person opens files of students; asks nothing of the database."""
    return any(post.role in SCHOOL for post in viewer.posts)


def _of_own_classes(viewer: Viewer) -> Sequence[Student]:
    """With or without anything open: a file is looked up because nothing is going on, too.

    The file of an own child is opened as its family does, from the first page.
    """
    held = [post.school_class_id for post in viewer.posts if post.role == Role.HT]
    found = viewer.rows(Student).filter(school_class__in=[pk for pk in held if pk])
    found = found.exclude(pk__in=viewer.kin)
    return list(found.order_by("school_class__name", "person__name", "pk")[:_MOST])


def _named(viewer: Viewer, wanted: str) -> Sequence[Student]:
    """By a part of the name or of the class, among those whose file the reader's post opens."""
    if not opens_any(viewer):
        return []
    called = Q(person__name__icontains=wanted) | Q(school_class__name__icontains=wanted)
    found = viewer.rows(Student).filter(called, plan_policies.covers(viewer))
    return list(found.order_by("person__name", "pk")[:_FEW])
