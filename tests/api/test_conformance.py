"""Odd requests by several kinds of people: never a fault, never an answer that is not described.

`make test-deep` searches longer.
"""

import os
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from parties import clock, tenancy
from tests.api import plan_stories
from tests.api.callers import company, member
from tests.factories import CN, World
from tests.processes.notice_walk import drafted, sent
from tests.processes.walker import Walk
from workflow import notifications
from workflow.models import HumanTask, Notification

# Requests come in on threads of their own, so what they need is committed for real.
pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = 300 if os.environ.get("SANFANG_TEST_DEPTH") == "deep" else 25
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [
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
    "GET /api/v1/students/{student_id}/file",
    "GET /api/v1/students/{student_id}/file/export",
    "GET /api/v1/students/{student_id}/plan",
    "POST /api/v1/students/{student_id}/plan",
    "GET /api/v1/tasks",
    "GET /api/v1/tasks/{task_id}",
    "POST /api/v1/tasks/{task_id}/claim",
    "POST /api/v1/tasks/{task_id}/complete",
    "POST /api/v1/tasks/{task_id}/delegate",
    "POST /api/v1/tasks/{task_id}/remind",
    "POST /api/v1/tasks/{task_id}/return",
]
#: A random body is never the right password, form, colleague, earlier step, student or channel.
NEEDS_LUCK = {
    "POST /api/v1/cases/{case_id}/downgrade",
    "POST /api/v1/cases/{case_id}/downgrade/confirm",
    "POST /api/v1/cases/{case_id}/upgrade",
    "POST /api/v1/matters",
    "POST /api/v1/links",
    "PATCH /api/v1/items/{item_id}",
    "POST /api/v1/items/{item_id}/verify",
    "POST /api/v1/notices",
    "PATCH /api/v1/notices/{notice_id}",
    "POST /api/v1/notices/{notice_id}/contacts",
    "POST /api/v1/notices/{notice_id}/on-paper",
    "POST /api/v1/notices/{notice_id}/withdraw",
    "POST /api/v1/receipts/{receipt_id}/sign",
    "POST /api/v1/session",
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
PEOPLE = {"staff": "duty_officer", "guardian": "mother", "company": "company"}


@cache
def described() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/schema", WSGIHandler())


def ids(world: World, walk: Walk, who: str) -> dict[str, UUID]:
    """Things that exist; the staff member may see and do each of them."""
    notifications.deliver_due(lane="crisis", via="test")
    with tenancy.scope(world.id):
        message = Notification.objects.filter(channel="in_app").order_by("created_at")
        mine = message.filter(recipient=world[who]).first() if who in world.people else None
        tasks = HumanTask.objects.filter(case=walk.case_id).order_by("created_at")
        person = world.people.get(who)
        task = tasks.filter(candidates__contains=[person.pk]).first() if person else None
        task = task or tasks.first()
    assert task is not None
    return {
        **notice_ids(world, who),
        "case_id": walk.case_id,
        "task_id": task.pk,
        "message_id": mine.pk if mine else walk.case_id,
        "student_id": world.student.pk,
        "item_id": _item(world, who),
    }


def _item(world: World, who: str) -> UUID:
    """One that is this person's to do, in a plan of its own."""
    party = {"duty_officer": "SCHOOL", "mother": "FAMILY"}.get(who, "COMPANY")
    owner = world[who].pk if party == "SCHOOL" else None
    return plan_stories.item(world, owner_party=party, owner_id=owner).pk


def notice_ids(world: World, who: str) -> dict[str, UUID]:
    """A draft of the staff member's own, or a notice that went out; a receipt with a reply."""
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    out = sent(world, at=yesterday)
    out.act("reply", "mother", text="孩子说不想活了")
    mine = drafted(world, by=who, at=yesterday) if who == PEOPLE["staff"] else out
    return {"notice_id": mine.notice_id, "receipt_id": out.receipt("mother").pk}


def test_every_operation_is_tried(db: None) -> None:
    found = {operation.ok().label for operation in described().get_all_operations()}

    assert found == set(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", PEOPLE)
def test_nobody_gets_a_fault_or_an_undescribed_answer(
    world: World, crisis: Walk, kind: str, operation: str
) -> None:
    who = PEOPLE[kind]
    caller = company(world) if kind == "company" else member(world, who)
    known, headers = ids(world, crisis, who), caller._all({})
    cookies = {name: morsel.value for name, morsel in caller.client.cookies.items()}
    method, path = operation.split(" ")
    tried = described()[path][method]
    cases = st.one_of(
        tried.as_strategy(generation_mode=GenerationMode.POSITIVE),
        tried.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )
    seen: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, real=st.integers(0, 3))
    def search(case: Any, real: int) -> None:
        if real and case.path_parameters:
            case.path_parameters.update(
                {name: str(known[name]) for name in case.path_parameters if name in known}
            )
        if real and case.query:  # a random cursor is never a sealed one
            case.query = {name: case.query[name] for name in case.query if name in MUST_ASK}
        if real and operation == "POST /api/v1/crises" and isinstance(case.body, dict):
            case.body.setdefault("who", "某同学")  # student or who: OpenAPI 3.0 cannot say "or"
        answer = case.call(headers=headers, cookies=cookies)
        case.validate_response(answer, checks=CHECKS)
        seen.add(answer.status_code)

    search()

    assert seen
    if kind == "staff" and operation not in NEEDS_LUCK | OF_FAMILY:
        assert min(seen) < 300, "only refusals were tried"
