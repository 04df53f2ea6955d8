"""What is answered when no view could: in JSON below /api/, as a kind page everywhere else."""

from django.http import HttpRequest, HttpResponse

from api import problems
from portal import pages

_API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 400, "request.malformed")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 403, "access.not_allowed")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return _answer(request, 404, "access.not_found")


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, "server.error")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    return _answer(request, 403, "request.csrf")


def _answer(request: HttpRequest, status: int, code: str) -> HttpResponse:
    if request.path.startswith(_API):
        return problems.page(code)
    return pages.trouble(request, status)
