"""Report a crisis: one call, three answers. Nothing but a broken database refuses a valid one."""

from typing import Any, Final

from django.conf import settings
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.auth import identity_of
from api.problems import broken, invalid
from api.schema import describe
from api.views import ApiView, Id, Strict, read_body, text
from parties.sign_in import Identity
from workflow import reporting
from workflow.models import CrisisReport
from workflow.reports import Receipt, ReportInput, Suspect

RELATIONS: Final = (
    ("FATHER", "父亲"),
    ("MOTHER", "母亲"),
    ("GRANDPARENT", "祖父母／外祖父母"),
    ("SIBLING", "兄姐"),
    ("OTHER", "其他监护人"),
    ("GUARDIAN", "监护人，不清楚是哪一位"),
    ("STAFF", "教职工"),
    ("STUDENT", "学生"),
    ("COMPANY", "企业人员"),
    ("UNKNOWN", "不清楚"),
)
_MOST_SUSPECTS: Final = 10


class SuspectInput(Strict):
    relation = serializers.ChoiceField(RELATIONS, help_text="与学生的关系")
    person = Id(required=False, allow_null=True)


class CrisisInput(Strict):
    """Three mandatory answers: who (student, or a description), observed, safe_now."""

    student = Id(required=False, allow_null=True, help_text="学生 id")
    who = text(longest=200, required=False, allow_blank=True, help_text="不知道 id 时，描述是谁")
    observed = text(longest=5000, help_text="看到或听到什么，尽量用原话")
    safe_now = serializers.ChoiceField(CrisisReport.Safe.choices, help_text="学生现在是否安全")
    place = text(longest=200, required=False, allow_blank=True, help_text="地点")
    with_whom = text(longest=200, required=False, allow_blank=True, help_text="谁在陪同")
    injuries = text(longest=1000, required=False, allow_blank=True, help_text="伤情")
    keep_secret = serializers.BooleanField(default=True, help_text="为报告人保密")
    suspects = serializers.ListField(
        child=SuspectInput(), required=False, max_length=_MOST_SUSPECTS
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("student") and not attrs.get("who", ""):
            raise invalid(broken("who", "required"))
        return attrs


class NumberSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ReceiptSerializer(serializers.Serializer[Any]):
    receipt_no = serializers.CharField(help_text="回执编号")
    reported_at = serializers.DateTimeField()
    numbers = NumberSerializer(many=True, help_text="可直接拨打的电话")
    case = serializers.UUIDField(required=False, help_text="仅当您可以查看该事项时")


_EXAMPLE: Final = OpenApiExample(
    "三项必答",
    value={
        "who": "数控2401班一名男生，姓王",
        "observed": "他说“活着没意思”，手腕上有新伤口。",
        "safe_now": "NO",
        "place": "宿舍三楼",
    },
    request_only=True,
)


class CrisesView(ApiView):
    open_to_bound_links = True

    @describe(
        "报告危机",
        description="生命危险时请先拨打 110、120。缺少 Idempotency-Key 也不会被拒绝。",
        body=CrisisInput,
        answers={201: ReceiptSerializer},
        tags=["crises"],
        post=True,
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        key = idempotency.usable_key(request)
        given = read_body(request, CrisisInput)
        identity = identity_of(request)
        if key is not None:
            # Only to notice other content: the domain itself answers a repeat with its receipt.
            idempotency.claim(request, key, given, wait=False)
        receipt = reporting.receive(person=identity.person, report=_report(given), key=key)
        return Response(_shown(receipt, identity), status=201)


def numbers() -> list[dict[str, str]]:
    """Whom anybody may call, from the configuration."""
    return [{"number": number, "label": label} for number, label in settings.CRISIS_NUMBERS]


def _report(given: dict[str, Any]) -> ReportInput:
    return ReportInput(
        student_id=given.get("student"),
        who=given.get("who", ""),
        observed=given["observed"],
        safe_now=given["safe_now"],
        place=given.get("place", ""),
        with_whom=given.get("with_whom", ""),
        injuries=given.get("injuries", ""),
        keep_secret=given["keep_secret"],
        suspects=tuple(
            Suspect(relation=suspect["relation"], person_id=suspect.get("person"))
            for suspect in given.get("suspects", [])
        ),
    )


def _shown(receipt: Receipt, identity: Identity) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "receipt_no": receipt.receipt_no,
        "reported_at": receipt.reported_at.isoformat(),
        "numbers": numbers(),
    }
    case_id = reporting.visible_case(person=identity.person, case_id=receipt.case_id)
    if case_id is not None:
        shown["case"] = str(case_id)
    return shown
