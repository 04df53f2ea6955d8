"""A communication record on a phone: read it, sign it or say why not, take a copy."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from parties import sign_in
from parties.access import Act, Viewer
from parties.errors import InvalidInput, LostRace, NotAllowed, NotFound, NotSignedIn, TooMany
from parties.sign_in import Identity, Means
from portal import typed
from portal.record_page import seen_by, show, who_of
from portal.session import signed_in, viewing
from records import (
    attachments,
    communication,
    earlier_files,
    language_gate,
    record_copies,
    standings,
)
from records.models import CommunicationRecord
from records.record_copies import Purpose
from records.record_rows import lock
from records.signatures import Method
from workflow import communication as acts

State = CommunicationRecord.State

_LONGEST: Final = 1_000
_LONGEST_MARK: Final = 80


@require_safe
@signed_in(bound=True)
def record(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    return show(request, identity, target_id)


@require_POST
@signed_in(bound=True)
def sign(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    _see(identity, target_id)
    try:
        note = typed.within(request, "note", most=_LONGEST)
        method = _method(request, identity)
        who, read = who_of(identity, target_id), _as_read(request)
        acts.sign(**who, method=method, as_read=read, note=note)
    except InvalidInput as refused:
        return show(request, identity, target_id, {"sign": f"{refused}{refused.mend}"})
    except (NotSignedIn, TooMany) as refused:
        return show(request, identity, target_id, {"sign": str(refused)})
    except LostRace as refused:
        return show(request, identity, target_id, {"as_read": str(refused)})
    return redirect("portal:record", target_id=target_id)


@require_POST
@signed_in(bound=True)
def refuse(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    who, read = who_of(identity, target_id), _as_read(request)
    try:
        acts.refuse(**who, as_read=read, reason=typed.within(request, "reason", most=_LONGEST))
    except LostRace as changed:
        return show(request, identity, target_id, {"as_read": str(changed)})
    except InvalidInput as refused:
        return show(request, identity, target_id, {"refuse": f"{refused}{refused.mend}"})
    return redirect("portal:record", target_id=target_id)


@require_POST
@signed_in()
def offer(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """Checked and handed to both sides in one tap; what stops it is said on the page."""
    who, seen, sure = who_of(identity, target_id), seen_by(request), "sure" in request.POST

    def do(viewer: Viewer) -> CommunicationRecord:
        return checked(viewer, record_id=target_id, seen=seen, sure=sure)

    try:
        ready = acts.act(school_id=who["school_id"], by=who["by"], at=who["at"], do=do)
        acts.offer(**who, seen=ready.edits)
    except InvalidInput as refused:
        return show(request, identity, target_id, {"offer": f"{refused}{refused.mend}"})
    return redirect("portal:record", target_id=target_id)


@require_POST
@signed_in()
def recall(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    acts.recall(**who_of(identity, target_id), seen=seen_by(request))
    return redirect("portal:record", target_id=target_id)


@require_safe
@signed_in(bound=True)
def pdf(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """A copy to keep or hand on, on paper unless `format` asks for JSON."""
    form = "json" if request.GET.get("format") == "json" else "pdf"
    purpose = request.GET.get("purpose", Purpose.KEEP.value)
    known = Purpose(purpose) if purpose in set(Purpose) else Purpose.KEEP
    try:
        copy = record_copies.export(**who_of(identity, target_id), form=form, purpose=known)
    except InvalidInput as refused:
        return show(request, identity, target_id, {"share": f"{refused}{refused.mend}"})
    return _download(copy.name, copy.media_type, copy.data)


@require_safe
@signed_in(bound=True)
def file(_request: HttpRequest, identity: Identity, target_id: UUID, file_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        if not earlier_files.lists(viewer, target_id, file_id):
            raise NotFound("没有找到。")
        at = viewer.at
    found = attachments.open_(
        school_id=identity.school_id, by=identity.person, at=at, attachment_id=file_id
    )
    return _download(found.name, found.media_type, found.data)


def checked(
    viewer: Viewer, *, record_id: UUID, seen: int | None, sure: bool
) -> CommunicationRecord:
    """A draft that can be handed over, checked unless it is already.

    `sure`: the author has looked at what could be said differently, and keeps it.

    Raises as communication.check; LostRace; InvalidInput: nobody of the family took part.
    """
    found = viewer.get(CommunicationRecord, record_id)
    if found.state != State.DRAFT:
        ready = lock(viewer, record_id, Act.EDIT, seen=seen)
    else:
        kept = language_gate.to_confirm(found) if sure else []
        ready = communication.check(viewer, record_id=record_id, confirmed=kept, seen=seen)
    standings.refuse_one_sided(ready, at=viewer.at)
    return ready


def _method(request: HttpRequest, identity: Identity) -> str:
    """How this person signs. Raises NotSignedIn, TooMany; NotAllowed for a system's key."""
    if identity.means is Means.LINK:
        return Method.LINK
    if identity.means is not Means.PASSWORD:
        raise NotAllowed("签字须由本人登录。", act="sign")
    sign_in.confirm(identity.person, password=request.POST.get("password", ""))
    return Method.IN_APP


def _see(identity: Identity, target_id: UUID) -> None:
    with viewing(identity) as viewer:
        viewer.get(CommunicationRecord, target_id)


def _as_read(request: HttpRequest) -> str:
    return request.POST.get("as_read", "").replace("\x00", "").strip()[:_LONGEST_MARK]


def _download(name: str, media_type: str, data: bytes) -> HttpResponse:
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
