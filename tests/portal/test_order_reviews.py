"""After a crisis the school's pages ask whether somebody is still not to be told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from parties import clock, tenancy
from tests.api.stories import triaged
from tests.factories import World
from tests.portal.visitors import by_password
from tests.processes.walker import FATHER
from workflow import human_tasks, order_reviews
from workflow.models import Case, HumanTask

pytestmark = pytest.mark.django_db(transaction=True)


def asked(world: World) -> HumanTask:
    walk = triaged(world, suspects=FATHER, suspect_kind="guardian", safe_to_tell="no")
    with tenancy.scope(world.id):
        case = Case.objects.get(pk=walk.case_id)
        case.transfer(at=clock.now())
        case.save()
    noon = timezone.localtime(clock.now() + timedelta(days=1)).replace(hour=12)
    assert order_reviews.look_due(via="test", at=noon) == 1
    return task(world, "order_review")


def task(world: World, name: str) -> HumanTask:
    with tenancy.scope(world.id):
        return HumanTask.objects.get(name=name)


def test_the_question_offers_those_under_the_order_alone(world: World) -> None:
    phone = by_password(world, "duty_officer")

    phone.open(f"/tasks/{asked(world).pk}")

    assert "father（父亲）" in phone.text
    assert "mother（母亲）" not in phone.text


def test_the_second_reads_whom_the_first_would_tell_and_why(world: World) -> None:
    human_tasks.complete(
        school_id=world.id, task_id=asked(world).pk, by=world["duty_officer"], at=clock.now(),
        answer={"end_for": [str(world["father"].pk)], "reason": "法院已撤销禁令"},
    )  # fmt: skip
    phone = by_password(world, "vice_principal")

    phone.open(f"/tasks/{task(world, 'order_confirm').pk}")

    assert "可以重新告知： father" in phone.text
    assert "法院已撤销禁令" in phone.text
