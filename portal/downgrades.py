"""降级: a meeting goes down to a notice by one person, a crisis down to a meeting by two.

The first of the two says why. The other finds that here and agrees, or not; until then nothing
changes. The way up again is portal/upgrades.py.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from parties.access import Act, Viewer
from parties.errors import InvalidInput, WrongState
from parties.sign_in import Identity
from portal import pages, typed
from portal.session import signed_in, viewing
from workflow import rerouting, stabilising
from workflow.models import Case, DowngradeProposal, RoutingDecision
from workflow.routing import Channel

#: What one step down leads to.
_BELOW: Final = {Channel.MEETING: Channel.NOTICE, Channel.CRISIS: Channel.MEETING}
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class _Said:
    """What came with the tap; `seen` is what the page showed when it was opened."""

    reason: str
    seen: str
    confirms: UUID | None


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def downgrade(request: HttpRequest, identity: Identity, case_id: UUID) -> HttpResponse:
    said = _said(request)
    tapped = request.method == "POST"
    if tapped and _landed(identity, case_id, said):
        return _onward(identity, case_id)
    with viewing(identity) as viewer:
        desk, at = _desk(viewer, case_id), viewer.at
    if tapped and not _is_overtaken(said, desk):
        return _answer(request, identity, at, desk, said)
    return _show(request, desk, said, overtaken=tapped, status=409 if tapped else 200)


def _answer(
    request: HttpRequest, identity: Identity, at: datetime, desk: dict[str, Any], said: _Said
) -> HttpResponse:
    case_id = desk["case"].pk
    who = {"school_id": identity.school_id, "by": identity.person, "at": at}
    try:
        typed.within(request, "reason", most=_LONGEST)
        _act(who, desk["case"], said)
    except InvalidInput as refused:
        return _show(request, desk, said, mistake=f"{refused}{refused.mend}", status=400)
    except WrongState as refused:
        if not _landed(identity, case_id, said):  # else the other tap was faster by a moment
            return _show(request, desk, said, mistake=str(refused), status=409)
    return _onward(identity, case_id)


def waiting(viewer: Viewer, proposal: DowngradeProposal | None) -> tuple[str, bool]:
    """The office whose second name is missing, and whether this reader can give it."""
    if proposal is None:
        return "", False
    wanted = stabilising.awaited(proposal, at=viewer.at)
    theirs = bool(wanted & viewer.roles_towards(proposal.case.student))
    names = "或".join(str(role.label) for role in sorted(wanted))
    return names, theirs and proposal.by_id != viewer.person.pk


def _is_overtaken(said: _Said, desk: dict[str, Any]) -> bool:
    """Something else stands there by now than the page showed, and it is not from who taps."""
    own = desk["mine"] and said.seen.startswith(Channel.CRISIS)
    return said.seen != desk["seen"] and not own


def _act(who: dict[str, Any], case: Case, said: _Said) -> None:
    about = {**who, "case_id": case.pk, "reason": said.reason}
    if said.confirms is not None:
        stabilising.confirm(**about, proposal_id=said.confirms)
    elif case.channel == Channel.CRISIS:
        stabilising.propose(**about, to=Channel.MEETING)
    else:
        rerouting.downgrade(**about, to=Channel.NOTICE)


def _desk(viewer: Viewer, case_id: UUID) -> dict[str, Any]:
    """Read inside the scope. Raises NotFound, NotAllowed: not there for them, or not theirs."""
    case = viewer.get(Case, case_id)
    viewer.require(Act.DOWNGRADE, case)
    proposal = stabilising.standing(case) if case.channel == Channel.CRISIS else None
    wanted, may_confirm = waiting(viewer, proposal)
    below = _BELOW[Channel(case.channel)]
    return {
        "case": case,
        "crisis": case.channel == Channel.CRISIS,
        "below": below.label,
        "proposal": proposal and _proposed(proposal),
        "mine": proposal is not None and proposal.by_id == viewer.person.pk,
        "wanted": wanted,
        "may_confirm": may_confirm,
        "seen": f"{case.channel}:{'' if proposal is None else proposal.pk}",
    }


def _proposed(proposal: DowngradeProposal) -> dict[str, Any]:
    """Opened while its key is in reach."""
    return {
        "pk": proposal.pk,
        "by": proposal.by.name,
        "at": proposal.at,
        "reason": proposal.reason,
    }


def _landed(identity: Identity, case_id: UUID, said: _Said) -> bool:
    """Whether an earlier tap of theirs did it already; they may not see the case any more."""
    with viewing(identity) as viewer:
        last = RoutingDecision.objects.filter(case=case_id).order_by("-at", "-pk").first()
        if last is None or last.kind != RoutingDecision.Kind.DOWNGRADE:
            return False
        if said.confirms is None:
            first = last.second_by_id is None and last.decided_by_id == viewer.person.pk
            return first and last.reason == said.reason
        return last.second_by_id == viewer.person.pk and last.second_reason == said.reason


def _onward(identity: Identity, case_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        return onward(viewer, case_id)


def onward(viewer: Viewer, case_id: UUID) -> HttpResponse:
    """To the case, for whoever still works on it."""
    there = viewer.find(Case, case_id) is not None
    return redirect("portal:case", case_id=case_id) if there else redirect("portal:task-done")


def _said(request: HttpRequest) -> _Said:
    given = request.POST
    return _Said(
        reason=typed.text(request, "reason"),
        seen=given.get("seen", ""),
        confirms=_uuid(given["confirms"]) if "confirms" in given else None,
    )


def _show(
    request: HttpRequest,
    desk: dict[str, Any],
    said: _Said,
    *,
    mistake: str = "",
    overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        **desk,
        "reason": said.reason,
        "mistake": mistake,
        "overtaken": overtaken,
        "longest": _LONGEST,
    }
    return pages.show(request, "downgrade", context, status=status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
