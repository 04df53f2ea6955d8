"""The migrated tables as SQL, kept from run to run under a name made of all that makes them.

Migrating takes half a minute of a processor, restoring a second. A name that anything could change
without changing it would let tests pass on yesterday's tables, so it errs on the other side: every
migration with what it imports, the models, every installed package and the server are in it.
"""

import ast
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
#: Not in .data: as root an empty one is taken away again.
FOLDER: Final = ROOT / ".pytest_cache" / "tables"
#: Old ones stay for who goes to and fro between two branches.
_KEPT: Final = 4
#: Beside the migrations: content types and rights are made from the models, the rest from settings.
_MAKERS: Final = (
    "*/migrations/*.py",
    "*/models.py",
    "*/models/**/*.py",
    "config/settings.py",
    "config/databases.py",
    "config/roles.sql",
    "config/management/commands/migrate.py",
)
#: What differs from run to run and is in no table.
_SETTINGS: Final = ("DATABASE_APP_ROLE",)


def file(server: str, *, root: Path = ROOT) -> Path:
    """Where the tables lie, or would, of this very code on a Postgres of this version."""
    digest = hashlib.sha256(f"{sys.version}\n{server}\n{_packages()}".encode())
    for name in _SETTINGS:
        digest.update(f"{name}={os.environ.get(name)}\n".encode())
    for maker in sorted(makers(root)):
        content = hashlib.sha256(maker.read_bytes()).hexdigest()
        digest.update(f"{maker.relative_to(root)} {content}\n".encode())
    return FOLDER / f"{digest.hexdigest()[:32]}.sql"


def keep(place: Path, dump: bytes) -> None:
    """Whole or not at all. A folder that cannot be written costs time, nothing else."""
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_suffix(f".{os.getpid()}")
        draft.write_bytes(dump)
        draft.replace(place)
        by_age = sorted(place.parent.glob("*.sql"), key=lambda one: one.stat().st_mtime)
        for old in by_age[:-_KEPT]:
            old.unlink(missing_ok=True)


def makers(root: Path) -> set[Path]:
    """Files that decide what the tables are, with all that they import of ours."""
    found: set[Path] = set()
    open_ones = [path for pattern in _MAKERS for path in root.glob(pattern)]
    open_ones = [path for path in open_ones if path.relative_to(root).parts[0] != "tests"]
    while open_ones:
        path = open_ones.pop()
        if path in found:
            continue
        found.add(path)
        if path.suffix == ".py":
            open_ones += _imported(path, root)
    return found


def _imported(path: Path, root: Path) -> Iterator[Path]:
    for name in _names(ast.parse(path.read_bytes()), path.relative_to(root).parent.parts):
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            module = root.joinpath(*parts[:end])
            for candidate in (module.with_suffix(".py"), module / "__init__.py"):
                if candidate.exists():
                    yield candidate


def _names(tree: ast.AST, package: Iterable[str]) -> Iterator[str]:
    """`from a import b` may name a module or what is in one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = list(package)
            start = above[: len(above) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


@cache
def _packages() -> str:
    return "\n".join(sorted(f"{one.name} {one.version}" for one in metadata.distributions()))
