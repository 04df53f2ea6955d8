"""Slips on paper from the page of who still needs contact: one child's, or all that are needed."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models import Event
from parties import keyring, tenancy
from parties.models import GuardianLink, Person, Student
from tests.factories import World
from tests.portal.test_notices import sent
from tests.portal.visitors import Phone, by_password
from tests.processes.notice_walk import FRIDAY, Sent, second_family
from tests.processes.notice_walk import sent as sent_at

pytestmark = pytest.mark.django_db(transaction=True)


def on_paper(world: World) -> Student:
    """A classmate whose mother has neither phone nor mail."""
    child = second_family(world)
    with tenancy.scope(world.id):
        mother = Person.objects.get(pk=world["other_mother"].pk)
        mother.phone, mother.phone_index = "", None
        mother.save()
    return child


def listed(world: World, walk: Sent) -> Phone:
    phone = by_password(world, "teacher")
    phone.open(f"/notices/{walk.notice_id}/contacts")
    return phone


def printed(world: World) -> list[tuple[UUID | None, list[str]]]:
    """Who printed, and for which children, in order."""
    with tenancy.scope(world.id):
        found = list(Event.objects.filter(kind="notice.slip_printed").order_by("pk"))
        return [
            (one.actor, [ref for ref in one.refs if ref.startswith("student:")]) for one in found
        ]


def test_the_slip_of_one_child_is_printed_from_the_list(world: World) -> None:
    walk = sent(world)
    phone, mine = listed(world, walk), world.student.pk
    slip = f"/notices/{walk.notice_id}/slips?student={mine}"
    assert f'href="{slip}"' in phone.html

    got = phone.open(slip)

    assert (got.status_code, got.content[:5]) == (200, b"%PDF-")
    assert got.headers["Cache-Control"] == "no-store"
    assert "student" not in got.headers["Content-Disposition"]
    assert printed(world) == [(world["teacher"].pk, [f"student:{mine}"])]


def test_all_that_are_needed_on_paper_are_one_document(world: World) -> None:
    child = on_paper(world)
    walk = sent(world)
    phone = listed(world, walk)
    every = f"/notices/{walk.notice_id}/slips"
    assert f'href="{every}"' in phone.html

    assert phone.open(every).content.startswith(b"%PDF-")
    assert printed(world) == [(world["teacher"].pk, [f"student:{child.pk}"])]


def test_where_every_family_has_a_phone_nothing_is_offered_for_all(world: World) -> None:
    walk = sent(world)
    phone = listed(world, walk)
    every = f"/notices/{walk.notice_id}/slips"
    assert f'href="{every}"' not in phone.html

    got = phone.open(every)

    assert (got.status_code, printed(world)) == (409, [])
    assert "没有需要纸质回执单的家庭" in phone.text


@pytest.mark.parametrize("who", ["stranger", "mother", "father", "student", "mentor"])
def test_who_calls_no_family_prints_nothing(world: World, who: str) -> None:
    walk = sent(world)
    phone = by_password(world, who)

    for asked in ("", f"?student={world.student.pk}"):
        assert phone.open(f"/notices/{walk.notice_id}/slips{asked}").status_code == 404
    assert printed(world) == []


@pytest.mark.parametrize("asked", ["nobody", "", "00000000-0000-4000-8000-000000000000"])
def test_a_child_that_is_none_is_not_found(world: World, asked: str) -> None:
    on_paper(world)
    walk = sent(world)

    got = listed(world, walk).open(f"/notices/{walk.notice_id}/slips?student={asked}")

    assert (got.status_code, printed(world)) == (404, [])


def test_the_task_to_call_leads_to_the_list(world: World) -> None:
    walk = sent_at(world, at=FRIDAY)
    walk.wait(hours=96)
    task = walk.open_tasks()["notice_call"]

    phone = by_password(world, "teacher")
    phone.open(f"/tasks/{task.pk}")

    assert f'href="/notices/{walk.notice_id}/contacts"' in phone.html


def test_more_families_cost_no_more_queries(world: World) -> None:
    second_family(world)
    few = sent(world)
    with tenancy.scope(world.id):
        for number in range(6):
            child = world.pupil(f"child{number}", world.school_class)
            guardian = world.add(f"guardian{number}", phone=f"+861995500001{number}")
            GuardianLink.objects.create(
                school=world.school, student=child, guardian=guardian, relation="MOTHER"
            )
    many = sent(world)
    phone = by_password(world, "teacher")

    assert cost(phone, few) == cost(phone, many)
    assert "child5" in phone.text


def cost(phone: Phone, walk: Sent) -> int:
    keyring.forget()  # the first page of a process opens every key that it needs
    with CaptureQueriesContext(connection) as asked:
        assert phone.open(f"/notices/{walk.notice_id}/contacts").status_code == 200
    return len(asked)
