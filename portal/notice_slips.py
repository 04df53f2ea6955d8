"""A signed slip on the teacher's phone: photograph it, say who stood by, done.

Whoever wrote on it, the answer counts from here; the picture is for that guardian and for whoever
calls the family.
"""

from typing import Any, Final
from uuid import UUID

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotFound
from parties.sign_in import Identity
from portal import pages
from portal.session import signed_in, viewing
from records import attachments, notice_scans, notice_witnesses
from records.attachments import Upload
from records.models import Attachment, Notice, NoticeReceipt
from records.notice_receipts import OnPaper
from records.uploads import LARGEST
from workflow import notice_answering

#: Bytes of a form: the largest file and its framing.
LARGEST_FORM: Final = max(LARGEST.values()) + 64 * 1024
_LONGEST_REPLY: Final = 1_000


class InMemory(MemoryFileUploadHandler):
    """What somebody signed never lies in a temporary file; the length was limited before."""

    def handle_raw_input(self, *_args: Any, **_options: Any) -> None:
        self.activated = True


@csrf_exempt  # only until the handlers are set: the inner page is protected
@require_http_methods(["GET", "HEAD", "POST"])
def slip(request: HttpRequest, **asked: UUID) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST_FORM:
        return pages.trouble(request, 422, "文件太大，请拍得小一些再上传。")
    request.upload_handlers = [InMemory(request)]
    return _slip(request, **asked)


@csrf_protect
@signed_in()
def _slip(request: HttpRequest, identity: Identity, receipt_id: UUID) -> HttpResponse:
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
        upload = _upload(request, needed=not context["scanned"])
        if upload is not None:
            notice_scans.store(**who, receipt_id=receipt_id, upload=upload)
            context["scanned"] = True
        if not context["answered"]:
            notice_answering.by_staff(**who, notice_id=receipt.notice_id, given=given)
    except InvalidInput as refused:
        context["mistake"] = f"{refused}{refused.mend}"
        return pages.show(request, "notice_slip", context, status=400)
    return redirect("portal:notice-contacts", notice_id=receipt.notice_id)


@require_safe
@signed_in(bound=True)
def scan(_request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    """For the guardian whose slip it is, and for whoever calls that family."""
    with viewing(identity) as viewer:
        receipt = viewer.get(NoticeReceipt, target_id)
        found = viewer.rows(Attachment).filter(pk__in=[receipt.scan]).first()
        at = viewer.at
    if found is None:
        raise NotFound("没有找到。")
    opened = attachments.open_(
        school_id=identity.school_id, by=identity.person, at=at, attachment_id=found.pk
    )
    answer = HttpResponse(opened.data, content_type=opened.media_type)
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=opened.name
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


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
        "colleagues": [
            (str(one.pk), one.name)
            for one in notice_witnesses.colleagues(
                receipt.student_id, by=viewer.person, at=viewer.at
            )
        ],
        "needs_answer": receipt.notice.needs_answer and receipt.replied_at is None,
        "scanned": viewer.rows(Attachment).filter(pk__in=[receipt.scan]).exists(),
    }


def _upload(request: HttpRequest, *, needed: bool) -> Upload | None:
    """Raises InvalidInput: no file was chosen, and none was kept before."""
    sent = request.FILES.get("file")
    if sent is None and needed:
        raise InvalidInput("还没有选择照片。", field="file", mend="请拍下或选择签好字的回执单。")
    if sent is None:
        return None
    return Upload(source=sent.read(), name=sent.name or "", media_type=sent.content_type or "")


def _given(request: HttpRequest, receipt: NoticeReceipt) -> OnPaper:
    """The scan is the one of the receipt. Raises InvalidInput: what was chosen is nobody."""
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
        reply=request.POST.get("reply", "").replace("\x00", "").strip()[:_LONGEST_REPLY],
    )
