"""Which items wait for somebody at school or at a company: to do, to look at, to hear of.

The family has a page of its own (plan_policies.family_of). A condition here only finds what a page
lists; whether somebody may is asked of Viewer.may, item by item.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from parties import statements
from parties.access import Viewer
from parties.roles import Role
from records import plan_owners
from records.models import ActionItem
from workflow import exclusions, plan_policies
from workflow.models import Notification

_PARTY: Final = ActionItem.Party
_STATE: Final = ActionItem.State
_VERIFIERS: Final = frozenset({Role.HT, Role.GL, Role.ME})
_OF_A_CLASS: Final = (Role.HT, Role.ST)
#: Messages that ask for something, with the item second in their keys (plan_ladder, plan_days).
_ASKING: Final = ("plan.due", "plan.day", "plan.verify")
#: The same of what is stuck: for whoever finds it among what they may help with.
_STUCK: Final = "plan.blocked"


def is_outside(viewer: Viewer) -> bool:
    """Whether this person can have none: neither staff nor somebody of a company."""
    return not (viewer.is_staff or viewer.interns)


def own(viewer: Viewer) -> QuerySet[ActionItem]:
    """What is theirs to do, and what they did that nobody has looked at yet."""
    return _rows(viewer).filter(_own(viewer))


def to_verify(viewer: Viewer) -> QuerySet[ActionItem]:
    """What others finished, and this person may say of whether it is."""
    return _rows(viewer).filter(_to_verify(viewer))


def stuck(viewer: Viewer) -> QuerySet[ActionItem]:
    """What somebody else cannot go on with, where this person reads why and may help."""
    return _rows(viewer).filter(_stuck(viewer))


def heard_of(viewer: Viewer) -> QuerySet[ActionItem]:
    """What others have to verify: whoever leads them hears of it when it takes weeks."""
    return _rows(viewer).filter(_with_others(viewer) & ~_to_verify(viewer))


def any_of(viewer: Viewer) -> bool:
    """Whether there is something to do, to look at or to hear of. Inside a scope."""
    if is_outside(viewer):
        return False
    return bool(statements.rows(_waiting, viewer, limit=1))


def _waiting(viewer: Viewer) -> QuerySet[ActionItem]:
    mine = _own(viewer) | _stuck(viewer) | _to_verify(viewer) | _with_others(viewer)
    return _rows(viewer).filter(mine)


def asked_about(viewer: Viewer, message: Notification) -> bool:
    """Whether a message of one's inbox asks something of an item that is there at work for this
    person still. Inside a scope.
    """
    if message.template not in (*_ASKING, _STUCK) or is_outside(viewer):
        return False
    rows = stuck(viewer) if message.template == _STUCK else _rows(viewer)
    return rows.filter(pk=UUID(message.key.split(":")[1])).exists()


def _rows(viewer: Viewer) -> QuerySet[ActionItem]:
    rows = viewer.rows(ActionItem).exclude(student__in=plan_policies.family_of(viewer))
    return rows.select_related("student__person", "student__school_class", "placement", "done_by")


def _own(viewer: Viewer) -> Q:
    company = Q(owner_party=_PARTY.COMPANY, student__in=viewer.interns)
    named = Q(owner_party=_PARTY.SCHOOL, owner_person=viewer.person)
    nobodys = Q(owner_party=_PARTY.SCHOOL, owner_person=None) & _taught(viewer)
    mine = company | nobodys | named if viewer.is_staff else company
    return Q(state__in=(*ActionItem.LIVE, _STATE.DONE)) & mine


def _to_verify(viewer: Viewer) -> Q:
    """Four eyes, as plan_policies: what is done at home, 班主任 or a stand-in looks at; of 资助 and
    健康 whoever reads what was said, which is the office of that class.
    """
    voices = Q(field_class=ActionItem.FieldClass.COM) & (
        _taught(viewer) | (~Q(owner_party=_PARTY.FAMILY) & _towards(viewer, _VERIFIERS))
    )
    voices |= _of_own_office(viewer)
    mine = Q(owner_person=viewer.person) | Q(done_by=viewer.person)
    return Q(state=_STATE.DONE) & voices & ~mine


def _stuck(viewer: Viewer) -> Q:
    """班主任 helps, and with 资助 and 健康 the office of that class."""
    plain = Q(field_class=ActionItem.FieldClass.COM) & _taught(viewer)
    return Q(state=_STATE.BLOCKED) & (plain | _of_own_office(viewer)) & ~_own(viewer)


def _of_own_office(viewer: Viewer) -> Q:
    """Items of a class that this person's office reads."""
    found = Q(pk__in=[])
    for code, offices in plan_owners.OFFICES.items():
        if viewer.serves(offices):
            found |= Q(field_class=code)
    return found


def _with_others(viewer: Viewer) -> Q:
    return Q(state=_STATE.DONE) & plan_policies.of_own_posts(viewer)


def _taught(viewer: Viewer) -> Q:
    """班主任, or who stands in where none of the class takes part."""
    instead = _towards(viewer, plan_policies.STAND_INS)
    alone = exclusions.untaught(viewer.at, case="case_id")
    return _towards(viewer, {Role.HT}) | instead & alone


def _towards(viewer: Viewer, roles: Collection[Role]) -> Q:
    """Items of students towards whom the viewer holds one of `roles`."""
    found = Q(pk__in=[])
    for post in viewer.posts:
        if post.role not in roles:
            continue
        if post.role in _OF_A_CLASS:
            found |= Q(student__school_class=post.school_class_id)
        elif post.role == Role.GL and post.grade:
            found |= Q(student__school_class__grade=post.grade)
        else:
            found |= ~Q(pk=None)
    return found
