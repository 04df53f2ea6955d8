"""How a request says who sends it: `Authorization: Api-Key ...`, or the session of a sign-in.

Nothing about rights is decided or kept here; Viewer reads them anew for each request.
"""

from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from api.problems import Problem, Refused
from parties import api_keys, sign_in
from parties.sign_in import Identity, Means

_SCHEME = "api-key"


class KeyAuthentication(BaseAuthentication):
    """A company's system; no browser holds a key, so no CSRF check."""

    def authenticate(self, request: Request) -> tuple[Identity, None] | None:
        scheme, _, plain = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != _SCHEME:
            return None
        person = api_keys.owner(plain.strip())
        if person is None:
            raise Refused(Problem("sign_in.required", headers={"WWW-Authenticate": "Api-Key"}))
        return Identity(person, Means.KEY), None

    def authenticate_header(self, request: Request) -> str:
        return "Api-Key"


class SessionAuthentication(BaseAuthentication):
    """Who signed in before. Anything that changes something needs the CSRF token as well."""

    def authenticate(self, request: Request) -> tuple[Identity, None] | None:
        identity = sign_in.identify(request._request.session)
        if identity is None:
            return None
        check_csrf(request._request)
        return identity, None

    def authenticate_header(self, request: Request) -> str:
        return "Api-Key"


class SignedIn(BasePermission):
    """Anybody who came in; a link for one errand opens only what says so."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        identity = request.user
        if not isinstance(identity, Identity):
            return False
        if identity.is_bound and not getattr(view, "open_to_bound_links", False):
            raise Refused(Problem("link.bound"))
        return True


def identity_of(request: Request) -> Identity:
    """Who sent this. Only for views behind SignedIn."""
    identity = request.user
    if not isinstance(identity, Identity):
        raise Refused(Problem("sign_in.required", headers={"WWW-Authenticate": "Api-Key"}))
    return identity


def check_csrf(request: HttpRequest) -> None:
    """Raises Refused when a page of somebody else may have sent this."""
    check = CSRFCheck(lambda _: None)  # type: ignore[arg-type]
    check.process_request(request)
    if check.process_view(request, None, (), {}):  # type: ignore[arg-type]
        raise Refused(Problem("request.csrf"))


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = KeyAuthentication
    name = "ApiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "企业系统：`Authorization: Api-Key sf_…`（manage.py make_api_key）。",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = SessionAuthentication
    name = "Session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "POST /session 登录后的 cookie；写操作另带 X-CSRFToken。",
        }
