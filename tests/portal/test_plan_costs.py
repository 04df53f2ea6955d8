"""Pages of a plan ask the database as often for many items as for few."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parties import keyring
from tests.api import plan_stories
from tests.factories import World
from tests.portal.test_plan_desk import finished
from tests.portal.visitors import Phone, by_password

pytestmark = pytest.mark.django_db(transaction=True)


def three_more(world: World, case: UUID) -> None:
    plan_stories.item(world, case, owner_party="SCHOOL", title="每天问一次")
    done = plan_stories.item(world, case, recurrence="", title="周末的作业")
    finished(world, done)
    plan_stories.item(world, case, title="每天的作业")


def cost(phone: Phone, page: str) -> int:
    keyring.forget()  # the first page of a process opens every key that it needs
    with CaptureQueriesContext(connection) as asked:
        assert phone.open(page).status_code == 200
    return len(asked)


def test_more_items_cost_no_more_queries(world: World) -> None:
    case = plan_stories.running(world)
    teacher, mother = by_password(world, "teacher"), by_password(world, "mother")
    pages = ((teacher, "/plan/desk"), (teacher, f"/cases/{case}/plan"), (mother, "/plan"))
    three_more(world, case)
    few = [cost(*page) for page in pages]

    three_more(world, case)
    three_more(world, case)

    assert [cost(*page) for page in pages] == few
