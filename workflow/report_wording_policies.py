"""A request for neutral words is for the author of the report alone; nobody else knows of it.

What they added is read by the team beside the report (workflow/case_files.py).
"""

# ruff: noqa: ARG002 -- a policy answers with one signature for every model
from typing import Final

from django.db.models import QuerySet

from parties import access
from parties.access import Act, Viewer
from workflow import exclusions
from workflow.models import ReportWording

_OWN: Final = frozenset({"id", "state", "checked_at", "due_at", "supplement", "given_at"})


class ReportWordingPolicy:
    def rows(self, viewer: Viewer) -> QuerySet[ReportWording]:
        """A case that names its reporter in the meantime takes the request with it."""
        asked = ReportWording.objects.exclude(state=ReportWording.State.CLEAN)
        mine = asked.filter(author=viewer.person).select_related("report")
        if not viewer.is_staff:
            return mine.none()
        return mine.exclude(exclusions.against(viewer, "case"))

    def fields(self, viewer: Viewer, obj: ReportWording) -> frozenset[str]:
        return _OWN

    def may(self, viewer: Viewer, act: Act, obj: ReportWording) -> bool:
        return act == Act.AMEND and obj.state != ReportWording.State.GIVEN


def register() -> None:
    access.register(ReportWording, ReportWordingPolicy())
