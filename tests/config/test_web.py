"""Headers of every answer."""

from typing import Any

import pytest
from django.test import Client


@pytest.mark.parametrize("path", ["/healthz", "/sign-in", "/nothing", "/api/v1/nothing"])
def test_every_answer_is_safe_to_show(db: None, path: str) -> None:
    headers = Client().get(path).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("asked_for", [True, False])
def test_files_may_be_kept_by_a_browser(db: None, settings: Any, asked_for: bool) -> None:
    """Also of a server, which knows all files from its start on; tests look for each."""
    settings.WHITENOISE_AUTOREFRESH = asked_for

    answer = Client().get("/static/portal/portal.css")

    assert answer.status_code == 200
    assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_the_docs_may_run_their_own_script_and_no_other(db: None) -> None:
    policy = Client().get("/api/v1/docs").headers["Content-Security-Policy"]

    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
