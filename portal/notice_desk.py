"""A notice on its author's desk: from a template, looked at, submitted, taken back.

Before it goes out the page says what would stop it, with the mend, and who would get it: numbers,
and children by name for whoever works with their families (records.notice_audience).
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parties import statements
from parties.access import Act, Viewer
from parties.errors import InvalidInput, LostRace, NotAllowed, WrongState
from parties.models import SchoolClass
from parties.roles import Role
from parties.sign_in import Identity
from portal import notice_saving as saving
from portal import overtaken, pages
from portal.notice_forms import NoticeForm
from portal.notice_saving import Overtaken
from portal.session import signed_in, viewing
from records import notice_owing, notice_templates, notice_wording, notices
from records.models import Notice
from workflow import notices as acts
from workflow.task_files import TaskFile

_BLANK: Final = "blank"
_APPROVAL: Final = "approve_"
_FEW: Final = 10
_OUT: Final = (Notice.State.SENT, Notice.State.CLOSED)
_FIELDS: Final = (
    "title", "body", "scope", "grade", "strength", "needs_answer", "deadline", "version",
)  # fmt: skip
_LABELS: Final = {"title": "标题", "body": "正文"}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def new(request: HttpRequest, identity: Identity) -> HttpResponse:
    """First a template, or none; then the form with its text."""
    with viewing(identity) as viewer:
        notices.require_drafter(viewer)
        classes, at, own = _classes(), viewer.at, _own_class(viewer)
    if request.method == "POST":
        return _made(request, identity, classes, at=at)
    found = {one.key: one for one in notice_templates.load()}
    key = request.GET.get("template", "")
    if key not in found and key != _BLANK:
        return pages.show(request, "notice_templates", {"templates": found.values()})
    usual: dict[str, Any] = {"nonce": uuid4(), "scope": Notice.Scope.CLASS, "school_class": own}
    if key in found:
        one = found[key]
        usual |= {"title": one.title, "body": one.body, "strength": one.strength}
        usual |= {"needs_answer": one.needs_answer}
    return _ask(request, NoticeForm(classes=classes, initial=usual))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def edit(request: HttpRequest, identity: Identity, notice_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        notice = _own(viewer, notice_id)
        usual, over = _as_typed(notice), notice.state not in Notice.EDITABLE
        now = notice.standing
        classes, at = _classes(), viewer.at
    if request.method != "POST":
        if over:
            raise WrongState(f"{now}，不能再修改。", notice=str(notice_id))
        return _ask(request, NoticeForm(classes=classes, initial=usual))
    form = NoticeForm(request.POST, classes=classes)
    try:
        kept = form.is_valid() and saving.changed(identity, notice_id, form, at=at)
    except WrongState as faster:  # a LostRace is one
        return _overtaken(request, identity, notice_id, faster)
    return redirect("portal:notice-desk", notice_id=notice_id) if kept else _ask(request, form)


@require_safe
@signed_in()
def desk(request: HttpRequest, identity: Identity, notice_id: UUID) -> HttpResponse:
    return _show(request, identity, notice_id)


@require_POST
@signed_in()
def submit(request: HttpRequest, identity: Identity, notice_id: UUID) -> HttpResponse:
    """What stops it is said on the page, word by word."""
    try:
        acts.submit(**_who(identity, notice_id))
    except InvalidInput as refused:
        return _show(request, identity, notice_id, refused=f"{refused}{refused.mend}")
    return redirect("portal:notice-desk", notice_id=notice_id)


@require_POST
@signed_in()
def withdraw(_request: HttpRequest, identity: Identity, notice_id: UUID) -> HttpResponse:
    acts.withdraw(**_who(identity, notice_id))
    return redirect("portal:notice-desk", notice_id=notice_id)


def for_home(viewer: Viewer) -> dict[str, Any]:
    """Whether one may write a notice, and one's own that have not gone out. Inside a scope."""
    mine = statements.rows(_unsent, viewer, limit=_FEW)
    return {
        "may_notify": viewer.serves(notices.DRAFTERS),
        "own_notices": [(one.pk, one.title, one.get_state_display()) for one in mine],
    }


def _unsent(viewer: Viewer) -> QuerySet[Notice]:
    own = Notice.objects.filter(author=viewer.person)
    return own.exclude(state__in=[*_OUT, Notice.State.WITHDRAWN]).order_by("-created_at", "pk")


def shelf(viewer: Viewer, file: TaskFile) -> dict[str, Any]:
    """What whoever approves reads before they do. Inside a scope."""
    if not file.task.name.startswith(_APPROVAL):
        return {}
    found = viewer.rows(Notice).filter(case_id=file.task.case_id).first()
    return {} if found is None else {"notice_of": found.pk}


