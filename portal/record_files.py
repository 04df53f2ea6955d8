"""Files of a record on a phone: chosen here, kept sealed, taken out as long as nobody has signed.

The page stands apart from the words of the record, for no browser keeps a chosen file when a form
comes back. What is said of a file is kept.
"""

from functools import partial
from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from parties.access import Act, Viewer
from parties.errors import InvalidInput, NotFound
from parties.privacy import FieldClass
from parties.sign_in import Identity
from portal import pages, uploads
from portal.session import signed_in, viewing
from portal.uploads import LARGEST_FORM, InMemory
from records import (
    additions,
    attachments,
    destroying,
    originals,
    reading,
    redacting,
    sensitivity,
)
from records.attachments import Upload
from records.models import Attachment, CommunicationRecord
from records.prepared_files import StillNeeded
from records.uploads.errors import UploadRefused
from records.uploads.limits import refuse_oversize

Redaction = Attachment.Redaction

#: What a sender may say of the other people in a file.
_OTHERS: Final = (
    (Redaction.NONE.value, "没有别人的信息"),
    (Redaction.DECLARED.value, "有，上传前已遮住"),
    (
        Redaction.NEEDED.value,
        "有，没有遮住（家长和同学都看不到这个文件；图片上传后可以涂黑，视频可以换成遮好的一版）",
    ),
)
#: The plain one first: nobody has to know the others to send a picture.
_CLASSES: Final = (
    ("", "普通沟通材料"),
    *(
        (code.value, str(code.label))
        for code in FieldClass
        if code in sensitivity.DECLARABLE - {FieldClass.EMO, FieldClass.COM}
    ),
)


@csrf_exempt  # only until the handlers are set: the inner page is protected
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: HttpRequest, **asked: UUID) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    try:
        refuse_oversize(int(length) if length.isdigit() else LARGEST_FORM + 1)
    except UploadRefused as refused:  # before anything is read
        return _too_large(request, refused=refused, **asked)
    request.upload_handlers = [InMemory(request)]
    return _files(request, **asked)


@signed_in()
def _too_large(
    request: HttpRequest, identity: Identity, target_id: UUID, refused: UploadRefused
) -> HttpResponse:
    """The form was not read, so nothing of it can be shown again, nor done."""
    return _show(request, identity, target_id, {}, {"file": f"{refused}{refused.mend}"})


@csrf_protect
@signed_in()
def _files(request: HttpRequest, identity: Identity, target_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return _show(request, identity, target_id, {}, {})
    with viewing(identity) as viewer:
        viewer.get(CommunicationRecord, target_id)
        at = viewer.at
    who: dict[str, Any] = {"school_id": identity.school_id, "by": identity.person, "at": at}
    try:
        upload = _upload(request)
        store = partial(attachments.store, **who, record_id=target_id, upload=upload)
        uploads.once(request, identity, upload, lambda id_: store(id_=id_))
    except InvalidInput as refused:
        mistakes = {refused.field: f"{refused}{refused.mend}"}
        return _show(request, identity, target_id, request.POST.dict(), mistakes)
    return redirect("portal:record-files", target_id=target_id)


@require_POST
@signed_in()
def take_out(
    request: HttpRequest, identity: Identity, target_id: UUID, file_id: UUID
) -> HttpResponse:
    with viewing(identity) as viewer:
        if viewer.get(Attachment, file_id).record_id != target_id:
            raise NotFound("没有找到。")
        at = viewer.at
    try:
        destroying.take_out(
            school_id=identity.school_id,
            by=identity.person,
            at=at,
            attachment_id=file_id,
            shows_others=request.POST.get("shows_others") == "yes",
        )
    except StillNeeded as refused:
        return _show(
            request, identity, target_id, request.POST.dict(), {str(file_id): f"{refused}"}
        )
    return redirect("portal:record-files", target_id=target_id)


def _show(
    request: HttpRequest,
    identity: Identity,
    target_id: UUID,
    typed: dict[str, Any],
    mistakes: dict[str, str],
) -> HttpResponse:
    with viewing(identity) as viewer:
        context = _shown(viewer, viewer.get(CommunicationRecord, target_id))
    for file in context["files"]:
        file["mistake"] = mistakes.get(str(file["pk"]), "")
    context |= {
        "typed": typed,
        "mistakes": mistakes,
        "others": _OTHERS,
        "classes": _CLASSES,
        "nonce": uuid4(),
    }
    return pages.show(request, "record_files", context, status=400 if mistakes else 200)


def _shown(viewer: Viewer, record: CommunicationRecord) -> dict[str, Any]:
    """Read inside the scope. Raises NotFound: for who adds nothing, there is no such page."""
    adds = additions.may_add(viewer, record)
    writes = viewer.may(Act.EDIT, record) and record.signed_at is None
    if not adds and not writes:
        raise NotFound("没有找到。")
    return {
        "pk": record.pk,
        "name": record.student.person.name,
        "trigger": record.get_trigger_display(),
        "adds": adds,
        "full": additions.full(record, Attachment.Kind.FILE) if adds else "",
        "writes": writes,
        "files": [_file(viewer, record, one) for one in reading.seen(viewer, record).attachments],
    }


def _file(viewer: Viewer, record: CommunicationRecord, one: Attachment) -> dict[str, Any]:
    """Its name is sealed outside of the scope."""
    kept = originals.is_one(one)
    return {
        "pk": one.pk,
        "name": one.name,
        "size": one.size,
        "others": "原视频，已由隐去他人信息的一版代替" if kept else one.get_redaction_display(),
        "kept": kept,
        "may_hide": redacting.may_redact(viewer, record, one),
    }


def _upload(request: HttpRequest) -> Upload:
    """Raises InvalidInput: no file was chosen."""
    sent = request.FILES.get("file")
    if sent is None:
        raise InvalidInput("还没有选择文件。", field="file", mend="请拍照，或选择一个文件。")
    return Upload(
        source=sent.read(),
        name=sent.name or "",
        media_type=sent.content_type or "",
        redaction=request.POST.get("redaction", ""),
        sensitivity=request.POST.get("sensitivity", ""),
    )
