"""归档, 封存 and putting a draft aside on the page of a record, for whoever may."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from parties.access import Viewer
from parties.errors import InvalidInput
from parties.sign_in import Identity
from portal import record_page, typed
from portal.session import signed_in, viewing
from records import keeping
from records.models import CommunicationRecord
from workflow import communication as acts

_LONGEST = 1_000


@require_POST
@signed_in()
def archive(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    why = request.POST.get("why", "")

    def do(viewer: Viewer) -> CommunicationRecord:
        return keeping.archive(viewer, record_id=target_id, why=why)

    return _done(request, identity, target_id, "archive", do)


@require_POST
@signed_in()
def seal(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    def do(viewer: Viewer) -> CommunicationRecord:
        return keeping.seal(viewer, record_id=target_id, reason=_reason(request))

    return _done(request, identity, target_id, "seal", do)


@require_POST
@signed_in()
def discard(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    who = record_page.who_of(identity, target_id)
    seen = record_page.seen_by(request)

    def put_aside(reason: str) -> None:
        acts.discard(**who, reason=reason, seen=seen)

    return _put_aside(request, identity, target_id, "discard", put_aside)


@require_POST
@signed_in()
def discard_next(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    who = record_page.who_of(identity, target_id)

    def put_aside(reason: str) -> None:
        acts.discard_next(**who, reason=reason)

    return _put_aside(request, identity, target_id, "discard_next", put_aside)


def _put_aside(
    request: HttpRequest,
    identity: Identity,
    target_id: UUID,
    act: str,
    put_aside: Callable[[str], None],
) -> HttpResponse:
    try:
        put_aside(_reason(request))
    except InvalidInput as refused:
        return record_page.show(request, identity, target_id, {act: f"{refused}{refused.mend}"})
    return redirect("portal:record", target_id=target_id)


def _done(
    request: HttpRequest,
    identity: Identity,
    target_id: UUID,
    act: str,
    do: Callable[[Viewer], CommunicationRecord],
) -> HttpResponse:
    """Back to the page; what stops it is said beside its button."""
    with viewing(identity) as viewer:
        at = viewer.at
    try:
        acts.act(school_id=identity.school_id, by=identity.person, at=at, do=do)
    except InvalidInput as refused:
        return record_page.show(request, identity, target_id, {act: f"{refused}{refused.mend}"})
    return redirect("portal:record", target_id=target_id)


def _reason(request: HttpRequest) -> str:
    return typed.within(request, "reason", most=_LONGEST)
