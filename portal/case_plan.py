"""行动方案 of a case, for the school: what was agreed, one more item, and an end of one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from parties import crypto, taps
from parties.access import Act, Viewer
from parties.errors import InvalidInput, WrongState
from parties.sign_in import Identity
from portal import pages, typed
from portal.item_forms import RHYTHMS, ItemForm
from portal.session import signed_in, viewing
from records import plan_times, plan_views
from records import plans as items
from records.models import ActionItem, CommunicationRecord
from workflow import case_plans, next_contacts, plan_going, plan_notes, plan_talks, plans
from workflow.case_plans import CasePlan
from workflow.models import HumanTask, ScheduledContact
from workflow.plan_talks import Talk
from workflow.task_files import TaskFile

TASK: Final = "meeting_plan"
#: Forms of a follow-up: whoever answers one looks at the plan first.
_OF_A_PLAN: Final = (
    "follow_up_contact", "plan_adjusted", "effect_evaluation", "follow_up_decision",
    "follow_up_office",
)  # fmt: skip
_USUAL: Final = timedelta(days=14)
#: Nothing is due at whatever minute its form was opened.
_EVENING: Final = 18  # o'clock
#: What an item says, in so many words.
_SAID: Final = ("target", "measure", "baseline", "evidence_note", "dropped_why")
_FOLDED: Final = ("measure", "baseline", "kind", "field_class")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def case_plan(request: HttpRequest, identity: Identity, case_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        found, at = case_plans.read(viewer, case_id), viewer.at
        lines = _lines(viewer, found)
        talks = plan_talks.of_case(viewer, found.case)
    if request.method != "POST":
        return _ask(request, found, lines, _empty(found, at=at), talks=talks)
    if not found.goes_on:
        raise WrongState("该事项现在不能再添加约定。", case=str(case_id))
    form = ItemForm(request.POST, plan=found)
    if not (form.is_valid() and _made(identity, found, form, at=at)):
        return _ask(request, found, lines, form, talks=talks)
    return redirect("portal:case-plan", case_id=case_id)


@require_POST
@signed_in()
def drop(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    """Let go of an item, with the reason that the family reads. Another tap is refused kindly."""
    why = typed.text(request, "why")
    with viewing(identity) as viewer:
        case_id, at = viewer.get(ActionItem, item_id).case_id, viewer.at
        found = case_plans.read(viewer, case_id) if case_id is not None else None
        lines = [] if found is None else _lines(viewer, found)
        talks = [] if found is None else plan_talks.of_case(viewer, found.case)
    try:
        items.drop(
            school_id=identity.school_id, item_id=item_id, by=identity.person, at=at, why=why
        )
    except InvalidInput as refused:
        if found is None:
            raise
        mistake = {"pk": item_id, "why": why, "said": f"{refused}{refused.mend}"}
        return _ask(request, found, lines, _empty(found, at=at), mistake, talks=talks)
    return redirect("portal:case-plan", case_id=case_id)


def shelf(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    """What the task shows of the plan. Inside a scope."""
    task = file.task
    if not file.case_visible or not case_plans.has_any(viewer, task.case):
        return {}
    if task.name == TASK:
        agreed = viewer.rows(ActionItem).filter(case_id=task.case_id)
        return {"plan_of": task.case_id, "agreed": agreed.exclude(state="DROPPED").count()}
    if task.form not in _OF_A_PLAN:
        return {}
    return {"plan_first": True, **_talk_of(viewer, file), **_planned_talk(viewer, task)}


def _talk_of(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    if file.item is None:
        return {}
    values = plan_views.shown(viewer, file.item)
    return {"talk_of": values.get("title", values.get("label", ""))}


def _planned_talk(viewer: Viewer, task: HumanTask) -> dict[str, Any]:
    """What the talk is to be about, and the record that named it, for who reads them."""
    if task.name != next_contacts.TASK or task.about is None:
        return {}
    talk = viewer.find(ScheduledContact, task.about)
    if talk is None:
        return {}
    focus = talk.focus if "focus" in viewer.fields(talk) else ""
    known = talk.record_id and viewer.find(CommunicationRecord, talk.record_id)
    return {"talk_focus": focus, "talk_record": talk.record_id if known else None}


def _empty(found: CasePlan, *, at: datetime) -> ItemForm:
    due = timezone.localtime(at + _USUAL).replace(hour=_EVENING, minute=0, second=0, microsecond=0)
    usual = {"starts_on": plan_times.local_day(at), "due_at": due, "nonce": uuid4()}
    return ItemForm(plan=found, initial=usual)


def _made(identity: Identity, found: CasePlan, form: ItemForm, *, at: datetime) -> bool:
    """Whether the item is kept, once for two taps; what stands against it is said on the form.

    Another item from the same page, sent again after Back, is a second one.
    """
    draft = form.draft()
    try:
        plans.make(
            school_id=identity.school_id,
            student_id=found.student.pk,
            case_id=found.case.pk,
            by=identity.person,
            at=at,
            drafts=[draft],
            key=taps.id_of(identity.person, form.cleaned_data["nonce"], draft),
        )
    except InvalidInput as refused:
        form.refuse(refused)
        return False
    return True


def _lines(viewer: Viewer, found: CasePlan) -> list[dict[str, Any]]:
    crypto.warm(found.items)
    plan_views.note_reads(viewer, found.items)
    noted = plan_notes.of_items(viewer, found.items)
    whys = plan_views.explained(viewer, found.items)
    going = plan_going.of_items(viewer, found.items)
    return [
        {
            **_line(viewer, item),
            "going": going[item.pk],
            "noted": noted[item.pk],
            "changes": whys.get(item.pk, ()),
        }
        for item in found.items
    ]


def _line(viewer: Viewer, item: ActionItem) -> dict[str, Any]:
    values = plan_views.shown(viewer, item)
    named = item.owner_person if values.get("owner_person") else None
    return {
        "pk": item.pk,
        "title": values.get("title", values.get("label", "")),
        **{name: values.get(name, "") for name in _SAID},
        "point": values.get("from_consensus"),
        "party": item.get_owner_party_display(),
        "owner": named.name if named is not None else "",
        "state": item.get_state_display(),
        "due_at": item.due_at,
        "rhythm": dict(RHYTHMS).get(item.recurrence, "重复") if item.recurrence else "",
        "may_amend": item.state in ActionItem.LIVE and viewer.may(Act.AMEND, item),
        "may_drop": item.state in ActionItem.LIVE and viewer.may(Act.DROP, item),
    }


def _ask(
    request: HttpRequest,
    found: CasePlan,
    lines: list[dict[str, Any]],
    form: ItemForm,
    mistake: dict[str, Any] | None = None,
    *,
    talks: Sequence[Talk],
) -> HttpResponse:
    """`mistake`: the item that was not dropped, the reason as it was typed, and what is wrong."""
    shown = [field for field in form.visible_fields() if field.name not in _FOLDED]
    context = {
        "case": found.case,
        "goes_on": found.goes_on,
        "name": found.student.person.name,
        "lines": lines,
        "talks": talks,
        "form": form,
        "shown": shown,
        "folded": [form[name] for name in _FOLDED],
        "unfolded": any(form[name].errors for name in _FOLDED),
        "mistake": mistake,
    }
    status = 400 if form.errors or mistake else 200
    return pages.show(request, "case_plan", context, status=status)
