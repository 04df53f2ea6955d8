"""Who sees which case, and what they may do there; case_row_policies says it of what hangs on it.

A crisis is for its team: 德育处, 心理教师, the leaders, the grade leader and the homeroom teacher.
Whoever a case names as suspect, subject or excluded does not see that it exists. A guardian sees
nothing before "safe to tell" is answered, and then only what CASE_FOR_FAMILY lists.

A notice or meeting is for 德育处, the leaders, those who look after the class or grade, and whoever
was named a member; the family sees it as soon as a person has routed it. One that becomes a crisis
keeps the face that the family knew (shown_channel, shown_state) until telling is safe; whoever may
never be told keeps it for good (CaseFace).
"""

# ruff: noqa: ARG002 -- a policy answers with one signature for every model
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from parties import access
from parties.access import Act, Viewer
from parties.models import Restriction
from parties.relations import in_force
from parties.roles import Role
from workflow.exclusions import against
from workflow.models import Case, CaseFace, CaseParty

#: Serve every student of the school: in a crisis, and in every other matter.
WHOLE_SCHOOL: Final = frozenset({Role.ME, Role.PSY, Role.VP, Role.PR})
CRISIS_TEAM: Final = WHOLE_SCHOOL | {Role.GL, Role.HT}
LEADERS: Final = frozenset({Role.ME, Role.VP, Role.PR})
#: contracts.md 3: only these stop the climb.
MAY_ACKNOWLEDGE: Final = frozenset({Role.ME, Role.PSY, Role.GL, Role.VP, Role.PR})

_CRISIS: Final = Q(channel=Case.Channel.CRISIS)

CASE_FOR_TEAM: Final = frozenset(Case.field_classes) - {"school"}
CASE_FOR_FAMILY: Final = frozenset({"id", "channel", "student", "state", "opened_at", "closed_at"})
CASE_FOR_AUDIT: Final = frozenset({"id", "channel", "state", "opened_at", "closed_at"})
#: What they may make of a case: from a meeting, and of two different people from a crisis.
MAY_DOWNGRADE: Final = {
    Case.Channel.MEETING: frozenset({Role.HT, Role.GL, Role.ME}),
    Case.Channel.CRISIS: frozenset({Role.ME, Role.PSY}),
}


def has_part(viewer: Viewer, part: str) -> Exists:
    return Exists(CaseParty.objects.filter(case=OuterRef("pk"), person=viewer.person, part=part))


def is_to_many(case: Case) -> bool:
    """A notice to many families is no matter of any one student."""
    return case.student_id is None and case.channel == Case.Channel.NOTICE


class CasePolicy:
    """The team, members named by hand, the family once it is safe, the auditor in outline."""

    def rows(self, viewer: Viewer) -> QuerySet[Case]:
        cases = Case.objects.select_related("student__person", "student__school_class").annotate(
            viewer_is_member=has_part(viewer, CaseParty.Part.MEMBER),
            viewer_is_told=has_part(viewer, CaseParty.Part.TOLD),
            viewer_is_against=against(viewer),
            viewer_face=Subquery(
                CaseFace.objects.filter(case=OuterRef("pk"), person=viewer.person).values(
                    kept=JSONObject(channel="channel", state="state", until="until")
                )
            ),
        )
        return cases.filter(self._as_staff(viewer) & ~Q(against(viewer)) | self._as_family(viewer))

    def _as_staff(self, viewer: Viewer) -> Q:
        return _strangers(viewer) if viewer.serves({Role.AUD}) else _works_on(viewer)

    def _as_family(self, viewer: Viewer) -> Q:
        told = Q(safe_to_tell=Case.SafeToTell.YES) | Q(
            Q(safe_to_tell=Case.SafeToTell.NO), has_part(viewer, CaseParty.Part.TOLD)
        )
        crisis = Q(student__in=viewer.wards) & told & ~Q(against(viewer))
        left_out = has_part(viewer, CaseParty.Part.EXCLUDED)
        shown = ~Q(shown_channel="") & Q(student__in=family_of(viewer)) & ~Q(left_out)
        shown &= ~_must_not_be_met(viewer)
        return shown | Q(viewer_face__isnull=False, student__in=family_of(viewer)) | crisis

    def fields(self, viewer: Viewer, obj: Case) -> frozenset[str]:
        if on_team(viewer, obj):
            return CASE_FOR_TEAM
        if obj.student_id in family_of(viewer):
            return CASE_FOR_FAMILY
        return CASE_FOR_AUDIT if audits(viewer, obj) else frozenset()

    def may(self, viewer: Viewer, act: Act, obj: Case) -> bool:
        if not on_team(viewer, obj):
            return False
        if act == Act.ACKNOWLEDGE:
            return self._may_acknowledge(viewer, obj)
        if act == Act.DOWNGRADE:
            may_lower = MAY_DOWNGRADE.get(Case.Channel(obj.channel), frozenset())
            return bool(viewer.roles_towards(obj.student) & may_lower)
        if act in (Act.ENDANGER, Act.UPGRADE):  # whatever is no crisis becomes one by an upgrade
            crisis = obj.channel == Case.Channel.CRISIS
            return (act == Act.ENDANGER) == crisis and not is_to_many(obj)
        if act == Act.MEET:
            return obj.channel == Case.Channel.MEETING
        return act == Act.REMIND

    def _may_acknowledge(self, viewer: Viewer, obj: Case) -> bool:
        reported = CaseParty.objects.filter(
            case=obj, person=viewer.person, part=CaseParty.Part.REPORTER
        )
        held = viewer.roles_towards(obj.student)
        return bool(held & MAY_ACKNOWLEDGE) and not reported.exists()


