"""不同意 before anybody agreed: it keeps a later yes from holding; nobody at home hears of it."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from ledger.models import Event
from parties import clock, consent_refusals, consents, tenancy
from parties.errors import InvalidInput, NotAllowed, NotFound
from parties.models import Consent, GuardianLink, Restriction, Student
from tests.factories import World
from tests.records.consented import give, withdraw
from tests.records.desk import Desk
from tests.workflow.moves import together

pytestmark = pytest.mark.django_db

KINDS = [str(one) for one in Consent.Purpose.values]


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world, clock.now() - timedelta(days=1))


def refuse(desk: Desk, by: str = "father", *, purpose: str = "PSY_REPORT", **more: Any) -> Consent:
    said_by = {"said_by": desk.world[more["said_by"]].pk} if "said_by" in more else {}
    with desk.as_(by) as viewer:
        return consent_refusals.refuse(
            viewer, student_id=desk.world.student.pk, purpose=purpose, **said_by
        )


def held(desk: Desk, purpose: str = "PSY_REPORT") -> bool:
    with desk.as_("teacher") as viewer:
        told = consents.is_held(viewer, student=desk.world.student, purpose=purpose)
        found = consents.live(student=desk.world.student, purpose=purpose, at=desk.at)
    assert told is (found is not None)
    return bool(told)


def refused(desk: Desk, who: str = "teacher") -> Any:
    with desk.as_(who) as viewer:
        return consents.refused(viewer, student=desk.world.student)


def known(desk: Desk, who: str) -> list[tuple[str, str]]:
    with desk.as_(who) as viewer:
        found = consents.of_student(viewer, student_id=desk.world.student.pk)
        return sorted((str(one.state), one.giver.name) for one in found)


@pytest.mark.parametrize("purpose", KINDS)
@pytest.mark.parametrize("whose", ["mother", "student", "teacher"])
def test_after_a_first_no_nobody_elses_yes_holds(desk: Desk, purpose: str, whose: str) -> None:
    refuse(desk, purpose=purpose)
    desk.later(hours=1)
    paper = {"proof": "PAPER", "proof_note": "3号柜", "giver": "mother"}

    give(desk, whose, purpose=purpose, **(paper if whose == "teacher" else {}))

    assert not held(desk, purpose)
    assert refused(desk) == [purpose]


def test_it_ends_what_runs_already(desk: Desk) -> None:
    give(desk)
    desk.later(hours=1)
    assert held(desk)

    said = refuse(desk)

    assert not held(desk)
    assert (said.state, said.taken_back_by) == ("WITHDRAWN", desk.world["father"].pk)
    assert refused(desk) == ["PSY_REPORT"]


def test_who_said_no_changes_their_mind_and_the_yes_that_waited_holds(desk: Desk) -> None:
    refuse(desk)
    desk.later(hours=1)
    give(desk, "mother")
    desk.later(hours=1)

    give(desk, "father")

    assert held(desk)
    assert refused(desk) == []
    desk.later(hours=1)
    refuse(desk)
    assert not held(desk)


def test_saying_no_again_changes_nothing(desk: Desk) -> None:
    first = refuse(desk)
    desk.later(hours=1)

    assert refuse(desk).pk == first.pk
    with tenancy.scope(desk.world.id):
        assert Consent.objects.count() == 1
        assert Event.objects.filter(kind="consent.refused").count() == 1


def test_nor_does_it_after_a_yes_of_ones_own_was_taken_back(desk: Desk) -> None:
    taken = give(desk, "father")
    withdraw(desk, taken, "father")
    desk.later(hours=1)

    assert refuse(desk).pk == taken.pk


def test_a_first_no_of_a_student_of_fourteen_outlives_every_guardians_yes(desk: Desk) -> None:
    refuse(desk, "student")
    desk.later(hours=1)

    give(desk, "mother")  # kept, and nothing tells her of the student's no

    assert not held(desk)
    assert refused(desk) == ["PSY_REPORT"]
    assert known(desk, "mother") == [("GIVEN", "mother")]
    desk.later(hours=1)
    give(desk, "student")
    assert held(desk)


@pytest.mark.parametrize(("said_by", "reader"), [("father", "mother"), ("student", "father")])
def test_nobody_else_at_home_finds_it(desk: Desk, said_by: str, reader: str) -> None:
    said = refuse(desk, said_by)

    assert known(desk, reader) == []
    assert known(desk, said_by) == [("REFUSED", said_by)]
    with pytest.raises(NotFound):
        withdraw(desk, said, reader)


@pytest.mark.parametrize("who", ["teacher", "counsellor", "duty_officer"])
def test_whose_work_asks_for_it_reads_it(desk: Desk, who: str) -> None:
    refuse(desk)

    assert known(desk, who) == [("REFUSED", "father")]
    assert refused(desk, who) == ["PSY_REPORT"]


@pytest.mark.parametrize("who", ["grade_leader", "auditor", "mentor", "classmate", "stranger"])
def test_nobody_else_says_it_or_reads_it(desk: Desk, who: str) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        refuse(desk, who, said_by="father")
    refuse(desk)
    with suppress(NotFound):  # not even the student
        assert known(desk, who) == []


def test_a_parent_at_school_reads_nobody_elses(desk: Desk) -> None:
    with tenancy.scope(desk.world.id):
        GuardianLink.objects.create(
            school=desk.world.school, student=desk.world.student, guardian=desk.world["teacher"],
            relation="MOTHER", contact_priority=9,
        )  # fmt: skip
    refuse(desk)

    assert known(desk, "teacher") == []
    with pytest.raises(NotAllowed):
        refuse(desk, "teacher", said_by="mother")


def test_staff_writes_down_whose_no_it_is(desk: Desk) -> None:
    said = refuse(desk, "teacher", said_by="father")

    assert (said.giver_id, said.recorded_by_id) == (
        desk.world["father"].pk, desk.world["teacher"].pk,
    )  # fmt: skip
    desk.later(hours=1)
    give(desk, "mother")
    assert not held(desk)
    assert known(desk, "father") == [("GIVEN", "mother"), ("REFUSED", "father")]


@pytest.mark.parametrize(
    ("by", "more", "field"),
    [
        ("teacher", {}, "said_by"),
        ("teacher", {"said_by": "stranger"}, "said_by"),
        ("father", {"purpose": "ALL"}, "purpose"),
    ],
)
def test_a_no_of_nobody_is_refused_by_name(
    desk: Desk, by: str, more: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput, check=lambda no: no.field == field):
        refuse(desk, by, **more)


def test_nobody_at_home_says_no_in_anothers_name(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        refuse(desk, "mother", said_by="father")


@pytest.mark.parametrize("born", ["2014-05-14", "2008-01-01"])
def test_whose_yes_would_not_count_has_no_first_no_either(desk: Desk, born: str) -> None:
    """A child below fourteen; a guardian of somebody who is eighteen."""
    with tenancy.scope(desk.world.id):
        Student.objects.filter(pk=desk.world.student.pk).update(birth_date=born)
    who = "student" if born == "2014-05-14" else "father"

    with pytest.raises(InvalidInput):
        refuse(desk, who)


@pytest.mark.parametrize("lost", ["link", "order", "made again"])
def test_it_ends_with_the_right_and_does_not_come_back_with_it(desk: Desk, lost: str) -> None:
    refuse(desk)
    desk.later(hours=1)
    give(desk, "mother")
    with tenancy.scope(desk.world.id):
        links = GuardianLink.objects.filter(guardian=desk.world["father"])
        if lost == "link":
            links.update(state="ENDED")
            links.update(state="LIVE")
        elif lost == "made again":
            link = links.get()
            links.delete()
            link.save(force_insert=True)
        else:
            Restriction.objects.create(
                school=desk.world.school, student=desk.world.student, person=desk.world["father"],
                kind="NO_CONTACT", starts_at=desk.at, ends_at=desk.at + timedelta(hours=1),
            )  # fmt: skip
    desk.later(hours=2)

    assert held(desk)
    desk.at = clock.now()
    refuse(desk)  # said anew, it counts again
    assert not held(desk)


@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_no_at_the_same_moment_never_hold_together(world: World) -> None:
    desk = Desk(world, clock.now() - timedelta(hours=1))

    assert set(together(partial(give, desk), partial(refuse, desk), partial(give, desk))) <= {""}

    assert not held(desk)
    assert refused(desk) == ["PSY_REPORT"]
