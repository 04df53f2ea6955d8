"""The house rules that a linter does not know, and what the deployment files promise."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from config.folders import BASE_DIR

#: Of what the product runs, as the house style has it; a docstring does not count.
LONGEST_FILE = 250
LONGEST_FUNCTION = 25
#: Of everything, tests and migrations included.
LONGEST_FILE_OF_ALL = 400
LONGEST_FUNCTION_OF_ALL = 50
PACKAGES = ("config", "api", "portal", "workflow", "records", "parties", "ledger", "tests")
# In two pieces, so that this file may be searched as well.
_ENDS = {"pypi": "org", "pythonhosted": "org", "npmjs": "org", "docker": "io"}
REGISTRIES = [f"{name}.{end}" for name, end in _ENDS.items()]
COMPOSE = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
SERVERS = ("web", "worker", "worker-crisis", "beat", "watch")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> Iterator[Path]:
    yield BASE_DIR / "manage.py"
    for package in PACKAGES:
        yield from (BASE_DIR / package).rglob("*.py")


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def product() -> Iterator[Path]:
    """What the product runs; a migration is written once and read as one piece."""
    for path in sources():
        if not {"tests", "migrations"} & set(path.relative_to(BASE_DIR).parts):
            yield path


def length(node: Function, *, but: int = 0) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1 - but


def of_docstring(node: Function) -> int:
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is None:
        return 0
    return (first.end_lineno or first.lineno) - first.lineno + 1


def written() -> Iterator[Path]:
    """Every text of the project; the lock file names registries by its nature."""
    for folder in (".", ".ci", "docs", "demo", "bpmn", *PACKAGES):
        for path in (BASE_DIR / folder).glob("*" if folder == "." else "**/*"):
            if path.is_file() and path.name != "uv.lock" and "__pycache__" not in path.parts:
                yield path


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {
        str(path.relative_to(BASE_DIR)): lines
        for path in sources()
        if (lines := path.read_text().count("\n")) > LONGEST_FILE_OF_ALL
    }

    assert long == {}


def test_no_file_of_the_product_is_longer_than_the_house_style_has_it() -> None:
    long = {
        str(path.relative_to(BASE_DIR)): lines
        for path in product()
        if (lines := path.read_text().count("\n")) > LONGEST_FILE
    }

    assert long == {}


def test_no_function_of_the_product_is_longer_than_the_house_style_has_it() -> None:
    long = {
        f"{path.relative_to(BASE_DIR)}:{node.lineno} {node.name}": lines
        for path in product()
        for node in functions(path)
        if (lines := length(node, but=of_docstring(node))) > LONGEST_FUNCTION
    }

    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path.relative_to(BASE_DIR)}:{node.lineno} {node.name}": lines
        for path in sources()
        if "migrations" not in path.parts
        for node in functions(path)
        if (lines := length(node)) > LONGEST_FUNCTION_OF_ALL
    }

    assert long == {}


def test_nothing_is_imported_inside_a_function() -> None:
    hidden = [
        f"{path.relative_to(BASE_DIR)}:{inner.lineno}"
        for path in sources()
        if "migrations" not in path.parts
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_nothing_is_skipped_or_expected_to_fail() -> None:
    marks = re.compile(r"pytest\.(?:mark\.)?(?:skip|skipif|xfail|importorskip)\b")
    found = [
        str(path.relative_to(BASE_DIR))
        for path in (BASE_DIR / "tests").rglob("*.py")
        if marks.search(path.read_text())
    ]

    assert found == []


def test_no_registry_is_named() -> None:
    found = [
        f"{path.relative_to(BASE_DIR)} names {host}"
        for path in written()
        for host in REGISTRIES
        if host.encode() in path.read_bytes()
    ]

    assert found == []


def test_the_state_machine_library_is_the_one_we_mean() -> None:
    """`django-fsm` without the -2 may be another project under another licence."""
    wanted = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["dependencies"]

    assert [name for name in wanted if name.startswith("django-fsm")] == ["django-fsm-2>=4.2.4,<5"]


def test_every_place_installs_the_same_uv() -> None:
    versions = {
        *re.findall(r"UV_VERSION := (\S+)", (BASE_DIR / "Makefile").read_text()),
        *re.findall(r"uv==(\d\S+)", (BASE_DIR / "Dockerfile").read_text()),
    }

    assert len(versions) == 1


def test_every_service_of_production_is_there() -> None:
    assert set(COMPOSE["services"]) == {"db", "redis", "migrate", *SERVERS}


@pytest.mark.parametrize("server", SERVERS)
def test_no_server_is_given_the_owner(server: str) -> None:
    environment = COMPOSE["services"][server]["environment"]

    assert "DATABASE_OWNER_URL" not in environment
    assert "sanfang_app" in environment["DATABASE_URL"]


def test_the_owner_is_given_to_migrate_alone() -> None:
    environment = COMPOSE["services"]["migrate"]["environment"]

    assert "sanfang_owner" in environment["DATABASE_OWNER_URL"]


def test_the_crisis_lane_has_a_worker_of_its_own() -> None:
    queues = {
        name: re.findall(r"-Q (\S+)", COMPOSE["services"][name]["command"])
        for name in ("worker", "worker-crisis")
    }

    assert queues == {"worker": ["routine"], "worker-crisis": ["crisis"]}


@pytest.mark.parametrize("server", SERVERS)
def test_every_server_reaches_the_attachments(server: str) -> None:
    """All check the folder at start-up; web writes to it, and whatever sweeps removes from it."""
    service = COMPOSE["services"][server]

    assert f"attachments:{service['environment']['ATTACHMENTS_DIR']}" in service["volumes"]
    assert "attachments" in COMPOSE["volumes"]


def test_watch_does_not_wait_for_the_broker() -> None:
    assert set(COMPOSE["services"]["watch"]["depends_on"]) == {"migrate"}


def test_the_broker_may_not_evict() -> None:
    assert "--maxmemory-policy noeviction" in COMPOSE["services"]["redis"]["command"]


def test_every_value_that_compose_asks_for_is_explained() -> None:
    asked = set(re.findall(r"\$\{(\w+)", (BASE_DIR / "docker-compose.yml").read_text()))
    explained = set(re.findall(r"^(\w+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))

    assert asked - explained <= {"WEB_PORT"}


def test_no_secret_has_a_value_in_the_example() -> None:
    example = (BASE_DIR / ".env.example").read_text()
    secrets = re.findall(r"^(\w*(?:KEY|PASSWORD|SECRET)\w*)=(.*)$", example, re.MULTILINE)

    assert secrets
    assert [name for name, value in secrets if value] == []


@pytest.mark.parametrize("script", [".ci/run", "config/postgres-init.sh"])
def test_scripts_are_sound_and_can_be_run(script: str) -> None:
    bash = shutil.which("bash") or "/bin/bash"

    assert subprocess.run([bash, "-n", BASE_DIR / script], check=False).returncode == 0
    assert (BASE_DIR / script).stat().st_mode & 0o111
