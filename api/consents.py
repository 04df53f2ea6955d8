"""同意: who agreed to what until when, taken back or not, in their own words or written down."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency, shapes
from api.moments import Moment
from api.schema import describe
from api.shapes import PersonSerializer
from api.views import ApiView, Id, Strict, read_body, text, viewing
from parties import consent_notes, consent_refusals, consent_views, consents
from parties.access import Viewer
from parties.models import Consent, Student


class ConsentInput(Strict):
    purpose = serializers.ChoiceField(Consent.Purpose.choices)
    ends_at = Moment(help_text="同意到什么时候为止，最长一年")
    giver = Id(required=False, help_text="教师代为登记时：谁同意的")
    proof = serializers.ChoiceField(Consent.Proof.choices, default=Consent.Proof.IN_APP)
    proof_note = text(
        longest=500, required=False, allow_blank=True, default="", help_text="代为登记时的凭据"
    )


class ConsentWithdrawInput(Strict):
    said_by = Id(
        required=False, help_text="教师代为登记时：是谁说要撤回的；没有说明的不填，只撤回已有的同意"
    )


class ConsentRefusalInput(Strict):
    purpose = serializers.ChoiceField(Consent.Purpose.choices)
    said_by = Id(required=False, help_text="教师代为登记时：是谁不同意")


class ConsentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    consent_no = serializers.CharField()
    purpose = serializers.ChoiceField(Consent.Purpose.choices)
    giver = PersonSerializer()
    capacity = serializers.ChoiceField(Consent.Capacity.choices)
    proof = serializers.ChoiceField(
        Consent.Proof.choices, allow_blank=True, help_text="不同意的不须凭据，是空的"
    )
    proof_note = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="不同意没有期限，是空的")
    state = serializers.ChoiceField(Consent.State.choices)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    holds = serializers.BooleanField(
        required=False, help_text="现在是否有效；只给工作上须要知道的教师，家庭那里没有这一项"
    )


class ConsentsSerializer(serializers.Serializer[Any]):
    results = ConsentSerializer(many=True)
    refused = serializers.ListField(
        child=serializers.ChoiceField(Consent.Purpose.choices),
        required=False,
        help_text="哪些用途有监护人（或年满十四周岁的学生）不同意，或撤回后没有再同意，因此别人的同意不生效；"
        "家庭那里没有这一项",
    )


class ConsentsView(ApiView):
    @describe(
        "该生的同意",
        answers={200: ConsentsSerializer},
        codes=["access.not_found"],
        tags=["consents"],
    )
    def get(self, request: Request, student_id: UUID) -> Response:
        with viewing(request) as viewer:
            found = consents.of_student(viewer, student_id=student_id)
            body: dict[str, Any] = {"results": [_shown(viewer, one) for one in found]}
            refused = consents.refused(viewer, student=viewer.get(Student, student_id))
            return Response(body if refused is None else {**body, "refused": refused})

    @describe(
        "表示同意；或由教师登记书面、电话同意",
        description="每次只为一个用途，有期限，可随时撤回。",
        body=ConsentInput,
        answers={201: ConsentSerializer},
        codes=["access.not_found", "access.not_allowed"],
        tags=["consents"],
        post=True,
    )
    def post(self, request: Request, student_id: UUID) -> Response:
        given = read_body(request, ConsentInput)
        with viewing(request) as viewer:
            viewer.get(Student, student_id)

        def make(made_id: UUID) -> Response:
            terms = consents.Given(**given)
            with viewing(request) as viewer:
                made = consents.give(viewer, student_id=student_id, given=terms, key=made_id)
                return Response(_shown(viewer, made), status=201)

        return idempotency.once_made(request, given, make)


class ConsentRefusalView(ApiView):
    @describe(
        "不同意；或由教师登记谁不同意",
        description="什么时候都可以，不须理由。现有的同意随之失效；这个人再次同意之前，"
        "别人的同意不生效。没有撤回什么的不同意，家里别的人看不到。",
        body=ConsentRefusalInput,
        answers={200: ConsentSerializer},
        codes=["access.not_found", "access.not_allowed"],
        tags=["consents"],
        post=True,
    )
    def post(self, request: Request, student_id: UUID) -> Response:
        given = read_body(request, ConsentRefusalInput)
        with viewing(request) as viewer:
            viewer.get(Student, student_id)

        def run() -> Response:
            with viewing(request) as viewer:
                said = consent_refusals.refuse(viewer, student_id=student_id, **given)
                return Response(_shown(viewer, said))

        return idempotency.once(request, given, run)


class ConsentWithdrawView(ApiView):
    @describe(
        "撤回同意",
        description="撤回之后不能再据此使用；此前已经完成的记录不变。",
        body=ConsentWithdrawInput,
        answers={200: ConsentSerializer},
        codes=["access.not_found", "access.not_allowed"],
        tags=["consents"],
        post=True,
    )
    def post(self, request: Request, consent_id: UUID) -> Response:
        given = read_body(request, ConsentWithdrawInput)
        with viewing(request) as viewer:
            viewer.get(Consent, consent_id)

        def run() -> Response:
            with viewing(request) as viewer:
                taken = consents.withdraw(viewer, consent_id=consent_id, **given)
                return Response(_shown(viewer, taken))

        return idempotency.once(request, given, run)


def _shown(viewer: Viewer, one: Consent) -> dict[str, Any]:
    """Whether it counts is not said at home: it would tell of an order against somebody there."""
    plain = ("consent_no", "purpose", "capacity", "proof", "proof_note")
    moments = ("starts_at", "ends_at")
    endless = {"ends_at": None} if one.state == Consent.State.REFUSED else {}
    asks = consent_notes.is_asked_by(viewer, one.student)
    return {
        "id": str(one.pk),
        **{name: getattr(one, name) for name in plain},
        "state": consent_views.state(one),
        **{name: _moment(getattr(one, name)) for name in moments},
        "withdrawn_at": _moment(consent_views.withdrawn_at(one)),
        **endless,
        "giver": shapes.person(one.giver),
        **({"holds": consents.is_live(one, at=viewer.at)} if asks else {}),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
