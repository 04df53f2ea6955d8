"""Which staff follow a whole notice: its author, who approves it, and once out all of its scope.

Whoever only took over a child of whom a receipt tells sees the notice, too, and of its numbers
those of that child alone (notice_policies). Of a child who left the class its former teacher sees
no more than the number that is still open: as everywhere, access follows the class of today.
"""

from typing import Final

from django.db.models import Q

from parties.access import Viewer
from parties.models import SchoolClass
from parties.roles import Role
from records.models import Notice

LEADERS: Final = frozenset({Role.ME, Role.VP, Role.PR})
WENT_OUT: Final = (Notice.State.SENT, Notice.State.CLOSED)
_SUBMITTED: Final = (Notice.State.PENDING_APPROVAL, Notice.State.APPROVED, *WENT_OUT)


def follows(viewer: Viewer, notice: Notice) -> bool:
    """Whether this person may know of all families of it, at least their number. Inside a scope."""
    return Notice.objects.filter(whole(viewer), pk=notice.pk).exists()


def whole(viewer: Viewer) -> Q:
    """Notices that this person follows by authorship, post and scope."""
    seen = Q(author=viewer.person)
    if viewer.serves(LEADERS):
        seen |= Q(state__in=_SUBMITTED)
    for post in viewer.posts:
        if post.role == Role.GL:
            seen |= _of_grade(Q() if not post.grade else Q(grade=post.grade))
        if post.role == Role.HT and post.school_class_id is not None:
            own = SchoolClass.objects.filter(pk=post.school_class_id)
            seen |= Q(school_class=post.school_class_id, state__in=_SUBMITTED)
            seen |= Q(scope="GRADE", grade__in=own.values("grade"), state__in=WENT_OUT)
            seen |= Q(scope="SCHOOL", state__in=WENT_OUT)
    return seen


def _of_grade(grade: Q) -> Q:
    inside = SchoolClass.objects.filter(grade)
    of_class = Q(scope="CLASS", school_class__in=inside)
    of_grade = Q(scope="GRADE", grade__in=inside.values("grade"))
    everybody = Q(scope="SCHOOL", state__in=WENT_OUT)
    return (of_class | of_grade) & Q(state__in=_SUBMITTED) | everybody
