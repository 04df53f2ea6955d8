"""What a family answered on the phone: read back to it while a second colleague listens.

For whoever calls this family; to everybody else there is no such page. What was signed on paper has
a page of its own (notice_slips).
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from parties.access import Viewer
from parties.errors import InvalidInput, WrongState
from parties.sign_in import Identity
from portal import pages
from portal.notice_call_forms import AnswerForm, refuse
from portal.notice_calls import called, face
from portal.session import signed_in, viewing
from records import notice_witnesses
from records.models import Notice, NoticeReceipt
from records.notice_papers import OnPaper
from workflow import notice_answering


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def answer(request: HttpRequest, identity: Identity, receipt_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        receipt = called(viewer, receipt_id)
        context, colleagues = face(receipt), colleagues_of(viewer, receipt)
        context["answered"] = receipt.settled_at is not None
        context["must_sign"] = receipt.notice.strength == Notice.Strength.SIGN
    posted = request.method == "POST"
    status = 400 if posted else 200
    form = AnswerForm(request.POST if posted else None, colleagues=colleagues)
    if posted and form.is_valid():
        try:
            take_down(identity, receipt.notice_id, form.given(receipt))
        except InvalidInput as refused:
            refuse(form, refused)
        except WrongState as faster:
            form.add_error(None, f"{faster}您刚写的还没有存，都在下面。")
            status = 409
        else:
            return redirect("portal:notice-contacts", notice_id=receipt.notice_id)
    return pages.show(request, "notice_answer", {**context, "form": form}, status=status)


def colleagues_of(viewer: Viewer, receipt: NoticeReceipt) -> list[tuple[str, str]]:
    """Who can stand beside this reader: code and name. Inside a scope."""
    able = notice_witnesses.colleagues(receipt.student_id, by=viewer.person, at=viewer.at)
    return [(str(one.pk), one.name) for one in able]


def take_down(identity: Identity, notice_id: UUID, given: OnPaper) -> None:
    """A second tap lands on what the first stored. Raises as notice_answering.by_staff."""
    if _stands(identity, notice_id, given):
        return
    with viewing(identity) as viewer:
        at = viewer.at
    try:
        notice_answering.by_staff(
            school_id=identity.school_id,
            notice_id=notice_id,
            by=identity.person,
            at=at,
            given=given,
        )
    except WrongState:
        if not _stands(identity, notice_id, given):
            raise  # else the other tap was faster by a moment


def _stands(identity: Identity, notice_id: UUID, given: OnPaper) -> bool:
    """Whether it was written down: by this person with this witness, or, of what a family says
    after its answer, as the last words that stand there.
    """
    words = given.reply.strip()
    with viewing(identity) as viewer:
        family = {"student": given.student_id, "guardian": given.guardian_id}
        found = viewer.rows(NoticeReceipt).filter(notice=notice_id, **family).first()
        if found is None or not found.reply.endswith(words):
            return False
        mine = (found.recorded_by_id, found.witness_id, found.how)
        same = mine == (viewer.person.pk, given.witness_id, given.how)
        return same or (bool(words) and found.settled_at is not None)
