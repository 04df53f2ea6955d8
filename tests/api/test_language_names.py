"""Names in the check over HTTP: staff is told of other students, nobody else learns who is here."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from parties import tenancy
from parties.models import GuardianLink
from parties.roles import Role
from tests.api.callers import Caller, code, member
from tests.factories import World

As = Callable[[str], Caller]

TEXT = "10月8日和欧阳明月抢同一台设备。"


@pytest.fixture(autouse=True)
def pupils(world: World) -> None:
    with tenancy.scope(world.id):
        world.pupil("欧阳明月", world.other_class)
        world.pupil("高兴", world.other_class)


def asked(caller: Caller, text: str = TEXT, moment: str = "sign", **more: Any) -> Any:
    return caller.post("/language/check", {"text": text, "moment": moment, **more})


def found(answer: Any) -> list[tuple[str, str]]:
    return [(one["phrase"], one["effect"]) for one in answer.json()["findings"]]


@pytest.mark.parametrize("who", ["teacher", "stranger", "counsellor"])
@pytest.mark.parametrize("about", [True, False])
def test_staff_is_told_of_another_student(world: World, as_: As, who: str, *, about: bool) -> None:
    more = {"student": str(world.student.pk)} if about else {}

    assert found(asked(as_(who), **more)) == [("欧阳明月", "confirm")]
    assert found(asked(as_(who), "他很高兴。", **more)) == [("高兴", "hint")]


def test_the_student_it_is_about_may_be_named(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        one = world.pupil("欧阳小春", world.school_class)

    assert found(asked(as_("teacher"), "欧阳小春按时交作业。", student=str(one.pk))) == []
    assert found(asked(as_("teacher"), "欧阳小春按时交作业。")) == [("欧阳小春", "confirm")]


@pytest.mark.parametrize("who", ["mother", "student", "mentor", "company", "auditor"])
@pytest.mark.parametrize("author", ["staff", "company", "parent"])
def test_nobody_else_learns_who_is_at_the_school(as_: As, who: str, author: str) -> None:
    assert found(asked(as_(who), author=author, moment="share")) == []


@pytest.mark.parametrize("who", ["mother", "mentor"])
def test_naming_ones_own_student_brings_no_other_names(world: World, as_: As, who: str) -> None:
    assert found(asked(as_(who), author="staff", student=str(world.student.pk))) == []


def test_a_teacher_asks_about_the_own_child_as_a_parent(world: World) -> None:
    with tenancy.scope(world.id):
        parent = world.staff("parent", Role.HT, school_class=world.other_class)
        GuardianLink.objects.create(
            school=world.school, student=world.student, guardian=parent, relation="FATHER"
        )

    assert found(asked(member(world, "parent"), student=str(world.student.pk))) == []


def test_a_student_who_is_not_theirs_does_not_exist(world: World, as_: As) -> None:
    with tenancy.scope(world.id):
        other = world.pupil("另一名", world.other_class)
    answers = [asked(as_("mother"), student=str(pk)) for pk in (other.pk, uuid4())]

    assert [(one.status_code, code(one)) for one in answers] == [(404, "access.not_found")] * 2
