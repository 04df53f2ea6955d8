"""请求面谈 from a notice: what its link opens as well, about its child and nobody else.

Whoever has no account gets to no other page of the kind; who signed in may ask here, too.
"""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from parties.access import Act, Viewer
from parties.sign_in import Identity
from portal import matters, pages
from portal.forms import MatterForm
from portal.session import signed_in, viewing
from records.models import NoticeReceipt
from workflow.models import Matter


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(bound=True)
def talk(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """Only for the guardian whom the notice was sent to, in the place of no other child."""
    with viewing(identity) as viewer:
        student = _own(viewer, target_id).student
        people = [(str(student.pk), f"{student.person.name}（{student.school_class.name}）")]
    if request.method != "POST":
        usual = {"nonce": uuid4(), "student": people[0][0], "trigger": Matter.Trigger.VISIT.value}
        form = MatterForm(people=people, initial=usual)
        return matters.ask(request, form, staff=False)
    form = MatterForm(request.POST, people=people)
    if not (form.is_valid() and matters.taken(request, identity, form, staff=False)):
        return matters.ask(request, form, staff=False, status=400)
    return redirect("portal:notice-talk-slip", target_id=target_id)


@require_safe
@signed_in(bound=True)
def slip(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """Of what was asked for last in this session."""
    with viewing(identity) as viewer:
        _own(viewer, target_id)
    kept = matters.kept(request)
    if kept is None:
        return redirect("portal:notice-talk", target_id=target_id)
    return pages.show(request, "matter_slip", {"slip": kept, "notice": target_id})


def _own(viewer: Viewer, receipt_id: UUID) -> NoticeReceipt:
    """Raises NotFound, NotAllowed: the notice was sent to somebody else."""
    receipt = viewer.get(NoticeReceipt, receipt_id)
    viewer.require(Act.ANSWER, receipt)
    return receipt
