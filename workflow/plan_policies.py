"""Who sees which part of an action plan, and who may do what with it.

The family reads every item of its child. The school's team reads 行动事项; of 资助 and 健康 items
it sees that there is one, and the office of that class, the owner and the family read it. A company
gets five named fields of its own items about its own interns, and of the rest no trace.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from parties.access import Act, Viewer
from parties.roles import Role
from records import plan_owners, plan_words, sensitivity, walls
from records.models import ActionItem
from workflow import exclusions, policies
from workflow.models import CaseParty

_PARTY: Final = ActionItem.Party
_COM: Final = ActionItem.FieldClass.COM

#: Whose post puts them to work on a student's plan.
_OF_A_STUDENT: Final = frozenset({Role.HT, Role.GL})
_MANAGERS: Final = frozenset({Role.HT, Role.GL, Role.ME})
#: Who is asked where nobody has the class who takes part in the case, as in plan_people.
STAND_INS: Final = frozenset({Role.GL, Role.ME})
#: Where an item of Viewer.rows keeps whether that is so.
_UNTAUGHT: Final = "has_no_teacher"

FOR_COMPANY: Final = frozenset({"id", "title", "measure", "target", "due_at", "state"})
_NEVER: Final = frozenset(
    {"school", "overdue_from", "escalation_level", "next_look_at", "next_day_at"}
)
#: What an item says; the rest is only that there is one, whose it is and how far it is.
CONTENT: Final = frozenset(
    name for name, codes in ActionItem.field_classes.items() if codes == "COM ECO HLT"
)


def family_of(viewer: Viewer) -> frozenset[UUID]:
    """Students whose plan this person reads at home, their own included."""
    return viewer.wards | ({viewer.student_id} if viewer.student_id else frozenset())


def covers(viewer: Viewer, student: str = "") -> Q:
    """Students whom this person's post covers; `student` is their path, "student__" from a row.

    Never one's own family.
    """
    seen = ~Q(pk=None) if viewer.serves(policies.LEADERS) else Q(pk__in=[])
    for post in viewer.posts:
        if post.role == Role.HT and post.school_class_id is not None:
            seen |= Q(**{f"{student}school_class": post.school_class_id})
        if post.role == Role.GL:
            grade = Q(**{f"{student}school_class__grade": post.grade})
            seen |= grade if post.grade else ~Q(pk=None)
    return seen & ~Q(**{f"{student}pk__in": viewer.kin})


def of_own_posts(viewer: Viewer) -> Q:
    """Rows about the students of one's post."""
    return covers(viewer, "student__")


def _named(viewer: Viewer, parts: Collection[str]) -> Exists:
    """Rows whose case names the viewer as one of `parts`."""
    return Exists(
        CaseParty.objects.filter(case=OuterRef("case_id"), person=viewer.person, part__in=parts)
    )


def at_work(viewer: Viewer, rows: Q) -> Q:
    return rows & ~Q(_named(viewer, list(CaseParty.AGAINST)))


class ItemPolicy:
    """Items by owner and class."""

    def rows(self, viewer: Viewer) -> QuerySet[ActionItem]:
        items = ActionItem.objects.select_related("student__school_class", "placement").annotate(
            **walls.asked(viewer, "created_at")
        )
        if viewer.serves(STAND_INS):
            items = items.annotate(**{_UNTAUGHT: exclusions.untaught(viewer.at, case="case_id")})
        return items.filter(
            walls.open_at_home(viewer, "created_at")
            | self._at_school(viewer)
            | self._at_company(viewer)
        )

    def _at_school(self, viewer: Viewer) -> Q:
        seen = of_own_posts(viewer)
        mine = Q(owner_person=viewer.person, owner_party=_PARTY.SCHOOL)
        if viewer.is_staff:
            seen |= mine & ~Q(student__in=viewer.kin)
        for code, offices in plan_owners.OFFICES.items():
            if viewer.serves(offices):
                seen |= Q(field_class=code) & ~Q(student__in=viewer.kin)
        return at_work(viewer, seen)

    def _at_company(self, viewer: Viewer) -> Q:
        own = Q(
            owner_party=_PARTY.COMPANY,
            field_class=_COM,
            student__in=viewer.interns,
            placement__company__in=viewer.companies,
        )
        return at_work(viewer, own & ~Q(student__in=viewer.kin))

    def fields(self, viewer: Viewer, obj: ActionItem) -> frozenset[str]:
        closed = {name for name in plan_words.LATER if not reads_beside(viewer, obj, name)}
        return self._fields(viewer, obj) - closed

    def _fields(self, viewer: Viewer, obj: ActionItem) -> frozenset[str]:
        everything = frozenset(ActionItem.field_classes) - _NEVER
        if obj.student_id in family_of(viewer):
            return everything if self._reads_at_home(viewer, obj) else everything - CONTENT
        if works_with(viewer, obj):
            return everything if reads_content(viewer, obj) else everything - CONTENT
        return for_company(obj) if obj.student_id in viewer.interns else frozenset()

    def _reads_at_home(self, viewer: Viewer, obj: ActionItem) -> bool:
        """What the family's money is about, the student reads where it is theirs to do."""
        if obj.student_id in viewer.wards or obj.field_class != ActionItem.FieldClass.ECO:
            return True
        return obj.owner_party == _PARTY.STUDENT

    def may(self, viewer: Viewer, act: Act, obj: ActionItem) -> bool:
        if act in (Act.START, Act.FINISH, Act.CHECK_IN):
            return owns(viewer, obj)
        if act == Act.VERIFY:
            return self._may_verify(viewer, obj)
        if act in (Act.DROP, Act.AMEND):
            office = plan_owners.OFFICES.get(str(obj.field_class), frozenset())
            return self._holds(viewer, obj, _MANAGERS | office) and reads_content(viewer, obj)
        return False

    def _may_verify(self, viewer: Viewer, obj: ActionItem) -> bool:
        """Four eyes: neither the owner nor who said it was done. What is done at home, 班主任 or
        who stands in.

        Whoever does not read what was said of it has nothing to look at.
        """
        if viewer.person.pk in (obj.owner_person_id, obj.done_by_id):
            return False
        if not reads_content(viewer, obj):
            return False
        office = plan_owners.OFFICES.get(str(obj.field_class), frozenset())
        if obj.owner_party == _PARTY.FAMILY:
            return self._holds(viewer, obj, office) or _teaches(viewer, obj)
        return self._holds(viewer, obj, _MANAGERS | office)

    def _holds(self, viewer: Viewer, obj: ActionItem, roles: Collection[Role]) -> bool:
        at_home = obj.student_id in viewer.kin
        return not at_home and bool(viewer.roles_towards(obj.student) & frozenset(roles))


