from datetime import date
from typing import Any

import pytest

from parties import tenancy
from parties.models import Placement
from parties.roles import Role
from tests.factories import World
from tests.kept_worlds import Worlds


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.api.hashers.QuickArgon2"]


@pytest.fixture
def world(world: World) -> World:
    """Requests come at real time, which must not end the placement; one more who runs the data."""
    with tenancy.scope(world.id):
        Placement.objects.update(ends_on=date(2099, 1, 1))
        world.staff("data_admin", Role.ADM)
    return world


@pytest.fixture
def other_school(world: World, worlds: Worlds) -> World:
    """Another school with the same cast; made after `world`."""
    return worlds.one_more()
