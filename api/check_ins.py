"""签到: one day of an item that comes again, or why it was not done."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import idempotency
from api.moments import Day
from api.plan_part_shapes import ProgressSerializer
from api.plans import progress
from api.record_acts import CODES
from api.schema import describe
from api.views import ApiView, Strict, read_body, text, viewing
from records import check_ins, item_stillness, plan_drafts
from records.models import ActionItem, ItemCheckIn
from workflow import family_words


class CheckInInput(Strict):
    day = Day(required=False, help_text="今天或昨天；不写为今天")
    excuse = text(longest=plan_drafts.LONGEST_WORDS, required=False, help_text="没有做的原因")


class CheckInSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    day = serializers.DateField()
    state = serializers.ChoiceField(ItemCheckIn.State.choices)
    progress = ProgressSerializer(required=False)


class CheckInsView(ApiView):
    @describe(
        "签到，或说明没有做的原因",
        description="每项每天一次；重复发送不会重复记录。可补昨天。",
        body=CheckInInput,
        answers={200: CheckInSerializer},
        codes=CODES,
        tags=["plans"],
        post=True,
    )
    def post(self, request: Request, item_id: UUID) -> Response:
        given = read_body(request, CheckInInput)
        with viewing(request) as viewer:
            viewer.get(ActionItem, item_id)

        def run() -> Response:
            row = family_words.check_in(
                school_id=viewer.person.school_id,
                item_id=item_id,
                by=viewer.person,
                at=viewer.at,
                **given,
            )
            return Response(_check_in(request, row))

        return idempotency.once(request, given, run)


def _check_in(request: Request, row: ItemCheckIn) -> dict[str, Any]:
    """The day; how it goes altogether is for who reads the item's rhythm."""
    body: dict[str, Any] = {"id": str(row.pk), "day": row.day.isoformat(), "state": row.state}
    with viewing(request) as viewer:
        item = item_stillness.as_it_stood(viewer, viewer.get(ActionItem, row.item_id))
        if "recurrence" in viewer.fields(item):
            body["progress"] = progress(check_ins.progress(item, at=viewer.at))
    return body
