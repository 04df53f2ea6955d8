"""Odd requests by several kinds of people: never a fault, never an answer that is not described.

`make test-deep` searches longer.
"""

import re
from typing import Any
from uuid import UUID

import pytest

from tests.api import meeting_stories, plan_stories, stories
from tests.api.callers import company, member
from tests.api.conformance import described, search
from tests.api.existing import PEOPLE, ids
from tests.api.test_record_conformance import RECORD_OPERATIONS
from tests.factories import World
from tests.processes.walker import Walk

# Requests come in on threads of their own, so what they need is committed for real.
pytestmark = pytest.mark.django_db(transaction=True)

OPERATIONS = [
    "POST /api/v1/receipts/{receipt_id}/scan",
    "GET /api/v1/alerts",
    "GET /api/v1/cases",
    "GET /api/v1/cases/{case_id}",
    "POST /api/v1/cases/{case_id}/acknowledge",
    "POST /api/v1/cases/{case_id}/danger-again",
    "POST /api/v1/cases/{case_id}/downgrade",
    "POST /api/v1/cases/{case_id}/downgrade/confirm",
    "GET /api/v1/cases/{case_id}/routing",
    "GET /api/v1/cases/{case_id}/timeline",
    "POST /api/v1/cases/{case_id}/upgrade",
    "POST /api/v1/consents/{consent_id}/withdraw",
    "POST /api/v1/crises",
    "GET /api/v1/cases/{case_id}/evaluations",
    "POST /api/v1/cases/{case_id}/evaluations",
    "GET /api/v1/inbox",
    "POST /api/v1/inbox/{message_id}/read",
    "POST /api/v1/language/check",
    "POST /api/v1/links",
    "GET /api/v1/items/{item_id}",
    "PATCH /api/v1/items/{item_id}",
    "POST /api/v1/items/{item_id}/block",
    "POST /api/v1/items/{item_id}/check-ins",
    "POST /api/v1/items/{item_id}/done",
    "POST /api/v1/items/{item_id}/drop",
    "POST /api/v1/items/{item_id}/evidence",
    "POST /api/v1/items/{item_id}/start",
    "POST /api/v1/items/{item_id}/verify",
    "GET /api/v1/notices",
    "POST /api/v1/notices",
    "GET /api/v1/notices/templates",
    "GET /api/v1/notices/{notice_id}",
    "PATCH /api/v1/notices/{notice_id}",
    "GET /api/v1/notices/{notice_id}/contacts",
    "POST /api/v1/notices/{notice_id}/contacts",
    "POST /api/v1/notices/{notice_id}/on-paper",
    "POST /api/v1/notices/{notice_id}/preview",
    "GET /api/v1/notices/{notice_id}/slips",
    "POST /api/v1/notices/{notice_id}/submit",
    "POST /api/v1/notices/{notice_id}/withdraw",
    "GET /api/v1/receipts",
    "GET /api/v1/receipts/{receipt_id}",
    "POST /api/v1/receipts/{receipt_id}/confirm",
    "POST /api/v1/receipts/{receipt_id}/danger",
    "POST /api/v1/receipts/{receipt_id}/open",
    "POST /api/v1/receipts/{receipt_id}/reply",
    "POST /api/v1/receipts/{receipt_id}/sign",
    "POST /api/v1/matters",
    "GET /api/v1/session",
    "POST /api/v1/session",
    "DELETE /api/v1/session",
    "GET /api/v1/students",
    "GET /api/v1/students/{student_id}/consents",
    "POST /api/v1/students/{student_id}/consents",
    "POST /api/v1/students/{student_id}/consents/refuse",
    "GET /api/v1/students/{student_id}/file",
    "GET /api/v1/students/{student_id}/file/export",
    "GET /api/v1/students/{student_id}/plan",
    "POST /api/v1/students/{student_id}/plan",
    "GET /api/v1/wordings",
    "POST /api/v1/wordings/{wording_id}/supplement",
    "GET /api/v1/tasks",
    "GET /api/v1/tasks/{task_id}",
    "POST /api/v1/tasks/{task_id}/claim",
    "POST /api/v1/tasks/{task_id}/complete",
    "POST /api/v1/tasks/{task_id}/delegate",
    "POST /api/v1/tasks/{task_id}/remind",
    "POST /api/v1/tasks/{task_id}/return",
    "GET /api/v1/cases/{case_id}/meeting",
    "POST /api/v1/cases/{case_id}/meeting",
    "POST /api/v1/cases/{case_id}/meeting/papers",
    "POST /api/v1/cases/{case_id}/meeting/slots",
    "POST /api/v1/cases/{case_id}/meeting/attempts",
    "POST /api/v1/cases/{case_id}/meeting/move",
    "POST /api/v1/cases/{case_id}/meeting/held",
    "GET /api/v1/meetings/{meeting_id}",
    "POST /api/v1/meetings/{meeting_id}/choose",
    "POST /api/v1/meetings/{meeting_id}/change",
    "POST /api/v1/meetings/{meeting_id}/decline",
    "POST /api/v1/meetings/{meeting_id}/attend",
]
#: A random body is never the right password, form, colleague, earlier step, student or channel.
NEEDS_LUCK = {
    "POST /api/v1/cases/{case_id}/downgrade",
    "POST /api/v1/cases/{case_id}/downgrade/confirm",
    "POST /api/v1/cases/{case_id}/upgrade",
    "POST /api/v1/matters",
    "POST /api/v1/cases/{case_id}/meeting",
    "POST /api/v1/cases/{case_id}/meeting/attempts",
    "POST /api/v1/cases/{case_id}/meeting/held",
    "POST /api/v1/cases/{case_id}/meeting/slots",
    "POST /api/v1/meetings/{meeting_id}/attend",
    "POST /api/v1/meetings/{meeting_id}/change",
    "POST /api/v1/meetings/{meeting_id}/choose",
    "POST /api/v1/meetings/{meeting_id}/decline",
    "GET /api/v1/notices/{notice_id}/slips",  # the homeroom teacher's: test_notices.py
    "POST /api/v1/links",
    "PATCH /api/v1/items/{item_id}",
    "POST /api/v1/items/{item_id}/evidence",  # a picture: test_plan.py
    "POST /api/v1/items/{item_id}/verify",
    "POST /api/v1/notices",
    "PATCH /api/v1/notices/{notice_id}",
    "POST /api/v1/notices/{notice_id}/contacts",
    "POST /api/v1/notices/{notice_id}/on-paper",
    "POST /api/v1/notices/{notice_id}/withdraw",
    "POST /api/v1/receipts/{receipt_id}/scan",  # the homeroom teacher's: test_notice_scans.py
    "POST /api/v1/receipts/{receipt_id}/sign",
    "POST /api/v1/session",
    "POST /api/v1/students/{student_id}/consents",
    "POST /api/v1/students/{student_id}/consents/refuse",
    "POST /api/v1/students/{student_id}/plan",
    "POST /api/v1/tasks/{task_id}/complete",
    "POST /api/v1/tasks/{task_id}/delegate",
    "POST /api/v1/tasks/{task_id}/return",
}
#: Queries that may not be left out.
MUST_ASK = {"purpose", "format"}
#: What only a guardian may do with a receipt of their own.
OF_FAMILY = {
    f"POST /api/v1/receipts/{{receipt_id}}/{verb}" for verb in ("open", "confirm", "reply", "sign")
}


