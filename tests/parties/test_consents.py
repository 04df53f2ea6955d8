"""Who may say yes, who may take it back, and who knows of it."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from parties import clock, consents, tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound
from parties.models import Consent, GuardianLink, Restriction
from tests.factories import NOW, World
from tests.records.consented import give, withdraw
from tests.records.desk import Desk

pytestmark = pytest.mark.django_db

PAPER = {"proof": "PAPER", "proof_note": "3号柜／2026-2册"}


def known_to(desk: Desk, who: str) -> int:
    with desk.as_(who) as viewer:
        return len(consents.of_student(viewer, student_id=desk.world.student.pk))


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.mark.parametrize(("who", "capacity"), [("mother", "GUARDIAN"), ("student", "STUDENT")])
def test_the_family_says_yes_for_itself(desk: Desk, who: str, capacity: str) -> None:
    made = give(desk, who)

    assert (made.giver_id, made.capacity) == (desk.world[who].pk, capacity)


@pytest.mark.parametrize("who", ["stranger", "grade_leader", "auditor"])
def test_staff_without_that_work_write_nothing_down(desk: Desk, who: str) -> None:
    with pytest.raises(NotAllowed):
        give(desk, who, giver="mother", **PAPER)


def test_nobody_of_another_family_hears_that_there_is_such_a_student(desk: Desk) -> None:
    with pytest.raises(NotFound):
        give(desk, "classmate")


def test_nobody_of_the_family_says_yes_for_another(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        give(desk, "mother", giver="student")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"giver": "mother", "proof": "PAPER"}, "proof_note"),
        ({"giver": "mother"}, "proof_note"),
        (PAPER, "giver"),
        ({"giver": "teacher", **PAPER}, "giver"),
        ({"giver": "mentor", **PAPER}, "giver"),
        ({"giver": "mother", **PAPER, "ends_at": NOW}, "ends_at"),
        ({"giver": "mother", **PAPER, "ends_at": NOW + timedelta(days=367)}, "ends_at"),
        ({"giver": "mother", **PAPER, "purpose": "ALL"}, "purpose"),
    ],
)
def test_a_yes_that_cannot_count_is_refused_by_name(
    desk: Desk, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == field):
        give(desk, "teacher", **given)


@pytest.mark.parametrize("born", ["2013-05-14", None])
def test_below_fourteen_or_of_unknown_age_a_guardian_decides(desk: Desk, born: str | None) -> None:
    with tenancy.scope(desk.world.id):
        type(desk.world.student).objects.filter(pk=desk.world.student.pk).update(birth_date=born)

    with pytest.raises(InvalidInput):
        give(desk, "student")


@pytest.mark.parametrize("who", ["mother", "student", "teacher", "counsellor", "duty_officer"])
def test_a_yes_is_taken_back_by_the_family_or_whoever_hears_them_say_so(
    desk: Desk, who: str
) -> None:
    made = give(desk)
    withdraw(desk, made, who)
    withdraw(desk, made, who)

    with tenancy.scope(desk.world.id):
        row = Consent.objects.get(pk=made.pk)
        assert (row.state, row.withdrawn_by_id) == ("WITHDRAWN", desk.world[who].pk)


@pytest.mark.parametrize("who", ["stranger", "classmate", "mentor", "grade_leader", "auditor"])
def test_for_everybody_else_there_is_none(desk: Desk, who: str) -> None:
    made = give(desk)

    with pytest.raises(NotFound):
        withdraw(desk, made, who)
    with suppress(NotFound):  # not even the student
        assert known_to(desk, who) == 0


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("teacher", True),
        ("counsellor", True),
        ("duty_officer", True),
        ("stranger", None),
        ("grade_leader", None),
        ("auditor", None),
        ("classmate", None),
        ("mentor", None),
        ("mother", None),
    ],
)
def test_whether_one_holds_is_told_to_whose_work_asks_for_it(
    desk: Desk, who: str, told: bool | None
) -> None:
    made = give(desk)
    assert held(desk, who) is told
    withdraw(desk, made)

    assert held(desk, who) is (None if told is None else False)


def test_a_teacher_at_school_is_told_nothing_of_their_own_child(desk: Desk) -> None:
    give(desk)
    with tenancy.scope(desk.world.id):
        GuardianLink.objects.create(
            school=desk.world.school, student=desk.world.student, guardian=desk.world["teacher"],
            relation="MOTHER", contact_priority=9, child_data_access=False,
        )  # fmt: skip

    assert held(desk, "teacher") is None


def born(desk: Desk, day: str) -> None:
    with tenancy.scope(desk.world.id):
        type(desk.world.student).objects.filter(pk=desk.world.student.pk).update(birth_date=day)
        desk.world.student.refresh_from_db()


def bar(desk: Desk, **more: Any) -> Restriction:
    with tenancy.scope(desk.world.id):
        return Restriction.objects.create(
            school=desk.world.school, student=desk.world.student, person=desk.world["mother"],
            kind="DO_NOT_TELL", starts_at=desk.at, **more,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("by", "given"), [("mother", {}), ("teacher", {"giver": "father", **PAPER})]
)
def test_after_the_students_own_no_no_guardian_says_yes_instead(
    desk: Desk, by: str, given: dict[str, Any]
) -> None:
    withdraw(desk, give(desk), "student")
    desk.later(hours=1)

    with pytest.raises(InvalidInput, match="学生本人撤回了同意"):
        give(desk, by, **given)
    give(desk, "student")
    give(desk, by, **given)
    assert held(desk, "teacher") is True


def test_the_students_no_ends_every_guardians_yes(desk: Desk) -> None:
    mine, _ = give(desk, "student"), give(desk, "mother")
    withdraw(desk, mine, "student")

    assert held(desk, "teacher") is False
    with tenancy.scope(desk.world.id):
        found = consents.live(student=desk.world.student, purpose="PSY_REPORT", at=desk.at)
    assert found is None


def test_a_guardians_own_no_is_theirs_to_change(desk: Desk) -> None:
    withdraw(desk, give(desk), "mother")
    give(desk)

    assert held(desk, "teacher") is True


def test_below_fourteen_a_guardian_decides_again(desk: Desk) -> None:
    made = give(desk)
    born(desk, "2013-05-14")
    withdraw(desk, made, "student")
    give(desk)

    assert held(desk, "teacher") is True


def test_from_eighteen_on_nobody_says_yes_for_the_student(desk: Desk) -> None:
    give(desk)
    born(desk, "2008-10-09")
    desk.later(hours=1)

    assert held(desk, "teacher") is False
    with pytest.raises(InvalidInput):
        give(desk)
    give(desk, "student")
    assert held(desk, "teacher") is True


def test_what_was_said_before_a_bar_does_not_come_back_with_its_end(desk: Desk) -> None:
    give(desk)
    desk.later(hours=1)
    bar(desk, ends_at=desk.at + timedelta(hours=2))
    assert held(desk, "teacher") is False
    desk.later(hours=3)
    assert held(desk, "teacher") is False

    give(desk)
    assert held(desk, "teacher") is True


def test_a_bar_that_was_over_before_takes_nothing_away(desk: Desk) -> None:
    bar(desk, ends_at=desk.at + timedelta(hours=2))
    desk.later(hours=2)
    give(desk)

    assert held(desk, "teacher") is True


@pytest.fixture
def today(desk: Desk) -> Desk:
    """The database says by its own clock when a right came back."""
    desk.at = clock.now()
    return desk


def change(desk: Desk, rows: Any, **values: Any) -> None:
    with tenancy.scope(desk.world.id):
        rows().update(**values)


def asked_anew(desk: Desk) -> bool:
    """What was said before counts no more, and a new word does."""
    before = held(desk, "teacher")
    desk.at = clock.now()
    give(desk)
    return before is False and held(desk, "teacher") is True


def mothers_link(desk: Desk) -> Any:
    return GuardianLink.objects.filter(student=desk.world.student, guardian=desk.world["mother"])


@pytest.mark.parametrize(
    ("lost", "back"),
    [
        ({"state": "ENDED"}, {"state": "LIVE"}),
        ({"legal_guardian": False}, {"legal_guardian": True}),
        ({"child_data_access": False}, {"child_data_access": True}),
    ],
)
def test_what_was_said_under_a_right_that_ended_does_not_come_back_with_it(
    today: Desk, lost: dict[str, Any], back: dict[str, Any]
) -> None:
    give(today)
    change(today, lambda: mothers_link(today), **lost)
    assert held(today, "teacher") is False
    change(today, lambda: mothers_link(today), **back)

    assert asked_anew(today)


def test_nor_under_a_link_that_was_removed_and_made_again(today: Desk) -> None:
    give(today)
    with tenancy.scope(today.world.id):
        link = mothers_link(today).get()
        mothers_link(today).delete()
        link.save(force_insert=True)

    assert asked_anew(today)


def test_a_link_of_which_something_else_changes_takes_nothing_away(today: Desk) -> None:
    give(today)
    change(today, lambda: mothers_link(today), contact_priority=7, legal_guardian=True)

    assert held(today, "teacher") is True


@pytest.mark.parametrize("how", ["lifted", "later", "another", "backdated", "removed"])
def test_nor_after_a_bar_of_which_nothing_is_left(today: Desk, how: str) -> None:
    give(today)
    today.at -= timedelta(hours=1)
    order, soon = bar(today), clock.now() + timedelta(days=3)
    today.at = clock.now()
    assert held(today, "teacher") is False
    changes: dict[str, dict[str, Any]] = {
        "lifted": {"ends_at": clock.now()},
        "later": {"starts_at": soon},
        "another": {"kind": "NO_MEETING"},
        "backdated": {"ends_at": order.starts_at - timedelta(days=1)},
    }
    with tenancy.scope(today.world.id):
        rows = Restriction.objects.filter(pk=order.pk)
        rows.delete() if how == "removed" else rows.update(**changes[how])

    today.at = clock.now()
    assert asked_anew(today)


def test_a_bar_that_never_began_takes_nothing_away(today: Desk) -> None:
    give(today)
    today.at += timedelta(days=2)
    bar(today)
    with tenancy.scope(today.world.id):
        Restriction.objects.all().delete()
    today.at = clock.now()

    assert held(today, "teacher") is True


def held(desk: Desk, who: str) -> bool | None:
    with desk.as_(who) as viewer:
        return consents.is_held(viewer, student=desk.world.student, purpose="PSY_REPORT")
