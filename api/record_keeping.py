"""What becomes of a record when nobody works with it any more: archived, then perhaps sealed."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.record_acts import RecordAct, acting
from api.record_inputs import ArchiveInput, SealInput
from records import keeping


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
        description="此后只有德育处负责人、分管校领导和该生及其家庭可读内容；其他人只知道有这份记录。",
    )
    def post(self, request: Request, record_id: UUID) -> Response:
        return self.act(request, record_id, keeping.seal)
