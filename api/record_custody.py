"""送达与销毁: who got a copy of which version, and which files of a record are gone, and why."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import shapes
from api.schema import describe
from api.shapes import PersonSerializer
from api.views import ApiView, viewing
from records import custody
from records.models import Delivery


class CopySerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    to = PersonSerializer()
    how = serializers.ChoiceField(Delivery.How.choices)
    at = serializers.DateTimeField()


class CopiesSerializer(serializers.Serializer[Any]):
    results = CopySerializer(many=True)


class GoneSerializer(serializers.Serializer[Any]):
    file = serializers.UUIDField()
    at = serializers.DateTimeField(allow_null=True)
    by = PersonSerializer(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class DestroyedSerializer(serializers.Serializer[Any]):
    results = GoneSerializer(many=True)


class CopiesView(ApiView):
    @describe(
        "送达：谁收到了哪一版",
        description="德育处、审计员看全部；其他能看这份记录的人只看自己收到的。",
        answers={200: CopiesSerializer},
        codes=["access.not_found"],
        tags=["records"],
    )
    def get(self, request: Request, record_id: UUID) -> Response:
        with viewing(request) as viewer:
            found = custody.copies(viewer, record_id)
        return Response(
            {
                "results": [
                    {
                        "version": one.version,
                        "to": shapes.person(one.to),
                        "how": one.how,
                        "at": one.at.isoformat(),
                    }
                    for one in found
                ]
            }
        )


class DestroyedView(ApiView):
    @describe(
        "已销毁的附件：何时、由谁、为何",
        description="给德育处和审计员；其他人看到的是空的。",
        answers={200: DestroyedSerializer},
        codes=["access.not_found"],
        tags=["records"],
    )
    def get(self, request: Request, record_id: UUID) -> Response:
        with viewing(request) as viewer:
            found = custody.destroyed(viewer, record_id)
            return Response({"results": [_gone(one) for one in found]})


def _gone(one: custody.Gone) -> dict[str, Any]:
    return {
        "file": str(one.file),
        "at": shapes.moment(one.at),
        "by": shapes.person(one.by),
        "reason": one.reason,
    }
