"""Raise a matter that is no emergency. What becomes of it, a person decides."""

from typing import Any, Final
from uuid import uuid4

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.auth import identity_of
from api.schema import describe
from api.views import ApiView, Id, Strict, read_body, text, viewing
from parties.models import Student
from workflow import matters
from workflow.matters import MatterInput
from workflow.models import Matter


class MatterBody(Strict):
    """What it is about, and four questions about how grave it is."""

    student = Id(help_text="学生 id")
    trigger = serializers.ChoiceField(Matter.Trigger.choices, help_text="触发原因")
    words = text(longest=5000, help_text="事由，用自己的话")
    danger = serializers.ChoiceField(
        Matter.Danger.choices, help_text="现在有危险吗；有危险请直接 POST /crises"
    )
    repeated = serializers.BooleanField(default=False, help_text="反复出现")
    needs_family = serializers.BooleanField(default=False, help_text="需要家长到场或答复")
    individual = serializers.BooleanField(default=True, help_text="含个人信息")
    recused = serializers.BooleanField(
        default=False,
        help_text="事情涉及班主任，请班主任回避：看不到，也不参与办理；提出后不能撤回",
    )


class SlipSerializer(serializers.Serializer[Any]):
    receipt_no = serializers.CharField(help_text="回执编号")
    raised_at = serializers.DateTimeField()
    case = serializers.UUIDField(required=False, help_text="仅当您可以查看该事项时")


_EXAMPLE: Final = OpenApiExample(
    "两次技能测试未通过",
    value={
        "student": "11111111-1111-4111-8111-111111111111",
        "trigger": "academic",
        "words": "第二次技能测试未通过，想约家长谈一谈。",
        "danger": "no",
        "repeated": True,
    },
    request_only=True,
)


class MattersView(ApiView):
    @describe(
        "提出事项",
        description="不是紧急情况的入口：提示与决策表只提建议，渠道由人决定。",
        body=MatterBody,
        answers={201: SlipSerializer},
        codes=["access.not_found", "access.not_allowed"],
        tags=["matters"],
        post=True,
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        given = read_body(request, MatterBody)
        key = idempotency.key_of(request)
        identity = identity_of(request)
        with viewing(request) as viewer:
            viewer.get(Student, given["student"])  # before anything is answered again

        def act() -> Response:
            slip = matters.receive(
                person=identity.person,
                matter=_matter(given),
                key=f"api:{key or uuid4()}",
            )
            body = {"receipt_no": slip.receipt_no, "raised_at": slip.raised_at.isoformat()}
            seen = matters.visible_case(person=identity.person, case_id=slip.case_id)
            if seen is not None:
                body["case"] = str(seen)
            return Response(body, status=201)

        return idempotency.once(request, given, act)


def _matter(given: dict[str, Any]) -> MatterInput:
    return MatterInput(
        student_id=given["student"],
        trigger=given["trigger"],
        words=given["words"],
        danger=given["danger"],
        repeated=given["repeated"],
        needs_family=given["needs_family"],
        individual=given["individual"],
        recused=given["recused"],
    )