def test_every_operation_is_tried(db: None) -> None:
    found = {operation.ok().label for operation in described().get_all_operations()}

    assert found == {*OPERATIONS, *RECORD_OPERATIONS}


def _stage(world: World, operation: str) -> dict[str, UUID]:
    """What only some operations are about, in the place of what all are."""
    if "/meeting" in operation:
        met = meeting_stories.on_offer(world)
        return {"case_id": met.case_id, "meeting_id": met.meeting.pk}
    if "/evaluations" in operation:  # of a crisis without a plan there is nothing to score
        return {"case_id": plan_stories.item(world).case_id}
    if "/wordings" in operation:
        return {"wording_id": stories.asked_for_words(world, by=PEOPLE["staff"]).pk}
    return {}


def _mended(operation: str, body: dict[str, Any]) -> dict[str, Any]:
    if operation == "POST /api/v1/crises":  # student or who: OpenAPI 3.0 cannot say "or"
        return {"who": "某同学", **body}
    if "/evaluations" in operation and isinstance(body.get("plan_round"), int):
        return {**body, "plan_round": 1}  # no other round has begun
    return body


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", PEOPLE)
def test_nobody_gets_a_fault_or_an_undescribed_answer(
    world: World, crisis: Walk, kind: str, operation: str
) -> None:
    who = PEOPLE[kind]
    caller = company(world) if kind == "company" else member(world, who)
    known = ids(world, crisis, who, operation)
    known |= _stage(world, operation)
    assert set(re.findall(r"{(\w+)}", operation)) <= set(known)

    def mend(case: Any) -> dict[str, str]:
        if case.query:  # a random cursor is never a sealed one
            case.query = {name: case.query[name] for name in case.query if name in MUST_ASK}
        if isinstance(case.body, dict):
            case.body = _mended(operation, case.body)
        return {}

    seen = search(operation, caller, known, mend=mend)

    assert seen
    if kind == "staff" and operation not in NEEDS_LUCK | OF_FAMILY:
        if min(seen) >= 300:
            seen = search(operation, caller, known, mend=mend, sound=True)
        assert min(seen) < 300, "only refusals were tried"
