"""Who sees what grows around the items of a plan: days, scores, rounds, and the next talk."""

# ruff: noqa: ARG002 -- a policy answers with one signature for every model
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from parties import access
from parties.access import Act, Viewer
from records import free_words, item_stillness, walls
from records import policies as record_policies
from records.models import ActionItem, CommunicationRecord, Evaluation, ItemCheckIn, PlanRound
from workflow import policies
from workflow.models import ScheduledContact
from workflow.plan_policies import ItemPolicy, at_work, family_of, of_own_posts, reads_words

_SIDE: Final = Evaluation.Side


class CheckInPolicy:
    """Days of the items that family and school see; a company gets no history back."""

    def rows(self, viewer: Viewer) -> QuerySet[ItemCheckIn]:
        beyond = ~Q(student__in=viewer.interns) | Q(student__in=family_of(viewer))
        if viewer.is_staff:
            beyond = ~Q(pk=None)
        items = viewer.rows(ActionItem).filter(beyond)
        later = item_stillness.came_later(viewer, "item_id", "at", "by")
        aside = Q(aside=True) & (~Q(by=viewer.person) | ~Q(replaced_at=None))
        days = ItemCheckIn.objects.filter(item__in=items).exclude(aside)
        days = days.filter(~later | item_stillness.days_that_stand(viewer))
        return days.select_related("item__student")

    def fields(self, viewer: Viewer, obj: ItemCheckIn) -> frozenset[str]:
        everything = frozenset(ItemCheckIn.field_classes) - {"school"}
        if obj.by_id != viewer.person.pk and self._is_beyond(viewer, obj):
            return frozenset({"id", "item", "day"})
        open_ = "title" in viewer.fields(obj.item) and reads_words(viewer, obj.item, obj.excuse)
        return everything if open_ else everything - {"excuse"}

    def _is_beyond(self, viewer: Viewer, obj: ItemCheckIn) -> bool:
        """Whether others said since what stands there now; the day itself this guardian knows."""
        item = viewer.find(ActionItem, obj.item_id) if viewer.wards else None
        return item is not None and item_stillness.beyond(viewer, item, obj.at)

    def may(self, viewer: Viewer, act: Act, obj: ItemCheckIn) -> bool:
        return False


class EvaluationPolicy:
    """One's own side always; another's as soon as both have spoken of the same thing. Words about
    money or health are for who reads those (free_words).
    """

    def rows(self, viewer: Viewer) -> QuerySet[Evaluation]:
        seen = Q(pk__in=[])
        for side, mine in self._hats(viewer):
            seen |= mine & (Q(side=side) | self._spoken(side))
        return Evaluation.objects.filter(seen).select_related("student__school_class")

    def _hats(self, viewer: Viewer) -> Iterator[tuple[str, Q]]:
        own = Q(by=viewer.person, student__in=viewer.wards)
        yield _SIDE.FAMILY.value, walls.open_to_guardian(viewer, "at") | own
        if viewer.student_id:
            yield _SIDE.STUDENT.value, walls.open_to_student(viewer)
        if viewer.is_staff:
            yield _SIDE.SCHOOL.value, at_work(viewer, of_own_posts(viewer))

    def _spoken(self, side: str) -> Q:
        """Rows about something of which `side` has spoken, too: one item, or the whole round."""
        own = Evaluation.objects.filter(
            case_id=OuterRef("case_id"), plan_round=OuterRef("plan_round"), side=side
        )
        whole = Q(Exists(own.filter(item=None)), item=None)
        return whole | Q(Exists(own.filter(item=OuterRef("item"))))

    def fields(self, viewer: Viewer, obj: Evaluation) -> frozenset[str]:
        closed = free_words.instead(viewer, obj).keys()
        return frozenset(Evaluation.field_classes) - {"school"} - closed

    def may(self, viewer: Viewer, act: Act, obj: Evaluation) -> bool:
        return False


class PlanRoundPolicy:
    """Whoever works with the student, and the family."""

    def rows(self, viewer: Viewer) -> QuerySet[PlanRound]:
        home = walls.open_at_home(viewer, "begun_at")
        return PlanRound.objects.filter(home | at_work(viewer, of_own_posts(viewer)))

    def fields(self, viewer: Viewer, obj: PlanRound) -> frozenset[str]:
        return frozenset(PlanRound.field_classes) - {"school"}

    def may(self, viewer: Viewer, act: Act, obj: PlanRound) -> bool:
        return False


class ContactPolicy(policies.OfCase):
    """The team of its case; without one, whose post is about the student and who knows the record
    that named it. What it is to be about is for readers of that record's text.
    """

    def rows(self, viewer: Viewer) -> QuerySet[ScheduledContact]:
        of_record = Q(record_policies.of_known(viewer), case=None) & of_own_posts(viewer)
        of_case = Q(pk__in=super().rows(viewer).values("pk"))
        return ScheduledContact.objects.filter(of_case | of_record)

    def fields(self, viewer: Viewer, obj: ScheduledContact) -> frozenset[str]:
        shown = super().fields(viewer, obj)
        if obj.record_id is None:
            return shown
        record = viewer.find(CommunicationRecord, obj.record_id)
        reads = record is not None and "next_focus" in viewer.fields(record)
        return shown if reads else shown - {"focus"}


def register() -> None:
    rules: Mapping[Any, access.Policy] = {
        ActionItem: ItemPolicy(),
        ItemCheckIn: CheckInPolicy(),
        Evaluation: EvaluationPolicy(),
        PlanRound: PlanRoundPolicy(),
        ScheduledContact: ContactPolicy(ScheduledContact, frozenset({"next_look_at"})),
    }
    for model, policy in rules.items():
        access.register(model, policy)
