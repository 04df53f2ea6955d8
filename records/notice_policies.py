"""Who sees a notice, its receipts, and the attempts to reach a family.

Families see their own receipts, each with one child, and never that there are others: no list, no
count, no order. The homeroom teacher sees who still needs contact; the grade leader and 德育处 see
numbers, and a family only where its words may mean danger or a complaint. Companies see nothing.
"""
# ruff: noqa: ARG002 -- a policy answers with one signature for every model

from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from parties import access
from parties.access import Act, Viewer
from parties.models import Membership, SchoolClass, Student
from parties.relations import in_force
from parties.roles import Role
from records import file_stillness, item_stillness, notice_followers, notices
from records.models import (
    ActionItem,
    Attachment,
    CommunicationRecord,
    Notice,
    NoticeContact,
    NoticeReceipt,
)
from records.notice_followers import LEADERS, WENT_OUT
from records.part_policies import HIDDEN, PartPolicy
from records.policies import family_of, of_known, reads_file

#: Leaders follow every notice anyway.
_CALLERS: Final = frozenset({Role.HT, Role.GL})
FOR_FAMILY: Final = frozenset(
    {
        "id",
        "notice",
        "student",
        "created_at",
        "opened_at",
        "confirmed_at",
        "signed_at",
        "replied_at",
        "how",
        "reply",
        "state",
    }
)


def classes(viewer: Viewer) -> QuerySet[SchoolClass]:
    """Classes whose families this person calls: one's own, and in one's care those without a
    homeroom teacher.
    """
    own = [post.school_class_id for post in viewer.posts if post.role == Role.HT]
    teacher = in_force(Membership.objects.filter(role=Role.HT), viewer.at)
    vacant = ~Exists(teacher.filter(school_class=OuterRef("pk")))
    cared = Q(pk__in=[])
    for post in viewer.posts:
        if post.role in LEADERS or (post.role == Role.GL and not post.grade):
            cared |= ~Q(pk=None)
        elif post.role == Role.GL:
            cared |= Q(grade=post.grade)
    return SchoolClass.objects.filter(Q(pk__in=[pk for pk in own if pk]) | cared & vacant)


def _missed(viewer: Viewer) -> Q:
    """Notices that went out without anybody being told of a child whose family they call."""
    called = Student.objects.filter(school_class__in=classes(viewer)).exclude(pk__in=viewer.kin)
    return Q(state__in=WENT_OUT, untold__overlap=called.values("pk"))


def _families(viewer: Viewer) -> QuerySet[NoticeReceipt]:
    """Receipts about children whose families this member of staff calls, as of today."""
    called = NoticeReceipt.objects.filter(student__school_class__in=classes(viewer))
    return called.exclude(student__in=viewer.kin)


class NoticePolicy:
    """Who follows the whole of it; and who calls a child's family, by the receipt, or as one whom
    nobody was told of: both stay when the child changes class.
    """

    def rows(self, viewer: Viewer) -> QuerySet[Notice]:
        seen = notice_followers.whole(viewer)
        if any(post.role in _CALLERS for post in viewer.posts):
            seen |= Q(state__in=WENT_OUT, pk__in=_families(viewer).values("notice"))
            seen |= _missed(viewer)
        return Notice.objects.select_related("school_class", "author", "approver").filter(seen)

    def fields(self, viewer: Viewer, obj: Notice) -> frozenset[str]:
        return frozenset(Notice.field_classes) - {"school", "untold"}

    def may(self, viewer: Viewer, act: Act, obj: Notice) -> bool:
        if act in (Act.EDIT, Act.SUBMIT):
            return obj.author_id == viewer.person.pk and viewer.serves(notices.DRAFTERS)
        return act == Act.CONTACT and classes(viewer).exists()


