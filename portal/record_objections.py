"""Object to a record on a phone, answer an objection, and say what comes of it."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from parties.errors import InvalidInput, NotFound
from parties.sign_in import Identity
from portal import pages, typed
from portal.record_forms import ObjectionForm
from portal.record_page import show
from portal.session import signed_in, viewing
from records import reading, sheets
from records.complaints import Complaint
from records.models import Objection
from records.objections import LONGEST_ANNOTATION
from workflow import record_objections as acts

_LONGEST: Final = 5_000
_QUOTED: Final = 40  # characters of a statement in the list to choose from


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(bound=True)
def file(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    said = _statements(identity, target_id)
    form = ObjectionForm(request.POST if request.method == "POST" else None, said=said)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, form, target_id)
    with viewing(identity) as viewer:
        at = viewer.at
    try:
        acts.object_to(
            school_id=identity.school_id,
            record_id=target_id,
            by=identity.person,
            at=at,
            complaint=Complaint(**form.complaint()),
        )
    except InvalidInput as refused:
        known = refused.field if refused.field in form.fields else None
        form.add_error(known, f"{refused}{refused.mend}")
        return _ask(request, form, target_id)
    return redirect("portal:record", target_id=target_id)


@require_POST
@signed_in(bound=True)
def act(
    request: HttpRequest, identity: Identity, target_id: UUID, objection_id: UUID
) -> HttpResponse:
    """`how` is one of content, insist, withdraw, answer, annotate."""
    with viewing(identity) as viewer:
        if viewer.get(Objection, objection_id).record_id != target_id:
            raise NotFound("没有找到。")
        at = viewer.at
    who = {"school_id": identity.school_id, "by": identity.person, "at": at}
    try:
        _do(request, who, objection_id)
    except InvalidInput as refused:
        mistake = {str(objection_id): f"{refused}{refused.mend}"}
        return show(request, identity, target_id, mistake)
    return redirect("portal:record", target_id=target_id)


def _do(request: HttpRequest, who: dict[str, Any], objection_id: UUID) -> None:
    how, reply = request.POST.get("how", ""), request.POST.get("reply", "")
    if how in ("content", "insist", "withdraw"):
        acts.end(**who, objection_id=objection_id, how=how)
    elif how == "answer":
        words = typed.within(request, "words", most=_LONGEST)
        acts.answer(**who, objection_id=objection_id, reply=reply, words=words)
    elif how == "annotate":
        words = typed.within(request, "words", most=LONGEST_ANNOTATION)
        acts.annotate(**who, objection_id=objection_id, words=words)


def _statements(identity: Identity, target_id: UUID) -> list[tuple[str, str]]:
    """What this reader may object to by its words."""
    with viewing(identity) as viewer:
        found = reading.read(viewer, target_id)
        return [(str(one.id), sheets.words_of(one)[:_QUOTED]) for one in found.statements]


def _ask(request: HttpRequest, form: ObjectionForm, target_id: UUID) -> HttpResponse:
    context = {"form": form, "target_id": target_id}
    return pages.show(request, "objection", context, status=400 if form.errors else 200)
