"""Do a task on a phone: take it, answer its questions, look at the answers once more, send them."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parties import consents
from parties.access import Act
from parties.errors import InvalidInput, LostRace
from parties.models import Consent
from parties.sign_in import Identity
from portal import (
    case_plan,
    cases,
    effects,
    meeting_dates,
    minutes,
    notice_contacts,
    notice_desk,
    notices,
    order_desk,
    pages,
    typed,
)
from portal.questions import Choices, Questions
from portal.session import signed_in, viewing
from workflow import answers, human_tasks, task_files
from workflow.task_files import TaskFile

#: The question of a form that is answered by a consent or a duty.
_BASIS: Final = "psy_basis"
_LONGEST: Final = 1_000
_LONGEST_MARK: Final = 80


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def task(request: HttpRequest, identity: Identity, task_id: UUID) -> HttpResponse:
    file, shelf = _read(identity, task_id)
    if file.task.name == answers.ACKNOWLEDGE and file.case_visible:
        return redirect("portal:acknowledge", case_id=file.task.case_id)
    form = _form(request, file)
    if request.method != "POST" or "back" in request.POST or not form.is_valid():
        kept = {"as_read": _as_read(request)} if _as_read(request) else {}
        return _ask(request, identity, file, form, {**shelf, **kept})
    if "sure" not in request.POST:
        read = {"as_read": _as_read(request)}
        return pages.show(request, "task_confirm", {"task": file.task, "form": form, **read})
    try:
        _give(request, identity, task_id, form)
    except LostRace as changed:
        said = {**shelf, "changed": str(changed)}
        return _ask(request, identity, file, form, said, status=409)
    except InvalidInput as refused:
        form.refuse(refused.field, f"{refused}{refused.mend}")
        return _ask(request, identity, file, form, shelf)
    return redirect("portal:task-done")


def _form(request: HttpRequest, file: TaskFile) -> Questions:
    return Questions(
        request.POST if request.method == "POST" else None,
        schema=file.schema,
        people=_people(file),
        staff=[(str(person.pk), person.name) for person in file.staff],
        mentors=[(str(person.pk), f"{person.name}（企业指导教师）") for person in file.mentors],
    )


def _give(request: HttpRequest, identity: Identity, task_id: UUID, form: Questions) -> None:
    answers.give(
        school_id=identity.school_id,
        task_id=task_id,
        by=identity.person,
        at=_now(identity),
        answer=form.answer(),
        as_read=_as_read(request),
    )


@require_safe
@signed_in()
def done(request: HttpRequest, _identity: Identity) -> HttpResponse:
    return pages.show(request, "task_done")


@require_POST
@signed_in()
def claim(_request: HttpRequest, identity: Identity, task_id: UUID) -> HttpResponse:
    human_tasks.claim(
        school_id=identity.school_id, task_id=task_id, by=identity.person, at=_now(identity)
    )
    return redirect("portal:task", task_id=task_id)


@require_POST
@signed_in()
def remind(_request: HttpRequest, identity: Identity, task_id: UUID) -> HttpResponse:
    human_tasks.remind(
        school_id=identity.school_id, task_id=task_id, by=identity.person, at=_now(identity)
    )
    return redirect("portal:task", task_id=task_id)


@require_POST
@signed_in()
def delegate(request: HttpRequest, identity: Identity, task_id: UUID) -> HttpResponse:
    human_tasks.delegate(
        school_id=identity.school_id,
        task_id=task_id,
        by=identity.person,
        to=_uuid(request.POST.get("to", "")),
        at=_now(identity),
    )
    return redirect("portal:task-done")


@require_POST
@signed_in()
def send_back(request: HttpRequest, identity: Identity, task_id: UUID) -> HttpResponse:
    human_tasks.return_(
        school_id=identity.school_id,
        task_id=task_id,
        by=identity.person,
        to=request.POST.get("to", "")[:100],
        reason=typed.within(request, "reason", most=_LONGEST),
        at=_now(identity),
    )
    return redirect("portal:task-done")


def _read(identity: Identity, task_id: UUID) -> tuple[TaskFile, dict[str, Any]]:
    """The task, and what it asks for that is written on a page of its own."""
    with viewing(identity) as viewer:
        file = task_files.read(viewer=viewer, task_id=task_id)
        shelves = (
            minutes.shelf, case_plan.shelf, notice_desk.shelf, notice_contacts.shelf, notices.shelf,
            order_desk.shelf, effects.shelf, cases.shelf, meeting_dates.shelf,
        )  # fmt: skip
        return file, {name: value for one in shelves for name, value in one(viewer, file).items()}


def _now(identity: Identity) -> Any:
    with viewing(identity) as viewer:
        return viewer.at


def _people(file: TaskFile) -> Choices:
    return [
        (str(link.guardian_id), f"{link.guardian.name}（{link.get_relation_display()}）")
        for link in file.guardians
    ]


def _consent(identity: Identity, file: TaskFile) -> bool | None:
    """Whether a consent holds, where the form asks on what a psychological report rests."""
    asked = _BASIS in file.schema.get("properties", {}) and Act.COMPLETE in file.may
    if not asked or file.student is None:
        return None
    with viewing(identity) as viewer:
        return consents.is_held(
            viewer, student=file.student, purpose=Consent.Purpose.PSY_REPORT.value
        )


def _as_read(request: HttpRequest) -> str:
    return request.POST.get("as_read", "").replace("\x00", "")[:_LONGEST_MARK]


def _ask(
    request: HttpRequest,
    identity: Identity,
    file: TaskFile,
    form: Questions,
    shelf: dict[str, Any],
    *,
    status: int = 0,
) -> HttpResponse:
    context = {
        **shelf,
        "consent": _consent(identity, file),
        "task": file.task,
        "form": form,
        "file": file,
        "may_answer": Act.COMPLETE in file.may,
        "may_claim": Act.CLAIM in file.may and file.task.assignee_id is None,
        "may_delegate": Act.DELEGATE in file.may and file.colleagues,
        "may_return": Act.RETURN in file.may and file.earlier,
        "may_remind": Act.REMIND in file.may,
    }
    return pages.show(request, "task", context, status=status or (400 if form.errors else 200))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
