"""A form that brings a file: limited before it is read, never in a temporary file, and kept once
however often it is tapped.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from parties import taps
from parties.errors import SanfangError
from parties.sign_in import Identity
from portal import pages
from portal.session import Page, viewing
from records.attachments import Upload
from records.models import Attachment
from records.uploads import LARGEST

#: Bytes of a form: the largest file and its framing.
LARGEST_FORM: Final = max(LARGEST.values()) + 64 * 1024


class InMemory(MemoryFileUploadHandler):
    """What somebody signed never lies in a temporary file; the length was limited before."""

    def handle_raw_input(self, *_args: Any, **_options: Any) -> None:
        self.activated = True


def takes_file(page: Page[HttpResponse]) -> Page[HttpResponse]:
    """Sets the handlers before anything reads the form, the check against forgery included."""
    protected = csrf_protect(page)

    @csrf_exempt  # only until the handlers are set: the inner page is protected
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def limited(request: HttpRequest, **asked: Any) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > LARGEST_FORM:
            return pages.trouble(request, 422, "文件太大，请拍得小一些再上传。")
        request.upload_handlers = [InMemory(request)]
        return protected(request, **asked)

    return limited


def chosen(request: HttpRequest) -> Upload | None:
    """The file that came with the form, if one was chosen."""
    sent = request.FILES.get("file")
    if sent is None:
        return None
    return Upload(source=sent.read(), name=sent.name or "", media_type=sent.content_type or "")


def once(
    request: HttpRequest,
    identity: Identity,
    upload: Upload,
    store: Callable[[UUID | None], object],
    *about: str,
) -> None:
    """Two taps keep one file. Another file, or the same told of otherwise (`about`), is another; so
    is one that was taken out since.

    Raises: as `store`, which keeps it under the id that it is given.
    """
    said = (upload.name, upload.redaction, upload.sensitivity, *about)
    id_ = taps.id_of(identity.person, _mark(request), digest(upload), *said)
    before = _state(identity, id_)
    if before == Attachment.State.STORED:
        return
    try:
        store(None if before else id_)
    except (IntegrityError, SanfangError):
        if _state(identity, id_) != Attachment.State.STORED:
            raise  # else the other tap was faster by a moment


def digest(upload: Upload) -> str:
    """Of the bytes that chosen() read."""
    whole = upload.source if isinstance(upload.source, bytes) else b""
    return hashlib.sha256(whole).hexdigest()


def _mark(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("nonce", ""))
    except ValueError:
        return None


def _state(identity: Identity, id_: UUID | None) -> str | None:
    """Of what this page made before, if it did."""
    if id_ is None:
        return None
    with viewing(identity) as viewer:
        own = Attachment.objects.filter(pk=id_, uploaded_by=viewer.person)
        return own.values_list("state", flat=True).first()
