"""Fixtures every test may use: real Postgres, real Valkey, and stacks of its own to break."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, Final

import hypothesis
import pytest
import redis
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from psycopg.pq import TransactionStatus
from pytest_django import Settings

from config import devstack, startup, tables
from ledger.postgres.base import DatabaseWrapper
from parties import keyring
from tests import stand_ins, template_database
from tests.factories import World
from tests.kept_worlds import Worlds
from tests.services import FIGURES
from workflow import quiet_hours

Wipe = Callable[[], None]

#: Folders whose files take minutes go to the workers first, so that none waits for another's last.
_LONG_FIRST: Final = ("privacy", "config", "faults", "chaos", "crash", "backup")

#: New objects between two collections. Python's 700 cost the suite an eighth of its time.
_MANY_OBJECTS: Final = 50_000

#: Statements that a connection keeps prepared.
_MANY_PLANS: Final = 1_000

# No deadline: how long one example takes on a busy machine says nothing about the code.
hypothesis.settings.register_profile("usual", deadline=None)
hypothesis.settings.register_profile("deep", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("SANFANG_TEST_DEPTH", "usual"))


def pytest_configure() -> None:
    """Every client of a test has middleware of its own, which would look for all static files.

    Now one is looked for when it is asked for, as a server under development does. One connection
    serves everybody whom the tests know, and one test after the other: more plans, made once.
    """
    settings.WHITENOISE_AUTOREFRESH = True
    DatabaseWrapper.most_prepared = _MANY_PLANS
    setattr(TransactionTestCase, "_should_reload_connections", _is_broken)  # noqa: B010


def _is_broken(_: TransactionTestCase) -> bool:
    """Whether the next test needs connections of its own: a new one has not one plan."""
    return any(
        one.connection is not None
        and (
            one.connection.pgconn.transaction_status != TransactionStatus.IDLE
            or not one.is_usable()
        )
        for one in connections.all(initialized_only=True)
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order of one file's tests stays."""
    items.sort(key=lambda item: not set(_LONG_FIRST) & set(item.path.parent.parts))


def pytest_collection_finish() -> None:
    """As every process that serves; here ten thousand tests stay as well."""
    startup.spare_what_stays()
    gc.set_threshold(_MANY_OBJECTS)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures that a test has told, also one in another process."""
    for report in terminalreporter.getreports("passed"):
        for name, figures in report.user_properties:
            if name == FIGURES and report.when == "call":
                terminalreporter.write_line(str(figures))


@pytest.fixture(scope="session")
def wipe(django_db_blocker: pytest.FixtureRequest) -> Iterator[Wipe]:
    """This process's clone of the migrated template; calling it empties the clone."""
    name = settings.DATABASES["default"]["NAME"]
    template_database.make_template()
    template_database.clone_template(name)
    wiper = template_database.Wiper(os.environ["DATABASE_OWNER_URL"])
    yield wiper
    wiper.close()
    connections.close_all()
    template_database.drop_clone(name)


@pytest.fixture(scope="session")
def django_db_setup(wipe: Wipe) -> None:
    """In place of pytest-django's: the clone is the database that the settings already name."""


@pytest.fixture(autouse=True)
def by_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Claims find it day at whatever hour the suite runs; who tries the night overrides this."""
    monkeypatch.setattr(quiet_hours, "rest", lambda **_: timedelta())


@pytest.fixture(autouse=True)
def wiped(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits for real leaves nothing to the next."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    if commits or (marker is not None and marker.kwargs.get("transaction")):
        request.getfixturevalue("wipe")()
        keyring.forget()  # numbers of schools are given out again


@pytest.fixture(autouse=True)
def vault_folder(settings: Any, vaults: Iterator[Path]) -> Path:
    """Sealed files of this test alone; a sweep must never meet those of somebody at work."""
    settings.ATTACHMENTS_DIR = next(vaults)
    assert isinstance(settings.ATTACHMENTS_DIR, Path)
    return settings.ATTACHMENTS_DIR


@pytest.fixture(scope="session")
def vaults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Not in the test's tmp_path: pytest makes one by looking through those of all tests before."""
    folder = tmp_path_factory.mktemp("vaults")
    return (folder / str(number) / "attachments" for number in count())


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The real broker, empty before and after."""
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture(scope="session")
def dump() -> bytes:
    """The migrated, empty database as SQL."""
    return template_database.dump_template()


@pytest.fixture(scope="session")
def made_tables(dump: bytes) -> Iterator[None]:
    """Commands with a throw-away database of their own restore its tables from here on."""
    with tempfile.NamedTemporaryFile(suffix=".sql") as file:
        file.write(dump)
        file.flush()
        os.environ[tables.DUMP] = file.name
        yield
        del os.environ[tables.DUMP]


@pytest.fixture
def stack(dump: bytes) -> Iterator[devstack.Stack]:
    """Services of this test's own, migrated and durable, to kill and freeze as it likes."""
    with devstack.start(throwaway=True, ignore_environment=True) as own:
        template_database.restore(dump, own.database_owner_url)
        yield own


@pytest.fixture
def channels(settings: Settings, tmp_path: Path) -> None:
    """The shipped processes, with the smallest meeting and notice in place of the real ones."""
    settings.BPMN_DIR = stand_ins.folder(Path(settings.BPMN_DIR), tmp_path / "bpmn")


@pytest.fixture
def worlds(request: pytest.FixtureRequest) -> Worlds:
    """Schools with everybody in them; committed for real where the test asks for that."""
    marker = request.node.get_closest_marker("django_db")
    real = marker is not None and marker.kwargs.get("transaction")
    request.getfixturevalue("transactional_db" if real else "db")
    return Worlds()


@pytest.fixture
def world(worlds: Worlds) -> World:
    """The school that a test is about: see tests/factories.py."""
    return worlds.one_more()
