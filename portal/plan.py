"""今天的约定: what the family or the student agreed on, one tap a day, and kind words."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from parties import crypto, statements
from parties.access import Act, Viewer
from parties.errors import InvalidInput
from parties.sign_in import Identity
from parties.walls import NEVER
from portal import effects, let_go, pages, plan_desk, typed
from portal.plan_mistakes import Mistake
from portal.session import signed_in, viewing
from records import (
    check_ins,
    item_stillness,
    plan_evidence,
    plan_times,
    plan_views,
    walls,
)
from records.evaluations import Score
from records.models import ActionItem, ItemCheckIn
from workflow import family_words, plan_policies
from workflow import plans as case_plans

_MOST: Final = 100
_LONGEST: Final = 1000
_STATE: Final = ItemCheckIn.State
#: −2 to +2 as families say it.
SCALE: Final = (
    ("2", "比约定的好得多"),
    ("1", "比约定的好一些"),
    ("0", "达到了约定"),
    ("-1", "还差一些"),
    ("-2", "比以前更难了"),
)


@require_safe
@signed_in()
def plan(request: HttpRequest, identity: Identity) -> HttpResponse:
    return _show(request, identity)


def _show(request: HttpRequest, identity: Identity, mistake: Mistake | None = None) -> HttpResponse:
    """The page; with words that were refused at their item, which it must show."""
    with viewing(identity) as viewer:
        found = list(_at_home(viewer).order_by("due_at", "pk")[:_MOST])
        crypto.warm(found)
        plan_views.note_reads(viewer, found)
        lines = [line for line in _lines(viewer, found) if not line["dropped"]]
        lines.sort(key=_by_due_date)
        context: dict[str, Any] = {
            "mine": [line for line in lines if line["mine"] and line["live"]],
            "others": [line for line in lines if not (line["mine"] and line["live"])],
            "let_go": let_go.shown(viewer),
            "scores": effects.asked(viewer),
            "scale": SCALE,
            "effects": effects.at_home(viewer),
        }
    if mistake is None:
        return pages.show(request, "plan", context)
    mistake.require_shown(context["mine"], [one["case"] for one in context["scores"]])
    context["mistake"] = mistake
    return pages.show(request, "plan", context, status=mistake.refused.status)


def has_any(viewer: Viewer) -> bool:
    """Whether the first page leads here. Inside a scope."""
    return bool(statements.rows(_at_home, viewer, limit=1))


@require_POST
@signed_in()
def check_in(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    """One tap for today, or for yesterday where the button says so."""
    return _sign(request, identity, item_id, excuse="")


@require_POST
@signed_in()
def excuse(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    words = typed.text(request, "excuse")
    if not words:
        return _again(request, identity, Mistake(item_id, "excuse", words, _no_excuse()))
    try:
        return _sign(request, identity, item_id, excuse=_within(request, "excuse"))
    except InvalidInput as refused:
        return _again(request, identity, Mistake(item_id, "excuse", words, refused))


@require_POST
@signed_in()
def stuck(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    words = typed.text(request, "why")
    try:
        return _do(identity, family_words.block, item_id, why=_within(request, "why"))
    except InvalidInput as refused:
        return _again(request, identity, Mistake(item_id, "why", words, refused))


@require_POST
@signed_in()
def done(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    """What was uploaded for this item goes with it, whichever of the owner's side did."""
    with viewing(identity) as viewer:
        files = plan_evidence.of_item(viewer, viewer.get(ActionItem, item_id))
    words, evidence = typed.text(request, "note"), [one.pk for one in files]
    try:
        note = _within(request, "note")
        return _do(identity, family_words.finish, item_id, note=note, evidence=evidence)
    except InvalidInput as refused:
        return _again(request, identity, Mistake(item_id, "note", words, refused))


@require_POST
@signed_in()
def score(request: HttpRequest, identity: Identity, case_id: UUID) -> HttpResponse:
    chosen, words = request.POST.get("score", ""), typed.text(request, "words")
    now = typed.text(request, "baseline_now")
    with viewing(identity) as viewer:
        at = viewer.at
    try:
        given = Score(
            score=_score(chosen),
            plan_round=_round(request.POST.get("round", "")),
            words=_within(request, "words"),
            baseline_now=_within(request, "baseline_now"),
        )
        case_plans.score(
            school_id=identity.school_id, case_id=case_id, by=identity.person, at=at, given=given
        )
    except InvalidInput as refused:
        return _again(request, identity, Mistake(case_id, "words", words, refused, chosen, now))
    return redirect("portal:plan")


