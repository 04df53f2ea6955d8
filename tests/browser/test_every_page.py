"""The pages that a school and a family open besides: on a small phone nothing of them is cut off,
and what is to be tapped is large enough.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page

from parties import clock
from tests.api import plan_stories
from tests.api.papers import FACT, MONEY, offered, written
from tests.browser.thumbs import fits, signed_in
from tests.factories import CN, World
from tests.processes.notice_walk import sent

pytestmark = pytest.mark.django_db(transaction=True)


def visit(page: Page, name: str, address: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    fits(page, name)


def test_pages_about_a_student(world: World, phone: Page) -> None:
    student = world.student.pk
    case = plan_stories.running(world)
    item = plan_stories.item(world, case)
    signed_in(phone, world, "teacher")

    visit(phone, "home-teacher", "/")
    visit(phone, "students", "/students")
    visit(phone, "file-teacher", f"/students/{student}/file")
    visit(phone, "consent-desk", f"/students/{student}/consent-desk")
    visit(phone, "matter", "/matters/new")
    visit(phone, "case-plan", f"/cases/{case}/plan")
    visit(phone, "plan-amend", f"/plan/{item.pk}/amend")
    visit(phone, "plan-desk", "/plan/desk")
    visit(phone, "upgrade", f"/cases/{case}/upgrade")
    visit(phone, "downgrade", f"/cases/{case}/downgrade")


def test_pages_about_a_record(world: World, phone: Page) -> None:
    paper, draft = offered(world, FACT, MONEY, trigger="PRAISE"), written(world, FACT)
    signed_in(phone, world, "teacher")

    visit(phone, "record-pending", f"/records/{paper.id}")
    visit(phone, "witness", f"/records/{paper.id}/witness")
    visit(phone, "record-edit", f"/records/{draft.id}/edit")


def test_pages_about_a_notice(world: World, phone: Page) -> None:
    yesterday = clock.now().astimezone(CN).replace(hour=10) - timedelta(days=1)
    walk = sent(world, at=yesterday, strength="SIGN")
    receipt = UUID(str(walk.receipt("mother").pk))
    signed_in(phone, world, "teacher")

    visit(phone, "notice-desk", f"/notices/{walk.notice.pk}/desk")
    visit(phone, "notice-contacts", f"/notices/{walk.notice.pk}/contacts")
    visit(phone, "notice-contact", f"/receipts/{receipt}/contact")
    visit(phone, "notice-answer", f"/receipts/{receipt}/answer")
    visit(phone, "notice-slip", f"/receipts/{receipt}/slip")
    visit(phone, "case-notice", f"/cases/{walk.notice.case_id}")


def test_pages_of_a_family(world: World, phone: Page) -> None:
    paper = offered(world, FACT, trigger="PRAISE")
    paper.sign()
    plan_stories.item(world)
    signed_in(phone, world, "mother")

    visit(phone, "home-of-a-mother", "/")
    visit(phone, "consents", f"/students/{world.student.pk}/consents")
    visit(phone, "record-to-sign", f"/records/{paper.id}")
    visit(phone, "object", f"/records/{paper.id}/object")
    visit(phone, "matter-mother", "/matters/new")
