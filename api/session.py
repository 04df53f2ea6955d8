"""Sign in with a password, see who one is, sign out."""

from typing import Any

from django.middleware.csrf import get_token, rotate_token
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.auth import SignedIn, identity_of
from api.problems import Problem, Refused
from api.schema import describe
from api.views import ApiView, Strict, read_body, text
from parties import sign_in, tenancy
from parties.access import Viewer
from parties.browsers import sent_from_elsewhere
from parties.models import School
from parties.roles import Role
from parties.sign_in import Identity


class LoginInput(Strict):
    login = text(longest=80)
    password = serializers.CharField(max_length=1024, trim_whitespace=False)


class RoleSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(Role.choices)
    label = serializers.CharField()  # type: ignore[assignment]


class MeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    school = serializers.CharField()
    means = serializers.ChoiceField([means.value for means in sign_in.Means])
    roles = RoleSerializer(many=True)
    csrf_token = serializers.CharField(help_text="写操作放进 X-CSRFToken；API 密钥不需要。")


class SessionView(ApiView):
    """One session: who is signed in here."""

    open_to_bound_links = True

    def get_permissions(self) -> list[Any]:
        return [] if _method(self) == "POST" else [SignedIn()]

    def get_authenticators(self) -> list[Any]:
        # A stale session must not stand in the way of signing in again.
        return [] if _method(self) == "POST" else super().get_authenticators()

    @describe("我是谁", answers={200: MeSerializer}, tags=["session"])
    def get(self, request: Request) -> Response:
        return Response(_me(request, identity_of(request)))

    @describe(
        "登录（教职工、学生）",
        body=LoginInput,
        answers={200: MeSerializer},
        codes=["sign_in.refused", "sign_in.too_many", "request.csrf"],
        tags=["session"],
        public=True,
        post=True,
    )
    def post(self, request: Request) -> Response:
        if sent_from_elsewhere(request.headers, host=request.get_host()):
            raise Refused(Problem("request.csrf"))
        given = read_body(request, LoginInput)
        identity = sign_in.by_password(
            request._request.session,
            login=given["login"],
            password=given["password"],
            address=request.META.get("REMOTE_ADDR", ""),
        )
        rotate_token(request._request)
        return Response(_me(request, identity))

    @describe("退出", answers={204: None}, tags=["session"])
    def delete(self, request: Request) -> Response:
        sign_in.leave(request._request.session)
        return Response(status=204)


def _method(view: ApiView) -> str | None:
    """None while the description of the API is drawn up."""
    return getattr(view.request, "method", None)


def _me(request: Request, identity: Identity) -> dict[str, Any]:
    with tenancy.scope(identity.school_id) as at:
        viewer = Viewer.load(identity.person, at=at)
        school = School.objects.get(pk=identity.school_id)
    return {
        "id": str(identity.person.pk),
        "name": identity.person.name,
        "school": school.name,
        "means": identity.means.value,
        "roles": [{"code": role.value, "label": role.label} for role in sorted(viewer.roles)],
        "csrf_token": get_token(request._request),
    }
