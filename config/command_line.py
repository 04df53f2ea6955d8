"""What manage.py does before Django takes over: find or start the services that a command needs.

On a laptop (no DATABASE_URL) they are embedded, start with the command, end with it, and are
migrated first. On a server nothing is started: the environment names everything.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line

from config import devstack
from config.folders import BASE_DIR

# These look at code and files alone, or (demo, bench, chaos) start services of their own.
WITHOUT_SERVICES = frozenset(
    {
        "bench", "chaos", "check", "check_language", "check_processes", "collectstatic",
        "compilemessages", "demo", "diffsettings", "drill", "findstatic", "help", "lint_process",
        "make_backup_key", "makemessages", "makemigrations", "spectacular", "startapp",
        "state_guards", "test", "version",
    }
)  # fmt: skip
# Only these may hold the owner's connection, on a laptop as in production.
AS_OWNER = frozenset({"backup", "migrate", "release_dispatch", "restore", "sqlmigrate"})


def run(argv: Sequence[str]) -> int:
    """Run one management command; returns its exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if os.environ.get("DATABASE_URL"):
        execute_from_command_line(list(argv))
        return 0
    os.environ.setdefault("SANFANG_ENV", "development")
    if not needs_services(argv):
        execute_from_command_line(list(argv))
        return 0
    try:
        stack = devstack.start()
    except devstack.ServicesUnavailable as unavailable:
        sys.stderr.write(f"{unavailable}\n")
        return 1
    with stack:
        os.environ.update(stack.env())
        if argv[1] not in AS_OWNER:
            migrate()
            os.environ.update(stack.env(owner=False))
        execute_from_command_line(list(argv))
    return 0


def needs_services(argv: Sequence[str]) -> bool:
    """Whether the command talks to the database; asking for its help does not."""
    asks = [word for word in argv[1:] if word in {"-h", "--help", "--version"}]
    return len(argv) > 1 and not asks and argv[1] not in WITHOUT_SERVICES


def migrate() -> None:
    """In a process of its own, so that this one holds no connection as the owner."""
    words = [sys.executable, str(BASE_DIR / "manage.py"), "migrate", "--verbosity=0"]
    done = subprocess.run(words, check=False)  # noqa: S603 - our own command
    if done.returncode != 0:
        raise SystemExit(done.returncode)
