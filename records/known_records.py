"""Which records a reader finds: by post, by task, by having been there, and at home.

A draft is its author's; one for which a hold was asked is 德育处's as well, to decide. Once offered
it is for the homeroom teacher, 德育处, the family and the student, and whoever took part. What of
it they read is records/policies.py.
"""

from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from parties.access import Viewer
from parties.roles import Role
from records import taken_back, walls
from records.models import (
    CommunicationRecord,
    HoldRequest,
    Objection,
    Participant,
    Signature,
    Statement,
)

State = CommunicationRecord.State

#: Only its author, and whoever stands in for them, works on these.
UNFINISHED: Final = (State.DRAFT, State.CHECKED)
#: No post, task or family finds these: what was put aside is no more open than it was before.
_OF_THE_DESK: Final = taken_back.AT_THE_DESK
#: Whose post opens the records of a student.
READS_ALL: Final = frozenset({Role.ME})

#: Whose task a class is, wherever it was said: they find the record by that sentence alone.
TASK_OF: Final = {Role.FA: "ECO", Role.DOC: "HLT", Role.PSY: "PSY"}


def at_school(viewer: Viewer) -> Q:
    """Never about one's own family, and nothing of a matter that names the reader but their own."""
    staff = _by_work(viewer) & ~Q(student__in=viewer.kin)
    return staff & (Q(author=viewer.person) | ~walls.named_at_work(viewer))


def at_home(viewer: Viewer) -> Q:
    """What they have, and of what they have no more, what stands still for them as it was."""
    return live_at_home(viewer) | taken_back.stands(viewer)


def live_at_home(viewer: Viewer) -> Q:
    """What a guardian gave their word to stays with them, whatever is kept from them since."""
    if not (viewer.wards or viewer.student_id):
        return Q(pk__in=[])
    signed = Q(Exists(_signatures_of(viewer)), student__in=viewer.wards)
    return (
        (walls.open_at_home(viewer, taken_back.CAME) | signed)
        & ~Q(state__in=_OF_THE_DESK)
        & (Q(held_until=None) | Q(held_until__lte=viewer.at))
    )


def _by_work(viewer: Viewer) -> Q:
    if not viewer.is_staff:
        return Q(pk__in=[])
    put_aside = Q(state=State.DISCARDED) & ~Q(discarded_by=viewer.person)
    seen = Q(author=viewer.person) | _stands_in(viewer) & ~put_aside
    if viewer.serves(READS_ALL):
        seen |= ~Q(state__in=_OF_THE_DESK) | _asked_about()
    finished = _by_post(viewer) | _by_task(viewer) | _took_part(viewer)
    seen |= finished & ~Q(state__in=_OF_THE_DESK)
    if viewer.serves({Role.VP}):
        seen |= Q(state=State.SEALED, author_role=Role.ME) | _judged_above()
    return seen


def _asked_about() -> Q:
    """A draft that 德育处 is to decide about, or keeps from the family: it may lift that, too."""
    marks = (HoldRequest.State.ASKED, HoldRequest.State.GRANTED)
    asked = HoldRequest.objects.filter(record=OuterRef("pk"), state__in=marks)
    return Q(Exists(asked), state__in=UNFINISHED)


def _judged_above() -> Q:
    """What 德育处 wrote and an objection was routed about: it does not judge itself."""
    routed = Objection.objects.filter(record=OuterRef("pk"), state=Objection.State.ROUTED)
    return Q(Exists(routed), author_role=Role.ME)


def _stands_in(viewer: Viewer) -> Q:
    """Whoever has the class now goes on with what its homeroom teacher began."""
    classes = [post.school_class_id for post in viewer.posts if post.role == Role.HT]
    return Q(author_role=Role.HT, student__school_class__in=[pk for pk in classes if pk])


def _by_post(viewer: Viewer) -> Q:
    """Students of one's class or grade; for an auditor, everybody's."""
    seen = ~Q(pk=None) if viewer.serves({Role.AUD}) else Q(pk__in=[])
    for post in viewer.posts:
        if post.role == Role.HT and post.school_class_id is not None:
            seen |= Q(student__school_class=post.school_class_id)
        if post.role == Role.GL:
            seen |= Q(student__school_class__grade=post.grade) if post.grade else ~Q(pk=None)
    return seen


def _by_task(viewer: Viewer) -> Q:
    """A sentence of a class that is this person's task opens the outline of its record."""
    seen = Q(pk__in=[])
    for role, code in TASK_OF.items():
        if viewer.serves({role}):
            seen |= Q(Exists(_statements_of(code)))
    return seen


def _signatures_of(viewer: Viewer) -> QuerySet[Signature]:
    return Signature.objects.filter(
        record=OuterRef("pk"), signer=viewer.person, side=Signature.Side.FAMILY
    )


def _took_part(viewer: Viewer) -> Q:
    return Q(Exists(Participant.objects.filter(record=OuterRef("pk"), person=viewer.person)))


def _statements_of(code: str) -> QuerySet[Statement]:
    return Statement.objects.filter(
        record=OuterRef("pk"), sensitivity__contains=code, withdrawn_at=None
    )
