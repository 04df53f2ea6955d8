"""Tables in an empty database that is thrown away: by the migrations, or from a dump of them.

Migrating takes ten seconds of a processor, restoring what somebody has migrated already takes one.
What is kept is always migrated.
"""

import os
import sys
from pathlib import Path
from typing import Final

from config import folders
from config.binaries import postgres_folder

#: A file of SQL with every table and the rows that the migrations make.
DUMP: Final = "SANFANG_TABLES"


def making(owner_url: str, *, dump: str = "") -> list[str | Path]:
    """The command that makes the tables; with `dump`, or the file that DUMP names, from that.

    The migrations themselves find the database in the environment.
    """
    dump = dump or os.environ.get(DUMP, "")
    if dump:
        quietly = ["--quiet", "--set=ON_ERROR_STOP=1", "--output", os.devnull]
        return [postgres_folder() / "psql", *quietly, "--file", dump, owner_url]
    return migrating()


def migrating() -> list[str | Path]:
    return [sys.executable, folders.BASE_DIR / "manage.py", "migrate", "--verbosity=0"]
