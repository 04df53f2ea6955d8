"""A small school to crash in: everybody is there, and hardly anybody has a telephone.

Each way to reach a person costs every alert a dozen calls more, all of one kind.
"""

from collections.abc import Iterator

import pytest

from parties import tenancy
from tests.crash.stories import Sites, Story, Tally, told
from tests.factories import World
from tests.kept_worlds import Worlds

_REACHABLE = frozenset({"duty_officer", "mother", "student"})


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Sites:
    """One for all processes of this test run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "crash-sites"
    folder.mkdir(exist_ok=True)
    return Sites(folder)


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest, sites: Sites) -> Tally:
    """What the stories of one file, test_<process>.py, have survived; its last test judges them."""
    return Tally(request.path.stem.removeprefix("test_"), sites)


@pytest.fixture
def story(transactional_db: None, tally: Tally, worlds: Worlds) -> Iterator[Story]:
    world, other = worlds.one_more(), worlds.one_more()
    quiet(world)
    with told(world, other, tally) as story:
        yield story


def quiet(world: World) -> None:
    with tenancy.scope(world.id):
        for name, person in world.people.items():
            if name not in _REACHABLE:
                person.phone = person.email = ""
                person.phone_index = person.email_index = None
                person.save()