def for_company(obj: ActionItem) -> frozenset[str]:
    """What it says is refused when it is written; an older text may hold what the lists learnt."""
    shut = {name for name in CONTENT & FOR_COMPANY if sensitivity.withheld(getattr(obj, name))}
    return FOR_COMPANY - shut


def works_with(viewer: Viewer, obj: ActionItem) -> bool:
    """Whether the viewer meets this visible item as staff; family never does."""
    if obj.student_id in viewer.kin or not viewer.is_staff:
        return False
    office = plan_owners.OFFICES.get(str(obj.field_class), frozenset())
    post = _OF_A_STUDENT | policies.LEADERS | office
    mine = obj.owner_party == _PARTY.SCHOOL and obj.owner_person_id == viewer.person.pk
    return mine or bool(viewer.roles_towards(obj.student) & post)


def reads_content(viewer: Viewer, obj: ActionItem) -> bool:
    """Whether staff reads what it says: 资助 and 健康 are for their office and the owner."""
    if obj.field_class == _COM or obj.owner_person_id == viewer.person.pk:
        return True
    return viewer.serves(plan_owners.OFFICES[str(obj.field_class)])


def reads_beside(viewer: Viewer, item: ActionItem, name: str) -> bool:
    """As reads_words(), of one of the item's own fields."""
    return reads_words(viewer, item, getattr(item, name))


def reads_words(viewer: Viewer, item: ActionItem, text: str) -> bool:
    """Whether words beside an item, of a class that the item has not, are for this reader too: the
    family's guardians, and the office of each class. Opens nothing where nothing was written.
    """
    beyond = plan_words.apart(item, text) if text else frozenset()
    if not beyond or item.student_id in viewer.wards:
        return True
    if item.student_id in viewer.kin:
        return False
    if item.student_id == viewer.student_id:
        return beyond <= {"HLT"} or item.owner_party == _PARTY.STUDENT
    return all(viewer.serves(plan_owners.OFFICES[code]) for code in beyond)


def owns(viewer: Viewer, obj: ActionItem) -> bool:
    """Whether it is this person's to do. Any guardian speaks for the family."""
    if obj.owner_party == _PARTY.FAMILY:
        return obj.student_id in viewer.wards
    if obj.owner_party == _PARTY.STUDENT:
        return obj.student_id == viewer.student_id
    if obj.student_id in viewer.kin:
        return False
    if obj.owner_party == _PARTY.COMPANY:
        return obj.student_id in viewer.interns
    if obj.owner_person_id is None:
        return _teaches(viewer, obj)
    return obj.owner_person_id == viewer.person.pk and viewer.is_staff


def _teaches(viewer: Viewer, obj: ActionItem) -> bool:
    """Whether they have the child's class, or stand in where nobody has it who takes part."""
    if obj.student_id in viewer.kin:
        return False
    held = viewer.roles_towards(obj.student)
    if Role.HT in held or not held & STAND_INS:
        return Role.HT in held
    found: bool | None = getattr(obj, _UNTAUGHT, None)
    if found is None:
        asked = exclusions.untaught(viewer.at, case="case_id")
        found = ActionItem.objects.filter(asked, pk=obj.pk).exists()
    return found
