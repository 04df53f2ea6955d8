"""Who opens a page, and what a link for one errand may open."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from parties import sign_in, tenancy
from parties.access import Viewer
from parties.errors import InvalidInput, SanfangError
from parties.sign_in import Identity
from portal import pages, typed

#: What a page answers; most answer an HttpResponse, a long file comes piece by piece.
A = TypeVar("A", bound=HttpResponseBase)
Page = Callable[..., A]


def identity_of(request: HttpRequest) -> Identity | None:
    """Read once per request; rights are not in it."""
    if not hasattr(request, "sanfang_identity"):
        request.sanfang_identity = sign_in.identify(request.session)  # type: ignore[attr-defined]
    found = request.sanfang_identity  # type: ignore[attr-defined]
    return found if isinstance(found, Identity) else None


def signed_in(*, bound: bool = False) -> Callable[[Page[A]], Page[A | HttpResponse]]:
    """Only for who came in; `bound` pages also open for a link made for what they show.

    Such a page says in its address what it is about: `case_id`, or `target_id` for one notice,
    meeting or record. Words that somebody typed come back whatever stands against them.
    """

    def wrap(page: Page[A]) -> Page[A | HttpResponse]:
        @wraps(page)
        def guarded(request: HttpRequest, **kwargs: Any) -> A | HttpResponse:
            identity = identity_of(request)
            if identity is None:
                return _turned_away(request)
            if identity.is_bound and not (bound and _fits(identity, kwargs)):
                return _trouble(request, 403, "这个链接只能用于指定的一件事。")
            try:
                return page(request, identity, **kwargs)
            except SanfangError as refused:
                mend = refused.mend if isinstance(refused, InvalidInput) else ""
                return _trouble(request, refused.status, f"{refused}{mend}")

        return guarded

    return wrap


def _turned_away(request: HttpRequest) -> HttpResponse:
    """To the door; signed out while writing, with the words instead of losing them."""
    words = typed.words(request)
    if not words:
        return redirect("portal:sign-in")
    return pages.show(request, "kept", {"what": "内容", "typed": words}, status=401)


def _trouble(request: HttpRequest, status: int, why: str) -> HttpResponse:
    return pages.trouble(request, status, why, typed=typed.words(request))


def _fits(identity: Identity, asked: Mapping[str, Any]) -> bool:
    own = {"case_id": identity.case_id, "target_id": identity.target_id}
    return all(asked[name] == allowed for name, allowed in own.items() if name in asked)


@contextmanager
def viewing(identity: Identity) -> Iterator[Viewer]:
    """One transaction in the reader's school, seen with their eyes, at school time."""
    with tenancy.scope(identity.school_id) as at:
        yield Viewer.load(identity.person, at=at)
