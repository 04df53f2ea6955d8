"""Who reads the directory, students and placements, and who knows of a consent."""
# ruff: noqa: ARG002 -- a policy answers with one signature for every model

from typing import Any, Final

from django.db.models import Q, QuerySet

from parties import access, consent_views, privacy
from parties.access import Act, Viewer
from parties.models import Consent, Placement, Student
from parties.roles import Role

#: What anybody who may pick a student sees of them: enough to report about the right one.
DIRECTORY: Final = frozenset({"id", "person", "student_no", "school_class"})

#: Read every placement; posts of a class or a grade read those of their own.
_WHOLE_SCHOOL: Final = frozenset({Role.ME, Role.VP, Role.PR})
_OF_A_CLASS: Final = frozenset({Role.HT, Role.ST})


class StudentPolicy:
    """Staff may report about anybody; everybody else about themselves and theirs."""

    def rows(self, viewer: Viewer) -> QuerySet[Student]:
        students = Student.objects.select_related("person", "school_class")
        if viewer.is_staff:
            return students
        own = {viewer.student_id} if viewer.student_id else set()
        return students.filter(pk__in=viewer.wards | viewer.interns | own)

    def fields(self, viewer: Viewer, obj: Student) -> frozenset[str]:
        roles = viewer.roles_towards(obj)
        readable = {
            name
            for name, classes in Student.field_classes.items()
            if privacy.readable(classes, roles)
        }
        return DIRECTORY | (readable if roles else frozenset())

    def may(self, viewer: Viewer, act: Act, obj: Student) -> bool:
        return False


class PlacementPolicy:
    """The school, the student, the family, and the company for its own part."""

    def rows(self, viewer: Viewer) -> QuerySet[Placement]:
        placements = Placement.objects.select_related("student", "company")
        if viewer.serves(_WHOLE_SCHOOL):
            return placements
        own = {viewer.student_id} if viewer.student_id else set()
        return placements.filter(
            Q(student__in=viewer.wards | own)
            | Q(student__in=viewer.interns, company__in=viewer.companies)
            | self._of_own_posts(viewer)
        )

    def _of_own_posts(self, viewer: Viewer) -> Q:
        seen = Q(pk__in=[])
        for post in viewer.posts:
            if post.role in _OF_A_CLASS and post.school_class_id is not None:
                seen |= Q(student__school_class=post.school_class_id)
            if post.role == Role.GL:
                seen |= Q(student__school_class__grade=post.grade) if post.grade else ~Q(pk=None)
        return seen

    def fields(self, viewer: Viewer, obj: Placement) -> frozenset[str]:
        return frozenset(Placement.field_classes) - {"school"}

    def may(self, viewer: Viewer, act: Act, obj: Placement) -> bool:
        return False


class ConsentPolicy:
    """The family, and those whose work rests on it; a parent at school reads as a parent.

    At home a no that ended nothing is known to whoever said it alone, and what others said while a
    guardian was shut out is kept from that guardian.
    """

    def rows(self, viewer: Viewer) -> QuerySet[Consent]:
        own = {viewer.student_id} if viewer.student_id else set()
        work = ~Q(pk=None) if viewer.serves({Role.PSY, Role.ME}) else Q(pk__in=[])
        for post in viewer.posts:
            if post.role == Role.HT and post.school_class_id is not None:
                work |= Q(student__school_class=post.school_class_id)
        told = ~Q(state=Consent.State.REFUSED) & consent_views.told_at_home(viewer)
        home = Q(student__in=viewer.wards | own) & (told | Q(giver=viewer.person))
        seen = home | work & ~Q(student__in=viewer.kin)
        found = Consent.objects.select_related("student__school_class").filter(seen)
        return found.annotate(**consent_views.annotations(viewer))

    def fields(self, viewer: Viewer, obj: Consent) -> frozenset[str]:
        return frozenset(Consent.field_classes) - {"school"}

    def may(self, viewer: Viewer, act: Act, obj: Consent) -> bool:
        """Whoever sees it takes it back: the family's own word, or staff to whom it was said."""
        return act == Act.WITHDRAW


def register() -> None:
    policies: dict[Any, Any] = {
        Consent: ConsentPolicy(),
        Placement: PlacementPolicy(),
        Student: StudentPolicy(),
    }
    for model, policy in policies.items():
        access.register(model, policy)
