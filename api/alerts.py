"""The banner for all staff of a grade: a crisis waits and nobody has answered."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.crises import NumberSerializer, numbers
from api.schema import describe
from api.texts import Text
from api.views import ApiView, viewing
from workflow import alerts

_TEXT = Text(
    "有未接报警情，请立即联系德育处。", "A crisis waits for an answer. Call the school office."
)


class AlertSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()
    numbers = NumberSerializer(many=True)


class AlertsSerializer(serializers.Serializer[Any]):
    alerts = AlertSerializer(many=True, help_text="至多一条：不说是哪一件，也不说有几件")


class AlertsView(ApiView):
    @describe(
        "未接报警情横幅（教职工）",
        answers={200: AlertsSerializer},
        tags=["cases"],
    )
    def get(self, request: Request) -> Response:
        with viewing(request) as viewer:
            raised = alerts.is_raised(viewer)
        alert = {"code": "crisis.unanswered", "text": str(_TEXT), "numbers": numbers()}
        return Response({"alerts": [alert] if raised else []})
