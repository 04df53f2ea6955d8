"""效果评估: what one's own side says of a plan, and the other's as soon as both have spoken."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.schema import describe
from api.views import ApiView, Id, Strict, Whole, read_body, text, viewing
from parties.access import Viewer
from records import free_words, plan_drafts
from records.evaluations import Score
from records.models import Evaluation
from workflow import plans
from workflow.models import Case


class EvaluationSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    side = serializers.ChoiceField(Evaluation.Side.choices)
    plan_round = serializers.IntegerField()
    item = serializers.UUIDField(allow_null=True)
    score = serializers.IntegerField(min_value=Evaluation.LOWEST, max_value=Evaluation.HIGHEST)
    baseline_now = serializers.CharField(allow_blank=True)
    words = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class EvaluationsSerializer(serializers.Serializer[Any]):
    results = EvaluationSerializer(many=True)


class ScoreInput(Strict):
    score = Whole(low=Evaluation.LOWEST, high=Evaluation.HIGHEST)
    item = Id(required=False, allow_null=True, help_text="只评这一项；不写为整个计划")
    plan_round = Whole(low=1, high=100, required=False, help_text="评的是哪一轮；不写为现在这一轮")
    baseline_now = text(
        longest=plan_drafts.LONGEST_WORDS, default="", required=False, allow_blank=True
    )
    words = text(longest=plan_drafts.LONGEST_WORDS, default="", required=False, allow_blank=True)


class EvaluationsView(ApiView):
    @describe(
        "效果评估",
        description="自己一方的评分总能看到；另一方的评分在双方都评过以后才能看到。",
        answers={200: EvaluationsSerializer},
        codes=["access.not_found"],
        tags=["plans"],
    )
    def get(self, request: Request, case_id: UUID) -> Response:
        with viewing(request) as viewer:
            return Response({"results": _shown(viewer, viewer.get(Case, case_id))})

    @describe(
        "评分",
        description="−2 明显变差，0 达到约定，+2 明显好于约定。每一方每轮一次，不能更改。",
        body=ScoreInput,
        answers={201: EvaluationSerializer},
        codes=["access.not_found", "access.not_allowed", "state.wrong"],
        tags=["plans"],
        post=True,
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        given = read_body(request, ScoreInput)
        with viewing(request) as viewer:
            viewer.get(Case, case_id)

        def run() -> Response:
            values = {**given, "item_id": given.get("item")}
            values.pop("item", None)
            made = plans.score(
                school_id=viewer.person.school_id,
                case_id=case_id,
                by=viewer.person,
                at=viewer.at,
                given=Score(**values),
            )
            with viewing(request) as after:
                kept = free_words.cut(after, after.get(Evaluation, made.pk))
                return Response(_row(kept), status=201)

        return idempotency.once(request, given, run)


def _shown(viewer: Viewer, case: Case) -> list[dict[str, Any]]:
    rows = viewer.rows(Evaluation).filter(case_id=case.pk)
    found = rows.order_by("plan_round", "at", "pk")
    return [_row(free_words.cut(viewer, row)) for row in found]


def _row(found: Evaluation) -> dict[str, Any]:
    return {
        "id": str(found.pk),
        "side": found.side,
        "plan_round": found.plan_round,
        "item": None if found.item_id is None else str(found.item_id),
        "score": found.score,
        "baseline_now": found.baseline_now,
        "words": found.words,
        "at": found.at.isoformat(),
    }
