"""What every address of the API has in common: strict requests, one viewer, one moment."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth import KeyAuthentication, SessionAuthentication, SignedIn, identity_of
from api.parsers import LARGEST_BODY, StrictJSONParser, is_storable
from api.problems import Problem, Refused, broken, invalid
from api.schema import Schema
from parties import legible, tenancy
from parties.access import Viewer


class AlwaysJson(BaseContentNegotiation):
    """JSON whatever Accept says: an unusual header must not refuse a report of danger."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        found: BaseParser = parsers[0]
        return found if _media_type(request) == found.media_type else None

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer: BaseRenderer = renderers[0]
        return renderer, "application/json"


class ApiView(APIView):
    """Refuses what it does not understand: body type, size, unknown query parameters."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (
        KeyAuthentication,
        SessionAuthentication,
    )
    permission_classes: Sequence[type[BasePermission]] = (SignedIn,)
    parser_classes: Sequence[type[BaseParser]] = (StrictJSONParser,)
    content_negotiation_class = AlwaysJson
    schema = Schema()
    #: Query parameters that a GET of this address understands.
    queries: ClassVar[frozenset[str]] = frozenset()
    open_to_bound_links: ClassVar[bool] = False
    #: The one kind of body that this address takes, and its most bytes.
    takes: ClassVar[str] = StrictJSONParser.media_type
    largest_body: ClassVar[int] = LARGEST_BODY

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        size = _size_of(request)
        if size > self.largest_body:
            raise Refused(self.too_large())
        if size and request.method in self.allowed_methods and _media_type(request) != self.takes:
            raise Refused(Problem("request.unsupported_type"))
        super().initial(request, *args, **kwargs)
        if request.method not in self.allowed_methods:
            return  # answered 405
        _refuse_query(request.query_params, self.queries)

    def too_large(self) -> Problem:
        """What is said of a body with more bytes than `largest_body`."""
        return Problem("request.too_large")

    def options(  # type: ignore[override]
        self, request: Request, *args: Any, **kwargs: Any
    ) -> Response:
        return Response(status=204, headers={"Allow": ", ".join(self.allowed_methods)})


class PublicView(ApiView):
    """Open to everybody: signing in, and the description of the API."""

    authentication_classes = ()
    permission_classes = ()


@contextmanager
def viewing(request: Request) -> Iterator[Viewer]:
    """One transaction in the school of whoever asks, seen with their eyes, at school time."""
    identity = identity_of(request)
    with tenancy.scope(identity.school_id) as at:
        yield Viewer.load(identity.person, at=at)


def read_body(request: Request, serializer: type["Strict"]) -> dict[str, Any]:
    """The validated body; a request without one counts as an empty object."""
    form = serializer(data=request.data or {})
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def read_query(request: Request, serializer: type["Query"]) -> dict[str, Any]:
    """The validated query parameters; `queries` of the view has refused unknown ones already."""
    form = serializer(data={name: request.query_params[name] for name in request.query_params})
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


class Strict(serializers.Serializer[Any]):
    """A body in which every field is known: what is not listed can be assigned by nobody."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError(
                    {name: [serializers.ErrorDetail("unknown", "unknown")] for name in unknown}
                )
        return super().to_internal_value(data)


class Query(serializers.Serializer[Any]):
    """The query parameters that belong together; others may stand beside them."""


class Nothing(Strict):
    """An empty body, or an empty object."""


def text(*, longest: int, required: bool = True, **options: Any) -> serializers.CharField:
    """A text as people write it: outer spaces do not count, numbers are not texts."""
    return _Text(max_length=longest, required=required, **options)


class Id(serializers.UUIDField):
    """A UUID as text; DRF itself would take a number for one."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number between two limits, which a refusal names (api.errors)."""

    def __init__(self, *, low: int, high: int, **options: Any) -> None:
        super().__init__(min_value=low, max_value=high, **options)
        self.low, self.high = low, high

    def to_internal_value(self, data: Any) -> int:
        number = super().to_internal_value(data)
        if not self.low <= number <= self.high:
            raise serializers.ValidationError(f"{self.low} {self.high}", "range")
        return number


class _Text(serializers.CharField):
    def run_validation(self, data: Any = serializers.empty) -> Any:
        """What nobody can read is as if nothing had been written."""
        unread = isinstance(data, str) and not legible.said(data)
        return super().run_validation("" if unread else data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def _media_type(request: Request) -> str:
    return str(request.content_type).partition(";")[0].strip().lower()


def _size_of(request: Request) -> int:
    """Before anybody is asked who they are: no parser may even start on a foreign body."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if request.META.get("HTTP_TRANSFER_ENCODING") and not length:
        raise Refused(Problem("request.length_required"))
    if length and not (length.isascii() and length.isdigit()):
        raise Refused(Problem("request.malformed"))
    return int(length or 0)


def _refuse_query(query: QueryDict, known: frozenset[str]) -> None:
    for name, values in query.lists():
        if name not in known:
            shown = name if is_storable(name) else "query"
            raise invalid(broken(shown[:200], "unknown"))
        if len(values) > 1:
            raise invalid(broken(name, "repeated"))
        if not is_storable(values[0]):
            raise invalid(broken(name, "text"))
