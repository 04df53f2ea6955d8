"""Report a crisis. The numbers stand above the form: filling it in is never a condition of help."""

import hashlib
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from parties.models import Student
from parties.sign_in import Identity
from portal import pages, typed
from portal.forms import ReportForm
from portal.session import identity_of, signed_in, viewing
from workflow import reporting
from workflow.reports import ReportInput, Suspect

_MOST_PEOPLE: Final = 20
_KEPT: Final = "receipt"


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and identity_of(request) is None:
        # Signed out while writing: give the words back instead of losing them.
        kept = {"what": "报告", "urgent": True, "typed": typed.words(request)}
        return pages.show(request, "kept", kept, status=401)
    return _report(request)


@signed_in(bound=True)
def _report(request: HttpRequest, identity: Identity) -> HttpResponse:
    found, staff = people(identity, request.POST.get("who", ""), request.POST.get("student", ""))
    if request.method != "POST":
        form = ReportForm(people=found, initial={"nonce": uuid4()})
        return pages.show(request, "report", {"form": form, "staff": staff})
    if "find" in request.POST:
        form = ReportForm(people=found, initial=_typed(request))
        context = {"form": form, "staff": staff, "found": len(found)}
        return pages.show(request, "report", context)
    form = ReportForm(request.POST, people=found)
    if not form.is_valid():
        return pages.show(request, "report", {"form": form, "staff": staff}, status=400)
    given = _given(form.cleaned_data)
    receipt = reporting.receive(
        person=identity.person, report=given, key=_key(form.cleaned_data.get("nonce"), given)
    )
    seen = reporting.visible_case(person=identity.person, case_id=receipt.case_id)
    request.session[_KEPT] = {
        "no": receipt.receipt_no,
        "at": receipt.reported_at.isoformat(),
        "case": "" if seen is None else str(seen),
    }
    return redirect("portal:receipt")


@require_safe
@signed_in(bound=True)
def receipt(request: HttpRequest, _identity: Identity) -> HttpResponse:
    """Of the report sent last in this session."""
    kept = request.session.get(_KEPT)
    if kept is None:
        return redirect("portal:report")
    return pages.show(request, "receipt", {"receipt": kept})


def people(identity: Identity, wanted: str, picked: str) -> tuple[list[tuple[str, str]], bool]:
    """Students to pick from: one's own, or for staff those whose name or class was typed."""
    with viewing(identity) as viewer:
        rows = viewer.rows(Student)
        if viewer.is_staff:
            wanted = wanted.replace("\x00", "").strip()[:40]
            near = Q(person__name__icontains=wanted) | Q(school_class__name__icontains=wanted)
            chosen = Q(pk=picked) if _is_id(picked) else Q(pk__in=[])
            rows = rows.filter(near | chosen if wanted else chosen)
        found = rows.order_by("person__name", "pk")[:_MOST_PEOPLE]
        people = [(str(row.pk), f"{row.person.name}（{row.school_class.name}）") for row in found]
        return people, viewer.is_staff


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _typed(request: HttpRequest) -> dict[str, Any]:
    typed: dict[str, Any] = {name: request.POST.get(name, "") for name in request.POST}
    typed["suspects"] = request.POST.getlist("suspects")
    typed["keep_secret"] = "keep_secret" in request.POST
    return typed


def _given(given: dict[str, Any]) -> ReportInput:
    return ReportInput(
        student_id=UUID(given["student"]) if given["student"] else None,
        who=given["who"],
        observed=given["observed"],
        safe_now=given["safe_now"],
        place=given["place"],
        with_whom=given["with_whom"],
        injuries=given["injuries"],
        keep_secret=given["keep_secret"],
        suspects=tuple(Suspect(relation=relation) for relation in given["suspects"]),
    )


def _key(nonce: UUID | None, given: ReportInput) -> str | None:
    """A second tap is the same report; the same page sent again with other words is a new one."""
    if nonce is None:
        return None
    return f"form:{nonce}:{hashlib.sha256(repr(given).encode()).hexdigest()}"
