"""送达与销毁: who got a copy of which version, and which files of a record are gone, and why."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, shapes
from api.attachments import see
from api.record_acts import CODES
from api.record_inputs import DestroyInput
from api.schema import describe
from api.shapes import PersonSerializer
from api.views import ApiView, read_body, viewing
from records import custody, destroying
from records.models import Delivery


class CopySerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    to = PersonSerializer()
    how = serializers.ChoiceField(Delivery.How.choices)
    purpose = serializers.CharField(allow_blank=True, help_text="取走副本的用途；送达的为空")
    at = serializers.DateTimeField()


class CopiesSerializer(serializers.Serializer[Any]):
    results = CopySerializer(many=True)


class GoneSerializer(serializers.Serializer[Any]):
    file = serializers.UUIDField()
    at = serializers.DateTimeField(allow_null=True)
    by = PersonSerializer(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    kept = serializers.BooleanField(
        help_text="由记录人取下：内容加密留存，只有取下时不知情的监护人还能打开"
    )


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
                        "purpose": one.purpose,
                        "at": one.at.isoformat(),
                    }
                    for one in found
                ]
            }
        )


class DestroyedView(ApiView):
    @describe(
        "已取下、已销毁的附件：何时、由谁、为何",
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
        "kept": one.kept,
    }


class DestructionView(ApiView):
    @describe(
        "销毁附件（德育处负责人）",
        description="不是记录人，也不是上传人；有未了结的异议、已归档或封存的，不能销毁。"
        "曾有此附件、由谁何时为何销毁都保留。通知签字回执的扫描件也由此销毁，登记人不能。",
        body=DestroyInput,
        answers={204: None},
        codes=[*CODES, "vault.unavailable"],
        tags=["attachments"],
        post=True,
    )
    def post(self, request: Request, attachment_id: UUID) -> Response:
        given = read_body(request, DestroyInput)
        viewer = see(request, attachment_id, to_destroy=True)

        def act() -> Response:
            destroying.destroy(
                school_id=viewer.person.school_id,
                by=viewer.person,
                at=viewer.at,
                attachment_id=attachment_id,
                **given,
            )
            return Response(status=204)

        return idempotency.once(request, given, act)
