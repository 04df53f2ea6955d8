"""Neutral words for one's own crisis report: what could be said differently, and room for it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from parties import statements
from parties.access import Act, Viewer
from parties.errors import InvalidInput
from parties.sign_in import Identity
from portal import pages, typed
from portal.session import signed_in, viewing
from workflow import report_wordings
from workflow.models import ReportWording

_FEW: Final = 10


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def wording(request: HttpRequest, identity: Identity, wording_id: UUID) -> HttpResponse:
    text, mistake = typed.text(request, "text"), ""
    with viewing(identity) as viewer:
        context = _shown(viewer, viewer.get(ReportWording, wording_id))
        at = viewer.at
    if request.method == "POST":
        try:
            report_wordings.give(
                school_id=identity.school_id,
                wording_id=wording_id,
                by=identity.person,
                at=at,
                text=text,
            )
        except InvalidInput as refused:
            mistake = f"{refused}{refused.mend}"
        else:
            return redirect("portal:report-wording", wording_id=wording_id)
    context |= {"typed": text, "mistake": mistake, "longest": report_wordings.LONGEST}
    return pages.show(request, "report_wording", context, status=400 if mistake else 200)


def waiting(viewer: Viewer) -> Sequence[ReportWording]:
    """Own reports that still want words."""
    return statements.rows(_open, viewer, limit=_FEW)


def _open(viewer: Viewer) -> QuerySet[ReportWording]:
    open_ = [ReportWording.State.ASKED, ReportWording.State.MISSED]
    return viewer.rows(ReportWording).filter(state__in=open_).order_by("due_at")


def _shown(viewer: Viewer, found: ReportWording) -> dict[str, Any]:
    """Read inside the scope: texts are sealed outside of it."""
    return {
        "pk": found.pk,
        "receipt_no": found.report.receipt_no,
        "due_at": found.due_at,
        "supplement": found.supplement,
        "open": viewer.may(Act.AMEND, found),
        "remarks": report_wordings.remarks(found),
    }
