from collections.abc import Callable

import pytest

from tests.api.callers import Caller, company, member
from tests.factories import World, build_world


@pytest.fixture
def as_(world: World) -> Callable[[str], Caller]:
    """`as_("mother")`: that person of the world, signed in; `as_("company")`: its system."""
    return lambda name: company(world) if name == "company" else member(world, name)


@pytest.fixture
def other_school(world: World) -> World:
    """Another school with the same cast; made after `world`."""
    return build_world()
