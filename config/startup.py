"""What a server does before it serves: refuse an unsafe configuration, loudly and at once.

manage.py runs Django's system checks by itself; gunicorn and Celery do not, so web, workers and
beat come through here.
"""

import gc
import sys

from django.core.checks import CheckMessage, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

from config.databases import DEFAULT


def findings() -> list[CheckMessage]:
    """Errors among all system checks, those for production and the database included."""
    found = run_checks(include_deployment_checks=True, databases=[DEFAULT])
    connections.close_all()  # a forked worker must not share this connection
    return [message for message in found if message.is_serious() and not message.is_silenced()]


def refuse_unsafe() -> None:
    """Raises SystemExit after printing one line per finding.

    A check that cannot be made counts as failed: Celery swallows what its start-up hooks raise, and
    would go on unchecked.
    """
    try:
        errors = findings()
    except (DatabaseError, ImproperlyConfigured) as failed:
        sys.stderr.write(f"拒绝启动：启动检查无法完成（{type(failed).__name__}）：{failed}\n")
        raise SystemExit(1) from None
    for error in errors:
        hint = f" → {error.hint}" if error.hint else ""
        sys.stderr.write(f"拒绝启动 [{error.id}] {error.msg}{hint}\n")
    if errors:
        raise SystemExit(1)


def spare_what_stays() -> None:
    """Call once everything is loaded: the code of a process is never garbage, yet a full collection
    looks at all of it, a tenth of a second in the middle of somebody's request.
    """
    gc.collect()
    gc.freeze()
