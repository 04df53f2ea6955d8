"""Raise a matter that is no emergency: for staff a matter, for family and student 请求面谈.

The numbers and the button for an emergency stand above the form, because this is not the door for
one.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from parties.errors import InvalidInput
from parties.sign_in import Identity
from portal import pages, reports
from portal.forms import MatterForm
from portal.session import signed_in
from workflow import matters
from workflow.matters import MatterInput
from workflow.models import Matter

_KEPT = "slip"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def matter(request: HttpRequest, identity: Identity) -> HttpResponse:
    people, staff = reports.people(
        identity, request.POST.get("who", ""), request.POST.get("student", "")
    )
    if request.method != "POST" or "find" in request.POST:
        typed: dict[str, Any] = {name: request.POST.get(name, "") for name in request.POST}
        typed = typed or {"nonce": uuid4(), "individual": True}
        typed.setdefault("trigger", "" if staff else Matter.Trigger.VISIT.value)
        form = MatterForm(people=people, initial=typed)
        found = len(people) if "find" in request.POST else None
        return ask(request, form, staff=staff, found=found)
    form = MatterForm(request.POST, people=people)
    if not (form.is_valid() and taken(request, identity, form, staff=staff)):
        return ask(request, form, staff=staff, status=400)
    return redirect("portal:matter-slip")


def taken(request: HttpRequest, identity: Identity, form: MatterForm, *, staff: bool) -> bool:
    """Raise what a valid form says, and keep its slip for the next page. A second tap is one. What
    is refused stands on the form.
    """
    given = form.cleaned_data
    try:
        slip = matters.receive(
            person=identity.person,
            matter=_matter(given, staff=staff),
            key=f"form:{given.get('nonce') or uuid4()}",
        )
    except InvalidInput as refused:
        form.add_error(refused.field, f"{refused}{refused.mend}")
        return False
    request.session[_KEPT] = {
        "no": slip.receipt_no,
        "added": "yes" if slip.added else "",
        "recused": "yes" if given.get("recused") else "",
    }
    return True


def kept(request: HttpRequest) -> Mapping[str, str] | None:
    """The slip of the matter raised last in this session."""
    found: Mapping[str, str] | None = request.session.get(_KEPT)
    return found


@require_safe
@signed_in()
def slip(request: HttpRequest, _identity: Identity) -> HttpResponse:
    found = kept(request)
    if found is None:
        return redirect("portal:matter")
    return pages.show(request, "matter_slip", {"slip": found})


def ask(
    request: HttpRequest,
    form: MatterForm,
    *,
    staff: bool,
    found: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form; `staff` decides what the page is called."""
    context = {"form": form, "staff": staff, "found": found}
    return pages.show(request, "matter", context, status=status)


def _matter(given: dict[str, Any], *, staff: bool) -> MatterInput:
    """Who asks for a talk about their own child need not say that it is personal."""
    return MatterInput(
        student_id=UUID(given["student"]),
        trigger=given["trigger"],
        words=given["words"],
        danger=given["danger"],
        repeated=bool(given.get("repeated")),
        needs_family=bool(given.get("needs_family")) if staff else True,
        individual=bool(given.get("individual")) if staff else True,
        recused=bool(given.get("recused")),
    )
