"""Change an item of a plan that is agreed on, as the page showed it; nothing typed is lost."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from parties.access import Act, Viewer
from parties.errors import InvalidInput, LostRace, WrongState
from parties.sign_in import Identity
from portal import overtaken, pages
from portal.item_forms import ChangeForm
from portal.session import signed_in, viewing
from records import plan_views
from records.models import ActionItem
from workflow import owner_choices, plan_moves
from workflow.models import Case

_AMENDED: Final = ("title", "measure", "baseline", "target", "due_at", "recurrence")
_STUDENTS: Final = ActionItem.Party.STUDENT


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def amend(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    """Only as the page showed it: what somebody else changed meanwhile is looked at first."""
    try:
        return _amend(request, identity, item_id)
    except WrongState as late:
        if request.method != "POST":
            raise
        return _too_late(request, identity, item_id, late)


def _amend(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        item, at = _amendable(viewer, item_id), viewer.at
        values = plan_views.shown(viewer, item)
        plan_views.note_reads(viewer, [item])
        make = _form_of(viewer, item, _as_typed(values), rhythm=item.recurrence)
    if request.method != "POST":
        return _ask_again(request, item, make(None), plan_views.fingerprint(values))
    form, seen = make(request.POST), request.POST.get("seen", "")
    try:
        kept = form.is_valid() and _amended(identity, item_id, form, seen=seen, at=at)
    except LostRace:
        return _overtaken(request, identity, item_id)
    if not kept:
        return _ask_again(request, item, form, seen)
    return redirect("portal:case-plan", case_id=item.case_id)


def _amended(
    identity: Identity, item_id: UUID, form: ChangeForm, *, seen: str, at: datetime
) -> bool:
    def unchanged(reader: Viewer, now: ActionItem) -> None:
        if plan_views.fingerprint(plan_views.shown(reader, now)) != seen:
            raise LostRace("这一项刚被修改过。", item=str(item_id))

    try:
        plan_moves.amend(
            school_id=identity.school_id,
            item_id=item_id,
            by=identity.person,
            at=at,
            values=_changed(form),
            unchanged=unchanged,
            why=form.cleaned_data["why"],
        )
    except InvalidInput as refused:
        form.refuse(refused)
        return False
    return True


def _changed(form: ChangeForm) -> dict[str, Any]:
    """An older page has no field for the owner: what it did not send, nobody changed."""
    values = {name: form.cleaned_data[name] for name in form.changed_data}
    values.pop("why", None)
    owner = values.pop("owner", None)
    if owner is None or "owner" not in form.data:
        return values
    return {**values, "owner_id": UUID(owner) if owner else None}


def _form_of(
    viewer: Viewer, item: ActionItem, values: dict[str, Any], *, rhythm: str
) -> Callable[[Any], ChangeForm]:
    """Whose it is now can stay so, also where they left. What the student does stays theirs."""
    case = Case.objects.select_related("student__school_class").get(pk=item.case_id)
    owners = dict(owner_choices.of_party(viewer, case, str(item.owner_party)))
    if item.owner_person is not None:
        owners.setdefault(item.owner_person.pk, f"{item.owner_person.name}（目前负责）")

    def make(data: Any) -> ChangeForm:
        form = ChangeForm(data, rhythm=rhythm, owners=list(owners.items()), initial=values)
        if item.owner_party == _STUDENTS:
            del form.fields["owner"]
        return form

    return make


def _overtaken(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    """What was typed stays, above what stands there now; saved again, it was seen."""
    with viewing(identity) as viewer:
        item = _amendable(viewer, item_id)
        values = plan_views.shown(viewer, item)
        plan_views.note_reads(viewer, [item])
        now = _as_typed(values)
        make = _form_of(viewer, item, now, rhythm=item.recurrence)
    whole = overtaken.merged(make(request.POST), now)
    form = make(whole.data)
    found = {"overtaken": {"why": "", "now": whole.both, "taken": whole.taken}}
    return _ask_again(request, item, form, plan_views.fingerprint(values), found)


def _too_late(
    request: HttpRequest, identity: Identity, item_id: UUID, late: WrongState
) -> HttpResponse:
    """What was typed stays; of the item nothing is shown that the page did not show."""
    with viewing(identity) as viewer:
        item = viewer.get(ActionItem, item_id)
        viewer.require(Act.AMEND, item)
        form = _form_of(viewer, item, {}, rhythm=request.POST.get("recurrence", ""))(request.POST)
    found = {
        "why": str(late),
        "way": "要约定别的，请复制要用的内容，添加新的一项。",
        "page": reverse("portal:case-plan", kwargs={"case_id": item.case_id}),
        "door": "去添加新的一项",
    }
    return _ask_again(request, item, form, "", {"late": found})


def _as_typed(values: plan_views.Shown) -> dict[str, Any]:
    """A field for the moment of a deadline knows no seconds."""
    typed = {name: values.get(name, "") for name in _AMENDED}
    due_at = values["due_at"].replace(second=0, microsecond=0)
    return {**typed, "due_at": due_at, "owner": str(values.get("owner_person") or "")}


def _amendable(viewer: Viewer, item_id: UUID) -> ActionItem:
    item = viewer.get(ActionItem, item_id)
    viewer.require(Act.AMEND, item)
    if item.state not in ActionItem.LIVE:
        raise WrongState("这一项已经完成或不再进行，不能再改。", item=str(item_id))
    return item


def _ask_again(
    request: HttpRequest,
    item: ActionItem,
    form: ChangeForm,
    seen: str,
    found: dict[str, Any] | None = None,
) -> HttpResponse:
    """`found`: what somebody else saved or ended since this page was opened."""
    context = {"item": item, "form": form, "seen": seen, **(found or {})}
    status = 409 if found else 400 if form.errors else 200
    return pages.show(request, "plan_amend", context, status=status)
