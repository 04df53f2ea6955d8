"""暂缓 on the page of a record: a teacher asks for it, 德育处 grants, refuses, holds and releases.

At home nobody may do any of it, and nobody learns from an answer whether something is held.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from parties.access import Act
from parties.errors import InvalidInput, NotFound
from parties.sign_in import Identity
from portal import record_page, typed
from portal.moments import MomentField
from portal.session import signed_in, viewing
from records.models import CommunicationRecord, HoldRequest
from workflow import hold_requests, record_holds

_LONGEST: Final = 1_000
_MOMENT: Final = MomentField()


@require_POST
@signed_in()
def ask(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    who = _who(identity, target_id, Act.EDIT)

    def do() -> None:
        hold_requests.ask(**who, **_said(request))

    return _done(request, identity, target_id, "ask_hold", do)


@require_POST
@signed_in()
def hold(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """Grants what was asked for, if anything was."""
    who = _who(identity, target_id, Act.HOLD)

    def do() -> None:
        record_holds.hold(**who, **_said(request))

    return _done(request, identity, target_id, "hold", do)


@require_POST
@signed_in()
def release(_request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    record_holds.release(**_who(identity, target_id, Act.HOLD))
    return redirect("portal:record", target_id=target_id)


@require_POST
@signed_in()
def refuse(
    request: HttpRequest, identity: Identity, target_id: UUID, request_id: UUID
) -> HttpResponse:
    """Leads to the first page: the draft is its author's again, and shut to whoever refused."""
    who = _about(identity, target_id, request_id)
    try:
        hold_requests.refuse(**who, reason=_reason(request))
    except InvalidInput as refused:
        mistake = {"refuse_hold": f"{refused}{refused.mend}"}
        return record_page.show(request, identity, target_id, mistake)
    return redirect("portal:home")


@require_POST
@signed_in()
def withdraw(
    _request: HttpRequest, identity: Identity, target_id: UUID, request_id: UUID
) -> HttpResponse:
    hold_requests.withdraw(**_about(identity, target_id, request_id))
    return redirect("portal:record", target_id=target_id)


def _done(
    request: HttpRequest, identity: Identity, target_id: UUID, act: str, do: Callable[[], None]
) -> HttpResponse:
    """Back to the page; what stops it is said beside its button."""
    try:
        do()
    except InvalidInput as refused:
        return record_page.show(request, identity, target_id, {act: f"{refused}{refused.mend}"})
    return redirect("portal:record", target_id=target_id)


def _who(identity: Identity, target_id: UUID, act: Act) -> dict[str, Any]:
    """Raises NotFound, NotAllowed, before a word of what they sent is looked at."""
    with viewing(identity) as viewer:
        viewer.require(act, viewer.get(CommunicationRecord, target_id))
    return record_page.who_of(identity, target_id)


def _about(identity: Identity, target_id: UUID, request_id: UUID) -> dict[str, Any]:
    with viewing(identity) as viewer:
        if viewer.get(HoldRequest, request_id).record_id != target_id:
            raise NotFound("没有找到。")
        at = viewer.at
    return {
        "school_id": identity.school_id,
        "by": identity.person,
        "at": at,
        "request_id": request_id,
    }


def _said(request: HttpRequest) -> dict[str, Any]:
    """Raises InvalidInput: no moment can be read, or the reason is too long."""
    try:
        until = _MOMENT.clean(request.POST.get("until", ""))
    except ValidationError:
        mend = "请选择日期和时间。"
        raise InvalidInput("没有写清楚暂缓到什么时候。", field="until", mend=mend) from None
    return {"reason": _reason(request), "until": until}


def _reason(request: HttpRequest) -> str:
    return typed.within(request, "reason", most=_LONGEST)
