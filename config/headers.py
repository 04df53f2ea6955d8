"""Headers of every answer: nothing is cached, framed, or allowed to load from elsewhere."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

_PAGES: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
#: Swagger UI loads its own files from here and sets styles; its script is a file, too.
_DOCS: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_STATIC: Final = "/static/"
_DOCS_PATH: Final = "/api/v1/docs"
#: The address of a one-time link is a secret: it must not travel in a Referer.
_LINK: Final = "/l/"

Handler = Callable[[HttpRequest], HttpResponse]


class SafeHeaders:
    """Middleware."""

    def __init__(self, handle: Handler) -> None:
        self.handle = handle

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.handle(request)
        docs = request.path == _DOCS_PATH
        answer.setdefault("Content-Security-Policy", _DOCS if docs else _PAGES)
        answer.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith(_STATIC):
            answer["Cache-Control"] = "no-store"
        if request.path.startswith(_LINK):
            answer["Referrer-Policy"] = "no-referrer"
        return answer
