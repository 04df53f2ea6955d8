"""What becomes of a record when nobody works with it any more: archived, then perhaps sealed."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.record_acts import RecordAct, acting, answered, asked, changing
from api.record_inputs import ArchiveInput, DiscardInput, SealInput
from api.views import read_body
from records import keeping
from workflow import communication as acts


class ArchiveView(RecordAct):
    body_type = ArchiveInput

    @acting(
        "归档（德育处或现任班主任）",
        ArchiveInput,
        description="已生效、没有未了结异议的记录；照旧可读，也仍可提出异议。",
    )
    def post(self, request: Request, record_id: UUID) -> Response:
        return self.act(request, record_id, keeping.archive)


class SealView(RecordAct):
    body_type = SealInput

    @acting(
        "封存（德育处负责人）",
        SealInput,
        description="此后只有德育处、审计员和该生及其家庭可读内容（德育处写的，分管校领导也可读）；"
        "其他人只知道有这份记录。",
    )
    def post(self, request: Request, record_id: UUID) -> Response:
        return self.act(request, record_id, keeping.seal)


class DiscardView(RecordAct):
    @changing(
        "放弃草稿（记录人）",
        DiscardInput,
        description="还没有人签字的草稿；保留在库中，不再出现在档案里，其版本号不再使用。",
    )
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, DiscardInput)
        who = asked(request, record_id, draft=True)
        return answered(request, given, lambda: acts.discard(**who.who, **given, seen=who.seen))


class DiscardNextView(RecordAct):
    @acting(
        "放弃未定稿的新版本（德育处负责人）",
        DiscardInput,
        description="妨碍封存这一版的新版本，还没有人签字；其记录人会得到通知。回答是这一版本身。",
    )
    def post(self, request: Request, record_id: UUID) -> Response:
        given = read_body(request, DiscardInput)
        who = asked(request, record_id)
        return answered(request, given, lambda: acts.discard_next(**who.who, **given))
