"""约定的事项: what school and company have to do of a plan, and what waits to be looked at.

The family's page is portal.plan; what one says of an item goes to the same addresses.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from parties import crypto
from parties.access import Act, Viewer
from parties.sign_in import Identity
from portal import pages
from portal.plan_mistakes import Mistake
from portal.session import signed_in, viewing
from records import check_ins, plan_evidence, plan_views, plans
from records.models import ActionItem, ItemCheckIn
from workflow import plan_going, plan_policies, plan_waiting

_MOST: Final = 100
_LONGEST_MARK: Final = 80
_STATE: Final = ActionItem.State


@require_safe
@signed_in()
def desk(request: HttpRequest, identity: Identity) -> HttpResponse:
    return show(request, identity)


def show(request: HttpRequest, identity: Identity, mistake: Mistake | None = None) -> HttpResponse:
    """The page; with words that were refused at their item, which it must show."""
    with viewing(identity) as viewer:
        context: dict[str, Any] = {"mine": [], "stuck": [], "looks": [], "others": []}
        if not plan_waiting.is_outside(viewer):
            context = {
                "mine": _lines(viewer, plan_waiting.own(viewer), "due_at", Act.FINISH),
                "stuck": _stuck(viewer),
                "looks": _lines(viewer, plan_waiting.to_verify(viewer), "done_at", Act.VERIFY),
                "others": _lines(viewer, plan_waiting.heard_of(viewer), "done_at", None),
            }
    if mistake is None:
        return pages.show(request, "plan_desk", context)
    mistake.require_shown(context["mine"])
    context["mistake"] = mistake
    return pages.show(request, "plan_desk", context, status=mistake.refused.status)


@require_POST
@signed_in()
def verify(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    """It is done, as the page showed it."""
    return _looked(request, identity, item_id, plans.verify)


@require_POST
@signed_in()
def reopen(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    """退回: it is not there yet, and goes on."""
    return _looked(request, identity, item_id, plans.reopen)


def back(viewer: Viewer, item_id: UUID) -> str:
    """The page on which this person has the item: the family's, or this one. Inside a scope."""
    item = viewer.find(ActionItem, item_id)
    at_home = item is None or item.student_id in plan_policies.family_of(viewer)
    return "portal:plan" if at_home else "portal:plan-desk"


def _looked(
    request: HttpRequest, identity: Identity, item_id: UUID, verb: Callable[..., object]
) -> HttpResponse:
    with viewing(identity) as viewer:
        at = viewer.at
    seen = request.POST.get("as_read", "")[:_LONGEST_MARK]
    who = {"school_id": identity.school_id, "by": identity.person, "at": at}
    verb(**who, item_id=item_id, as_read=seen)
    return redirect("portal:plan-desk")


def _stuck(viewer: Viewer) -> list[dict[str, Any]]:
    """With what was said to stand in the way."""
    rows = plan_waiting.stuck(viewer)
    going = plan_going.of_items(viewer, list(rows.order_by("due_at", "pk")[:_MOST]))
    lines = _lines(viewer, rows, "due_at", None)
    return [{**line, "said": going[line["pk"]].difficulties} for line in lines]


def _lines(
    viewer: Viewer, rows: QuerySet[ActionItem], order: str, act: Act | None
) -> list[dict[str, Any]]:
    found = list(rows.order_by(order, "pk")[:_MOST])
    found = [item for item in found if act is None or viewer.may(act, item)]
    crypto.warm(found)
    plan_views.note_reads(viewer, found)
    days = check_ins.progress_of(found, at=viewer.at)
    files = plan_evidence.counts(viewer, found)
    return [_line(viewer, item, days[item.pk], files[item.pk]) for item in found]


def _line(viewer: Viewer, item: ActionItem, days: check_ins.Progress, files: int) -> dict[str, Any]:
    """What this reader may see of it: a company five fields, as everywhere."""
    values = plan_views.shown(viewer, item)
    owns = viewer.may(Act.CHECK_IN, item)
    found = days if owns and values.get("recurrence") else None
    return {
        "pk": item.pk,
        "name": item.student.person.name,
        "title": values.get("title", values.get("label", "")),
        "target": values.get("target", ""),
        "measure": values.get("measure", ""),
        "due_at": values.get("due_at"),
        "party": item.get_owner_party_display() if "owner_party" in values else "",
        "state": item.get_state_display(),
        "live": item.state in ActionItem.LIVE,
        "unverified": item.state == _STATE.DONE,
        "progress": found,
        "blind": owns and "recurrence" not in values,
        "signed": found is not None and found.today == ItemCheckIn.State.DONE,
        "excused": found is not None and found.today == ItemCheckIn.State.EXCUSED,
        "files": files,
        **_done(viewer, item, values),
    }


def _done(viewer: Viewer, item: ActionItem, values: plan_views.Shown) -> dict[str, Any]:
    """What its owner says came of it; the mark of these words for whoever looks at them."""
    looks = item.state == _STATE.DONE and viewer.may(Act.VERIFY, item)
    done_by = item.done_by if values.get("done_by") else None
    return {
        "note": values.get("evidence_note", ""),
        "done_by": done_by.name if done_by else "",
        "done_at": values.get("done_at"),
        "as_read": plan_views.mark(values) if looks else "",
    }
