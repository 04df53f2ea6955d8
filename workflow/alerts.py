"""The banner 有未接报警情: every member of staff of that grade sees it until somebody takes over.

It says that a crisis waits and nothing else: not which, not how many, not about whom.
"""

from django.db.models import QuerySet

from parties import statements
from parties.access import Viewer
from parties.models import SchoolClass
from parties.roles import Role
from workflow import exclusions, rungs
from workflow.models import Escalation

_BANNER = "banner"
_OF_A_CLASS = frozenset({Role.HT, Role.ST})


def is_raised(viewer: Viewer) -> bool:
    """Whether a crisis of this viewer's grades has climbed to the banner. Inside a scope.

    Whoever a case names learns nothing of it here either.
    """
    if not viewer.is_staff:
        return False
    grades = _grades(viewer)
    return any(
        _has_banner(escalation) and (grades is None or _grade(escalation) in {*grades, None})
        for escalation in statements.rows(_waiting, viewer)
    )


def _waiting(viewer: Viewer) -> QuerySet[Escalation]:
    waiting = Escalation.objects.filter(state=Escalation.State.WAITING)
    waiting = waiting.exclude(exclusions.against(viewer, "case"))
    waiting = waiting.exclude(case__student__in=viewer.kin)
    return waiting.select_related("case__student__school_class")


def _has_banner(escalation: Escalation) -> bool:
    return _BANNER in rungs.parse(escalation.ladder).rung(escalation.rung).extras


def _grade(escalation: Escalation) -> str | None:
    """None while nobody knows who it is about: then it is everybody's."""
    student = escalation.case.student
    return None if student is None else student.school_class.grade


def _grades(viewer: Viewer) -> frozenset[str] | None:
    """The grades of this member of staff; None for who serves the whole school."""
    classes, grades = set(), set()
    for post in viewer.posts:
        if post.role in _OF_A_CLASS:
            classes.add(post.school_class_id)
        elif post.role == Role.GL and post.grade:
            grades.add(post.grade)
        else:
            return None
    found = SchoolClass.objects.filter(pk__in=[pk for pk in classes if pk is not None])
    return frozenset(grades) | frozenset(found.values_list("grade", flat=True))
