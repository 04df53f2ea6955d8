"""Who sees a meeting: the team of its case, whoever of the family was invited to it, and guests.

The team knows who must not be there and why; the family knows the times, the place and what it is
for; guests know the one date they were told of (workflow.meeting_guests). Whoever must not be met
sees no meeting, no time and no count, from the moment a restriction begins.
"""

# ruff: noqa: ARG002 -- a policy answers with one signature for every model
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from parties import access, privacy
from parties.access import Act, Viewer
from parties.privacy import Level
from records import free_words
from records.models import (
    DossierItem,
    Meeting,
    MeetingAttempt,
    MeetingInvitee,
    MeetingReply,
    MeetingSlot,
    PreparedItem,
)
from workflow import meeting_guests
from workflow.models import Case, CaseFace, CaseParty
from workflow.policies import on_team, team_cases

FOR_FAMILY: Final = frozenset(
    {
        "id",
        "student",
        "case_id",
        "kind",
        "trigger",
        "purpose",
        "student_present",
        "state",
        "held_at",
    }
)
SLOT_OUTLINE: Final = frozenset(
    {"id", "meeting", "starts_at", "ends_at", "place_kind", "place", "is_evening", "is_remote"}
)
#: What a company reads of it, workflow.meeting_places says.
PLACE: Final = frozenset({"place_kind", "place"})
ITEM_OUTLINE: Final = frozenset({"id", "meeting", "kind", "basis", "added_by", "added_at"})


class MeetingPolicy:
    """Rows by the case's team and by invitation; a family sees nothing before times are out, a
    guest nothing before they were told of a date.
    """

    def rows(self, viewer: Viewer) -> QuerySet[Meeting]:
        joined = Meeting.objects.select_related("student__person", "student__school_class")
        meetings = joined.annotate(viewer_keeps=_keeps(viewer))
        team = Q(Exists(team_cases(viewer).filter(pk=OuterRef("case_id"))))
        return meetings.filter(team | _invited(viewer) | meeting_guests.told(viewer))

    def fields(self, viewer: Viewer, obj: Meeting) -> frozenset[str]:
        if works_on(viewer, obj):
            shut = free_words.instead(viewer, obj).keys()
            return frozenset(Meeting.field_classes) - {"school"} - shut
        if obj.student_id in _at_home(viewer):
            return FOR_FAMILY
        return meeting_guests.fields(viewer, obj)

    def may(self, viewer: Viewer, act: Act, obj: Meeting) -> bool:
        """Guardians choose a time; guests say whether they come; the student does neither."""
        if act == Act.ATTEND:
            return meeting_guests.part(viewer, obj) is not None
        return act == Act.CHOOSE_TIME and obj.student_id in viewer.wards


class SlotPolicy:
    """The times of a visible meeting: for the family those on offer now, and the agreed one; for
    a guest the agreed one alone.
    """

    def rows(self, viewer: Viewer) -> QuerySet[MeetingSlot]:
        team = Q(meeting__case_id__in=team_cases(viewer).values("pk"))
        mine = Q(meeting__in=Meeting.objects.filter(_invited(viewer)).values("pk"))
        now = Q(round=F("meeting__round"), called_off_at=None) & ~Q(
            meeting__state=Meeting.State.PREPARING
        )
        now &= Q(meeting__set_aside_at=None) | _keeps(viewer, "meeting__")
        told = Meeting.objects.filter(meeting_guests.told(viewer)).values("pk")
        date = Q(meeting__in=told) & meeting_guests.standing()
        return MeetingSlot.objects.select_related("meeting").filter(team | mine & now | date)

    def fields(self, viewer: Viewer, obj: MeetingSlot) -> frozenset[str]:
        if works_on(viewer, obj.meeting):
            return frozenset(MeetingSlot.field_classes) - {"school"}
        company = meeting_guests.fields(viewer, obj.meeting) == meeting_guests.FOR_COMPANY
        return SLOT_OUTLINE - PLACE if company else SLOT_OUTLINE

    def may(self, viewer: Viewer, act: Act, obj: MeetingSlot) -> bool:
        return False


class OfMeeting:
    """Rows that only the team of the case reads."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        cases = team_cases(viewer).values("pk")
        rows: QuerySet[Any] = self.model.objects.filter(meeting__case_id__in=cases)
        return rows

    def fields(self, viewer: Viewer, obj: Any) -> frozenset[str]:
        return frozenset(self.model.field_classes) - {"school"}

    def may(self, viewer: Viewer, act: Act, obj: Any) -> bool:
        return False


class AttemptPolicy(OfMeeting):
    """What a call brought is the team's to read, as far as its class is open to them."""

    def fields(self, viewer: Viewer, obj: MeetingAttempt) -> frozenset[str]:
        return super().fields(viewer, obj) - free_words.instead(viewer, obj).keys()


