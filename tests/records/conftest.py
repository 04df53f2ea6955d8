"""What tests of records share."""

import pytest

from tests.factories import World
from tests.kept_worlds import Worlds
from tests.records.desk import Desk


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def other_world(world: World, worlds: Worlds) -> World:
    """Another school, which must never notice anything."""
    return worlds.one_more()
