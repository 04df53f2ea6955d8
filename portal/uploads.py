"""A form that brings a file: limited before it is read, and never in a temporary file."""

from functools import wraps
from typing import Any, Final

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from portal import pages
from portal.session import Page
from records.attachments import Upload
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
