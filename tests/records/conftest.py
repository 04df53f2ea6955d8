"""What tests of records share."""

import pytest

from tests.factories import World, build_world
from tests.records.desk import Desk


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def other_world(world: World) -> World:
    """Another school, which must never notice anything."""
    return build_world()
