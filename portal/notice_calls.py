"""After a call or a visit about a notice: every try to reach a family is written down (三有).

For whoever calls this family; to everybody else there is no such page.
"""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotFound
from parties.sign_in import Identity
from portal import pages
from portal.notice_call_forms import AttemptForm, refuse
from portal.session import signed_in, viewing
from records import notice_attempts, notices
from records.models import NoticeContact, NoticeReceipt
from records.notice_attempts import Attempt


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def contact(request: HttpRequest, identity: Identity, receipt_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        receipt = called(viewer, receipt_id)
        context = {**face(receipt), "tries": _tries(viewer, receipt)}
        usual = {"at": viewer.at}
    posted = request.method == "POST"
    form = AttemptForm(request.POST) if posted else AttemptForm(initial=usual)
    if posted and form.is_valid():
        try:
            _write_down(identity, receipt, form.given(receipt))
        except InvalidInput as refused:
            refuse(form, refused)
        else:
            return redirect("portal:notice-contacts", notice_id=receipt.notice_id)
    context["form"] = form
    return pages.show(request, "notice_contact", context, status=400 if posted else 200)


def called(viewer: Viewer, receipt_id: UUID) -> NoticeReceipt:
    """Raises NotFound: this reader does not call that family."""
    receipt = viewer.get(NoticeReceipt, receipt_id)
    if not viewer.may(Act.WITNESS, receipt):
        raise NotFound("没有找到。")
    return receipt


def face(receipt: NoticeReceipt) -> dict[str, Any]:
    """Read inside the scope: texts are sealed outside of it."""
    return {
        "pk": receipt.pk,
        "notice_id": receipt.notice_id,
        "title": receipt.notice.title,
        "child": receipt.student.person.name,
        "guardian": receipt.guardian.name,
    }


def _tries(viewer: Viewer, receipt: NoticeReceipt) -> list[dict[str, Any]]:
    """The newest first. Read inside the scope."""
    return [
        {
            "at": one.at,
            "channel": one.get_channel_display(),
            "place": one.place,
            "outcome": one.get_outcome_display(),
            "note": one.note,
            "by": one.by.name,
        }
        for one in _of_family(viewer, receipt).select_related("by").order_by("-at", "pk")
    ]


def _of_family(viewer: Viewer, receipt: NoticeReceipt) -> QuerySet[NoticeContact]:
    return viewer.rows(NoticeContact).filter(
        notice=receipt.notice_id, student=receipt.student_id, guardian=receipt.guardian_id
    )


def _write_down(identity: Identity, receipt: NoticeReceipt, given: Attempt) -> None:
    """The same words about the same moment are the same try: the second tap waits for the first
    behind the lock of the notice, finds it and does nothing more.

    Raises as notice_attempts.contact.
    """
    with viewing(identity) as viewer:
        who: dict[str, Any] = {"by": viewer.person, "at": viewer.at}
        notices.held(receipt.notice_id, **who, act=Act.CONTACT)
        mine = _of_family(viewer, receipt).filter(by=viewer.person, at=given.tried_at)
        if not any(_says(one, given) for one in mine):
            notice_attempts.contact(notice_id=receipt.notice_id, **who, given=given)


def _says(made: NoticeContact, given: Attempt) -> bool:
    said = (made.channel, made.outcome, made.place, made.note)
    return said == (given.channel, given.outcome, given.place, given.note)
