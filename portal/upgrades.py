"""升级: whoever works on a notice or a meeting takes it up; a crisis takes a second tap.

The words and the answers travel with the second tap, so that nothing is written before it.
"""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from parties.access import Act, Viewer
from parties.errors import InvalidInput, WrongState
from parties.sign_in import Identity
from portal import downgrades, pages, typed
from portal.session import signed_in, viewing
from workflow import rerouting
from workflow.models import Case, CrisisReport, RoutingDecision
from workflow.routing import RANK, Channel
from workflow.upgrading import UpgradeInput

#: How the choices are worded for somebody in a hurry.
_WAYS: Final = {Channel.MEETING: "升级为面对面会谈", Channel.CRISIS: "升级为危机"}
_LONGEST: Final = 2000


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def upgrade(request: HttpRequest, identity: Identity, case_id: UUID) -> HttpResponse:
    said = _said(request)
    with viewing(identity) as viewer:
        if request.method == "POST" and _landed(viewer, case_id, said):
            return downgrades.onward(viewer, case_id)
        case = _of_team(viewer, case_id)
        at = viewer.at
    try:
        if request.method != "POST":
            return _show(request, case, said)
        _refuse_unfit(request, case, said)
        if said.to == Channel.CRISIS and "sure" not in request.POST:
            return _show(request, case, said, sure=True)
        rerouting.upgrade(
            school_id=identity.school_id, case_id=case_id, by=identity.person, at=at, upgrade=said
        )
    except (InvalidInput, WrongState) as refused:
        with viewing(identity) as viewer:
            if _landed(viewer, case_id, said):  # the other tap was faster by a moment
                return downgrades.onward(viewer, case_id)
        if not isinstance(refused, InvalidInput):
            raise
        return _show(request, case, said, mistake=f"{refused}{refused.mend}")
    return redirect("portal:case", case_id=case_id)


def _refuse_unfit(request: HttpRequest, case: Case, said: UpgradeInput) -> None:
    typed.within(request, "reason", most=_LONGEST)
    rerouting.require_reason(said.reason)
    rerouting.require_step(case, to=said.to, up=True)


def _landed(viewer: Viewer, case_id: UUID, said: UpgradeInput) -> bool:
    """Whether an earlier tap of theirs did it already; they may not take it up any more.

    Raises WrongState: it did, for a reason in other words.
    """
    last = RoutingDecision.objects.filter(case=case_id).order_by("-at", "-pk").first()
    if last is None or last.kind != RoutingDecision.Kind.UPGRADE:
        return False
    if (last.decided_by_id, last.chosen) != (viewer.person.pk, said.to):
        return False
    if last.reason != said.reason:
        raise WrongState(
            "您已经升级了这件事，当时写的理由照旧；这次写的没有存入。"
            "如有新的情况，请写进这件事的记录；有危险请报告危机。",
            case=str(case_id),
        )
    return True


def _of_team(viewer: Viewer, case_id: UUID) -> Case:
    """Raises NotFound, NotAllowed: not there for them; not theirs to take up, or a crisis.
    WrongState: a notice to many families.
    """
    case = viewer.get(Case, case_id)
    rerouting.refuse_many(case)
    viewer.require(Act.UPGRADE, case)
    return case


def _said(request: HttpRequest) -> UpgradeInput:
    given = request.POST
    return UpgradeInput(
        to=given.get("to", ""),
        reason=typed.text(request, "reason"),
        safe_now=given.get("safe_now", CrisisReport.Safe.UNKNOWN.value),
    )


def _show(
    request: HttpRequest, case: Case, said: UpgradeInput, *, sure: bool = False, mistake: str = ""
) -> HttpResponse:
    higher = [to for to in _WAYS if RANK[to] > RANK[Channel(case.channel)]]
    context: dict[str, Any] = {
        "case": case,
        "said": said,
        "ways": [(to.value, _WAYS[to]) for to in higher],
        "safe": CrisisReport.Safe.choices,
        "sure": sure,
        "mistake": mistake,
        "longest": _LONGEST,
    }
    return pages.show(request, "upgrade", context, status=400 if mistake else 200)
