"""The family-school file of a student, page by page, as this reader may see it."""

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import pagination, shapes
from api.moments import DAY_SCHEMA, Day
from api.problems import broken, invalid
from api.schema import PAGING, describe, objects, page_of
from api.shapes import PersonSerializer
from api.views import ApiView, Id, Query, read_query, viewing
from records import file
from records.file import Entry, Filters, Place
from records.models import FileEntry

FILTERS: Final = frozenset({"kind", "party", "from", "to", "case"})


class FileEntrySerializer(serializers.Serializer[Any]):
    """`case` and `by` are absent where this reader may not know them."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    party = serializers.ChoiceField(FileEntry.Party.choices)
    object = serializers.UUIDField(help_text="该类记录自己的编号")
    case = serializers.UUIDField(required=False)
    by = PersonSerializer(required=False)
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    state = serializers.CharField(allow_blank=True)
    extra = objects(help_text="编号与代码，因类别与读者而异")


class FileQuery(Query):
    """What part of a file is asked for."""

    kind = serializers.ChoiceField([], required=False)
    party = serializers.ChoiceField(FileEntry.Party.choices, required=False)
    case = Id(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The kinds are known when every package has registered its own; `from` is no name."""
        fields = super().get_fields()
        fields["kind"] = serializers.ChoiceField(list(file.kinds()), required=False)
        fields["from"], fields["to"] = Day(required=False), Day(required=False)
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from" in attrs and "to" in attrs and attrs["to"] < attrs["from"]:
            raise invalid(broken("to", "period"))
        return attrs


def parameters() -> list[OpenApiParameter]:
    return [
        OpenApiParameter(
            "kind", {"type": "string", "enum": list(file.kinds())}, description="记录类别"
        ),
        OpenApiParameter("party", str, enum=FileEntry.Party.values, description="由哪一方录入"),
        OpenApiParameter("from", DAY_SCHEMA, description="开始日期（含）"),
        OpenApiParameter("to", DAY_SCHEMA, description="结束日期（含）"),
        OpenApiParameter("case", UUID, description="只看一个事项"),
    ]


def filters_of(given: dict[str, Any]) -> Filters:
    return Filters(
        kind=given.get("kind", ""),
        party=given.get("party", ""),
        start=given.get("from"),
        end=given.get("to"),
        case_id=given.get("case"),
    )


class FileView(ApiView):
    queries = pagination.QUERIES | FILTERS

    @describe(
        "学生家校档案",
        description="按时间倒序，各方录入的全部记录；看不到的记录不占位置。查阅会留下记录。",
        answers={200: page_of("FilePage", FileEntrySerializer(many=True))},
        codes=["access.not_found", "cursor.invalid"],
        parameters=[*parameters(), *PAGING],
        tags=["files"],
    )
    def get(self, request: Request, student_id: UUID) -> Response:
        filters, limit = filters_of(read_query(request, FileQuery)), pagination.limit_of(request)
        with viewing(request) as viewer:
            cursors = filters.cursors(viewer, student_id)
            page = file.read(
                viewer=viewer,
                student_id=student_id,
                filters=filters,
                after=Place.read(pagination.place_in(cursors, request)),
                limit=limit,
            )
            following = None if page.following is None else cursors.seal(page.following.written())
            return Response({"results": [shown(one) for one in page.entries], "next": following})


def shown(entry: Entry) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": str(entry.id),
        "at": entry.at.isoformat(),
        "kind": entry.kind,
        "party": entry.party,
        "object": str(entry.object_id),
    }
    if entry.case_id is not None:
        body["case"] = str(entry.case_id)
    if entry.by is not None:
        body["by"] = shapes.person(entry.by)
    line = entry.line
    return body | {
        "title": line.title,
        "summary": line.whole,
        "state": line.state,
        "extra": dict(line.extra),
    }
