"""同意与撤回: what a family agreed to, given, refused or taken back with one tap.

The page is the family's own. Whether somebody's yes counts just now is not said on it, for that
would tell one guardian about an order against another; whether it was given and taken back is. A
no that ended nothing stands on the page of whoever said it alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from parties import consent_givers, consent_notes, consent_refusals, consent_views, consents
from parties.access import Viewer
from parties.errors import NotFound
from parties.models import Consent, Student
from parties.sign_in import Identity
from portal import pages
from portal.session import signed_in, viewing
from records import policies

_PURPOSE: Final = Consent.Purpose.PSY_REPORT
#: How long a yes holds, in days; the shortest is chosen unless somebody chooses another.
_PERIODS: Final = (("30", "一个月"), ("180", "半年"), ("365", "一年"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(bound=True)
def family(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """A second tap gives nothing more: one's own yes runs until its end."""
    if request.method != "POST":
        return _show(request, identity, target_id)
    days = request.POST.get("days", "")
    if days not in dict(_PERIODS):
        return _show(request, identity, target_id, mistake="请选择同意到什么时候为止。")
    with viewing(identity) as viewer:
        student = _at_home(viewer, target_id)
        consent_notes.in_turn(viewer, target_id)  # the other tap may be a moment faster
        if not _has_own(viewer, _known(viewer, student)):
            ends_at = viewer.at + timedelta(days=int(days))
            given = consents.Given(purpose=_PURPOSE.value, ends_at=ends_at)
            consents.give(viewer, student_id=target_id, given=given)
    return redirect("portal:consents", target_id=target_id)


@require_POST
@signed_in(bound=True)
def withdraw(_request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """Everything that runs, whoever gave it. Again changes nothing."""
    with viewing(identity) as viewer:
        _at_home(viewer, target_id)
        consents.withdraw_all(viewer, student_id=target_id, purpose=_PURPOSE.value)
    return redirect("portal:consents", target_id=target_id)


@require_POST
@signed_in(bound=True)
def refuse(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """A no, whether or not there is a yes. Again changes nothing, and a request that does not say
    no is none.
    """
    if request.POST.get("answer") != "no":
        return _show(request, identity, target_id, mistake="请点“我不同意”。")
    with viewing(identity) as viewer:
        _at_home(viewer, target_id)
        consent_refusals.refuse(viewer, student_id=target_id, purpose=_PURPOSE.value)
    return redirect("portal:consents", target_id=target_id)


def _show(
    request: HttpRequest, identity: Identity, target_id: UUID, *, mistake: str = ""
) -> HttpResponse:
    with viewing(identity) as viewer:
        student = _at_home(viewer, target_id)
        known = _known(viewer, student)
        context = {
            "student": student,
            "purpose": _PURPOSE.label,
            "lines": [_line(viewer, one) for one in known],
            "runs": any(_runs(one, at=viewer.at) for one in known),
            "taken_back": any(_taken_back(viewer, one) for one in known),
            "own": _has_own(viewer, known),
            "said_no": consent_refusals.has_refused(viewer, student, _PURPOSE.value),
            "may_give": consent_givers.may_give(student, viewer.person, at=viewer.at),
            "periods": _PERIODS,
            "mistake": mistake,
            "bound": identity.is_bound,
        }
    return pages.show(request, "consents", context, status=400 if mistake else 200)


def _at_home(viewer: Viewer, student_id: UUID) -> Student:
    """Raises NotFound for whoever is not of the family, whatever their work."""
    if student_id not in policies.family_of(viewer):
        raise NotFound("没有找到。")
    return viewer.get(Student, student_id)


def _known(viewer: Viewer, student: Student) -> Sequence[Consent]:
    found = consents.of_student(viewer, student_id=student.pk)
    return [one for one in found if one.purpose == _PURPOSE]


def _has_own(viewer: Viewer, known: Sequence[Consent]) -> bool:
    return any(one.giver_id == viewer.person.pk and _runs(one, at=viewer.at) for one in known)


def _runs(one: Consent, *, at: datetime) -> bool:
    return consent_views.state(one) == Consent.State.GIVEN and at < one.ends_at


def _taken_back(viewer: Viewer, one: Consent) -> bool:
    """By somebody else, as its own line says: by whom, and whether it counts still, is not said."""
    taken_back = consent_views.withdrawn_at(one) is not None
    return taken_back and not consent_views.is_own_no(viewer, one)


def _line(viewer: Viewer, one: Consent) -> dict[str, Any]:
    """Who took it back is said to themselves alone: it is nobody's reproach."""
    mine = viewer.person.pk
    return {
        "giver": "您" if one.giver_id == mine else one.giver.name,
        "capacity": one.get_capacity_display(),
        "proof": one.get_proof_display(),
        "noted_by": "" if one.recorded_by_id == one.giver_id else one.recorded_by.name,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "runs": _runs(one, at=viewer.at),
        "refused": one.state == Consent.State.REFUSED,
        "withdrawn_at": consent_views.withdrawn_at(one),
        "withdrawn_by_me": consent_views.is_own_no(viewer, one),
    }
