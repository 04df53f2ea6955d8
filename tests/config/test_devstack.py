"""Embedded services start for anybody, die with their parent, and keep what was committed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config import binaries, children, devstack, folders
from config.children import UNPRIVILEGED_ID, runs_as_root
from config.folders import BASE_DIR
from tests.config.processes import holder, owner_of, runs, wait_until


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty folder that every user can reach (pytest's own tmp_path is private)."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder) / "data"


def note(url: str, text: str) -> None:
    with psycopg.connect(url) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        owner.execute("INSERT INTO note VALUES (%s)", [text])


def notes(url: str) -> list[str]:
    with psycopg.connect(url) as owner:
        return [row[0] for row in owner.execute("SELECT text FROM note").fetchall()]


def test_both_services_answer_and_go_again() -> None:
    with devstack.start(throwaway=True, ignore_environment=True) as stack:
        assert stack.postgres is not None
        assert stack.valkey is not None
        pids = [stack.postgres.pid, stack.valkey.pid]
        note(stack.database_owner_url, "到")
        assert notes(stack.database_owner_url) == ["到"]
        assert redis.Redis.from_url(stack.redis_url).ping()
        kept = stack.data

    assert not any(runs(pid) for pid in pids)
    assert kept is not None
    assert not kept.exists()


def test_a_cut_spares_no_backend_and_loses_nothing_that_was_committed() -> None:
    with devstack.start(throwaway=True, redis=False, ignore_environment=True) as stack:
        assert stack.postgres is not None
        note(stack.database_owner_url, "到")
        held = psycopg.connect(stack.database_owner_url)
        backend = held.info.backend_pid
        assert runs(backend)

        stack.postgres.cut()

        assert wait_until(lambda: not runs(backend))
        stack.postgres.start()
        assert notes(stack.database_owner_url) == ["到"]
        held.close()


def test_they_run_as_an_unprivileged_user() -> None:
    with devstack.start(throwaway=True, ignore_environment=True) as stack:
        assert stack.postgres is not None
        assert stack.valkey is not None
        expected = UNPRIVILEGED_ID if runs_as_root() else os.geteuid()

        assert owner_of(stack.postgres.pid) == expected
        assert owner_of(stack.valkey.pid) == expected
        assert expected != 0


def test_an_ordinary_user_starts_them_too(data: Path) -> None:
    uid = UNPRIVILEGED_ID if runs_as_root() else None

    with holder(uid=uid, data=data) as (process, said):
        assert owner_of(process.pid) != 0
        assert owner_of(said["postgres"]) == owner_of(process.pid)
        note(said["env"]["DATABASE_OWNER_URL"], "普通用户")
        assert notes(said["env"]["DATABASE_OWNER_URL"]) == ["普通用户"]


def test_nothing_listens_on_the_network() -> None:
    with devstack.start(throwaway=True, ignore_environment=True) as stack:
        with psycopg.connect(stack.database_url) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert redis.Redis.from_url(stack.redis_url).config_get("port") == {"port": "0"}


def test_the_roles_may_what_they_should_and_no_more() -> None:
    with (
        devstack.start(throwaway=True, ignore_environment=True, redis=False) as stack,
        psycopg.connect(stack.database_owner_url) as owner,
    ):
        found = owner.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolcanlogin"
            " FROM pg_roles WHERE rolname LIKE 'sanfang_%' ORDER BY rolname"
        ).fetchall()

    assert found == [
        ("sanfang_app", False, False, False, False, True),
        ("sanfang_owner", False, False, True, True, True),
    ]


def test_the_app_role_cannot_make_tables() -> None:
    with (
        devstack.start(throwaway=True, ignore_environment=True, redis=False) as stack,
        psycopg.connect(stack.database_url) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        app.execute("CREATE TABLE mine (id int)")


def test_the_broker_evicts_nothing_and_stores_nothing() -> None:
    with devstack.start(throwaway=True, ignore_environment=True) as stack:
        client = redis.Redis.from_url(stack.redis_url)

        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("appendonly") == {"appendonly": "no"}


def test_no_orphans_are_left_when_the_parent_is_killed(data: Path) -> None:
    with holder(data=data) as (process, said):
        process.kill()
        process.wait()

        assert wait_until(lambda: not runs(said["postgres"]))
        assert wait_until(lambda: not runs(said["valkey"]))


def test_committed_data_survive_the_parents_death(data: Path) -> None:
    with holder(data=data) as (process, said):
        note(said["env"]["DATABASE_OWNER_URL"], "杀前")
        process.kill()
        process.wait()

    with holder(data=data) as (_, again):
        assert notes(again["env"]["DATABASE_OWNER_URL"]) == ["杀前"]
        assert again["env"]["SANFANG_ROOT_KEY"] == said["env"]["SANFANG_ROOT_KEY"]


def test_a_kill_during_the_first_start_does_no_harm(data: Path) -> None:
    data.mkdir()
    half = folders.cluster(data)
    half.mkdir()
    if runs_as_root():
        os.chown(half, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
    (half / "postgresql.conf").write_text("half")

    with holder(data=data) as (_, said):
        note(said["env"]["DATABASE_OWNER_URL"], "重来")
        assert notes(said["env"]["DATABASE_OWNER_URL"]) == ["重来"]


def test_a_database_killed_outright_starts_again() -> None:
    with devstack.start(throwaway=True, ignore_environment=True, redis=False) as stack:
        assert stack.postgres is not None
        note(stack.database_owner_url, "断电前")
        stack.postgres.kill()
        assert stack.postgres.folder.joinpath("postmaster.pid").exists()

        stack.postgres.start()

        assert notes(stack.database_owner_url) == ["断电前"]


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(data: Path) -> None:
    """After a crash the number in postmaster.pid may belong to a zombie or to somebody else."""
    with holder(data=data, redis=False):
        pass
    stranger = f"{os.getppid()}\n{data / 'postgres'}\n1700000000\n5432\n\n\n\n"
    (data / "postgres" / "postmaster.pid").write_text(stranger)

    with holder(data=data, redis=False) as (_, said):
        assert runs(said["postgres"])


def test_two_stacks_at_once_do_not_meet() -> None:
    with (
        devstack.start(throwaway=True, ignore_environment=True) as one,
        devstack.start(throwaway=True, ignore_environment=True) as two,
    ):
        note(one.database_owner_url, "一")
        note(two.database_owner_url, "二")
        redis.Redis.from_url(one.redis_url).set("key", "一")

        assert notes(one.database_owner_url) == ["一"]
        assert notes(two.database_owner_url) == ["二"]
        assert redis.Redis.from_url(two.redis_url).get("key") is None


def test_a_second_command_uses_the_services_of_the_first(data: Path) -> None:
    with holder(data=data) as (_, said):
        note(said["env"]["DATABASE_OWNER_URL"], "演示")

        second = devstack.start(data=data, ignore_environment=True)

        assert second.postgres is None
        assert notes(second.database_owner_url) == ["演示"]
        second.close()
        assert runs(said["postgres"])


def test_addresses_in_the_environment_replace_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/sanfang")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/sanfang")
    monkeypatch.setenv("REDIS_URL", "redis://redis:6379/0")

    with devstack.start(throwaway=True) as stack:
        assert (stack.postgres, stack.valkey, stack.data) == (None, None, None)
        assert stack.env() == {
            "DATABASE_URL": "postgresql://app@db/sanfang",
            "DATABASE_OWNER_URL": "postgresql://owner@db/sanfang",
            "REDIS_URL": "redis://redis:6379/0",
        }
        assert stack.broker_url == "redis://redis:6379/0"


def test_each_address_replaces_its_own_service_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/sanfang")
    monkeypatch.delenv("REDIS_URL", raising=False)

    with devstack.start(throwaway=True) as stack:
        assert stack.postgres is None
        assert redis.Redis.from_url(stack.redis_url).ping()


def test_web_and_workers_never_get_the_owner() -> None:
    with devstack.start(throwaway=True, ignore_environment=True, redis=False) as stack:
        assert stack.env()["DATABASE_OWNER_URL"] == stack.database_owner_url
        assert stack.env(owner=False)["DATABASE_OWNER_URL"] == ""


def test_data_that_stay_are_never_without_fsync() -> None:
    with pytest.raises(ValueError, match="throw-away"):
        devstack.start(fsync=False)

    with (
        devstack.start(throwaway=True, ignore_environment=True, redis=False) as stack,
        psycopg.connect(stack.database_url) as connection,
    ):
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_without_any_server_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_package_folder", lambda _: None)
    monkeypatch.setattr(binaries, "OLDEST_POSTGRES", 99)

    with pytest.raises(devstack.ServicesUnavailable, match=r"make setup.*DATABASE_URL"):
        devstack.start(throwaway=True, ignore_environment=True)


def test_a_database_that_cannot_start_says_why(data: Path) -> None:
    with holder(data=data, redis=False):
        pass
    (data / "postgres" / "PG_VERSION").write_text("9\n")

    with pytest.raises(devstack.ServicesUnavailable, match=r"postgres\.log"):
        devstack.start(data=data, redis=False, ignore_environment=True)


def test_children_are_started_from_the_main_thread_only() -> None:
    """The kernel ends them with the thread that forked, not with the process."""
    raised: list[BaseException] = []

    def start() -> None:
        try:
            children.start([sys.executable, "-c", "pass"])
        except RuntimeError as refused:
            raised.append(refused)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()

    assert [str(error).split(":")[0] for error in raised] == ["start children from the main thread"]


def test_a_child_that_will_not_stop_is_made_to() -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=1)"
    read, write = os.pipe()
    child = subprocess.Popen([sys.executable, "-c", f"{stubborn}\ntime.sleep(60)"], stdout=write)
    os.read(read, 1)

    children.stop(child, by=signal.SIGTERM, grace=0.2)

    assert child.returncode == -signal.SIGKILL
    os.close(read)
    os.close(write)


def test_a_frozen_broker_is_stopped_all_the_same() -> None:
    with devstack.start(throwaway=True, ignore_environment=True) as stack:
        assert stack.valkey is not None
        pid = stack.valkey.pid
        stack.valkey.freeze()

    assert not runs(pid)


def test_a_command_without_services_configured_brings_its_own(data: Path) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SANFANG_ENV"}
    }
    code = (
        "from django.db import connection as c, connections; k = c.cursor();"
        "k.execute('SELECT current_user'); print([k.fetchone()[0], list(connections)])"
    )
    done = subprocess.run(
        [sys.executable, BASE_DIR / "manage.py", "shell", "--no-imports", "-c", code],
        env={**environment, "SANFANG_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == "['sanfang_app', ['default']]"
    assert json.loads((data / "keys.json").read_text()).keys() == {"SECRET_KEY", "SANFANG_ROOT_KEY"}
