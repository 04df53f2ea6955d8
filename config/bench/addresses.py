"""Where the throw-away database is, for connections that are not Django's."""

import os

import psycopg
from django.conf import settings


def app() -> str:
    """The very database and role that Django uses."""
    given = settings.DATABASES["default"]
    return psycopg.conninfo.make_conninfo(
        host=given["HOST"],
        port=given["PORT"] or None,
        dbname=given["NAME"],
        user=given["USER"],
        password=given["PASSWORD"] or None,
    )


def owner() -> str:
    """The owner of the tables: it fills them, and nothing that is measured connects as it."""
    return os.environ["DATABASE_OWNER_URL"]