def _show(
    request: HttpRequest, identity: Identity, notice_id: UUID, *, refused: str = ""
) -> HttpResponse:
    with viewing(identity) as viewer:
        notice = viewer.get(Notice, notice_id)
        context = {**_face(viewer, notice), "refused": refused}
    return pages.show(request, "notice_desk", context, status=400 if refused else 200)


def _face(viewer: Viewer, notice: Notice) -> dict[str, Any]:
    """Read inside the scope: texts are sealed outside of it."""
    mine, out = viewer.may(Act.EDIT, notice), notice.state in _OUT
    draft = mine and notice.state in Notice.EDITABLE
    return {
        "pk": notice.pk,
        "title": notice.title,
        "body": notice.body,
        "scope": notice.get_scope_display(),
        "place": notice.school_class.name if notice.school_class else notice.grade,
        "strength": notice.get_strength_display(),
        "needs_answer": notice.needs_answer,
        "deadline": notice.deadline,
        "state": notice.get_state_display(),
        "draft": draft,
        "may_withdraw": mine and not out and notice.state != Notice.State.WITHDRAWN,
        "stops": _stops(notice) if draft else [],
        "hints": _hints(notice) if draft else [],
        "audience": None if out else notices.preview(viewer=viewer, notice_id=notice.pk),
        "counts": notice_owing.numbers(notice, viewer=viewer) if out else None,
    }


def _stops(notice: Notice) -> list[tuple[str, str, str, str]]:
    """Field, words, why and the mend of everything that submitting refuses."""
    gate = [
        (_LABELS[one.field], one.finding.words, one.finding.why, one.finding.mend)
        for one in notices.findings(notice)
    ]
    held = [one for one in notice_wording.hints(notice) if one.holds_back]
    return [*gate, *((_LABELS[one.field], one.words, one.why, one.mend) for one in held)]


def _hints(notice: Notice) -> list[tuple[str, str, str]]:
    soft = [one for one in notice_wording.hints(notice) if not one.holds_back]
    return [(_LABELS[one.field], one.words, one.mend) for one in soft]


def _overtaken(
    request: HttpRequest, identity: Identity, notice_id: UUID, faster: WrongState
) -> HttpResponse:
    """What was typed stays on the form, above what stands there now; what went its way meanwhile
    is not saved any more.
    """
    with viewing(identity) as viewer:
        now, classes = _as_typed(_own(viewer, notice_id)), _classes()
    form = NoticeForm(request.POST, classes=classes)
    found: dict[str, Any] = {"why": str(faster)}
    if isinstance(faster, LostRace):
        whole = overtaken.merged(form, now)
        whole.data["version"] = str(now["version"])  # they see it now
        form = NoticeForm(whole.data, classes=classes)
        found |= {"now": whole.both, "taken": whole.taken}
    else:
        over = reverse("portal:notice-desk", args=[notice_id])
        found |= {"now": overtaken.beside(form, now), "over": over}
    return pages.show(request, "notice_write", {"form": form, "overtaken": found}, status=409)


def _own(viewer: Viewer, notice_id: UUID) -> Notice:
    notice = viewer.get(Notice, notice_id)
    if not viewer.may(Act.EDIT, notice):
        raise NotAllowed("只有起草人可以修改这份通知。")
    return notice


def _as_typed(notice: Notice) -> dict[str, Any]:
    typed = {name: getattr(notice, name) for name in _FIELDS}
    return {**typed, "school_class": str(notice.school_class_id or "")}


def _made(
    request: HttpRequest, identity: Identity, classes: list[SchoolClass], *, at: datetime
) -> HttpResponse:
    form = NoticeForm(request.POST, classes=classes)
    try:
        made = saving.drafted(identity, form, at=at) if form.is_valid() else None
    except Overtaken as lost:
        return _overtaken(request, identity, lost.notice, lost)
    return redirect("portal:notice-desk", notice_id=made) if made else _ask(request, form)


def _classes() -> list[SchoolClass]:
    """Names of classes are no secret at a school."""
    return list(SchoolClass.objects.order_by("grade", "name", "pk"))


def _own_class(viewer: Viewer) -> str:
    """Of whoever leads one class, that class: nobody looks for it among all."""
    led = {post.school_class_id for post in viewer.posts if post.role == Role.HT}
    return str(led.pop() or "") if len(led) == 1 else ""


def _who(identity: Identity, notice_id: UUID) -> dict[str, Any]:
    with viewing(identity) as viewer:
        at = viewer.at
    return {
        "school_id": identity.school_id,
        "notice_id": notice_id,
        "by": identity.person,
        "at": at,
    }


def _ask(request: HttpRequest, form: NoticeForm) -> HttpResponse:
    return pages.show(request, "notice_write", {"form": form}, status=400 if form.errors else 200)
