from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from parties import tenancy
from parties.models import Placement
from tests.api.callers import Caller, company, member
from tests.api.stories import reported
from tests.factories import World
from tests.kept_worlds import Worlds
from tests.processes.walker import Walk


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.api.hashers.QuickArgon2"]


@pytest.fixture
def world(world: World) -> World:
    """Requests come at real time, which must not end the placement of the story."""
    with tenancy.scope(world.id):
        Placement.objects.update(ends_on=date(2099, 1, 1))
    return world


@pytest.fixture
def as_(world: World) -> Callable[[str], Caller]:
    """`as_("mother")`: that person of the world, signed in; `as_("company")`: its system."""
    return lambda name: company(world) if name == "company" else member(world, name)


@pytest.fixture
def other_school(world: World, worlds: Worlds) -> World:
    """Another school with the same cast; made after `world`."""
    return worlds.one_more()


@pytest.fixture
def crisis(world: World) -> Walk:
    """Reported by the homeroom teacher; nobody has answered yet."""
    return reported(world)
