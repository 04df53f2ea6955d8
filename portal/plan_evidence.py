"""A photo beside an item of one's own plan: chosen on the phone, kept sealed, seen by few."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from parties.access import Act, Viewer
from parties.errors import InvalidInput
from parties.sign_in import Identity
from portal import pages
from portal.notice_slips import LARGEST_FORM, InMemory
from portal.session import signed_in, viewing
from records import attachments, item_files, item_stillness, plan_evidence, plan_views
from records.attachments import Upload
from records.models import ActionItem


@csrf_exempt  # only until the handlers are set: the inner page is protected
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, **asked: UUID) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST_FORM:
        return pages.trouble(request, 422, "文件太大，请拍得小一些再上传。")
    request.upload_handlers = [InMemory(request)]
    return _evidence(request, **asked)


@csrf_protect
@signed_in()
def _evidence(request: HttpRequest, identity: Identity, item_id: UUID) -> HttpResponse:
    with viewing(identity) as viewer:
        context, at = _shown(viewer, viewer.get(ActionItem, item_id)), viewer.at
    if request.method != "POST":
        return pages.show(request, "plan_evidence", context)
    try:
        item_files.store(
            school_id=identity.school_id,
            by=identity.person,
            at=at,
            item_id=item_id,
            upload=_upload(request),
        )
    except InvalidInput as refused:
        context["mistake"] = f"{refused}{refused.mend}"
        return pages.show(request, "plan_evidence", context, status=400)
    return redirect("portal:plan-evidence", item_id=item_id)


@require_safe
@signed_in()
def file(_request: HttpRequest, identity: Identity, file_id: UUID) -> HttpResponse:
    """One of these files, for whoever may open it."""
    with viewing(identity) as viewer:
        at = viewer.at
    opened = attachments.open_(
        school_id=identity.school_id, by=identity.person, at=at, attachment_id=file_id
    )
    answer = HttpResponse(opened.data, content_type=opened.media_type)
    answer["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=opened.name
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _shown(viewer: Viewer, item: ActionItem) -> dict[str, Any]:
    """Read inside the scope: texts are sealed outside of it."""
    values = plan_views.shown(viewer, item)
    item = item_stillness.as_it_stood(viewer, item)
    return {
        "pk": item.pk,
        "title": values.get("title", values.get("label", "")),
        "adds": viewer.may(Act.FINISH, item) and item.state in ActionItem.LIVE,
        "files": [(one.pk, one.name) for one in plan_evidence.of_item(viewer, item)],
    }


def _upload(request: HttpRequest) -> Upload:
    """Raises InvalidInput: no file was chosen."""
    sent = request.FILES.get("file")
    if sent is None:
        raise InvalidInput("还没有选择文件。", field="file", mend="请拍照，或选择一个文件。")
    return Upload(source=sent.read(), name=sent.name or "", media_type=sent.content_type or "")
