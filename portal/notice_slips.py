"""A signed slip on the teacher's phone: photograph it, say who stood by, done.

Whoever wrote on it, the answer counts from here; the picture is for that guardian and for whoever
calls the family.
"""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotFound, WrongState
from parties.sign_in import Identity
from portal import pages, typed, uploads
from portal.notice_phone import colleagues_of, take_down
from portal.session import signed_in, viewing
from portal.uploads import takes_file
from records import attachments, kept_scans, notice_receipts, notice_scans
from records.attachments import Upload
from records.models import Attachment, Notice, NoticeReceipt
from records.notice_papers import OnPaper

_LONGEST_REPLY: Final = 1_000


@takes_file
@signed_in()
def slip(request: HttpRequest, identity: Identity, receipt_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        receipt = viewer.get(NoticeReceipt, receipt_id)
        viewer.require(Act.WITNESS, receipt)
        context, at = _shown(viewer, receipt), viewer.at
    if request.method != "POST":
        return pages.show(request, "notice_slip", context)
    who: dict[str, Any] = {"school_id": identity.school_id, "by": identity.person, "at": at}
    context["typed"] = request.POST
    try:
        given = _given(request, receipt)
        later = context["answered"] and bool(given.reply.strip())
        upload = _upload(request, needed=not (context["scanned"] or later))
        if upload is not None:
            notice_scans.store(**who, receipt_id=receipt_id, upload=upload)
            context["scanned"] = True
        if later or not context["answered"]:
            take_down(identity, receipt.notice_id, given)
    except InvalidInput as refused:
        context |= {"mistake": f"{refused}{refused.mend}", "wrong": _beside(refused, context)}
        return pages.show(request, "notice_slip", context, status=400)
    except WrongState as faster:
        context["mistake"] = f"{faster}您刚写的还没有存，都在下面。"
        return pages.show(request, "notice_slip", context, status=409)
    return redirect("portal:notice-contacts", notice_id=receipt.notice_id)


@require_safe
@signed_in(bound=True)
def scan(_request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """For the guardian whose slip it is, and for whoever calls that family."""
    with viewing(identity) as viewer:
        receipt = viewer.get(NoticeReceipt, target_id)
        found = _scan_of(viewer, receipt)
        at = viewer.at
    if found is None:
        raise NotFound("没有找到。")
    opened = attachments.open_(
        school_id=identity.school_id, by=identity.person, at=at, attachment_id=found.pk
    )
    return pages.download(opened.name, opened.media_type, opened.data)


def _shown(viewer: Viewer, receipt: NoticeReceipt) -> dict[str, Any]:
    """Read inside the scope: texts are sealed outside of it."""
    return {
        "pk": receipt.pk,
        "notice_id": receipt.notice_id,
        "title": receipt.notice.title,
        "child": receipt.student.person.name,
        "guardian": receipt.guardian.name,
        "answered": receipt.settled_at is not None,
        "must_witness": receipt.notice.strength == Notice.Strength.SIGN,
        "colleagues": colleagues_of(viewer, receipt),
        "needs_answer": receipt.notice.needs_answer and receipt.replied_at is None,
        "kept": receipt.scan if kept_scans.is_standing(receipt) else None,
        "scanned": _scan_of(viewer, receipt) is not None,
        "needless": notice_receipts.is_needless(receipt),
    }


def _scan_of(viewer: Viewer, receipt: NoticeReceipt) -> Attachment | None:
    return None if receipt.scan is None else viewer.find(Attachment, receipt.scan)


def _beside(refused: InvalidInput, context: dict[str, Any]) -> str:
    """The field of the page that it is about; empty if the page does not show it."""
    shown = {
        "file": not (context["kept"] or context["needless"]),
        "witness": context["must_witness"] and not context["answered"],
        "reply": context["needs_answer"] or context["answered"],
    }
    return refused.field if shown.get(refused.field) else ""


def _upload(request: HttpRequest, *, needed: bool) -> Upload | None:
    """Raises InvalidInput: no file was chosen, and none was kept before."""
    found = uploads.chosen(request)
    if found is None and needed:
        raise InvalidInput("还没有选择照片。", field="file", mend="请拍下或选择签好字的回执单。")
    return found


def _given(request: HttpRequest, receipt: NoticeReceipt) -> OnPaper:
    """The scan is the one of the receipt. Raises InvalidInput: what was chosen is nobody, or the
    reply is too long.
    """
    chosen = request.POST.get("witness", "")
    try:
        witness = UUID(chosen) if chosen else None
    except ValueError:
        raise InvalidInput(
            "没有选择见证人。", field="witness", mend="请选择当时在场的另一位老师。"
        ) from None
    return OnPaper(
        student_id=receipt.student_id,
        guardian_id=receipt.guardian_id,
        how=NoticeReceipt.How.PAPER,
        witness_id=witness,
        reply=typed.within(request, "reply", most=_LONGEST_REPLY),
    )
