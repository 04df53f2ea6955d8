"""A psychological report leaves the table of a meeting with the consent that it rested on."""

from datetime import datetime, timedelta

import pytest

from parties import tenancy
from parties.access import Viewer
from parties.models import Consent, Restriction
from records.meetings import dossier, outcomes
from records.models import Meeting
from tests.factories import World
from tests.processes.meeting_walk import MeetingWalk, agreed
from tests.records.consented import give, withdraw
from tests.records.desk import Desk
from workflow import meeting_files

pytestmark = pytest.mark.django_db

DUTY = {"basis": "DUTY", "basis_note": "谈话须用到", "duty": "TALK"}


def laid(world: World, **basis: str) -> tuple[MeetingWalk, Consent]:
    walk = agreed(world)
    consent = give(Desk(world, walk.at))
    lay(walk, **(basis or {"basis": "CONSENT"}))
    return walk, consent


def lay(walk: MeetingWalk, **basis: str) -> None:
    with tenancy.scope(walk.world.id):
        meeting, teacher = walk.meeting_inside().pk, walk.world["teacher"]
        for kind, why in (("TRANSCRIPT", {}), ("PSY_REPORT", basis)):
            dossier.add(meeting_id=meeting, kind=kind, note="", by=teacher, at=walk.at, **why)


def papers(walk: MeetingWalk, at: datetime, by: str = "teacher") -> list[str]:
    with tenancy.scope(walk.world.id):
        viewer = Viewer.load(walk.world[by], at=at)
        file = meeting_files.read_of_case(viewer=viewer, case_id=walk.case_id)
        return [item.kind for item, _ in file.dossier if item.kind != "ATTENDANCE"]


BOTH, WITHOUT = ["PSY_REPORT", "TRANSCRIPT"], ["TRANSCRIPT"]


def test_a_report_goes_when_its_consent_is_taken_back(world: World) -> None:
    walk, consent = laid(world)
    assert papers(walk, walk.at) == BOTH

    withdraw(Desk(world, walk.at), consent, by="student")

    assert papers(walk, walk.at) == papers(walk, walk.at, by="head_of_office") == WITHOUT


def test_and_when_it_has_run_out_or_its_giver_was_barred(world: World) -> None:
    walk, consent = laid(world)
    assert papers(walk, consent.ends_at) == WITHOUT

    with tenancy.scope(world.id):
        Restriction.objects.create(
            school=world.school, student=world.student, person=world["mother"],
            kind="DO_NOT_TELL", starts_at=walk.at,
        )  # fmt: skip
    assert papers(walk, walk.at) == WITHOUT


def test_a_new_consent_brings_it_back_by_a_new_entry_alone(world: World) -> None:
    walk, consent = laid(world)
    withdraw(Desk(world, walk.at), consent)
    give(Desk(world, walk.at))
    assert papers(walk, walk.at) == WITHOUT

    lay(walk, basis="CONSENT")

    assert papers(walk, walk.at) == BOTH


def test_a_named_duty_needs_no_consent(world: World) -> None:
    walk, consent = laid(world, **DUTY)
    withdraw(Desk(world, walk.at), consent)

    assert papers(walk, walk.at) == BOTH


@pytest.mark.parametrize(("first", "shown"), [("met", BOTH), ("withdrawn", WITHOUT)])
def test_what_lay_on_the_table_when_they_met_stays_said(
    world: World, first: str, shown: list[str]
) -> None:
    walk, consent = laid(world)
    over = walk.at + timedelta(days=7)
    desk = Desk(world, over - timedelta(days=1) if first == "withdrawn" else over + timedelta(1))
    if first == "withdrawn":
        withdraw(desk, consent)
    with tenancy.scope(world.id):
        pk = Meeting.objects.get().pk
        outcomes.held(meeting_id=pk, by=world["teacher"], at=over)
    if first == "met":
        withdraw(desk, consent)

    assert papers(walk, over + timedelta(days=2)) == shown