def _must_not_be_met(viewer: Viewer) -> Q:
    """Meetings about a student that this person must not be met about: they do not exist."""
    orders = Restriction.objects.filter(
        student=OuterRef("student"), person=viewer.person, kind=Restriction.Kind.NO_MEETING
    )
    return Q(Exists(in_force(orders, viewer.at)), shown_channel=Case.Channel.MEETING)


def family_of(viewer: Viewer) -> frozenset[UUID]:
    """Students whose notices and meetings this person reads at home, their own included."""
    return viewer.wards | ({viewer.student_id} if viewer.student_id else frozenset())


def face(viewer: Viewer, case: Case) -> Mapping[str, Any]:
    """What stands in for values of `case` for this reader: a family goes on seeing what it saw.

    Empty for everybody who sees the case as it is. Needs a case from Viewer.rows.
    """
    if on_team(viewer, case) or audits(viewer, case):
        return {}
    kept: Mapping[str, str] | None = getattr(case, "viewer_face", None)
    if kept is not None:
        return {"channel": kept["channel"], "state": kept["state"], "closed_at": None}
    if not case.shown_state or _is_told(viewer, case):
        return {}
    return {"channel": case.shown_channel, "state": case.shown_state, "closed_at": None}


def still_since(viewer: Viewer, case: Case) -> datetime | None:
    """From when on this reader learns nothing more of `case`; None for who sees it as it is."""
    if not face(viewer, case):
        return None
    kept: Mapping[str, str] | None = getattr(case, "viewer_face", None)
    return case.shown_until if kept is None else datetime.fromisoformat(kept["until"])


def running(viewer: Viewer) -> Q:
    """Cases that are still open, as this reader sees it: a crisis they are not told of closes
    without a trace. For querysets of Viewer.rows.
    """
    hidden = Q(student__in=family_of(viewer)) & (~Q(shown_state="") | Q(viewer_face__isnull=False))
    return Q(closed_at=None) | hidden


def _is_told(viewer: Viewer, case: Case) -> bool:
    if case.student_id not in viewer.wards or getattr(case, "viewer_is_against", False):
        return False
    told: bool = getattr(case, "viewer_is_told", False)
    return case.safe_to_tell == Case.SafeToTell.YES or (
        case.safe_to_tell == Case.SafeToTell.NO and told
    )


def _strangers(viewer: Viewer) -> Q:
    """A teacher who is this student's guardian is family here, not staff."""
    return Q(student=None) | ~Q(student__in=viewer.kin)


def _works_on(viewer: Viewer) -> Q:
    """Cases that a post, or a place on the team given by hand, puts this person to work on."""
    if viewer.serves(LEADERS):
        return _strangers(viewer)
    seen = Q(viewer_is_member=True) | Q(owner=viewer.person) & ~_CRISIS
    if viewer.serves(WHOLE_SCHOOL):
        seen |= _CRISIS
    for post in viewer.posts:
        if post.role == Role.HT and post.school_class_id is not None:
            seen |= Q(student__school_class=post.school_class_id)
        if post.role == Role.GL:
            grade = Q(student__school_class__grade=post.grade) if post.grade else ~Q(student=None)
            seen |= grade | Q(student=None) & _CRISIS
    return seen & _strangers(viewer)


def audits(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer reads the outline of this case as an auditor; of one's family, never."""
    return Role.AUD in viewer.roles and case.student_id not in viewer.kin


def on_team(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer works on this visible case; family never does."""
    if case.student_id in viewer.kin:
        return False
    if viewer.roles_towards(case.student) & _team_of(case):
        return True
    if case.owner_id == viewer.person.pk and case.channel != Case.Channel.CRISIS:
        return True
    member: bool | None = getattr(case, "viewer_is_member", None)
    if member is None:
        part = CaseParty.Part.MEMBER
        member = CaseParty.objects.filter(case=case, person=viewer.person, part=part).exists()
    return member


def _team_of(case: Case) -> frozenset[Role]:
    """Whose post alone puts them to work on a case of this channel."""
    if case.channel == Case.Channel.CRISIS:
        return CRISIS_TEAM
    return LEADERS | ({Role.GL, Role.HT} if case.student_id else frozenset())


def team_cases(viewer: Viewer) -> QuerySet[Case]:
    """Cases that the viewer works on, not those a family or an auditor sees the outline of.

    It asks nothing of what else may be seen: it stands in many policies, some of them three deep.
    """
    cases = Case.objects.annotate(viewer_is_member=has_part(viewer, CaseParty.Part.MEMBER))
    return cases.filter(_works_on(viewer), ~Q(against(viewer)))


class OfCase:
    """Rows that only the team of their case reads."""

    def __init__(self, model: Any, hidden: frozenset[str] = frozenset()) -> None:
        self.model = model
        self.hidden = hidden | {"school"}

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.filter(case__in=team_cases(viewer))
        return rows

    def fields(self, viewer: Viewer, obj: Any) -> frozenset[str]:
        return frozenset(self.model.field_classes) - self.hidden

    def may(self, viewer: Viewer, act: Act, obj: Any) -> bool:
        return False


def register() -> None:
    access.register(Case, CasePolicy())
