"""Who sees what belongs to a case: its reports, tasks, messages, faults and decisions."""

# ruff: noqa: ARG002 -- a policy answers with one signature for every model
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from parties import access
from parties.access import Act, Viewer
from parties.roles import Role
from workflow.exclusions import WORDS, against, against_in_crisis
from workflow.models import (
    Case,
    CaseFace,
    CrisisReport,
    DowngradeProposal,
    Escalation,
    HumanTask,
    Incident,
    Matter,
    Notification,
    RoutingDecision,
    ZeroReport,
)
from workflow.policies import LEADERS, OfCase, family_of, on_team, team_cases

#: Posts that hold for one class or grade; only team_cases knows for which.
_BY_STUDENT: Final = frozenset({Role.HT, Role.GL})
REPORTER_FIELDS: Final = frozenset({"reporter", "reporter_role", "keep_secret"})
RAISER_FIELDS: Final = frozenset({"raised_by", "raised_role"})


class CrisisReportPolicy(OfCase):
    """The reporter's name (CRI-R) is for the head of 德育处, the vice-principal, the principal."""

    def fields(self, viewer: Viewer, obj: CrisisReport) -> frozenset[str]:
        trusted = viewer.heads(Role.ME) or viewer.serves({Role.VP, Role.PR})
        return super().fields(viewer, obj) - (frozenset() if trusted else REPORTER_FIELDS)


class MatterPolicy(OfCase):
    """Who raised it is known to whoever works on it; in a crisis as little as its reporter."""

    def fields(self, viewer: Viewer, obj: Matter) -> frozenset[str]:
        trusted = viewer.heads(Role.ME) or viewer.serves({Role.VP, Role.PR})
        secret = obj.case.channel == Case.Channel.CRISIS and not trusted
        return super().fields(viewer, obj) - (RAISER_FIELDS if secret else frozenset())


class IncidentPolicy(OfCase):
    """A fault of the software: leaders see it and may have it tried again."""

    def rows(self, viewer: Viewer) -> QuerySet[Any]:
        return super().rows(viewer) if viewer.serves(LEADERS) else Incident.objects.none()

    def may(self, viewer: Viewer, act: Act, obj: Incident) -> bool:
        return act == Act.RETRY and viewer.serves(LEADERS)


class HumanTaskPolicy:
    """Mine: I may do it, I hold it, or I did it. Leaders also see the tasks of their cases."""

    def rows(self, viewer: Viewer) -> QuerySet[HumanTask]:
        me = viewer.person.pk
        team = Q(case__in=team_cases(viewer))
        mine = Q(candidates__contains=[me]) | Q(assignee=me) | Q(completed_by=me)
        seen = mine & (team | self._outside_the_team(viewer))
        if viewer.serves(LEADERS):
            seen |= team
        tasks = HumanTask.objects.select_related("case__student__person", "assignee")
        words = Q(name=WORDS) & against_in_crisis(viewer, "case__student")
        return tasks.filter(seen).exclude(against(viewer, "case")).exclude(words)

    def _outside_the_team(self, viewer: Viewer) -> Q:
        """A task is resolved once; whoever left the post or the company since has none of it."""
        posts = [post.role for post in viewer.posts if post.role not in _BY_STUDENT]
        company = Q(roles__overlap=list(viewer.company_roles), case__student__in=viewer.interns)
        return Q(roles__overlap=posts) | company

    def fields(self, viewer: Viewer, obj: HumanTask) -> frozenset[str]:
        hidden = {"school", "engine_id", "candidates"}
        if not on_team(viewer, obj.case) and obj.completed_by_id != viewer.person.pk:
            hidden |= {"answer", "completed_by"}
        return frozenset(HumanTask.field_classes) - hidden

    def may(self, viewer: Viewer, act: Act, obj: HumanTask) -> bool:
        me = viewer.person.pk
        mine = me in obj.candidates or obj.assignee_id == me
        if act in (Act.CLAIM, Act.COMPLETE):
            return mine
        if act == Act.RETURN:  # whoever is not of the team does not even know the earlier steps
            return mine and on_team(viewer, obj.case)
        if act == Act.DELEGATE:
            return obj.assignee_id == me or viewer.heads(Role.ME) or viewer.serves({Role.VP})
        return act == Act.REMIND and on_team(viewer, obj.case)


class NotificationPolicy:
    """One's own inbox; a case that later names its reader takes its messages with it."""

    def rows(self, viewer: Viewer) -> QuerySet[Notification]:
        mine = Notification.objects.filter(
            recipient=viewer.person, channel="in_app", state=Notification.State.SENT
        )
        if not viewer.roles:  # whoever stands for nobody here any more
            mine = mine.filter(case=None)
        return mine.exclude(Q(against(viewer, "case")) & ~self._from_before(viewer))

    def _from_before(self, viewer: Viewer) -> Q:
        """What a family was told before the face stood still stays, and what follows their own
        answers since: its absence would tell.
        """
        kept = CaseFace.objects.filter(case=OuterRef("case"), person=viewer.person)
        family = Q(case__student__in=family_of(viewer))
        shown = ~Q(case__shown_channel="") & Q(case__shown_until__gt=F("created_at"))
        before = shown | Q(Exists(kept.filter(until__gt=OuterRef("created_at"))))
        return family & (before | Q(stands=True))

    def fields(self, viewer: Viewer, obj: Notification) -> frozenset[str]:
        fields = frozenset({"id", "template", "created_at", "read_at"})
        visible = obj.case_id is not None and viewer.find(Case, obj.case_id) is not None
        return fields | ({"case"} if visible else frozenset())

    def may(self, viewer: Viewer, act: Act, obj: Notification) -> bool:
        return False


def register() -> None:
    policies: dict[Any, access.Policy] = {
        CrisisReport: CrisisReportPolicy(CrisisReport, frozenset({"request_key"})),
        ZeroReport: OfCase(ZeroReport),
        Escalation: OfCase(Escalation),
        Incident: IncidentPolicy(Incident),
        HumanTask: HumanTaskPolicy(),
        Notification: NotificationPolicy(),
        Matter: MatterPolicy(Matter, frozenset({"request_key"})),
        RoutingDecision: OfCase(RoutingDecision),
        DowngradeProposal: OfCase(DowngradeProposal),
    }
    for model, policy in policies.items():
        access.register(model, policy)