class ReplyPolicy(OfMeeting):
    """What a family said about the time: the team's to read, and one's own.

    Why a guest does not come is for whoever prepared the meeting, and for nobody else. Words about
    money or health are for who reads those (free_words).
    """

    def rows(self, viewer: Viewer) -> QuerySet[MeetingReply]:
        mine = Meeting.objects.filter(_invited(viewer)).values("pk")
        own = MeetingReply.objects.filter(by=viewer.person, meeting__in=mine)
        excused = Q(kind=MeetingReply.Kind.EXCUSED) & ~Q(meeting__prepared_by=viewer.person)
        return super().rows(viewer).exclude(excused) | own

    def fields(self, viewer: Viewer, obj: MeetingReply) -> frozenset[str]:
        return super().fields(viewer, obj) - free_words.instead(viewer, obj).keys()


class InviteePolicy(OfMeeting):
    """Who is asked to come is the team's to read; a guest finds their own invitation."""

    def rows(self, viewer: Viewer) -> QuerySet[MeetingInvitee]:
        told = Meeting.objects.filter(meeting_guests.told(viewer)).values("pk")
        own = MeetingInvitee.objects.filter(person=viewer.person, meeting__in=told)
        return super().rows(viewer) | own

    def fields(self, viewer: Viewer, obj: MeetingInvitee) -> frozenset[str]:
        whole = works_on(viewer, obj.meeting)
        return super().fields(viewer, obj) if whole else meeting_guests.OWN_ANSWER


class DossierPolicy(OfMeeting):
    """That a paper is on the table is the team's; what it says is for whom its class is open to."""

    def fields(self, viewer: Viewer, obj: DossierItem) -> frozenset[str]:
        code = PreparedItem.CLASSES[PreparedItem.Kind(obj.kind)]
        roles = viewer.roles_towards(obj.student)
        given = {Level.TEAM, Level.PARTY, Level.OWN}
        if privacy.readable(code, roles, given=given) or obj.added_by_id == viewer.person.pk:
            return super().fields(viewer, obj)
        return ITEM_OUTLINE


def works_on(viewer: Viewer, meeting: Meeting) -> bool:
    """Whether this reader of a visible meeting is of its team; family never is."""
    if meeting.student_id in viewer.kin or meeting.student_id == viewer.student_id:
        return False
    case = viewer.find(Case, meeting.case_id)
    return case is not None and on_team(viewer, case)


def shown_state(meeting: Meeting) -> str:
    """The state for the reader it was loaded for: one that was set aside is called off, but not for
    whoever keeps the face of its case from before. Needs a meeting of Viewer.rows.
    """
    off = meeting.set_aside_at is not None and not getattr(meeting, "viewer_keeps", False)
    return str(Meeting.State.CANCELLED if off else meeting.state)


def _keeps(viewer: Viewer, path: str = "") -> Q:
    """Meetings that this person must not notice were set aside; `path` leads to the meeting."""
    off = OuterRef(f"{path}set_aside_at")
    of_case = {"case": OuterRef(f"{path}case_id"), "person": viewer.person}
    alone = CaseFace.objects.filter(**of_case, until__lt=off)
    told = CaseParty.objects.filter(**of_case, part=CaseParty.Part.TOLD)
    with_all = Case.objects.filter(
        pk=OuterRef(f"{path}case_id"),
        student__in=_at_home(viewer),
        shown_until__gte=OuterRef(f"{path}prepared_at"),
        shown_until__lt=off,
    )
    return Q(Exists(alone)) | Q(Exists(with_all)) & ~Q(Exists(told))


def _invited(viewer: Viewer) -> Q:
    """Meetings that this person was asked to at home: the case is theirs to see as well."""
    mine = MeetingInvitee.objects.filter(
        meeting=OuterRef("pk"), person=viewer.person, part=MeetingInvitee.Part.MUST
    )
    return (
        Q(student__in=_at_home(viewer))
        & Q(Exists(viewer.rows(Case).filter(pk=OuterRef("case_id"))))
        & Q(round__gt=0)
        & Q(Exists(mine))
    )


def _at_home(viewer: Viewer) -> frozenset[UUID]:
    return viewer.wards | ({viewer.student_id} if viewer.student_id else frozenset())


def register() -> None:
    policies: dict[Any, access.Policy] = {
        Meeting: MeetingPolicy(),
        MeetingSlot: SlotPolicy(),
        MeetingInvitee: InviteePolicy(MeetingInvitee),
        MeetingAttempt: AttemptPolicy(MeetingAttempt),
        MeetingReply: ReplyPolicy(MeetingReply),
        DossierItem: DossierPolicy(DossierItem),
    }
    for model, policy in policies.items():
        access.register(model, policy)
