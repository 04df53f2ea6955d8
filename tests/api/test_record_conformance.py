"""Odd requests about records by several kinds of people, as tests/api/test_conformance.py sends."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from parties import tenancy
from records.models import (
    Attachment,
    CommunicationRecord,
    HoldRequest,
    Objection,
    Statement,
)
from tests.api.callers import PASSWORD, company, member
from tests.api.conformance import search
from tests.api.papers import as_read, effective, offered, upload, written
from tests.factories import World
from tests.records.uploads.files import jpeg

pytestmark = pytest.mark.django_db(transaction=True)

RECORD_OPERATIONS = [
    "GET /api/v1/attachments/{attachment_id}",
    "DELETE /api/v1/attachments/{attachment_id}",
    "POST /api/v1/attachments/{attachment_id}/destroy",
    "POST /api/v1/attachments/{attachment_id}/redact",
    "GET /api/v1/objections",
    "POST /api/v1/objections/{objection_id}/annotate",
    "POST /api/v1/objections/{objection_id}/answer",
    "POST /api/v1/objections/{objection_id}/content",
    "POST /api/v1/objections/{objection_id}/insist",
    "POST /api/v1/objections/{objection_id}/withdraw",
    "GET /api/v1/records/templates",
    "GET /api/v1/records/{record_id}",
    "PATCH /api/v1/records/{record_id}",
    "POST /api/v1/records/{record_id}/attachments",
    "POST /api/v1/records/{record_id}/check",
    "GET /api/v1/records/{record_id}/export",
    "GET /api/v1/hold-requests",
    "POST /api/v1/hold-requests/{request_id}/refuse",
    "POST /api/v1/hold-requests/{request_id}/withdraw",
    "POST /api/v1/records/{record_id}/hold",
    "GET /api/v1/records/{record_id}/hold-requests",
    "POST /api/v1/records/{record_id}/hold-requests",
    "POST /api/v1/records/{record_id}/next-version",
    "POST /api/v1/records/{record_id}/objections",
    "POST /api/v1/records/{record_id}/offer",
    "PUT /api/v1/records/{record_id}/participants",
    "PUT /api/v1/records/{record_id}/prepared",
    "POST /api/v1/records/{record_id}/recall",
    "POST /api/v1/records/{record_id}/refuse",
    "POST /api/v1/records/{record_id}/release",
    "POST /api/v1/records/{record_id}/archive",
    "GET /api/v1/records/{record_id}/copies",
    "GET /api/v1/records/{record_id}/destroyed",
    "POST /api/v1/records/{record_id}/seal",
    "POST /api/v1/records/{record_id}/discard",
    "POST /api/v1/records/{record_id}/discard-next",
    "POST /api/v1/records/{record_id}/sharing-override",
    "POST /api/v1/records/{record_id}/sign",
    "POST /api/v1/records/{record_id}/statements",
    "PATCH /api/v1/records/{record_id}/statements/{statement_id}",
    "DELETE /api/v1/records/{record_id}/statements/{statement_id}",
    "POST /api/v1/records/{record_id}/witness",
    "POST /api/v1/students/{student_id}/records",
]
PEOPLE = {"author": "teacher", "guardian": "mother", "company": "company"}
#: These are about a record that took effect, or that waits for signatures; the rest, about a draft.
EFFECTIVE = ("export", "next-version", "hold", "release", "objections", "archive", "discard-next")
OFFERED = ("sign", "refuse", "witness", "recall")
#: A random body is never a colleague, a good file, the right week, or an act that fits the moment.
NEEDS_LUCK = (
    "attachments", "hold", "release", "refuse", "witness", "offer", "objections", "PATCH",
    "prepared", "participants", "check", "sharing-override", "archive", "seal",
    "destroy", "redact", "discard", "discard-next", "hold-requests",
)  # fmt: skip


def record_for(world: World, operation: str) -> str:
    """A record in the state that the operation is about, with a file and an objection."""
    verb = operation.rsplit("/", 1)[-1]
    if verb in EFFECTIVE or "objection_id" in operation:
        paper = effective(world)
        words = {"ground": "WRONG", "wish": "CORRECT", "words": "只有一次"}
        if "objection_id" in operation:
            member(world, "mother").post(f"/records/{paper.id}/objections", words)
        return paper.id
    paper = offered(world) if verb in OFFERED else written(world)
    upload(paper.writer, paper.id, jpeg())
    if "request_id" in operation:
        until = paper.writer.get(f"/records/{paper.id}").json()["created_at"]
        moment = datetime.fromisoformat(until) + timedelta(days=2)
        body = {"reason": "先由心理教师说明", "until": moment.isoformat()}
        paper.writer.post(f"/records/{paper.id}/hold-requests", body)
    if verb == "offer":
        paper.keep(paper.writer.get(f"/records/{paper.id}"))
        paper.do("check")
    return paper.id


def ids(world: World, record_id: str) -> dict[str, UUID]:
    with tenancy.scope(world.id):
        statement = Statement.objects.filter(record=UUID(record_id)).first()
        attached = Attachment.objects.first()
        objection = Objection.objects.first()
        request = HoldRequest.objects.first()
    assert statement is not None
    return {
        "record_id": UUID(record_id),
        "student_id": world.student.pk,
        "statement_id": statement.pk,
        "attachment_id": attached.pk if attached else statement.pk,
        "objection_id": objection.pk if objection else statement.pk,
        "request_id": request.pk if request else statement.pk,
    }


@pytest.mark.parametrize("operation", RECORD_OPERATIONS)
@pytest.mark.parametrize("kind", PEOPLE)
def test_nobody_gets_a_fault_or_an_undescribed_answer(
    world: World, kind: str, operation: str
) -> None:
    record_id = record_for(world, operation)
    caller = company(world) if kind == "company" else member(world, PEOPLE[kind])

    def mend(case: Any) -> dict[str, str]:
        if operation.endswith("/sign") and isinstance(case.body, dict):
            case.body |= {"password": PASSWORD, **as_read(caller, record_id)}
        with tenancy.scope(world.id):
            now = CommunicationRecord.objects.get(pk=record_id)
        return {"If-Match": f'"{now.version}.{now.edits}"'}

    seen = search(operation, caller, ids(world, record_id), mend=mend)

    assert seen
    mine = kind == "author" and not any(word in operation for word in NEEDS_LUCK)
    if mine and "objection_id" not in operation:
        if min(seen) >= 300:
            seen = search(operation, caller, ids(world, record_id), mend=mend, sound=True)
        assert min(seen) < 300, f"only refusals were tried: {seen}"
