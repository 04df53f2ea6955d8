"""What I was told in the app. The text says that there is something, never what."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, pagination, shapes
from api.schema import PAGING, describe, page_of
from api.texts import speaks_english
from api.views import ApiView, Nothing, read_body, viewing
from parties.access import Viewer
from parties.cursors import Cursors
from workflow import inbox
from workflow.channels import texts
from workflow.models import Case, Notification


class MessageSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    template = serializers.CharField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    case = serializers.UUIDField(required=False, help_text="仅当您可以查看该事项时")


class InboxView(ApiView):
    queries = pagination.QUERIES

    @describe(
        "消息",
        answers={200: page_of("InboxPage", MessageSerializer(many=True))},
        codes=["cursor.invalid"],
        parameters=PAGING,
        tags=["inbox"],
    )
    def get(self, request: Request) -> Response:
        with viewing(request) as viewer:
            found, following = pagination.kept_page(
                Viewer.rows,
                viewer,
                Notification,
                by=("-created_at", "pk"),
                cursors=Cursors.of(viewer, "inbox"),
                request=request,
            )
            cases = _visible_cases(viewer, found)
            return Response(pagination.answer(found, following, lambda row: _shown(row, cases)))


class ReadView(ApiView):
    @describe(
        "标为已读",
        body=Nothing,
        answers={200: MessageSerializer},
        codes=["access.not_found"],
        tags=["inbox"],
        post=True,
    )
    def post(self, request: Request, message_id: UUID) -> Response:
        given = read_body(request, Nothing)
        with viewing(request) as viewer:
            seen = viewer.get(Notification, message_id)
            cases = _visible_cases(viewer, [seen])

        def act() -> Response:
            message = inbox.read(
                school_id=viewer.person.school_id,
                message_id=message_id,
                by=viewer.person,
                at=viewer.at,
            )
            return Response(_shown(message, cases))

        return idempotency.once(request, given, act)


def _visible_cases(viewer: Viewer, found: list[Notification]) -> set[UUID]:
    wanted = {message.case_id for message in found if message.case_id is not None}
    return set(viewer.rows(Case).filter(pk__in=wanted).values_list("pk", flat=True))


def _shown(message: Notification, cases: set[UUID]) -> dict[str, Any]:
    language = "en" if speaks_english() else "zh"
    body: dict[str, Any] = {
        "id": str(message.pk),
        "template": message.template,
        "text": texts.of(message.template, language).line,
        "created_at": message.created_at.isoformat(),
        "read_at": shapes.moment(message.read_at),
    }
    if message.case_id in cases:
        body["case"] = str(message.case_id)
    return body