class NoticeReceiptPolicy:
    """One's own as a guardian; as staff, the families of one's classes, never one's own."""

    def rows(self, viewer: Viewer) -> QuerySet[NoticeReceipt]:
        own = Q(guardian=viewer.person, student__in=viewer.wards, notice__state__in=WENT_OUT)
        mine = Q(student__school_class__in=classes(viewer)) if viewer.is_staff else Q(pk__in=[])
        if viewer.serves(LEADERS):
            mine |= ~Q(hint="")
        seen = own | mine & ~Q(student__in=viewer.kin)
        receipts = NoticeReceipt.objects.select_related(
            "notice", "guardian", "student__person", "student__school_class"
        )
        return receipts.filter(seen)

    def fields(self, viewer: Viewer, obj: NoticeReceipt) -> frozenset[str]:
        if obj.student_id in viewer.kin:
            return FOR_FAMILY
        return frozenset(NoticeReceipt.field_classes) - {"school"}

    def may(self, viewer: Viewer, act: Act, obj: NoticeReceipt) -> bool:
        if act == Act.ANSWER:
            return obj.guardian_id == viewer.person.pk and obj.student_id in viewer.wards
        if not viewer.is_staff or obj.student_id in viewer.kin:
            return False
        if act == Act.WITNESS:  # whoever calls this family writes down what came back on paper
            return classes(viewer).filter(pk=obj.student.school_class_id).exists()
        return act == Act.ENDANGER


class NoticeContactPolicy:
    """For those who call the families."""

    def rows(self, viewer: Viewer) -> QuerySet[NoticeContact]:
        if not viewer.is_staff:
            return NoticeContact.objects.none()
        called = NoticeContact.objects.filter(student__school_class__in=classes(viewer))
        return called.exclude(student__in=viewer.kin)

    def fields(self, viewer: Viewer, obj: NoticeContact) -> frozenset[str]:
        return frozenset(NoticeContact.field_classes) - {"school"}

    def may(self, viewer: Viewer, act: Act, obj: NoticeContact) -> bool:
        return False


class FilePolicy(PartPolicy):
    """Files of records follow those; the scan of a receipt is for its guardian and who calls them.

    Nobody else reads one: not the other guardian, not a leader who may see the words of a reply.
    Evidence of an item is for whoever reads what the item says; a company sees its own uploads.
    """

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        own = Q(guardian=viewer.person, student__in=viewer.wards, notice__state__in=WENT_OUT)
        if viewer.is_staff:
            called = Q(student__school_class__in=classes(viewer)) & ~Q(student__in=viewer.kin)
            own |= called
        scanned = NoticeReceipt.objects.filter(own, scan=OuterRef("pk"))
        of_records = Q(of_known(viewer)) & ~file_stillness.files_came_later(viewer)
        loose = Q(Exists(scanned), record_id=None, item_id=None)
        return Attachment.objects.filter(of_records | loose | self._of_items(viewer))

    def _of_items(self, viewer: Viewer) -> Q:
        mine = Q(uploaded_by=viewer.person)
        if not viewer.is_staff:
            mine |= ~Q(student__in=viewer.interns) | Q(student__in=family_of(viewer))
        else:
            mine |= ~Q(pk=None)
        later = item_stillness.came_later(viewer, "item_id", "uploaded_at", "uploaded_by")
        return Q(item_id__in=viewer.rows(ActionItem).values("pk")) & mine & ~later

    def fields(self, viewer: Viewer, obj: Attachment) -> frozenset[str]:
        if obj.record_id is not None:
            return super().fields(viewer, obj)
        if obj.item_id is not None and not self._reads(viewer, obj, obj.item_id):
            return frozenset({"id", "item_id", "state"})
        return frozenset(Attachment.field_classes) - HIDDEN

    def reads(self, viewer: Viewer, record: CommunicationRecord, codes: str) -> bool:
        return reads_file(viewer, record, codes)

    def _reads(self, viewer: Viewer, obj: Attachment, item_id: UUID) -> bool:
        item = viewer.find(ActionItem, item_id)
        if item is None:
            return False
        if obj.uploaded_by_id == viewer.person.pk:
            return True
        replaced = not item_stillness.beyond(viewer, item, obj.superseded_at)
        if obj.superseded_by is not None and replaced and not viewer.may(Act.VERIFY, item):
            return False  # it was replaced for a reason: it may show somebody else
        return "evidence" in viewer.fields(item)


def register() -> None:
    policies: dict[Any, access.Policy] = {
        Notice: NoticePolicy(),
        NoticeReceipt: NoticeReceiptPolicy(),
        NoticeContact: NoticeContactPolicy(),
        Attachment: FilePolicy(Attachment, "record_id"),
    }
    for model, policy in policies.items():
        access.register(model, policy)
