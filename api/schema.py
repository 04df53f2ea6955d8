"""How an operation is described: every status it can answer, problems and examples included."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from api.problem_texts import PROBLEMS
from api.problems import MEDIA_TYPE

#: Rows on one page.
LARGEST_PAGE: Final = 100

F = TypeVar("F", bound=Callable[..., Any])

#: What any operation may answer before it is asked anything.
_ALWAYS: Final = ("server.error", "server.unavailable")
_SIGNED_IN: Final = ("sign_in.required", "link.bound", "request.csrf")
_BODY: Final = (
    "request.malformed",
    "input.invalid",
    "request.length_required",
    "request.too_large",
    "request.unsupported_type",
)
#: The domain's word for input that has the right shape and still cannot be accepted.
_DOMAIN_REFUSAL: Final = 422


class MistakeSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="哪一项")
    wrong = serializers.CharField(help_text="错在哪里")
    mend = serializers.CharField(help_text="怎样改正")


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457. `code` is stable; `title` and `detail` follow Accept-Language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    yours = serializers.CharField(required=False, help_text="state.lost_race：您依据的版本")
    current = serializers.CharField(required=False, help_text="state.lost_race：现在的版本")
    reason = serializers.CharField(required=False, help_text="upload.refused：原因代码")
    errors = MistakeSerializer(many=True, required=False)  # type: ignore[assignment]


IDEMPOTENCY: Final = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="同一个键、同样的内容，24 小时内只做一次，答复相同（Idempotent-Replayed: true）。",
    examples=[OpenApiExample("随机值", value="5f6a1f0e-1f0b-4c59-9a4e-0d7f5e3b2a11")],
)
LANGUAGE: Final = OpenApiParameter(
    "Accept-Language", str, OpenApiParameter.HEADER, description="zh-CN（默认）或 en。"
)
PAGING: Final = (
    OpenApiParameter("cursor", str, description="上一页的 next；绑定本人与本列表。"),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 20},
        description="每页条数。",
    ),
)


class Schema(AutoSchema):
    """drf-spectacular's, without what it guesses about lists and filters."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False

    def get_operation_id(self) -> str:
        return f"{self.method.lower()}{type(self.view).__name__.removesuffix('View')}"


def describe(  # noqa: PLR0913 - one keyword per part of the description
    summary: str,
    *,
    answers: Mapping[Any, Any],
    codes: Sequence[str] = (),
    body: Any = None,
    parameters: Sequence[OpenApiParameter] = (),
    tags: Sequence[str] = (),
    public: bool = False,
    post: bool = False,
    description: str = "",
    examples: Sequence[OpenApiExample] = (),
) -> Callable[[F], F]:
    """Document one operation; `codes` are the problems beyond those that every one has.

    `answers` by status, or by (status, media type) where that is not JSON.
    """
    headers = [LANGUAGE, *([IDEMPOTENCY] if post and not public else [])]
    known = _known(codes, public=public, post=post)
    return extend_schema(
        summary=summary,
        description=description or summary,
        request=body,
        responses={**_responses(answers), **_problems(known, refusal=post)},
        parameters=[*parameters, *headers],
        tags=list(tags),
        examples=list(examples),
        auth=[] if public else None,
    )


def _responses(answers: Mapping[Any, Any]) -> dict[Any, Any]:
    return {
        status: OpenApiResponse(shape) if shape is not None else OpenApiResponse()
        for status, shape in answers.items()
    }


def _known(codes: Sequence[str], *, public: bool, post: bool) -> list[str]:
    """The problems of one operation: its own, and those that every one like it has."""
    known = [*codes, *_ALWAYS, "input.invalid"]
    known += [] if public else [*_SIGNED_IN]
    known += [*_BODY, "idempotency.mismatch", "idempotency.in_flight"] if post else []
    return known


def _problems(codes: Sequence[str], *, refusal: bool) -> dict[Any, Any]:
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    if refusal:
        by_status.setdefault(_DOMAIN_REFUSAL, []).insert(0, "input.invalid")
    return {
        (status, MEDIA_TYPE): OpenApiResponse(
            ProblemSerializer,
            description="；".join(PROBLEMS[code].title.zh for code in found),
            examples=[_example(code, status) for code in found],
        )
        for status, found in sorted(by_status.items())
    }


def _example(code: str, status: int) -> OpenApiExample:
    known = PROBLEMS[code]
    value: dict[str, Any] = {
        "type": f"urn:sanfang:problem:{code}",
        "title": known.title.zh,
        "status": status,
        "detail": known.detail.zh,
        "code": code,
    }
    if code == "input.invalid":
        value["errors"] = [{"field": "observed", "wrong": "没有填写。", "mend": "请填写该项。"}]
    return OpenApiExample(
        code, value=value, media_type=MEDIA_TYPE, status_codes=[str(status)], response_only=True
    )


def page_of(name: str, rows: serializers.Serializer[Any]) -> Any:
    """The schema of one keyset page."""
    return inline_serializer(
        name,
        {"results": rows, "next": serializers.CharField(allow_null=True)},
    )


def objects(**options: Any) -> serializers.Field[Any, Any, Any, Any]:
    """A JSON object whose members depend on the form or on the reader."""
    return serializers.DictField(**options)
