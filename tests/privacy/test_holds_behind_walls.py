"""What waited behind a hold is no older to its family than the end of that hold."""

from datetime import timedelta
from typing import Any

import pytest

from parties import clock, tenancy
from records.models import CommunicationRecord
from tests.api.callers import member
from tests.api.papers import Paper, offered
from tests.factories import HOUR, World
from tests.privacy.test_records_stand_still import named
from tests.privacy.test_taken_back import hold

pytestmark = pytest.mark.django_db(transaction=True)


def release(world: World, paper: Paper) -> None:
    freed = member(world, "head_of_office").post(f"/records/{paper.id}/release", {})
    assert freed.status_code == 200, freed.content.decode()


def lapse(world: World, paper: Paper) -> None:
    over = clock.now() - timedelta(seconds=5)
    change(world, paper, held_until=over, let_in_at=over)


def change(world: World, paper: Paper, **columns: Any) -> None:
    with tenancy.scope(world.id):
        CommunicationRecord.objects.filter(pk=paper.id).update(**columns)


def reaches(world: World, who: str, paper: Paper) -> tuple[int, int]:
    """The record's answer, and lines of the file about it."""
    caller = member(world, who)
    lines = caller.get(f"/students/{world.student.pk}/file").json()["results"]
    kept = [one for one in lines if one["kind"] == "communication"]
    return caller.get(f"/records/{paper.id}").status_code, len(kept)


@pytest.mark.parametrize("ends", [release, lapse])
def test_what_was_held_when_he_was_named_does_not_come_to_him_after(
    world: World, ends: Any
) -> None:
    paper = offered(world)
    hold(world, paper)
    named(world)
    assert reaches(world, "father", paper) == (404, 0)

    ends(world, paper)

    assert reaches(world, "father", paper) == (404, 0)
    assert reaches(world, "mother", paper) == (200, 1)


def test_what_was_let_in_before_stays_with_him(world: World) -> None:
    paper = offered(world)
    hold(world, paper)
    release(world, paper)
    change(world, paper, let_in_at=clock.now() - HOUR / 2)
    named(world)

    assert reaches(world, "father", paper) == (200, 1)