def _no_excuse() -> InvalidInput:
    mend = "请简单说说今天为什么没有做，一句话就可以。"
    return InvalidInput("还没有说明。", field="excuse", mend=mend)


def _score(chosen: str) -> int:
    """Raises InvalidInput: nothing of the scale was chosen."""
    if chosen not in dict(SCALE):
        raise InvalidInput("还没有选择。", field="score", mend="请先选择一项，再提交。")
    return int(chosen)


def _round(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[1-9][0-9]?", text) else None


def _sign(request: HttpRequest, identity: Identity, item_id: UUID, *, excuse: str) -> HttpResponse:
    with viewing(identity) as viewer:
        at, page = viewer.at, plan_desk.back(viewer, item_id)
    day = plan_times.local_day(at)
    if request.POST.get("day") == "yesterday":
        day -= check_ins.ONE_DAY
    family_words.check_in(
        school_id=identity.school_id,
        item_id=item_id,
        by=identity.person,
        at=at,
        day=day,
        excuse=excuse,
    )
    return redirect(page)


def _do(
    identity: Identity, verb: Callable[..., object], item_id: UUID, **more: Any
) -> HttpResponse:
    with viewing(identity) as viewer:
        at, page = viewer.at, plan_desk.back(viewer, item_id)
    verb(school_id=identity.school_id, item_id=item_id, by=identity.person, at=at, **more)
    return redirect(page)


def _again(request: HttpRequest, identity: Identity, mistake: Mistake) -> HttpResponse:
    """The page that it came from."""
    with viewing(identity) as viewer:
        page = plan_desk.back(viewer, mistake.pk)
    shown = plan_desk.show if page == "portal:plan-desk" else _show
    return shown(request, identity, mistake)


def _at_home(viewer: Viewer) -> QuerySet[ActionItem]:
    own = plan_policies.family_of(viewer)
    open_ = {f"{walls.SINCE}__gte": NEVER}  # the others may stand still as they were before
    dropped = Q(state=ActionItem.State.DROPPED, **open_)
    return viewer.rows(ActionItem).filter(student__in=own).exclude(dropped)


def _lines(viewer: Viewer, items: Sequence[ActionItem]) -> list[dict[str, Any]]:
    known = [item_stillness.as_it_stood(viewer, item) for item in items]
    days = check_ins.progress_of(known, at=viewer.at)
    whys = plan_views.explained(viewer, items)
    return [
        {
            **_line(viewer, plan_views.shown(viewer, item), as_known, days[item.pk]),
            "changes": whys.get(item.pk, ()),
        }
        for item, as_known in zip(items, known, strict=True)
    ]


def _line(
    viewer: Viewer, values: plan_views.Shown, item: ActionItem, days: check_ins.Progress
) -> dict[str, Any]:
    mine = viewer.may(Act.CHECK_IN, item)
    found = days if item.recurrence and mine else None
    return {
        "pk": item.pk,
        "title": values.get("title", values.get("label", "")),
        "target": values.get("target", ""),
        "point": values.get("from_consensus"),
        "party": item.get_owner_party_display(),
        "state": item.get_state_display(),
        "due_at": values.get("due_at"),
        "mine": mine,
        "live": item.state in ActionItem.LIVE,
        "unverified": mine and item.state == ActionItem.State.DONE,
        "dropped": item.state == ActionItem.State.DROPPED,
        "stuck": item.state == ActionItem.State.BLOCKED,
        "progress": found,
        "signed": found is not None and found.today == _STATE.DONE,
        "excused": found is not None and found.today == _STATE.EXCUSED,
    }


def _by_due_date(line: dict[str, Any]) -> tuple[bool, Any, UUID]:
    """As this reader knows it: a date that moved since would move the line."""
    return line["due_at"] is None, line["due_at"] or 0, line["pk"]


def _within(request: HttpRequest, name: str) -> str:
    return typed.within(request, name, most=_LONGEST)
