"""Whom the crisis process has called, in what order, and who is never called."""

import pytest

from parties import tenancy
from parties.models import Restriction
from tests.factories import World
from tests.processes.walker import FATHER, triaged
from workflow.models import (
    CaseParty,
    Notification,
)
from workflow.reports import Suspect

pytestmark = pytest.mark.django_db


def test_both_guardians_are_called_one_after_the_other(world: World) -> None:
    walk = triaged(world)
    about = [walk.task("call_guardian").about]
    walk.do("call_guardian")
    about.append(walk.task("call_guardian").about)
    walk.do("call_guardian")

    assert set(about) == {world["father"].pk, world["mother"].pk}
    assert "call_guardian" not in walk.open()
    assert "call_community" not in walk.open()


def test_a_guardian_gets_a_message_without_a_word_of_what_happened(world: World) -> None:
    triaged(world)

    with tenancy.scope(world.id):
        sent = Notification.objects.filter(to_role="G").values_list("template", flat=True)
        assert set(sent) == {"crisis.guardian_call"}


def test_three_tries_end_one_guardians_turn(world: World) -> None:
    walk = triaged(world)
    first = walk.task("call_guardian").about
    for _ in range(3):
        assert walk.task("call_guardian").about == first
        walk.do("call_guardian", outcome="no_answer")

    assert walk.task("call_guardian").about != first


def test_unreachable_family_leads_to_community_and_police(world: World) -> None:
    walk = triaged(world)
    for _ in range(6):
        walk.do("call_guardian", outcome="no_answer")
    walk.do("call_community", outcome="no_answer")
    walk.do("call_police")

    assert not walk.open() & {"call_guardian", "call_carer", "call_community", "call_police"}
    assert walk.kinds().count("contact.attempted") == 8


def test_a_carer_is_asked_before_strangers(world: World) -> None:
    with tenancy.scope(world.id):
        world.guardian("grandmother", "GRANDPARENT", delegate_carer=True, contact_priority=99)
    walk = triaged(world)
    for _ in range(6):
        walk.do("call_guardian", outcome="refused")

    assert walk.task("call_carer").about == world["grandmother"].pk
    walk.do("call_carer")
    assert "call_community" not in walk.open()


def test_when_telling_is_unsafe_the_suspect_is_never_called(world: World) -> None:
    walk = triaged(world, suspects=FATHER, safe_to_tell="no", suspect_kind="guardian")

    assert walk.task("call_guardian").about == world["mother"].pk
    walk.do("call_guardian")
    walk.do("call_community")

    assert "call_guardian" not in walk.open()
    with tenancy.scope(world.id):
        assert not Notification.objects.filter(recipient=world["father"]).exists()
        barred = Restriction.objects.filter(case_id=walk.case_id)
        assert [row.person_id for row in barred] == [world["father"].pk]


def test_a_guardian_who_answered_may_see_their_part(world: World) -> None:
    walk = triaged(world, suspects=FATHER, safe_to_tell="no", suspect_kind="guardian")
    walk.do("call_guardian")

    with tenancy.scope(world.id):
        told = CaseParty.objects.filter(case=walk.case_id, part="TOLD")
        assert [row.person_id for row in told] == [world["mother"].pk]


def test_bullying_tells_the_other_sides_guardians_too(world: World) -> None:
    with tenancy.scope(world.id):
        classmate = world.pupil("bully", world.school_class)
        parent = world.add("other_parent", phone="+8619944000001")
        parent.guardian_links.create(school=world.school, student=classmate, relation="MOTHER")
    named = (Suspect(relation="STUDENT", person_id=world["bully"].pk),)
    walk = triaged(world, suspects=named, type="bullying", suspect_kind="student")
    walk.do("call_guardian")
    walk.do("call_guardian")

    assert walk.task("call_other_side").about == world["other_parent"].pk


def test_a_contact_clock_that_ran_out_is_an_event(world: World) -> None:
    walk = triaged(world)

    walk.wait(hours=1)

    assert "crisis.contact" in {each["clock"] for each in walk.payloads("clock.missed")}
