"""What is answered when no view could: in JSON below /api/, as a kind page everywhere else."""

from django.http import HttpRequest, HttpResponse

from api import problems
from parties.browsers import sent_from_elsewhere
from portal import pages, typed

_API = "/api/"
_STALE = "这一页打开得太久，或者登录变过，没有提交。请先复制您写的内容，重新打开那一页再提交。"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 400, "request.malformed")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 403, "access.not_allowed")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 404, "access.not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, "server.error")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """A page from before the last sign-in is the usual cause: the words on it come back, unless
    another site sent them.
    """
    elsewhere = sent_from_elsewhere(request.headers, host=request.get_host())
    if request.path.startswith(_API) or elsewhere:
        return _answer(request, 403, "request.csrf")
    words = typed.words(request)
    return pages.trouble(request, 403, _STALE if words else "", typed=words)


def _answer(request: HttpRequest, status: int, code: str) -> HttpResponse:
    if request.path.startswith(_API):
        return problems.page(code)
    return pages.trouble(request, status)
